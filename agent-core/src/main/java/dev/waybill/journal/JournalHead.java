// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** Where the journal ends, as the row {@code waybill.journal_head} says. */
record JournalHead(UUID incarnation, long offset, Digest digest) {

    static JournalHead load(Dialect dialect, Connection raw) throws SQLException {
        return load(dialect, raw, "log_offset", "digest");
    }

    /** What is gone, in the same form: the place up to which entries were trimmed. */
    static JournalHead loadTrimmed(Dialect dialect, Connection raw) throws SQLException {
        return load(dialect, raw, "trimmed_to", "trimmed_digest");
    }

    private static JournalHead load(Dialect dialect, Connection raw, String offset, String digest) throws SQLException {
        String sql = "SELECT c.incarnation, h." + offset + ", h." + digest + " FROM " + dialect.catalogueTable("journal_head") + " h, " + dialect.catalogueTable("catalogue") + " c";
        try (PreparedStatement select = raw.prepareStatement(sql); ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw WaybillError.JOURNAL_BROKEN.with("of its head", "the row of journal_head or of catalogue is missing");
            }
            return new JournalHead(dialect.uuid(row, 1), row.getLong(2), Digest.of(row.getBytes(3)));
        }
    }

    /** Stores this head where the old one still stands. */
    void storeOver(JournalHead old, Dialect dialect, Connection raw) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("journal_head") + " SET log_offset = ?, digest = ? WHERE log_offset = ? AND digest = ?")) {
            update.setLong(1, offset);
            update.setBytes(2, digest.bytes());
            update.setLong(3, old.offset);
            update.setBytes(4, old.digest.bytes());
            if (update.executeUpdate() != 1) {
                throw WaybillError.JOURNAL_HEAD_MOVED.with(new LogOffset(old.offset));
            }
        }
    }

    Position position() {
        return new Position(incarnation, new LogOffset(offset), digest);
    }
}
