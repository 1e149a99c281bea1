// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.OutboxWriter;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/**
 * The end of a transaction in one round trip, as one text of several statements: constraints that wait for COMMIT are checked, the fence is asked, the last outbox part is written, COMMIT. The first that fails keeps all after it from
 * running, and the transaction can only be rolled back. Prepared once for each catalogue. Used under the connection's lock.
 */
public final class PipedCommit implements FencedCommit {

    /** As the dialect's check, for a database that had no catalogue when the transaction began. (A constant in the CAST would be computed before it is known whether it is wanted.) */
    private static final String STILL_NONE = "SELECT CASE WHEN pg_catalog.to_regclass('waybill.fence') IS NULL THEN 1 ELSE CAST('waybill fence ' || pg_catalog.to_regclass('waybill.fence') AS integer) END";

    private static final String IMMEDIATE = "SET CONSTRAINTS ALL IMMEDIATE";

    private final Connection raw;
    private final Dialect dialect;
    private Catalogue prepared;
    private boolean preparedDeferred;
    private OutboxWriter writer;
    private PreparedStatement alone;

    public PipedCommit(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    @Override
    public void commit(Catalogue planned, boolean deferred, UUID transactionId, int part, byte[] buffer, int length) throws SQLException {
        prepare(planned, deferred);
        if (writer == null) {
            writer = OutboxWriter.committing(dialect, raw, deferred ? IMMEDIATE + ";" : "", planned.version());
        }
        writer.write(transactionId, part, true, buffer, 0, length);
    }

    @Override
    public void commit(Catalogue planned) throws SQLException {
        prepare(planned, false);
        if (alone == null) {
            alone = raw.prepareStatement(check(planned) + ";COMMIT");
            if (version(planned) != null) {
                alone.setLong(1, version(planned));
            }
        }
        alone.execute();
    }

    @Override
    public void check(Catalogue planned, boolean deferred) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement((deferred ? IMMEDIATE + ";" : "") + check(planned))) {
            if (version(planned) != null) {
                statement.setLong(1, version(planned));
            }
            statement.execute();
        }
    }

    /** A statement that is a transaction by itself, with the last part: see {@link OutboxWriter#along}. */
    public OutboxWriter along(Catalogue planned, String sql, int parameters) throws SQLException {
        return OutboxWriter.along(dialect, raw, sql, parameters, planned.version());
    }

    private void prepare(Catalogue planned, boolean deferred) throws SQLException {
        if (planned != prepared || deferred != preparedDeferred) {
            close();
            prepared = planned;
            preparedDeferred = deferred;
        }
    }

    private String check(Catalogue planned) {
        return planned.incarnation() == null ? STILL_NONE : dialect.fenceCheck();
    }

    private static Long version(Catalogue planned) {
        return planned.incarnation() == null ? null : planned.version();
    }

    @Override
    public void close() throws SQLException {
        if (writer != null) {
            writer.close();
        }
        if (alone != null) {
            alone.close();
        }
        writer = null;
        alone = null;
    }
}
