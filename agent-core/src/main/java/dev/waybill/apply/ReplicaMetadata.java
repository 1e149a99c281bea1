// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.BareType;
import dev.waybill.dialect.Dialect.JdbcName;
import dev.waybill.dialect.Dialect.LocalFacts;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads a {@link ReplicaTable} by JDBC's own metadata, so that it serves every database; or from what the dialect knows, where these do not tell enough. */
final class ReplicaMetadata {

    private ReplicaMetadata() {}

    /** The table, or null when there is none. */
    static ReplicaTable read(Connection raw, Dialect dialect, TableName name) throws SQLException {
        LocalFacts facts = dialect.localFacts(raw, name.schema(), name.name());
        return facts == null ? byMetadata(raw, dialect, name) : facts.columns().isEmpty() ? null : byFacts(name, facts);
    }

    private static ReplicaTable byFacts(TableName name, LocalFacts facts) {
        Map<String, ReplicaColumn> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        facts.columns().forEach(column -> columns.put(column.name(), new ReplicaColumn(column.name(), column.typeName(), -1, column.nullable(), column.generated(), false, null)));
        Set<TableName> parents = new HashSet<>();
        facts.parents().forEach(parent -> parents.add(new TableName(name.schema(), parent)));
        return new ReplicaTable(name, columns, facts.uniqueKeys(), facts.references(), facts.referenced(), parents, facts.triggers(), Set.of());
    }

    private static ReplicaTable byMetadata(Connection raw, Dialect dialect, TableName name) throws SQLException {
        DatabaseMetaData metadata = raw.getMetaData();
        JdbcName where = dialect.jdbcName(raw, name.schema());
        Map<String, ReplicaColumn> columns = columns(metadata, where, name, dialect.bareTypes(raw, name.schema(), name.name()));
        if (columns.isEmpty()) {
            return null;
        }
        Set<String> references = new HashSet<>();
        Set<TableName> parents = new HashSet<>();
        try (ResultSet key = metadata.getImportedKeys(where.catalog(), where.schema(), name.name())) {
            while (key.next()) {
                references.add(key.getString("FKCOLUMN_NAME"));
                parents.add(new TableName(dialect.schema(key.getString("PKTABLE_CAT"), key.getString("PKTABLE_SCHEM")), key.getString("PKTABLE_NAME")));
            }
        }
        return new ReplicaTable(name, columns, uniqueKeys(metadata, where, name), references, referenced(metadata, where, name), parents,
                hasTriggers(raw, where.schema() == null ? where.catalog() : where.schema(), name.name()), objects(raw, dialect, name));
    }

    private static Set<String> objects(Connection raw, Dialect dialect, TableName name) throws SQLException {
        return dialect.largeObjects() == null ? Set.of() : dialect.largeObjects().columns(raw, name.schema(), name.name());
    }

    private static Map<String, ReplicaColumn> columns(DatabaseMetaData metadata, JdbcName where, TableName name, Map<String, BareType> bareTypes) throws SQLException {
        Map<String, ReplicaColumn> columns = new LinkedHashMap<>();
        String escape = metadata.getSearchStringEscape();
        String schema = where.schema() == null ? null : escaped(where.schema(), escape);
        try (ResultSet column = metadata.getColumns(where.catalog(), schema, escaped(name.name(), escape), "%")) {
            while (column.next()) {
                String columnName = column.getString("COLUMN_NAME");
                columns.put(columnName, new ReplicaColumn(columnName, column.getString("TYPE_NAME"), column.getLong("COLUMN_SIZE"),
                        column.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls, "YES".equals(column.getString("IS_GENERATEDCOLUMN")),
                        "YES".equals(column.getString("IS_AUTOINCREMENT")), bareTypes.get(columnName)));
            }
        }
        return columns;
    }

    private static List<Set<String>> uniqueKeys(DatabaseMetaData metadata, JdbcName where, TableName name) throws SQLException {
        Map<String, Set<String>> keys = new TreeMap<>();
        try (ResultSet index = metadata.getIndexInfo(where.catalog(), where.schema(), name.name(), true, true)) {
            while (index.next()) {
                String column = index.getString("COLUMN_NAME");
                if (column != null) {
                    keys.computeIfAbsent(index.getString("INDEX_NAME"), none -> new HashSet<>()).add(column);
                }
            }
        }
        return List.copyOf(keys.values());
    }

    private static Set<String> referenced(DatabaseMetaData metadata, JdbcName where, TableName name) throws SQLException {
        Set<String> referenced = new HashSet<>();
        try (ResultSet key = metadata.getExportedKeys(where.catalog(), where.schema(), name.name())) {
            while (key.next()) {
                referenced.add(key.getString("PKCOLUMN_NAME"));
            }
        }
        return referenced;
    }

    private static boolean hasTriggers(Connection raw, String schema, String name) throws SQLException {
        String sql = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?";
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getLong(1) > 0;
            }
        }
    }

    private static String escaped(String name, String escape) {
        return name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }
}
