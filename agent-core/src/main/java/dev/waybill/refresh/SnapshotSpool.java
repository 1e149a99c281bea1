// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.dialect.Dialect;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * The table {@code waybill.snapshot_spool}: encoded snapshots in parts. A spool that no subscription's journal entry names is garbage. Stateless; any thread.
 */
public final class SnapshotSpool {

    private final Dialect dialect;

    public SnapshotSpool(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Whether this spool is here and complete. */
    public boolean contains(Connection raw, UUID spoolId) throws SQLException {
        throw new UnsupportedOperationException(dialect.name() + raw + spoolId);
    }

    /** Length of the encoded snapshot in bytes; 0 when the spool is lost. */
    public long sizeBytes(Connection raw, UUID spoolId) throws SQLException {
        throw new UnsupportedOperationException(dialect.name() + raw + spoolId);
    }

    /** The encoded snapshot: a transaction, for {@link dev.waybill.change.TransactionReader}. Read part by part, each checked against its CRC. */
    public InputStream open(Connection raw, UUID spoolId) {
        throw new UnsupportedOperationException(dialect.name() + raw + spoolId);
    }

    /**
     * Removes a bounded number of parts of spools that no subscription's snapshot entry names: left by a crash, or overtaken by a newer snapshot. Call it in step TRIM, never between taking a snapshot and its commit.
     *
     * @return whether there may be more
     */
    public boolean removeUnused(Connection raw) throws SQLException {
        throw new UnsupportedOperationException(dialect.name() + raw);
    }
}
