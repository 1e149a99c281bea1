// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@link DatabaseFacts} from H2's INFORMATION_SCHEMA. Used while one book of plans is made. */
public final class H2FactsReader {

    /** H2 with a heap of 26 megabytes. */
    private static final int SURE_ROWS = 1_000;

    private final Connection raw;
    private final Catalogue catalogue;
    private final Set<TableName> received;

    public H2FactsReader(Connection raw, Catalogue catalogue, Set<TableName> received) {
        this.received = received;
        this.raw = raw;
        this.catalogue = catalogue;
    }

    /**
     * The facts under this catalogue.
     *
     * @param temporary whether this session's temporary tables count
     */
    public DatabaseFacts read(boolean temporary) throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        if (published.isEmpty()) {
            return DatabaseFacts.nothingPublished(catalogue.version(), catalogue.publisher(), received.isEmpty() ? Map.of() : DatabaseFacts.byName(objects(temporary)), received);
        }
        Map<TableName, CapturedTable> captured = new HashMap<>();
        for (TableName name : published) {
            captured.put(name, table(catalogue.captured(name)).watching(catalogue.watchedNames(name)));
        }
        H2HiddenWrites hidden = new H2HiddenWrites(this).read();
        return new DatabaseFacts(catalogue.version(), catalogue.publisher(), captured, DatabaseFacts.byName(objects(temporary)), hidden.tables(), foreignKeys(), hidden.names(), received, sureRows());
    }

    /** As many as H2 keeps in memory: 40,000 for each gigabyte of the heap of its process, which need not be this one, or what is set. */
    private int sureRows() throws SQLException {
        int[] rows = {SURE_ROWS};
        read("SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'MAX_MEMORY_ROWS'", row -> rows[0] = Math.min(SURE_ROWS, row.getInt(1)));
        return rows[0];
    }

    private CapturedTable table(TableShape shape) throws SQLException {
        List<String> columns = new ArrayList<>();
        Set<String> changing = new HashSet<>();
        Map<String, ColumnFacts> facts = new HashMap<>();
        String identity = null;
        try (PreparedStatement statement = raw.prepareStatement("SELECT COLUMN_NAME, IS_GENERATED, COLUMN_ON_UPDATE, IS_IDENTITY, IS_NULLABLE, COLUMN_DEFAULT, DEFAULT_ON_NULL, DOMAIN_NAME FROM INFORMATION_SCHEMA.COLUMNS"
                + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION")) {
            statement.setString(1, shape.schema());
            statement.setString(2, shape.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                    facts.put(rows.getString(1), facts(rows));
                    identity = rows.getString(4).equals("YES") ? rows.getString(1) : identity;
                    if (rows.getString(2).equals("ALWAYS") || rows.getString(3) != null) {
                        changing.add(rows.getString(1));
                    }
                }
            }
        }
        return new CapturedTable(shape, columns, changing, identity, facts, uniqueKeys(shape));
    }

    private List<List<String>> uniqueKeys(TableShape shape) throws SQLException {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        try (PreparedStatement statement = raw.prepareStatement("SELECT INDEX_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.INDEX_COLUMNS"
                + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND IS_UNIQUE ORDER BY 1, ORDINAL_POSITION")) {
            statement.setString(1, shape.schema());
            statement.setString(2, shape.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.computeIfAbsent(rows.getString(1), index -> new ArrayList<>()).add(rows.getString(2));
                }
            }
        }
        return List.copyOf(keys.values());
    }

    private static ColumnFacts facts(ResultSet column) throws SQLException {
        boolean stores = column.getString(2).equals("NEVER") && column.getString(4).equals("NO") && !column.getBoolean(7) && column.getString(8) == null;
        return new ColumnFacts(stores, column.getString(5).equals("YES"), column.getString(6) != null);
    }

    private List<DatabaseObject> objects(boolean temporary) throws SQLException {
        List<DatabaseObject> objects = new ArrayList<>();
        read("SELECT TABLE_SCHEMA, TABLE_NAME, STORAGE_TYPE FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA'", row -> {
            if (temporary || !row.getString(3).equals("LOCAL TEMPORARY")) {
                objects.add(new DatabaseObject(new TableName(row.getString(1), row.getString(2)), null));
            }
        });
        read("SELECT SYNONYM_SCHEMA, SYNONYM_NAME, SYNONYM_FOR_SCHEMA, SYNONYM_FOR FROM INFORMATION_SCHEMA.SYNONYMS", row ->
                objects.add(new DatabaseObject(new TableName(row.getString(1), row.getString(2)), new TableName(row.getString(3), row.getString(4)))));
        return objects;
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<TableName, ForeignKey> keys = new LinkedHashMap<>();
        read("SELECT C.CONSTRAINT_SCHEMA, C.CONSTRAINT_NAME, C.DELETE_RULE, C.UPDATE_RULE, K.TABLE_SCHEMA, K.TABLE_NAME, K.COLUMN_NAME, P.TABLE_SCHEMA, P.TABLE_NAME, P.COLUMN_NAME"
                + " FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS C"
                + " JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE K ON K.CONSTRAINT_SCHEMA = C.CONSTRAINT_SCHEMA AND K.CONSTRAINT_NAME = C.CONSTRAINT_NAME"
                + " JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE P ON P.CONSTRAINT_SCHEMA = C.UNIQUE_CONSTRAINT_SCHEMA AND P.CONSTRAINT_NAME = C.UNIQUE_CONSTRAINT_NAME"
                + " AND P.ORDINAL_POSITION = K.POSITION_IN_UNIQUE_CONSTRAINT ORDER BY 1, 2, K.ORDINAL_POSITION", row -> {
            TableName constraint = new TableName(row.getString(1), row.getString(2));
            ForeignKey known = keys.get(constraint);
            List<String> childColumns = new ArrayList<>(known == null ? List.of() : known.childColumns());
            List<String> parentColumns = new ArrayList<>(known == null ? List.of() : known.parentColumns());
            childColumns.add(row.getString(7));
            parentColumns.add(row.getString(10));
            keys.put(constraint, new ForeignKey(new TableName(row.getString(5), row.getString(6)), childColumns, new TableName(row.getString(8), row.getString(9)), parentColumns,
                    ForeignKey.Action.of(row.getString(3)), ForeignKey.Action.of(row.getString(4))));
        });
        return List.copyOf(keys.values());
    }

    public void read(String sql, RowReader reader) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                reader.accept(rows);
            }
        }
    }

    @FunctionalInterface
    interface RowReader {
        void accept(ResultSet row) throws SQLException;
    }
}
