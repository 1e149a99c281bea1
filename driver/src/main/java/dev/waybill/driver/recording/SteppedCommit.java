// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.OutboxWriter;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** The end of a transaction statement by statement, where the URL does not allow several in one text: the fence is asked, the last part is written, COMMIT. Used under the connection's lock. */
public final class SteppedCommit implements FencedCommit {

    /** As the database says it when the fence is raised. */
    private static final int FENCE_CODE = 1690;

    private final Connection raw;
    private final Dialect dialect;
    private OutboxWriter writer;
    private PreparedStatement check;

    public SteppedCommit(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    @Override
    public void commit(Catalogue planned, boolean deferred, UUID transactionId, int part, byte[] buffer, int length) throws SQLException {
        check(planned, deferred);
        if (writer == null) {
            writer = new OutboxWriter(dialect, raw);
        }
        writer.write(transactionId, part, true, buffer, 0, length);
        raw.commit();
    }

    @Override
    public void commit(Catalogue planned) throws SQLException {
        check(planned, false);
        raw.commit();
    }

    @Override
    public void check(Catalogue planned, boolean deferred) throws SQLException {
        if (planned.incarnation() == null) {
            stillNone();
            return;
        }
        if (check == null) {
            check = raw.prepareStatement(dialect.fenceCheck());
        }
        check.setLong(1, planned.version());
        check.executeQuery().close();
    }

    /** The metadata belong to no snapshot either. */
    private void stillNone() throws SQLException {
        if (dialect.tableNames(raw, "waybill").contains("fence")) {
            throw new SQLException("waybill_fence was raised by the first publisher", "22003", FENCE_CODE);
        }
    }

    @Override
    public void close() throws SQLException {
        if (writer != null) {
            writer.close();
        }
        if (check != null) {
            check.close();
        }
    }
}
