// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.recording.NamedSavepoints;
import dev.waybill.driver.recording.Savepoints;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** One connection to H2. Used under the connection's lock. */
final class H2Session implements ProductSession {

    private static final System.Logger LOG = System.getLogger(H2Session.class.getName());

    /** H2's code for everything that should not happen. */
    private static final int GENERAL_ERROR = 50000;

    private final Connection raw;
    private final Savepoints savepoints = new NamedSavepoints();
    private PreparedStatement transactionId;

    H2Session(Connection raw) {
        this.raw = raw;
    }

    /** BEGIN as text turns the mode off until the end of its transaction. */
    @Override
    public boolean isAutoCommit() throws SQLException {
        return raw.getAutoCommit();
    }

    @Override
    public boolean keepsMode() {
        return true;
    }

    @Override
    public String transactionId() throws SQLException {
        if (transactionId == null) {
            transactionId = raw.prepareStatement("CALL TRANSACTION_ID()");
        }
        try (ResultSet row = transactionId.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public Savepoints savepoints() {
        return savepoints;
    }

    /** H2 undoes a statement that fails, but not a data change table that fails (2.5.252): its rows would stay changed, uncaptured. Nothing of it is recorded before it has worked. */
    @Override
    public <T> T wholly(Step<T> dataChange) throws SQLException {
        return BehindSavepoint.run(raw, raw.getAutoCommit(), dataChange);
    }

    /**
     * H2 (2.5.252) never completes the result of a data change: the last rows of one that has grown into a file cannot be read, and reading them fails. No SQL does it; H2's own object can. Where another version has another method, or the
     * database is behind a server, reading fails as before, and with it the statement.
     */
    @Override
    public void complete(ResultSet keys) throws SQLException {
        try {
            Object result = keys.getClass().getMethod("getResult").invoke(keys);
            result.getClass().getMethod("done").invoke(result);
        } catch (InvocationTargetException failed) {
            throw new SQLException(failed.getCause());
        } catch (ReflectiveOperationException other) {
            LOG.log(System.Logger.Level.DEBUG, "the result of a data change cannot be completed", other);
        }
    }

    /** The same, where H2 gathers the keys of a batch: it reads them itself then, fails by a null pointer, and leaves the rows changed. */
    @Override
    public boolean isUntold(SQLException failure) {
        for (SQLException each = failure; each != null; each = each.getNextException()) {
            if (each.getErrorCode() == GENERAL_ERROR) {
                return true;
            }
        }
        return false;
    }

    /** Asked by a statement that changes nothing. */
    @Override
    public List<String> generated(CapturedTable table) throws SQLException {
        List<String> known = table.generated();
        if (known != null) {
            return known;
        }
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("UPDATE " + Quoting.quote(table.name()) + " SET " + Quoting.quote(table.columns().get(0)) + " = DEFAULT WHERE FALSE", Statement.RETURN_GENERATED_KEYS);
            try (ResultSet keys = statement.getGeneratedKeys()) {
                return table.generated(keys.getMetaData());
            }
        }
    }

    @Override
    public ResultSet rows(TableName table, GatheredKeys keys) throws SQLException {
        return H2KeyRows.open(raw, table, keys);
    }

    @Override
    public void close() throws SQLException {
        if (transactionId != null) {
            transactionId.close();
        }
    }
}
