// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.MariaDbDialect;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@link DatabaseFacts} from MariaDB's INFORMATION_SCHEMA: of all databases of the server, since a statement may write to any of them. Used while one book of plans is made. */
public final class MariaDbFactsReader {

    /** What a body must not hold to be certain to write to no table. */
    private static final Pattern WRITES = Pattern.compile("(?is).*\\b(insert|update|delete|replace|truncate|load|call|execute|create|drop|alter|commit|rollback)\\b.*");

    /** Tables of these keep their rows themselves; others (MERGE, FEDERATED, CONNECT, SPIDER …) may be a way to a published one. */
    private static final Set<String> OWN_STORAGE = Set.of("INNODB", "MYISAM", "ARIA", "MEMORY", "CSV", "ARCHIVE", "SEQUENCE", "BLACKHOLE", "ROCKSDB", "COLUMNSTORE");

    private final Connection raw;
    private final MariaDbDialect dialect;
    private final Catalogue catalogue;
    private final Set<TableName> received;
    private final List<DatabaseObject> objects = new ArrayList<>();
    private final Set<TableName> hidden = new HashSet<>();
    private final Set<String> routines = new HashSet<>();

    public MariaDbFactsReader(Connection raw, MariaDbDialect dialect, Catalogue catalogue, Set<TableName> received) {
        this.raw = raw;
        this.dialect = dialect;
        this.catalogue = catalogue;
        this.received = received;
    }

    /** Where nothing is published here, only where others publish. */
    public DatabaseFacts read() throws SQLException {
        return catalogue.complete() ? readAll().covering(Set.copyOf(dialect.triggers().covered(raw))).captureless() : readAll();
    }

    private DatabaseFacts readAll() throws SQLException {
        Set<TableName> published = catalogue.publishedTables();
        if (published.isEmpty()) {
            read("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'waybill_catalogue'", row -> objects.add(new DatabaseObject(name(row, 1), null)));
            return DatabaseFacts.nothingPublished(catalogue.version(), catalogue.publisher(), DatabaseFacts.byName(objects), received);
        }
        tables();
        routines();
        Map<TableName, CapturedTable> captured = new HashMap<>();
        for (TableName name : published) {
            captured.put(name, table(catalogue.captured(name)).watching(catalogue.watchedNames(name), catalogue.isSettled(name)));
        }
        return new DatabaseFacts(catalogue.version(), catalogue.publisher(), captured, DatabaseFacts.byName(objects), hidden, foreignKeys(), routines, received, Integer.MAX_VALUE);
    }

    private TableName name(ResultSet row, int index) throws SQLException {
        return new TableName(dialect.schema(row.getString(index), null), row.getString(index + 1));
    }

    private void tables() throws SQLException {
        read("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')", row -> {
            TableName name = name(row, 1);
            if (!row.getString(3).equals("TEMPORARY")) {
                objects.add(new DatabaseObject(name, null));
            }
            if (row.getString(3).contains("VIEW") || row.getString(4) != null && !OWN_STORAGE.contains(row.getString(4).toUpperCase(Locale.ROOT))) {
                hidden.add(name);
            }
        });
        read("SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM INFORMATION_SCHEMA.TRIGGERS", row -> {
            if (row.getString(3) == null || WRITES.matcher(row.getString(3)).matches() || row.getString(3).contains("(")) {
                hidden.add(name(row, 1));
            }
        });
    }

    /** Whoever may not read a body does not know that it writes nothing. */
    private void routines() throws SQLException {
        read("SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_DEFINITION FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_SCHEMA NOT IN ('sys', 'mysql')", row -> {
            if (row.getString(3) == null || WRITES.matcher(row.getString(3)).matches()) {
                routines.add(MariaDbNames.routine(name(row, 1)));
            }
        });
    }

    private CapturedTable table(TableShape shape) throws SQLException {
        List<String> columns = new ArrayList<>();
        Set<String> changing = new HashSet<>();
        Map<String, ColumnFacts> facts = new HashMap<>();
        String[] identity = new String[1];
        read("SELECT COLUMN_NAME, EXTRA, IS_NULLABLE, COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION", row -> {
            String column = row.getString(1);
            columns.add(column);
            facts.put(column, new ColumnFacts(false, row.getString(3).equals("YES"), row.getString(4) != null && !row.getString(4).equals("NULL")));
            identity[0] = row.getString(2).contains("auto_increment") ? column : identity[0];
            if (row.getString(2).contains("GENERATED") || row.getString(2).contains("on update")) {
                changing.add(column);
            }
        }, dialect.database(shape.schema()), shape.name());
        Map<String, List<String>> unique = new LinkedHashMap<>();
        read("SELECT INDEX_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX",
                row -> unique.computeIfAbsent(row.getString(1), index -> new ArrayList<>()).add(row.getString(2)), dialect.database(shape.schema()), shape.name());
        return new CapturedTable(shape, columns, changing, identity[0], facts, List.copyOf(unique.values()));
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<String, ForeignKey> keys = new LinkedHashMap<>();
        read("SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE"
                + " FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k JOIN INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME"
                + " AND r.TABLE_NAME = k.TABLE_NAME WHERE k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION", row -> {
            String id = row.getString(1) + "\0" + row.getString(2) + "\0" + row.getString(5);
            ForeignKey known = keys.get(id);
            List<String> child = new ArrayList<>(known == null ? List.of() : known.childColumns());
            List<String> parent = new ArrayList<>(known == null ? List.of() : known.parentColumns());
            child.add(row.getString(6));
            parent.add(row.getString(7));
            keys.put(id, new ForeignKey(name(row, 1), child, name(row, 3), parent, ForeignKey.Action.of(row.getString(8)), ForeignKey.Action.of(row.getString(9))));
        });
        return List.copyOf(keys.values());
    }

    private void read(String sql, RowReader reader, String... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.accept(rows);
                }
            }
        }
    }

    @FunctionalInterface
    private interface RowReader {
        void accept(ResultSet row) throws SQLException;
    }
}
