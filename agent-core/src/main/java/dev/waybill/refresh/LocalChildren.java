// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.JdbcName;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Tables of the replica's own that refer to tables of a snapshot with ON DELETE CASCADE, SET NULL or SET DEFAULT: when the old rows make room for the new ones, theirs would go or change along, without a word. They survive: a
 * snapshot is not installed over them. In the caller's transaction. Stateless.
 */
final class LocalChildren {

    private static final Set<Integer> SILENT = Set.of(DatabaseMetaData.importedKeyCascade, DatabaseMetaData.importedKeySetNull, DatabaseMetaData.importedKeySetDefault);

    private final Dialect dialect;

    LocalChildren(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Looks at all tables before the first row is deleted.
     *
     * @throws SQLException REFRESH_LOCAL_ROWS, naming the tables
     */
    void demandNone(Connection raw, List<TableDefinition> snapshot) throws SQLException {
        Set<TableName> replaced = snapshot.stream().map(table -> TableName.of(table.shape())).collect(Collectors.toSet());
        for (TableName parent : replaced) {
            for (Map.Entry<String, Key> key : keysTo(raw, parent).entrySet()) {
                TableName child = key.getValue().child;
                if (!replaced.contains(child) && refers(raw, child, key.getValue().columns.values())) {
                    throw WaybillError.REFRESH_LOCAL_ROWS.with(child, parent, key.getKey());
                }
            }
        }
    }

    private record Key(TableName child, Map<Integer, String> columns) {}

    private Map<String, Key> keysTo(Connection raw, TableName parent) throws SQLException {
        Map<String, Key> keys = new TreeMap<>();
        JdbcName where = dialect.jdbcName(raw, parent.schema());
        try (ResultSet row = raw.getMetaData().getExportedKeys(where.catalog(), where.schema(), parent.name())) {
            while (row.next()) {
                if (SILENT.contains(row.getInt("DELETE_RULE"))) {
                    TableName child = new TableName(dialect.schema(row.getString("FKTABLE_CAT"), row.getString("FKTABLE_SCHEM")), row.getString("FKTABLE_NAME"));
                    keys.computeIfAbsent(row.getString("FK_NAME"), name -> new Key(child, new TreeMap<>())).columns.put(row.getInt("KEY_SEQ"), row.getString("FKCOLUMN_NAME"));
                }
            }
        }
        return keys;
    }

    /** Only a row with a value in every column of the key refers to anything. */
    private boolean refers(Connection raw, TableName child, Collection<String> columns) throws SQLException {
        String sql = "SELECT 1 FROM " + dialect.quote(child.schema(), child.name()) + columns.stream().map(column -> dialect.quote(column) + " IS NOT NULL").collect(Collectors.joining(" AND ", " WHERE ", "")) + dialect.first(1);
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next();
        }
    }
}
