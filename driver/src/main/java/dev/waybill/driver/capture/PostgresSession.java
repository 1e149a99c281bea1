// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.recording.FencedCommit;
import dev.waybill.driver.recording.PipedCommit;
import dev.waybill.driver.recording.Savepoints;
import dev.waybill.driver.recording.StackedSavepoints;
import dev.waybill.error.WaybillError;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.function.Supplier;

/**
 * One connection of PostgreSQL's own driver. That driver knows the state of the transaction from the server's last answer; it is asked by reflection, since its classes may be another class loader's. Used under the connection's lock.
 */
final class PostgresSession implements ProductSession {

    /** How many bytes of answers its driver lets the server owe, and how many it reckons for a statement without rows. */
    private static final int ANSWERS = 64_000;
    private static final int ANSWER = 250;

    private final Connection raw;
    private final PipedCommit piped;
    private final Method transactionState;
    private final boolean sendsTogether;
    private final Savepoints savepoints = new StackedSavepoints("JDBC_SAVEPOINT_");

    PostgresSession(Connection raw, Dialect dialect) throws SQLException {
        this.raw = raw;
        this.piped = new PipedCommit(raw, dialect);
        try {
            transactionState = raw.getClass().getMethod("getTransactionState");
        } catch (NoSuchMethodException other) {
            throw WaybillError.CAPTURE_FAILED.because(other, raw.getClass().getName() + " does not tell the state of its transaction");
        }
        this.sendsTogether = sendsTogether(raw);
    }

    /** Its simple query mode sends each statement of a text by itself; a version that does not tell its mode may do so too. */
    private static boolean sendsTogether(Connection raw) throws SQLException {
        try {
            return !String.valueOf(raw.getClass().getMethod("getPreferQueryMode").invoke(raw)).equals("SIMPLE");
        } catch (NoSuchMethodException other) {
            return false;
        } catch (ReflectiveOperationException unreachable) {
            throw WaybillError.CAPTURE_FAILED.because(unreachable, unreachable.getMessage());
        }
    }

    /** BEGIN as text opens a transaction without the driver's mode being told. */
    @Override
    public boolean isAutoCommit() throws SQLException {
        return raw.getAutoCommit() && state().equals("IDLE");
    }

    @Override
    public boolean isFailed() throws SQLException {
        return state().equals("FAILED");
    }

    @Override
    public boolean isIdle() throws SQLException {
        return state().equals("IDLE");
    }

    private String state() throws SQLException {
        try {
            return String.valueOf(transactionState.invoke(raw));
        } catch (ReflectiveOperationException unreachable) {
            throw WaybillError.CAPTURE_FAILED.because(unreachable, unreachable.getMessage());
        }
    }

    @Override
    public String transactionId() throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_xact_id_if_assigned()")) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Override
    public Savepoints savepoints() {
        return savepoints;
    }

    /** A statement that fails leaves nothing, and the transaction with it. */
    @Override
    public <T> T wholly(Step<T> dataChange) throws SQLException {
        return dataChange.run();
    }

    /** {@code RETURNING *}. */
    @Override
    public List<String> generated(CapturedTable table) {
        return table.columns();
    }

    /** JDBC's own method knows no schema there. */
    @Override
    public TableName table(ResultSetMetaData columns, int column) throws SQLException {
        try {
            Class<?> type = columns.getClass();
            return new TableName((String) type.getMethod("getBaseSchemaName", int.class).invoke(columns, column), (String) type.getMethod("getBaseTableName", int.class).invoke(columns, column));
        } catch (ReflectiveOperationException unknown) {
            throw WaybillError.CAPTURE_FAILED.because(unknown, "this version of the PostgreSQL driver does not tell the table of a column");
        }
    }

    /** Their cursor goes forward alone, but all rows are in memory: it is put back by its fields. */
    @Override
    public void rewind(ResultSet rows, int limit) throws SQLException {
        try {
            List<?> tuples = (List<?>) field(rows, "rows").get(rows);
            if (limit > 0 && tuples.size() > limit) {
                tuples.subList(limit, tuples.size()).clear();
            }
            field(rows, "currentRow").setInt(rows, -1);
            field(rows, "thisRow").set(rows, null);
            field(rows, "rowBuffer").set(rows, null);
        } catch (ReflectiveOperationException | RuntimeException other) {
            throw WaybillError.CAPTURE_FAILED.because(other, "this version of the PostgreSQL driver does not let rows be read twice");
        }
    }

