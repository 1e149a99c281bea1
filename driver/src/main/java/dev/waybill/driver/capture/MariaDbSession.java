// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.recording.FencedCommit;
import dev.waybill.driver.recording.Savepoints;
import dev.waybill.driver.recording.StackedSavepoints;
import dev.waybill.driver.recording.SteppedCommit;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * One connection to MariaDB. Whether a transaction is open the server tells with every answer, and the driver keeps it: that is asked for by name, since no class of the driver is imported; where another driver does not tell it, the server is
 * asked. Used under the connection's lock.
 */
final class MariaDbSession implements ProductSession {

    /** SERVER_STATUS_IN_TRANS of the protocol. */
    private static final int IN_TRANSACTION = 1;
    private static final int LOCK_WAIT = 1205;
    private static final String NOTHING = "DO 0";

    private final Connection raw;
    private final FencedCommit ending;
    private final Savepoints savepoints = new StackedSavepoints("_jid_");
    private final Object context;
    private final Method status;
    private final boolean countsFound;
    private final boolean takesSeveral;

    MariaDbSession(Connection raw, MariaDbDialect dialect) {
        this.raw = raw;
        this.ending = dialect.home().isEmpty() ? null : new SteppedCommit(raw, dialect);
        Object found = null;
        Method told = null;
        boolean counts = false;
        boolean several = false;
        try {
            Connection own = raw.unwrap(Connection.class);
            found = own.getClass().getMethod("getContext").invoke(own);
            told = Class.forName("org.mariadb.jdbc.client.Context", false, own.getClass().getClassLoader()).getMethod("getServerStatus");
            Object settings = told.getDeclaringClass().getMethod("getConf").invoke(found);
            counts = !(Boolean) settings.getClass().getMethod("useAffectedRows").invoke(settings);
            several = (Boolean) settings.getClass().getMethod("allowMultiQueries").invoke(settings);
        } catch (ReflectiveOperationException | SQLException other) {
            told = null;
        }
        this.context = found;
        this.status = told;
        this.countsFound = counts;
        this.takesSeveral = several;
    }

    @Override
    public boolean chainsFailures() {
        return false;
    }

    @Override
    public boolean countsFound() {
        return countsFound;
    }

    /** Without {@code allowMultiQueries} in the URL the server refuses the text before it does anything. */
    @Override
    public Outcome several(CapturingConnection connection, Plan.Script script, Source source, Call call) throws SQLException {
        return takesSeveral ? new EachText(connection, script, source).run(call) : connection.uncaptured(() -> source.bare(call));
    }

    private boolean isInTransaction() throws SQLException {
        if (status != null) {
            try {
                return ((Integer) status.invoke(context) & IN_TRANSACTION) != 0;
            } catch (ReflectiveOperationException impossible) {
                throw new SQLException(impossible);
            }
        }
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT @@in_transaction")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** BEGIN as text opens a transaction in autocommit mode, too. */
    @Override
    public boolean isAutoCommit() throws SQLException {
        return raw.getAutoCommit() && !isInTransaction();
    }

    /** MariaDB does not number what has written nothing; whether one is open tells as much, since nothing that commits opens another one. */
    @Override
    public String transactionId() throws SQLException {
        return isInTransaction() ? "open" : null;
    }

    @Override
    public Savepoints savepoints() {
        return savepoints;
    }

    @Override
    public <T> T wholly(Step<T> dataChange) throws SQLException {
        return BehindSavepoint.run(raw, isAutoCommit(), dataChange);
    }

    /** innodb_rollback_on_timeout makes a lock time-out the end of a transaction. */
    @Override
    public boolean hasEnded(SQLException error) throws SQLException {
        if (error.getErrorCode() != LOCK_WAIT) {
            return false;
        }
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT @@innodb_rollback_on_timeout")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    @Override
    public List<String> generated(CapturedTable table) {
        return table.identity() == null ? List.of() : List.of(table.identity());
    }

    /** As the driver shows generated keys: one column of this name. */
    @Override
    public ResultSet rows(TableName table, GatheredKeys keys) throws SQLException {
        PreparedStatement select = raw.prepareStatement("SELECT insert_id FROM JSON_TABLE(?, '$[*]' COLUMNS (insert_id BIGINT UNSIGNED PATH '$')) k");
        select.closeOnCompletion();
        select.setString(1, Arrays.toString(keys.values(0, 0, keys.rows())));
        return select.executeQuery();
    }

    @Override
    public ResultSet noKeys() throws SQLException {
        Statement statement = raw.createStatement();
        statement.closeOnCompletion();
        statement.execute(NOTHING, Statement.RETURN_GENERATED_KEYS);
        return statement.getGeneratedKeys();
    }

    @Override
    public FencedCommit piped() {
        return ending;
    }

    @Override
    public void answering(Statement fresh) throws SQLException {
        fresh.execute(NOTHING);
    }

    @Override
    public String rereading() {
        return " FOR UPDATE";
    }

    @Override
    public void close() throws SQLException {
        if (ending != null) {
            ending.close();
        }
    }
}
