// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import dev.waybill.driver.facts.ForeignKey.Action;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@link DatabaseFacts} from JDBC's own metadata. Used while one book of plans is made. */
public final class GenericFactsReader {

    private static final String[] TABLES = {"TABLE", "GLOBAL TEMPORARY"};

    private final Connection raw;
    private final Dialect dialect;
    private final DatabaseMetaData metadata;
    private final Catalogue catalogue;
    private final Set<TableName> received;

    public GenericFactsReader(Connection raw, Dialect dialect, Catalogue catalogue, Set<TableName> received) throws SQLException {
        this.raw = raw;
        this.dialect = dialect;
        this.metadata = raw.getMetaData();
        this.catalogue = catalogue;
        this.received = received;
    }

    public DatabaseFacts read(GenericHiddenWrites hidden) throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        List<TableName> tables = published.isEmpty() && received.isEmpty() ? List.of() : tables();
        Map<String, List<DatabaseObject>> objects = DatabaseFacts.byName(tables.stream().map(name -> new DatabaseObject(name, null)).toList());
        if (published.isEmpty()) {
            return DatabaseFacts.nothingPublished(catalogue.version(), catalogue.publisher(), objects, received);
        }
        Map<TableName, CapturedTable> captured = new HashMap<>();
        for (TableName name : published) {
            captured.put(name, table(catalogue.captured(name)).watching(catalogue.watchedNames(name), catalogue.isSettled(name)));
        }
        return new DatabaseFacts(catalogue.version(), catalogue.publisher(), captured, objects, hidden.tables(), foreignKeys(tables), hidden.routines(), received, Integer.MAX_VALUE);
    }

    private List<TableName> tables() throws SQLException {
        List<TableName> tables = new ArrayList<>();
        try (ResultSet row = metadata.getTables(null, null, "%", TABLES)) {
            while (row.next()) {
                tables.add(name(row, "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME"));
            }
        }
        return tables;
    }

    private TableName name(ResultSet row, String catalog, String schema, String table) throws SQLException {
        return new TableName(dialect.schema(row.getString(catalog), row.getString(schema)), row.getString(table));
    }

    private CapturedTable table(TableShape shape) throws SQLException {
        Dialect.JdbcName where = dialect.jdbcName(raw, shape.schema());
        List<String> columns = new ArrayList<>();
        Set<String> changing = new HashSet<>();
        Map<String, ColumnFacts> facts = new HashMap<>();
        String identity = null;
        try (ResultSet row = metadata.getColumns(where.catalog(), escaped(where.schema()), escaped(shape.name()), "%")) {
            while (row.next()) {
                String column = row.getString("COLUMN_NAME");
                columns.add(column);
                facts.put(column, new ColumnFacts(false, row.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls, row.getString("COLUMN_DEF") != null));
                if ("YES".equals(row.getString("IS_AUTOINCREMENT"))) {
                    identity = column;
                } else if ("YES".equals(row.getString("IS_GENERATEDCOLUMN"))) {
                    changing.add(column);
                }
            }
        }
        return new CapturedTable(shape, columns, changing, identity, facts, uniqueKeys(where, shape.name()));
    }

    private List<List<String>> uniqueKeys(Dialect.JdbcName where, String table) throws SQLException {
        Map<String, Map<Integer, String>> keys = new TreeMap<>();
        try (ResultSet row = metadata.getIndexInfo(where.catalog(), where.schema(), table, true, true)) {
            while (row.next()) {
                if (row.getString("COLUMN_NAME") != null) {
                    keys.computeIfAbsent(row.getString("INDEX_NAME"), index -> new TreeMap<>()).put(row.getInt("ORDINAL_POSITION"), row.getString("COLUMN_NAME"));
                }
            }
        }
        return keys.values().stream().map(names -> List.copyOf(names.values())).toList();
    }

    /** All of the database: each table tells those of which it is the child. */
    private List<ForeignKey> foreignKeys(List<TableName> tables) throws SQLException {
        List<ForeignKey> all = new ArrayList<>();
        for (TableName table : tables) {
            Dialect.JdbcName where = dialect.jdbcName(raw, table.schema());
            Map<String, ForeignKey> keys = new LinkedHashMap<>();
            try (ResultSet row = metadata.getImportedKeys(where.catalog(), where.schema(), table.name())) {
                while (row.next()) {
                    ForeignKey known = keys.get(row.getString("FK_NAME"));
                    List<String> child = new ArrayList<>(known == null ? List.of() : known.childColumns());
                    List<String> parent = new ArrayList<>(known == null ? List.of() : known.parentColumns());
                    child.add(row.getString("FKCOLUMN_NAME"));
                    parent.add(row.getString("PKCOLUMN_NAME"));
                    keys.put(row.getString("FK_NAME"), new ForeignKey(table, child, name(row, "PKTABLE_CAT", "PKTABLE_SCHEM", "PKTABLE_NAME"), parent, action(row.getInt("DELETE_RULE")), action(row.getInt("UPDATE_RULE"))));
                }
            }
            all.addAll(keys.values());
        }
        return all;
    }

    private static Action action(int rule) {
        return switch (rule) {
            case DatabaseMetaData.importedKeyCascade -> Action.of("CASCADE");
            case DatabaseMetaData.importedKeySetNull -> Action.of("SET NULL");
            case DatabaseMetaData.importedKeySetDefault -> Action.of("SET DEFAULT");
            default -> Action.NONE;
        };
    }

    private String escaped(String name) throws SQLException {
        String escape = metadata.getSearchStringEscape();
        return name == null || escape.isEmpty() ? name : name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }
}