    private static Field field(Object rows, String name) throws NoSuchFieldException {
        for (Class<?> type = rows.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }

    /** The limits of the application's statement are for what it sees, and would keep rows from us: off meanwhile. */
    @Override
    public <T> T unlimited(Statement statement, Step<T> step) throws SQLException {
        int rows = statement.getMaxRows();
        int fetch = statement.getFetchSize();
        if (rows == 0 && fetch == 0) {
            return step.run();
        }
        statement.setMaxRows(0);
        statement.setFetchSize(0);
        try {
            return step.run();
        } finally {
            statement.setMaxRows(rows);
            statement.setFetchSize(fetch);
        }
    }

    /** Its driver writes a Timestamp by the zone of this process, as that is at the moment. */
    @Override
    public Supplier<ZoneRules> zone(Supplier<ZoneRules> asked) {
        ZoneId then = ZoneId.systemDefault();
        return () -> ZoneId.systemDefault().equals(then) ? asked.get() : null;
    }

    @Override
    public FencedCommit piped() {
        return piped;
    }

    /** As far as its driver sends them together. */
    @Override
    public boolean textsAreWhole() {
        return sendsTogether;
    }

    /** In autocommit mode, when no transaction is open; changing the mode asks the server nothing. */
    @Override
    public <T> T aside(Step<T> step) throws SQLException {
        if (raw.getAutoCommit() || !isIdle()) {
            return step.run();
        }
        raw.setAutoCommit(true);
        try {
            return step.run();
        } finally {
            raw.setAutoCommit(false);
        }
    }

    /** A cursor would end with the transaction. */
    @Override
    public <T> T whole(Statement statement, Step<T> step) throws SQLException {
        int fetch = statement.getFetchSize();
        if (fetch == 0) {
            return step.run();
        }
        statement.setFetchSize(0);
        try {
            return step.run();
        } finally {
            statement.setFetchSize(fetch);
        }
    }

    @Override
    public boolean showsInsertedRows() {
        return true;
    }

    @Override
    public Outcome several(CapturingConnection connection, Plan.Script script, Source source, Call call) throws SQLException {
        return new WholeText(connection, script, source).run(call);
    }

    @Override
    public boolean batchesAreWhole() {
        return true;
    }

    /** As long as it expects less than 64,000 bytes of answers: 250 for each element, and the row that it returns. A row of unknown length goes alone. */
    @Override
    public int together(boolean inserts, ResultSetMetaData rows, int columns) throws SQLException {
        if (!sendsTogether || inserts && columns == 0 && rewrites()) {
            return Integer.MAX_VALUE;
        }
        int answer = ANSWER;
        try {
            for (int i = 0; i < columns; i++) {
                int length = length(((Object[]) field(rows, "fields").get(rows))[i]);
                answer = length < 0 ? ANSWERS : Math.min(ANSWERS, answer + length);
            }
        } catch (ReflectiveOperationException other) {
            return Integer.MAX_VALUE;
        }
        return Math.max(1, (ANSWERS - 1) / answer);
    }

    private boolean rewrites() {
        try {
            Object executor = raw.getClass().getMethod("getQueryExecutor").invoke(raw);
            return Boolean.TRUE.equals(Class.forName("org.postgresql.core.QueryExecutor", false, raw.getClass().getClassLoader()).getMethod("isReWriteBatchedInsertsEnabled").invoke(executor));
        } catch (ReflectiveOperationException other) {
            return true;
        }
    }

    /** The most bytes of a value as its driver reckons, -1 when there is no most. */
    private static int length(Object column) throws ReflectiveOperationException {
        short length = (Short) column.getClass().getMethod("getLength").invoke(column);
        int modifier = (Integer) column.getClass().getMethod("getMod").invoke(column);
        return length >= 0 ? length : modifier < 0 ? -1 : switch ((Integer) column.getClass().getMethod("getOID").invoke(column)) {
            case 1042, 1043 -> modifier - 4;
            case 1560, 1562 -> modifier;
            case 1700 -> 8 + (modifier - 4 >> 16 & 0xffff) / 2;
            default -> -1;
        };
    }

    @Override
    public List<?> held(ResultSet result) throws SQLException {
        try {
            return (List<?>) field(result, "rows").get(result);
        } catch (ReflectiveOperationException | RuntimeException other) {
            throw WaybillError.CAPTURE_FAILED.because(other, "this version of the PostgreSQL driver does not tell the rows of a result set");
        }
    }

    @Override
    public void show(ResultSet result, List<Object> held) throws SQLException {
        try {
            field(result, "rows").set(result, held);
        } catch (ReflectiveOperationException | RuntimeException other) {
            throw WaybillError.CAPTURE_FAILED.because(other, "this version of the PostgreSQL driver does not take the rows of a result set");
        }
        rewind(result, 0);
    }

    @Override
    public boolean refusesLate() {
        return true;
    }

    @Override
    public SQLException unexpected(String text, boolean asQuery) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            if (asQuery) {
                statement.executeQuery(text);
            } else {
                statement.executeUpdate(text);
            }
        } catch (SQLException itsOwn) {
            return itsOwn;
        }
        throw new IllegalStateException("the driver lets everything be called as everything");
    }

    @Override
    public void close() throws SQLException {
        piped.close();
    }
}
