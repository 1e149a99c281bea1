// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Reads the facts of one table from JDBC's own metadata, which every driver has. One thread. */
final class GenericMetadata {

    private static final String PRIMARY = "";

    private final Connection raw;
    private final Dialect dialect;
    private final GenericProduct product;
    private final DatabaseMetaData metadata;
    private final String schema;
    private final String table;
    private final Dialect.JdbcName where;
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<ColumnFacts> facts = new ArrayList<>();
    private final Map<String, List<String>> uniqueKeys = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Travelling travelling;

    GenericMetadata(Connection raw, Dialect dialect, GenericProduct product, String schema, String table, Predicate<String> unasked) throws SQLException {
        this.travelling = new Travelling(unasked);
        this.raw = raw;
        this.dialect = dialect;
        this.product = product;
        this.metadata = raw.getMetaData();
        this.schema = schema;
        this.table = table;
        this.where = dialect.jdbcName(raw, schema);
    }

    /** Only ordinary tables: temporary ones belong to a session. */
    TableDefinition describe() throws SQLException {
        if (!isTable()) {
            return null;
        }
        readColumns();
        readKeys();
        travelling.keep(uniqueKeys, PRIMARY, leftOut);
        String key = uniqueKeys.containsKey(PRIMARY) ? PRIMARY : NotNullKey.smallest(uniqueKeys, column -> facts.get(indexOf(column)).nullable(), schema + "." + table);
        List<String> keyColumns = uniqueKeys.remove(key);
        uniqueKeys.values().removeIf(keyColumns::equals);
        TableShape shape = new TableShape(schema, table, 0, columns, keyColumns.stream().map(this::indexOf).toList());
        leftOut.add("Checks, triggers and further indexes of the table do not travel, where it has any.");
        return new TableDefinition(shape, key.equals(PRIMARY), facts, List.copyOf(uniqueKeys.values()), travelling.keep(foreignKeys()), leftOut);
    }

    private boolean isTable() throws SQLException {
        try (ResultSet row = metadata.getTables(where.catalog(), pattern(where.schema()), pattern(table), new String[] {"TABLE"})) {
            return row.next();
        }
    }

    private void readColumns() throws SQLException {
        List<String> generated = new ArrayList<>();
        try (ResultSet row = metadata.getColumns(where.catalog(), pattern(where.schema()), pattern(table), "%")) {
            while (row.next()) {
                String column = row.getString("COLUMN_NAME");
                ColumnType type = travelling.type(column, () -> type(column, row));
                if (type == null) {
                    continue;
                }
                columns.add(new ColumnShape(column, type));
                boolean identity = "YES".equals(row.getString("IS_AUTOINCREMENT"));
                if ("YES".equals(row.getString("IS_GENERATEDCOLUMN")) && !identity) {
                    generated.add(column);
                }
                facts.add(new ColumnFacts(row.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls, identity, null));
                leaveOut(identity || generated.contains(column) ? null : row.getString("COLUMN_DEF"), "The default of column " + column + " does not travel: ");
            }
        }
        for (String column : generated) {
            int index = indexOf(column);
            facts.set(index, new ColumnFacts(facts.get(index).nullable(), false, product.generation(raw, where.schema(), table, column)));
        }
    }

    private ColumnType type(String column, ResultSet row) throws SQLException {
        ColumnType type = product.type(row);
        if (type == null) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with(schema + "." + table + "." + column, row.getString("TYPE_NAME"));
        }
        return type;
    }

    private void leaveOut(String fact, String sentence) {
        if (fact != null && !fact.isEmpty()) {
            leftOut.add(sentence + fact + ".");
        }
    }

    private void readKeys() throws SQLException {
        Map<Integer, String> primary = new TreeMap<>();
        try (ResultSet row = metadata.getPrimaryKeys(where.catalog(), where.schema(), table)) {
            while (row.next()) {
                primary.put(row.getInt("KEY_SEQ"), row.getString("COLUMN_NAME"));
            }
        }
        if (!primary.isEmpty()) {
            uniqueKeys.put(PRIMARY, List.copyOf(primary.values()));
        }
        Map<String, Map<Integer, String>> indexes = new TreeMap<>();
        try (ResultSet row = metadata.getIndexInfo(where.catalog(), where.schema(), table, true, true)) {
            while (row.next()) {
                if (row.getString("COLUMN_NAME") != null) {
                    indexes.computeIfAbsent(row.getString("INDEX_NAME"), none -> new TreeMap<>()).put(row.getInt("ORDINAL_POSITION"), row.getString("COLUMN_NAME"));
                }
            }
        }
        indexes.forEach((name, names) -> {
            List<String> key = List.copyOf(names.values());
            if (!uniqueKeys.containsValue(key)) {
                uniqueKeys.put(name, key);
            }
        });
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<String, ForeignKey> keys = new LinkedHashMap<>();
        try (ResultSet row = metadata.getImportedKeys(where.catalog(), where.schema(), table)) {
            while (row.next()) {
                ForeignKey known = keys.get(row.getString("FK_NAME"));
                List<String> own = new ArrayList<>(known == null ? List.of() : known.columns());
                List<String> parents = new ArrayList<>(known == null ? List.of() : known.referenced());
                own.add(row.getString("FKCOLUMN_NAME"));
                parents.add(row.getString("PKCOLUMN_NAME"));
                keys.put(row.getString("FK_NAME"), new ForeignKey(own, dialect.schema(row.getString("PKTABLE_CAT"), row.getString("PKTABLE_SCHEM")), row.getString("PKTABLE_NAME"), parents,
                        action(row.getInt("DELETE_RULE")), action(row.getInt("UPDATE_RULE"))));
            }
        }
        return List.copyOf(keys.values());
    }

    private static Action action(int rule) {
        return switch (rule) {
            case DatabaseMetaData.importedKeyCascade -> Action.CASCADE;
            case DatabaseMetaData.importedKeySetNull -> Action.SET_NULL;
            case DatabaseMetaData.importedKeySetDefault -> Action.SET_DEFAULT;
            case DatabaseMetaData.importedKeyRestrict -> Action.RESTRICT;
            default -> Action.NO_ACTION;
        };
    }

    private String pattern(String name) throws SQLException {
        return escaped(metadata, name);
    }

    /** A name as a pattern that only this name fits. */
    static String escaped(DatabaseMetaData metadata, String name) throws SQLException {
        String escape = metadata.getSearchStringEscape();
        return name == null || escape.isEmpty() ? name : name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }

    private int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalStateException("column " + column + " of a constraint is no column of " + schema + "." + table);
    }
}
