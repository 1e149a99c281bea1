// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Outbox rows of transactions that stand in the journal: those that an agent moved and had not deleted when it ended, and those that a database which keeps halves (see {@link Dialect#mayKeepHalves}) brought back when it was killed. They
 * stand near the end of the journal. Also whether the journal ends where its head is. Stateless; any thread.
 */
final class BroughtBack {

    /** Whoever leaves rows to be deleted later sees to it that the journal does not grow by more than {@link Sequencer#LEFT_BYTES} meanwhile; what was not on disk when the database was killed is a step or two more. */
    private static final long LOOK_BACK_BYTES = Sequencer.LEFT_BYTES + (8L << 20);

    private final Dialect dialect;

    BroughtBack(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Deletes them; how many. By the ids of transactions: H2 numbers rows anew when they are restored from a script. */
    int delete(Connection raw) throws SQLException {
        if (isCleared(raw)) {
            return 0;
        }
        TransactionIds sequenced = nearTheEnd(raw);
        List<Long> again = new ArrayList<>();
        if (!sequenced.isEmpty()) {
            new Outbox(dialect).forEach(raw, (entryId, transactionId) -> {
                if (transactionId != null && sequenced.contains(transactionId)) {
                    again.add(entryId);
                }
            });
        }
        return again.isEmpty() ? 0 : dialect.deleteFromOutbox(raw, again.toArray(Long[]::new));
    }

    /** Whether the journal ends where it ended when an agent that stopped had deleted all, for good: whoever sequences moves that end. */
    boolean isCleared(Connection raw) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT log_offset FROM " + dialect.catalogueTable("outbox_cleared")); ResultSet row = select.executeQuery()) {
            return row.next() && row.getLong(1) == JournalHead.load(dialect, raw).offset();
        }
    }

    /** What was sequenced up to here is deleted, and that is on disk. */
    void cleared(Connection raw, long head) throws SQLException {
        if (write(raw, "UPDATE " + dialect.catalogueTable("outbox_cleared") + " SET log_offset = ?", head) == 0) {
            write(raw, "INSERT INTO " + dialect.catalogueTable("outbox_cleared") + " (one, log_offset) VALUES (1, ?)", head);
        }
    }

    private static int write(Connection raw, String sql, long head) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setLong(1, head);
            return statement.executeUpdate();
        }
    }

    private TransactionIds nearTheEnd(Connection raw) throws SQLException {
        TransactionIds transactions = new TransactionIds();
        JournalHead head = JournalHead.load(dialect, raw);
        try (PartCursor rows = new PartCursor(dialect, raw, from(raw, head), head.offset())) {
            for (JournalPart row = rows.next(); row != null; row = rows.next()) {
                if (row.isBlock()) {
                    Block.name(row, transactions);
                } else {
                    transactions.add(row.transactionId());
                }
            }
        }
        return transactions;
    }

    /** The end of an entry so far before the head, or the place up to which entries are gone. */
    private long from(Connection raw, JournalHead head) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT part_end FROM " + dialect.catalogueTable("journal") + " WHERE part_end < ? AND last ORDER BY part_end DESC" + dialect.first(1))) {
            select.setLong(1, head.offset() - LOOK_BACK_BYTES);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : JournalHead.loadTrimmed(dialect, raw).offset();
            }
        }
    }

    /** Where the rows of the journal end. */
    long end(Connection raw) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT MAX(part_end) FROM " + dialect.catalogueTable("journal")); ResultSet row = select.executeQuery()) {
            row.next();
            long end = row.getLong(1);
            return row.wasNull() ? JournalHead.loadTrimmed(dialect, raw).offset() : end;
        }
    }
}
