// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.recording.NamedSavepoints;
import dev.waybill.driver.recording.Savepoints;
import dev.waybill.error.WaybillError;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One connection to HSQLDB. Used under the connection's lock. */
final class HsqldbSession implements ProductSession {

    private final Connection raw;
    private final Dialect dialect;
    private final Savepoints savepoints = new NamedSavepoints();

    HsqldbSession(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    /** START TRANSACTION as text turns the mode off until the end of its transaction. */
    @Override
    public boolean isAutoCommit() throws SQLException {
        return raw.getAutoCommit();
    }

    @Override
    public boolean keepsMode() {
        return true;
    }

    /** HSQLDB's own number stays after a COMMIT until something else is written, so it cannot tell. */
    @Override
    public String transactionId() {
        return null;
    }

    @Override
    public Savepoints savepoints() {
        return savepoints;
    }

    @Override
    public <T> T wholly(Step<T> dataChange) throws SQLException {
        return BehindSavepoint.run(raw, raw.getAutoCommit(), dataChange);
    }

    @Override
    public boolean countsFound() {
        return true;
    }

    @Override
    public boolean locksReads() {
        return false;
    }

    @Override
    public boolean chainsFailures() {
        return false;
    }

    @Override
    public boolean batchesStop() {
        return true;
    }

    /** The identity, and generated columns. */
    @Override
    public List<String> generated(CapturedTable table) {
        return table.columns().stream().filter(column -> column.equals(table.identity()) || table.changing().contains(column)).toList();
    }

    /** They are one result for everybody, which the first one closes. */
    @Override
    public boolean hidesEmptyKeys() {
        return true;
    }

    /** A query: of those keys that nobody has drawn HSQLDB has one result for all, which it closes. */
    @Override
    public ResultSet noKeys() throws SQLException {
        Statement statement = raw.createStatement();
        statement.closeOnCompletion();
        return statement.executeQuery("SELECT CAST(NULL AS BIGINT) AS GENERATED FROM (VALUES (0)) AS nothing (nought) WHERE FALSE");
    }

    /** Generated keys go forward alone, but all are in memory: their navigator is put back by its own method. */
    @Override
    public void rewind(ResultSet rows, int limit) throws SQLException {
        try {
            Field field = rows.getClass().getDeclaredField("navigator");
            field.setAccessible(true);
            Object navigator = field.get(rows);
            navigator.getClass().getMethod("beforeFirst").invoke(navigator);
        } catch (ReflectiveOperationException | RuntimeException other) {
            throw WaybillError.CAPTURE_FAILED.because(other, "this version of HSQLDB does not let generated keys be read twice");
        }
    }

    @Override
    public ResultSet rows(TableName table, GatheredKeys keys) throws SQLException {
        Map<String, String> types = types(table);
        int width = keys.columns().size();
        String row = keys.columns().stream().map(column -> "CAST(? AS " + types.get(column) + ")").collect(Collectors.joining(", ", "(", ")"));
        String names = IntStream.range(0, width).mapToObj(column -> "C" + column).collect(Collectors.joining(", "));
        String shown = IntStream.range(0, width).mapToObj(column -> "C" + column + " AS " + dialect.quote(keys.columns().get(column))).collect(Collectors.joining(", "));
        String sql = "SELECT " + shown + " FROM (VALUES " + String.join(", ", Collections.nCopies(Math.max(1, keys.rows()), row)) + ") AS K(" + names + ")" + (keys.rows() == 0 ? " WHERE FALSE" : "");
        PreparedStatement statement = raw.prepareStatement(sql);
        statement.closeOnCompletion();
        bind(statement, keys);
        return statement.executeQuery();
    }

    private static void bind(PreparedStatement statement, GatheredKeys keys) throws SQLException {
        List<Object[]> columns = new ArrayList<>();
        for (int column = 0; column < keys.columns().size(); column++) {
            columns.add(keys.values(column, 0, keys.rows()));
        }
        int parameter = 0;
        for (int row = 0; row < Math.max(1, keys.rows()); row++) {
            for (Object[] values : columns) {
                statement.setObject(++parameter, keys.rows() == 0 ? null : values[row]);
            }
        }
    }

    private Map<String, String> types(TableName table) throws SQLException {
        Map<String, String> types = new HashMap<>();
        try (PreparedStatement statement = raw.prepareStatement("SELECT COLUMN_NAME, DTD_IDENTIFIER FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    types.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return types;
    }

    @Override
    public void close() {
        // Nothing is kept open.
    }
}
