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
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@link DatabaseFacts} from SQLite's schema tables. Used while one book of plans is made. */
public final class SqliteFactsReader {

    /** The schema of tables that one connection has alone. */
    public static final String TEMPORARY = "temp";

    private final Connection raw;
    private final Catalogue catalogue;
    private final Set<TableName> received;

    public SqliteFactsReader(Connection raw, Catalogue catalogue, Set<TableName> received) {
        this.raw = raw;
        this.catalogue = catalogue;
        this.received = received;
    }

    /**
     * The facts under this catalogue. The foreign keys in them are those that pass new keys of published tables on to other rows. The routines are words whose rows nobody would see.
     *
     * @param temporary whether this connection's own tables count
     */
    public DatabaseFacts read(boolean temporary) throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        if (published.isEmpty()) {
            return DatabaseFacts.nothingPublished(catalogue.version(), catalogue.publisher(), received.isEmpty() ? Map.of() : DatabaseFacts.byName(objects(temporary)), received);
        }
        Map<TableName, CapturedTable> captured = new HashMap<>();
        for (TableName name : published) {
            captured.put(name, table(catalogue.captured(name)).watching(catalogue.watchedNames(name), catalogue.isSettled(name)));
        }
        return new DatabaseFacts(catalogue.version(), catalogue.publisher(), captured, DatabaseFacts.byName(objects(temporary)), Set.of(), passedOn(captured.keySet()), blind(), received, Integer.MAX_VALUE);
    }

    private CapturedTable table(TableShape shape) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement statement = raw.prepareStatement("SELECT name FROM pragma_table_xinfo(?, 'main') ORDER BY cid")) {
            statement.setString(1, shape.name());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(row.getString(1));
                }
            }
        }
        return new CapturedTable(shape, columns, Set.of(), null, Map.of());
    }

    private List<DatabaseObject> objects(boolean temporary) throws SQLException {
        List<DatabaseObject> objects = new ArrayList<>();
        names("SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view')", name -> objects.add(new DatabaseObject(new TableName("", name), null)));
        if (temporary) {
            names("SELECT name FROM sqlite_temp_schema WHERE type IN ('table', 'view')", name -> objects.add(new DatabaseObject(new TableName(TEMPORARY, name), null)));
        }
        return objects;
    }

    private List<ForeignKey> passedOn(Set<TableName> published) throws SQLException {
        List<ForeignKey> keys = new ArrayList<>();
        names("SELECT DISTINCT f.\"table\" FROM main.sqlite_schema t JOIN pragma_foreign_key_list(t.name, 'main') f WHERE t.type = 'table' AND f.on_update IN ('CASCADE', 'SET NULL', 'SET DEFAULT')",
                name -> published.stream().filter(table -> table.name().equalsIgnoreCase(name)).forEach(parent -> keys.add(new ForeignKey(parent, List.of(), parent, List.of(), ForeignKey.Action.NONE, ForeignKey.Action.CASCADE))));
        return keys;
    }

    /** The words whose rows nobody sees: REPLACE, where the application has triggers of its own; {@code *} where a definition says REPLACE by itself. */
    private Set<String> blind() throws SQLException {
        Set<String> words = new HashSet<>();
        String triggers = "SELECT 'REPLACE' FROM main.sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'waybill\\_%' ESCAPE '\\'"
                + " UNION ALL SELECT 'REPLACE' FROM sqlite_temp_schema WHERE type = 'trigger' AND name NOT LIKE 'waybill\\_%' ESCAPE '\\'";
        names(triggers, words::add);
        if (!words.isEmpty()) {
            names("SELECT '*' FROM main.sqlite_schema WHERE type = 'trigger' AND (sql LIKE '%OR REPLACE%' OR sql LIKE '%REPLACE INTO%') OR type = 'table' AND sql LIKE '%CONFLICT REPLACE%'", words::add);
        }
        return words;
    }

    private void names(String sql, Named named) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                named.take(row.getString(1));
            }
        }
    }

    /** Takes one name. */
    @FunctionalInterface
    private interface Named {
        void take(String name);
    }
}
