// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Reads the facts of one table from H2's INFORMATION_SCHEMA. Names are written in upper case and without quotes, so that they are found under every setting for the case of names. One thread. */
final class H2Metadata {

    private final Connection raw;
    private final String schema;
    private final String table;
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<ColumnFacts> facts = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Travelling travelling;

    /** @param unasked which columns may be left out where their types cannot travel */
    H2Metadata(Connection raw, String schema, String table, Predicate<String> unasked) {
        this.raw = raw;
        this.schema = schema;
        this.table = table;
        this.travelling = new Travelling(unasked);
    }

    static List<String> tableNames(Connection raw, String schema) throws SQLException {
        return Query.texts(raw, "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME", schema);
    }

    TableDefinition describe() throws SQLException {
        List<String> remarks = Query.texts(raw, "SELECT REMARKS FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                + " AND TABLE_TYPE = 'BASE TABLE' AND STORAGE_TYPE IN ('CACHED', 'MEMORY')", schema, table);
        if (remarks.isEmpty()) {
            return null;
        }
        readColumns();
        H2Constraints constraints = new H2Constraints(raw, schema, table, leftOut::add);
        Map<String, List<String>> uniqueKeys = constraints.uniqueKeys();
        travelling.keep(uniqueKeys, constraints.primaryKey(), leftOut);
        String key = constraints.primaryKey() != null ? constraints.primaryKey() : NotNullKey.smallest(uniqueKeys, column -> facts.get(indexOf(column)).nullable(), schema + "." + table);
        List<String> keyColumns = uniqueKeys.remove(key);
        List<ForeignKey> foreignKeys = travelling.keep(constraints.foreignKeys());
        readRest(constraints, remarks.get(0));
        TableShape shape = new TableShape(schema, table, 0, columns, keyColumns.stream().map(this::indexOf).toList());
        return new TableDefinition(shape, key.equals(constraints.primaryKey()), facts, List.copyOf(uniqueKeys.values()), foreignKeys, leftOut);
    }

    private void readColumns() throws SQLException {
        H2ColumnTypes types = new H2ColumnTypes(raw, schema, table);
        query("SELECT COLUMN_NAME, DTD_IDENTIFIER, IS_NULLABLE, IS_IDENTITY, IS_GENERATED, GENERATION_EXPRESSION, COLUMN_DEFAULT, COLUMN_ON_UPDATE, DOMAIN_NAME,"
                + " IS_VISIBLE, REMARKS, GEOMETRY_TYPE, GEOMETRY_SRID, COLLATION_NAME, IDENTITY_GENERATION, " + H2ColumnTypes.FACTS
                + " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION", row -> {
            String column = row.getString(1);
            ColumnType type = travelling.type(column, () -> types.type(column, row.getString(2), row, 16));
            if (type == null) {
                return;
            }
            columns.add(new ColumnShape(column, type));
            boolean generated = "ALWAYS".equals(row.getString(5));
            facts.add(new ColumnFacts("YES".equals(row.getString(3)), "YES".equals(row.getString(4)), generated ? row.getString(6) : null));
            leaveOut(column, row);
        });
    }

    private void leaveOut(String column, ResultSet row) throws SQLException {
        leaveOut(row.getString(7), "The default of column " + column + " does not travel: ");
        leaveOut(row.getString(8), "The ON UPDATE value of column " + column + " does not travel: ");
        leaveOut(row.getString(9), "Column " + column + " is created by its base type, without its domain ");
        leaveOut(row.getString(11), "The comment of column " + column + " does not travel: ");
        leaveOut(row.getString(12), "Column " + column + " is created as any geometry, not only ");
        leaveOut(row.getString(13), "Column " + column + " is created without its spatial reference system ");
        leaveOut("OFF".equals(row.getString(14)) ? null : row.getString(14), "The collation of column " + column + " does not travel: ");
        if (!row.getBoolean(10)) {
            leftOut.add("Column " + column + " is created visible, here it is invisible.");
        }
        if ("ALWAYS".equals(row.getString(15))) {
            leftOut.add("Column " + column + " is created as GENERATED BY DEFAULT AS IDENTITY, here it is GENERATED ALWAYS.");
        }
    }

    private void leaveOut(String fact, String sentence) {
        if (fact != null) {
            leftOut.add(sentence + fact + ".");
        }
    }

    private void readRest(H2Constraints constraints, String remarks) throws SQLException {
        constraints.checks().forEach(check -> leaveOut(check, "A check does not travel: "));
        query("SELECT INDEX_NAME FROM INFORMATION_SCHEMA.INDEXES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NOT IS_GENERATED ORDER BY INDEX_NAME",
                row -> leaveOut(row.getString(1), "An index does not travel: "));
        query("SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY TRIGGER_NAME",
                row -> leaveOut(row.getString(1), "A trigger does not travel: "));
        leaveOut(remarks, "The comment of the table does not travel: ");
    }

    private int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalStateException("column " + column + " of a constraint is no column of " + schema + "." + table);
    }

    private void query(String sql, Query.Row row) throws SQLException {
        Query.each(raw, sql, row, schema, table);
    }
}
