// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The tables {@code waybill.snapshot_spool}, encoded snapshots in parts, and {@code waybill.snapshot}, which journal entry names which of them. One that no entry names was left by a crash. Stateless; any thread.
 */
public final class SnapshotSpool {

    private static final int REMOVED_AT_ONCE = 200;

    private final Dialect dialect;

    public SnapshotSpool(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Whether this spool is here and complete. */
    public boolean contains(Connection raw, UUID spoolId) throws SQLException {
        return sizeBytes(raw, spoolId) > 0;
    }

    /** Length of the encoded snapshot in bytes; 0 when the spool is lost or not complete. */
    public long sizeBytes(Connection raw, UUID spoolId) throws SQLException {
        String sql = "SELECT SUM(size), COUNT(*), MAX(part) + 1, MAX(CASE WHEN last THEN part + 1 ELSE 0 END) FROM " + table() + " WHERE spool_id = ?";
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setObject(1, spoolId);
            try (ResultSet row = statement.executeQuery()) {
                boolean complete = row.next() && row.getLong(2) > 0 && row.getLong(2) == row.getLong(3) && row.getLong(3) == row.getLong(4);
                return complete ? row.getLong(1) : 0;
            }
        }
    }

    /** The encoded snapshot: a transaction, for {@link TransactionReader}. Read part by part while the stream is read, each checked against its CRC; the connection stays the caller's. */
    public InputStream open(Connection raw, UUID spoolId) {
        return new SpoolStream(raw, table(), spoolId);
    }

    /** What an entry of the journal with a target refers to; null when it is no snapshot. */
    public static SnapshotReference reference(InputStream entry) throws IOException {
        try (TransactionReader reader = new TransactionReader(entry)) {
            reader.next();
            return reader.next() instanceof SnapshotReference reference ? reference : null;
        }
    }

    /** In the transaction that appends the entry: this spool is now kept for it. */
    void name(Connection raw, UUID spoolId, Subscription subscription, LogOffset entry, long sizeBytes) throws SQLException {
        String sql = "INSERT INTO " + dialect.catalogueTable("snapshot") + " (log_offset, spool_id, user_name, publication_name, size_bytes) VALUES (?, ?, ?, ?, ?)";
        try (PreparedStatement insert = raw.prepareStatement(sql)) {
            insert.setLong(1, entry.bytes());
            insert.setObject(2, spoolId);
            insert.setString(3, subscription.subscriber());
            insert.setString(4, subscription.publication());
            insert.setLong(5, sizeBytes);
            insert.executeUpdate();
        }
    }

    /** Where the latest snapshot of this publication for this subscriber stands; null when none does, or when it is forgotten. */
    LogOffset latest(Connection raw, Subscription subscription) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT MAX(log_offset) FROM " + dialect.catalogueTable("snapshot") + " WHERE user_name = ? AND publication_name = ?")) {
            select.setString(1, subscription.subscriber());
            select.setString(2, subscription.publication());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long offset = row.getLong(1);
                return row.wasNull() ? null : new LogOffset(offset);
            }
        }
    }

    /**
     * Forgets, in the caller's transaction, snapshots that nobody will ask for: the journal does not reach back to their entries; or they are confirmed, and together with later ones longer than what is kept for restored receivers.
     */
    public void forget(Connection raw, LogOffset trimmedTo, long keepBytes) throws SQLException {
        List<Long> gone = new ArrayList<>();
        String sql = "SELECT s.log_offset, s.size_bytes FROM " + dialect.catalogueTable("snapshot") + " s JOIN " + dialect.catalogueTable("remote_user")
                + " u ON u.user_name = s.user_name WHERE u.confirm_sent >= s.log_offset AND u.log_sent >= s.log_offset ORDER BY s.log_offset DESC";
        try (PreparedStatement select = raw.prepareStatement(sql); ResultSet row = select.executeQuery()) {
            long kept = 0;
            while (row.next()) {
                kept += row.getLong(2);
                if (kept > keepBytes) {
                    gone.add(row.getLong(1));
                }
            }
        }
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + dialect.catalogueTable("snapshot") + " WHERE log_offset = ? OR log_offset <= ?")) {
            gone.add(trimmedTo.bytes());
            for (long offset : gone) {
                delete.setLong(1, offset);
                delete.setLong(2, trimmedTo.bytes());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    /**
     * Removes a bounded number of parts of spools that are kept for no entry: left by a crash, or forgotten. Call it in step TRIM, never while a snapshot is being taken.
     *
     * @return whether there may be more
     */
    public boolean removeUnused(Connection raw) throws SQLException {
        Set<UUID> unused = spools(raw);
        if (unused.isEmpty()) {
            return false;
        }
        unused.removeAll(named(raw));
        for (UUID spoolId : unused) {
            String sql = "DELETE FROM " + table() + " WHERE spool_id = ? AND part < (SELECT MIN(part) FROM " + table() + " WHERE spool_id = ?) + " + REMOVED_AT_ONCE;
            try (PreparedStatement statement = raw.prepareStatement(sql)) {
                statement.setObject(1, spoolId);
                statement.setObject(2, spoolId);
                statement.executeUpdate();
            }
            return true;
        }
        return false;
    }

    /** One look-up in the key for each, however large they are. */
    private Set<UUID> spools(Connection raw) throws SQLException {
        Set<UUID> spools = new HashSet<>();
        try (PreparedStatement statement = raw.prepareStatement("SELECT spool_id FROM " + table() + " WHERE spool_id > ? ORDER BY spool_id, part" + dialect.first(1))) {
            UUID last = new UUID(0, 0);
            while (last != null) {
                statement.setObject(1, last);
                try (ResultSet row = statement.executeQuery()) {
                    last = row.next() ? dialect.uuid(row, 1) : null;
                }
                if (last != null) {
                    spools.add(last);
                }
            }
        }
        return spools;
    }

    private Set<UUID> named(Connection raw) throws SQLException {
        Set<UUID> named = new HashSet<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT spool_id FROM " + dialect.catalogueTable("snapshot"))) {
            while (row.next()) {
                named.add(dialect.uuid(row, 1));
            }
        }
        return named;
    }

    private String table() {
        return dialect.catalogueTable("snapshot_spool");
    }
}
