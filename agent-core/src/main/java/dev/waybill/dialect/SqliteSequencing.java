// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The two statements of SQLite's sequencing step, row by row: calls inside the process. */
final class SqliteSequencing {

    private static final String COPY = "INSERT INTO waybill_journal (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload)"
            + " SELECT ?2, ?3, part, transaction_id, last, origin, NULL, ?4, ?5, size, digest, payload FROM waybill_outbox WHERE entry_id = ?1";

    private static final String DELETE = "DELETE FROM waybill_outbox WHERE entry_id = ?1";

    private SqliteSequencing() {}

    static int copy(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, String committedAt) throws SQLException {
        try (PreparedStatement copy = raw.prepareStatement(COPY)) {
            int copied = 0;
            for (int i = 0; i < entryIds.length; i++) {
                copy.setLong(1, entryIds[i]);
                copy.setLong(2, partEnds[i]);
                copy.setLong(3, logOffsets[i]);
                copy.setBytes(4, digests[i]);
                copy.setString(5, committedAt);
                copied += copy.executeUpdate();
            }
            return copied;
        }
    }

    static int delete(Connection raw, Long[] entryIds) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement(DELETE)) {
            int deleted = 0;
            for (Long id : entryIds) {
                delete.setLong(1, id);
                deleted += delete.executeUpdate();
            }
            return deleted;
        }
    }
}
