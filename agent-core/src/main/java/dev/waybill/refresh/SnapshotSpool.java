// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.dialect.Dialect;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The table {@code waybill.snapshot_spool}: encoded snapshots in parts. A spool belongs to the journal entry at the offset from which its subscription is started; one that no such entry names is garbage. Stateless; any thread.
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

    /**
     * Removes a bounded number of parts of spools that no subscription's snapshot entry names: left by a crash, or overtaken by a newer snapshot. Call it in step TRIM, never while a snapshot is being taken.
     *
     * @return whether there may be more
     */
    public boolean removeUnused(Connection raw) throws SQLException {
        Set<UUID> unused = spools(raw);
        if (unused.isEmpty()) {
            return false;
        }
        unused.removeAll(used(raw));
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
        try (PreparedStatement statement = raw.prepareStatement("SELECT spool_id FROM " + table() + " WHERE spool_id > ? ORDER BY spool_id, part FETCH FIRST 1 ROW ONLY")) {
            UUID last = new UUID(0, 0);
            while (last != null) {
                statement.setObject(1, last);
                try (ResultSet row = statement.executeQuery()) {
                    last = row.next() ? row.getObject(1, UUID.class) : null;
                }
                if (last != null) {
                    spools.add(last);
                }
            }
        }
        return spools;
    }

    private Set<UUID> used(Connection raw) throws SQLException {
        Set<UUID> used = new HashSet<>();
        String sql = "SELECT DISTINCT j.part_end FROM " + dialect.catalogueTable("journal") + " j JOIN " + dialect.catalogueTable("subscription")
                + " s ON s.started = j.part_end AND s.user_name = j.target AND j.part = 0";
        List<Long> offsets = new ArrayList<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                offsets.add(row.getLong(1));
            }
        }
        for (long offset : offsets) {
            SnapshotReference reference = reference(raw, offset);
            if (reference != null) {
                used.add(reference.spoolId());
            }
        }
        return used;
    }

    private SnapshotReference reference(Connection raw, long offset) throws SQLException {
        List<InputStream> parts = new ArrayList<>();
        try (PreparedStatement statement = raw.prepareStatement("SELECT payload FROM " + dialect.catalogueTable("journal") + " WHERE part_end = ? AND part = 0")) {
            statement.setLong(1, offset);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    parts.add(new ByteArrayInputStream(row.getBytes(1)));
                }
            }
        }
        try {
            return reference(new SequenceInputStream(Collections.enumeration(parts)));
        } catch (IOException noSnapshot) {
            return null; // a first part alone of something longer: certainly no reference
        }
    }

    private String table() {
        return dialect.catalogueTable("snapshot_spool");
    }
}
