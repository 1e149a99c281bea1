// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * {@code CONFLICT CALL 'statement'}: one statement of the database's own, most often a call of a procedure, with one parameter, the number of the conflict. OLD, NEW and REMOTE of each column stand in {@code waybill.conflict_value} while it
 * runs; what it leaves in {@code result_value} is the row. It may also set {@code outcome} of the line in {@code waybill.conflict} to AS_IT_CAME, AS_IT_IS_HERE or NO_ROW. Stateless; any thread.
 */
final class CallPolicy {

    private final Dialect dialect;

    CallPolicy(Dialect dialect) {
        this.dialect = dialect;
    }

    Resolution decide(String statement, Conflict conflict, long id, TableShape table, Connection raw) throws SQLException {
        offer(raw, conflict, id, table);
        try (PreparedStatement call = raw.prepareStatement(statement)) {
            call.setLong(1, id);
            call.execute();
        }
        String outcome = outcome(raw, id);
        Map<String, Object> values = result(raw, id, table, conflict, statement);
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + dialect.catalogueTable("conflict_value") + " WHERE conflict_id = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
        return switch (outcome) {
            case "AS_IT_CAME" -> new Resolution.AsItCame();
            case "AS_IT_IS_HERE" -> new Resolution.AsItIsHere();
            case "NO_ROW" -> new Resolution.NoRow();
            default -> new Resolution.Row(values);
        };
    }

    private void offer(Connection raw, Conflict conflict, long id, TableShape table) throws SQLException {
        String sql = "INSERT INTO " + dialect.catalogueTable("conflict_value") + " (conflict_id, column_name, old_value, new_value, remote_value, result_value) VALUES (?, ?, ?, ?, ?, ?)";
        try (PreparedStatement insert = raw.prepareStatement(sql)) {
            for (ColumnShape column : table.columns()) {
                boolean came = conflict.now() != null && conflict.now().containsKey(column.name());
                insert.setLong(1, id);
                insert.setString(2, column.name());
                insert.setString(3, text(column, conflict.old()));
                insert.setString(4, text(column, conflict.now()));
                insert.setString(5, text(column, conflict.remote()));
                insert.setString(6, came ? text(column, conflict.now()) : text(column, conflict.old()));
                insert.executeUpdate();
            }
        }
    }

    private static String text(ColumnShape column, Map<String, Object> row) {
        return row == null ? null : ValueText.of(column, row.get(column.name()));
    }

    private String outcome(Connection raw, long id) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT outcome FROM " + dialect.catalogueTable("conflict") + " WHERE conflict_id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : "OPEN";
            }
        }
    }

    /** What the statement has left as it was is not read back: not every value survives being text. */
    private Map<String, Object> result(Connection raw, long id, TableShape table, Conflict conflict, String statement) throws SQLException {
        Map<String, Object> values = new LinkedHashMap<>();
        String sql = "SELECT result_value FROM " + dialect.catalogueTable("conflict_value") + " WHERE conflict_id = ? AND column_name = ?";
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            for (ColumnShape column : table.columns()) {
                select.setLong(1, id);
                select.setString(2, column.name());
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        put(values, column, row.getString(1), conflict, statement);
                    }
                }
            }
        }
        return values;
    }

    private static boolean isLeft(ColumnShape column, Map<String, Object> row, String result) {
        return row != null && row.containsKey(column.name()) && Objects.equals(text(column, row), result);
    }

    private static void put(Map<String, Object> values, ColumnShape column, String result, Conflict conflict, String statement) throws SQLException {
        if (isLeft(column, conflict.now(), result)) {
            values.put(column.name(), conflict.now().get(column.name()));
            return;
        } else if (isLeft(column, conflict.old(), result)) {
            values.put(column.name(), conflict.old().get(column.name()));
            return;
        }
        try {
            values.put(column.name(), ValueText.parse(column, result));
        } catch (IOException unfit) {
            throw WaybillError.CONFLICT_UNRESOLVED.because(unfit, conflict.kind(), conflict.table(), statement, column.name() + ": " + unfit.getMessage());
        }
    }
}
