// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a database that keeps halves may show after it was killed while the sequencer's transaction was being stored (see {@link Dialect#mayKeepHalves}): outbox rows of transactions that stand in the journal, or a journal that does
 * not end where its head is. Stateless; any thread.
 */
final class BroughtBack {

    /** What was not on disk when the database was killed is one step's or two, which are far smaller unless a single transaction is larger than that. */
    private static final long LOOK_BACK_BYTES = 16L << 20;

    private final Dialect dialect;

    BroughtBack(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Deletes outbox rows of transactions that stand near the end of the journal; how many. */
    int delete(Connection raw) throws SQLException {
        Set<UUID> sequenced = nearTheEnd(raw);
        List<Long> again = new ArrayList<>();
        if (!sequenced.isEmpty()) {
            try (PreparedStatement select = raw.prepareStatement("SELECT " + dialect.entryId() + ", " + (dialect.hasThinOutbox() ? "SUBSTRING(payload FROM 1 FOR " + OutboxHead.BYTES + ")" : "transaction_id") + " FROM " + dialect.catalogueTable("outbox") + " ORDER BY 1");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    if (sequenced.contains(dialect.hasThinOutbox() ? OutboxHead.transactionId(rows.getBytes(2)) : dialect.uuid(rows, 2))) {
                        again.add(rows.getLong(1));
                    }
                }
            }
        }
        return again.isEmpty() ? 0 : dialect.deleteFromOutbox(raw, again.toArray(Long[]::new));
    }

    private Set<UUID> nearTheEnd(Connection raw) throws SQLException {
        JournalHead head = JournalHead.load(dialect, raw);
        Set<UUID> transactions = new HashSet<>();
        try (JournalScan scan = new Journal(dialect).scan(raw, from(raw, head), head.position().offset())) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                transactions.add(entry.transactionId());
            }
        }
        return transactions;
    }

    /** The end of an entry so far before the head, or the place up to which entries are gone. */
    private LogOffset from(Connection raw, JournalHead head) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT part_end FROM " + dialect.catalogueTable("journal") + " WHERE part_end < ? AND last ORDER BY part_end DESC" + dialect.first(1))) {
            select.setLong(1, head.offset() - LOOK_BACK_BYTES);
            try (ResultSet row = select.executeQuery()) {
                return new LogOffset(row.next() ? row.getLong(1) : JournalHead.loadTrimmed(dialect, raw).offset());
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
