// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.PostgresDialect;
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

/** Reads {@link DatabaseFacts} from PostgreSQL's catalogue. Used while one book of plans is made. */
public final class PostgresFactsReader {

    /** Types whose values are stored as they are bound. */
    private static final Set<String> PLAIN_TYPES = Set.of("int2", "int4", "int8", "numeric", "text", "varchar", "bytea", "bool", "float4", "float8", "timestamp", "date", "uuid");

    private static final String COLUMNS = "SELECT a.attname, a.attgenerated <> '', a.attidentity <> '', a.attnotnull, a.atthasdef, t.typname, t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace"
            + " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

    private final Connection raw;
    private final Catalogue catalogue;
    private final Set<TableName> received;

    public PostgresFactsReader(Connection raw, Catalogue catalogue, Set<TableName> received) {
        this.raw = raw;
        this.catalogue = catalogue;
        this.received = received;
    }

    /**
     * The facts under this catalogue.
     *
     * @param temporary whether this session's temporary tables count
     */
    public DatabaseFacts read(boolean temporary) throws SQLException {
        return catalogue.complete() ? readAll(temporary).captureless() : readAll(temporary);
    }

    private DatabaseFacts readAll(boolean temporary) throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        if (published.isEmpty()) {
            return DatabaseFacts.nothingPublished(catalogue.version(), catalogue.publisher(), received.isEmpty() ? Map.of() : DatabaseFacts.byName(objects(temporary)), received);
        }
        PostgresRelations relations = new PostgresRelations(this).read();
        Map<TableName, CapturedTable> captured = new HashMap<>();
        for (TableName name : published) {
            captured.put(name, table(catalogue.captured(name), relations.isAltered(name)).watching(catalogue.watchedNames(name), catalogue.isSettled(name)));
        }
        Map<TableName, String> unseen = new HashMap<>();
        relations.judge(captured, unseen);
        Map<TableName, List<String>> objects = objects(published, captured);
        PostgresHiddenWrites hidden = new PostgresHiddenWrites(this, captured.keySet(), unseen, !objects.isEmpty());
        Set<String> writers = hidden.read();
        return new DatabaseFacts(catalogue.version(), catalogue.publisher(), captured, DatabaseFacts.byName(objects(temporary)), unseen.keySet(), foreignKeys(), writers, received, Integer.MAX_VALUE,
                new PostgresFacts(version(), unseen, relations.reaches(), deferrable(), objects.isEmpty() ? null : new LargeObjectFacts(objects, hidden.unlinking(), hidden.unlinksByTrigger())), covered(), null);
    }

    /** The columns of large objects of each published table that has some. */
    private static Map<TableName, List<String>> objects(Set<TableName> published, Map<TableName, CapturedTable> captured) {
        Map<TableName, List<String>> objects = new HashMap<>();
        for (TableName name : published) {
            List<String> columns = captured.get(name).shape().columns().stream().filter(column -> column.type().type() == SqlType.BLOB).map(ColumnShape::name).toList();
            if (!columns.isEmpty()) {
                objects.put(name, columns);
            }
        }
        return objects;
    }

    private CapturedTable table(TableShape shape, boolean altered) throws SQLException {
        List<String> columns = new ArrayList<>();
        Set<String> changing = new HashSet<>();
        Map<String, ColumnFacts> facts = new HashMap<>();
        String[] identity = new String[1];
        try (PreparedStatement statement = raw.prepareStatement(COLUMNS)) {
            statement.setString(1, shape.schema());
            statement.setString(2, shape.name());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(row.getString(1));
                    boolean stores = !altered && !row.getBoolean(2) && row.getBoolean(7) && PLAIN_TYPES.contains(row.getString(6));
                    facts.put(row.getString(1), new ColumnFacts(stores, !row.getBoolean(4), row.getBoolean(5) || row.getBoolean(3)));
                    identity[0] = row.getBoolean(3) ? row.getString(1) : identity[0];
                    if (row.getBoolean(2)) {
                        changing.add(row.getString(1));
                    }
                }
            }
        }
        return new CapturedTable(shape, columns, altered ? Set.copyOf(columns) : changing, identity[0], facts);
    }

    private List<DatabaseObject> objects(boolean temporary) throws SQLException {
        List<DatabaseObject> objects = new ArrayList<>();
        read("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
                + " AND n.nspname <> 'information_schema' AND n.nspname <> 'pg_toast' AND (c.relpersistence <> 't' OR " + temporary + " AND n.oid = pg_catalog.pg_my_temp_schema())", row ->
                objects.add(new DatabaseObject(new TableName(row.getString(1), row.getString(2)), null)));
        return objects;
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<Long, ForeignKey> keys = new LinkedHashMap<>();
        read("SELECT k.oid, cn.nspname, c.relname, ca.attname, pn.nspname, p.relname, pa.attname, k.confdeltype, k.confupdtype FROM pg_catalog.pg_constraint k"
                + " CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) WITH ORDINALITY AS u (child, parent, place)"
                + " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace JOIN pg_catalog.pg_attribute ca ON ca.attrelid = c.oid AND ca.attnum = u.child"
                + " JOIN pg_catalog.pg_class p ON p.oid = k.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace JOIN pg_catalog.pg_attribute pa ON pa.attrelid = p.oid AND pa.attnum = u.parent"
                + " WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY k.oid, u.place", row -> {
            ForeignKey known = keys.get(row.getLong(1));
            List<String> childColumns = new ArrayList<>(known == null ? List.of() : known.childColumns());
            List<String> parentColumns = new ArrayList<>(known == null ? List.of() : known.parentColumns());
            childColumns.add(row.getString(4));
            parentColumns.add(row.getString(7));
            keys.put(row.getLong(1), new ForeignKey(new TableName(row.getString(2), row.getString(3)), childColumns, new TableName(row.getString(5), row.getString(6)), parentColumns,
                    action(row.getString(8)), action(row.getString(9))));
        });
        return List.copyOf(keys.values());
    }

    private static ForeignKey.Action action(String letter) {
        return switch (letter) {
            case "c" -> ForeignKey.Action.CASCADE;
            case "n" -> ForeignKey.Action.SET_NULL;
            case "d" -> ForeignKey.Action.SET_DEFAULT;
            default -> ForeignKey.Action.NONE;
        };
    }

    /** Triggers of ours that somebody has turned off, or removed, capture nothing. */
    private Set<TableName> covered() throws SQLException {
        return catalogue.complete() ? Set.copyOf(new PostgresDialect().triggers().covered(raw)) : Set.of();
    }

    private boolean deferrable() throws SQLException {
        boolean[] found = new boolean[1];
        read("SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE condeferrable)", row -> found[0] = row.getBoolean(1));
        return found[0];
    }

    private int version() throws SQLException {
        int[] version = new int[1];
        read("SELECT pg_catalog.current_setting('server_version_num')", row -> version[0] = Integer.parseInt(row.getString(1)));
        return version[0];
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
