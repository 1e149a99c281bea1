// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Reads the facts of one table from MariaDB's INFORMATION_SCHEMA. One thread. */
final class MariaDbMetadata {

    private static final String PRIMARY = "PRIMARY";

    private final Connection raw;
    private final MariaDbDialect dialect;
    private final String schema;
    private final String database;
    private final String table;
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<ColumnFacts> facts = new ArrayList<>();
    private final Map<String, List<String>> uniqueKeys = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Travelling travelling;
    private String kind;
    private String engine;

    /** @param unasked which columns may be left out where their types cannot travel */
    MariaDbMetadata(Connection raw, MariaDbDialect dialect, String schema, String table, Predicate<String> unasked) {
        this.travelling = new Travelling(unasked);
        this.raw = raw;
        this.dialect = dialect;
        this.schema = schema;
        this.database = dialect.database(schema);
        this.table = table;
    }

    /** Only ordinary tables: temporary ones belong to a session, and those with a history keep what is deleted. */
    TableDefinition describe() throws SQLException {
        query("SELECT TABLE_TYPE, ENGINE, TABLE_COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY TABLE_TYPE <> 'TEMPORARY'", row -> {
            if (kind == null) {
                kind = row.getString(1);
                engine = row.getString(2);
                leaveOut(row.getString(3), "The comment of the table does not travel: ");
            }
        });
        if (!"BASE TABLE".equals(kind)) {
            return null;
        }
        if (!"InnoDB".equals(engine)) {
            throw WaybillError.TABLE_ENGINE.with(schema + "." + table, engine);
        }
        readColumns();
        readKeys();
        travelling.keep(uniqueKeys, PRIMARY, leftOut);
        String key = uniqueKeys.containsKey(PRIMARY) ? PRIMARY : NotNullKey.smallest(uniqueKeys, column -> facts.get(indexOf(column)).nullable(), schema + "." + table);
        List<String> keyColumns = uniqueKeys.remove(key);
        List<ForeignKey> foreignKeys = travelling.keep(foreignKeys());
        readRest();
        TableShape shape = new TableShape(schema, table, 0, columns, keyColumns.stream().map(this::indexOf).toList());
        return new TableDefinition(shape, key.equals(PRIMARY), facts, List.copyOf(uniqueKeys.values()), foreignKeys, leftOut);
    }

    private void readColumns() throws SQLException {
        Set<String> documents = new HashSet<>();
        query("SELECT CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?", row -> documents.add(row.getString(1)));
        query("SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, IS_NULLABLE, EXTRA, GENERATION_EXPRESSION, COLUMN_DEFAULT, COLUMN_COMMENT,"
                + " CHARACTER_SET_NAME, COLLATION_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION", row -> {
            String column = row.getString(1);
            boolean document = row.getString(2).equals("longtext") && documents.contains("json_valid(" + dialect.quote(column) + ")");
            ColumnType type = document ? ColumnType.of(SqlType.JSON) : travelling.type(column,
                    () -> MariaDbColumnTypes.type(schema + "." + table + "." + column, row.getString(2), row.getString(3), row.getLong(4), row.getLong(5), row.getInt(6), row.getInt(7)));
            if (type == null) {
                return;
            }
            columns.add(new ColumnShape(column, type));
            String extra = row.getString(9);
            boolean identity = extra.contains("auto_increment");
            boolean generated = extra.contains("GENERATED");
            facts.add(new ColumnFacts(row.getString(8).equals("YES"), identity, generated ? row.getString(10) : null));
            leaveOut(MariaDbColumnTypes.lost(row.getString(2), row.getString(3)), "Column " + column + " is here of the type ");
            leaveOut(identity || generated || "NULL".equals(row.getString(11)) ? null : row.getString(11), "The default of column " + column + " does not travel: ");
            leaveOut(row.getString(12), "The comment of column " + column + " does not travel: ");
            leaveOut(document ? null : row.getString(14), "The collation of column " + column + " does not travel: ");
            leaveOut(extra.contains("on update") ? "ON UPDATE CURRENT_TIMESTAMP" : null, "Column " + column + " is not changed by itself at a replica, here it is: ");
        });
    }

    private void leaveOut(String fact, String sentence) {
        if (fact != null && !fact.isEmpty()) {
            leftOut.add(sentence + fact + ".");
        }
    }

    /** A unique key over the beginnings of values tells no row from another by its columns. */
    private void readKeys() throws SQLException {
        Set<String> inPart = new HashSet<>();
        query("SELECT INDEX_NAME, COLUMN_NAME, NON_UNIQUE, SUB_PART FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX", row -> {
            if (row.getInt(3) == 1) {
                leftOut.add("An index does not travel: " + row.getString(1) + ".");
            } else {
                uniqueKeys.computeIfAbsent(row.getString(1), name -> new ArrayList<>()).add(row.getString(2));
                if (row.getString(4) != null) {
                    inPart.add(row.getString(1));
                }
            }
        });
        inPart.forEach(index -> {
            uniqueKeys.remove(index);
            leftOut.add("A unique index over parts of values does not travel: " + index + ".");
        });
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<String, ForeignKey> rules = new LinkedHashMap<>();
        query("SELECT CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, DELETE_RULE, UPDATE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS"
                + " WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ? ORDER BY CONSTRAINT_NAME", row -> rules.put(row.getString(1),
                        new ForeignKey(List.of(), dialect.schema(row.getString(2), null), row.getString(3), List.of(), action(row.getString(4)), action(row.getString(5)))));
        Map<String, List<String>> own = new LinkedHashMap<>();
        Map<String, List<String>> referenced = new LinkedHashMap<>();
        query("SELECT CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND REFERENCED_COLUMN_NAME IS NOT NULL"
                + " ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION", row -> {
            own.computeIfAbsent(row.getString(1), name -> new ArrayList<>()).add(row.getString(2));
            referenced.computeIfAbsent(row.getString(1), name -> new ArrayList<>()).add(row.getString(3));
        });
        List<ForeignKey> keys = new ArrayList<>();
        rules.forEach((name, key) -> keys.add(new ForeignKey(own.get(name), key.schema(), key.table(), referenced.get(name), key.onDelete(), key.onUpdate())));
        return keys;
    }

    private static Action action(String rule) {
        return switch (rule) {
            case "CASCADE" -> Action.CASCADE;
            case "SET NULL" -> Action.SET_NULL;
            case "SET DEFAULT" -> Action.SET_DEFAULT;
            case "NO ACTION" -> Action.NO_ACTION;
            default -> Action.RESTRICT;
        };
    }

    private void readRest() throws SQLException {
        query("SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ? ORDER BY 1", row -> {
            if (!row.getString(2).startsWith("json_valid(")) {
                leaveOut(row.getString(2), "A constraint does not travel: ");
            }
        });
        query("SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY 1", row -> leaveOut(row.getString(1), "A trigger does not travel: "));
        query("SELECT DISTINCT PARTITION_METHOD FROM INFORMATION_SCHEMA.PARTITIONS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND PARTITION_METHOD IS NOT NULL",
                row -> leaveOut(row.getString(1), "The table is created in one piece, here it is partitioned by "));
    }

    private int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalStateException("column " + column + " of a constraint is no column of " + schema + "." + table);
    }

    private void query(String sql, Query.Row each) throws SQLException {
        Query.each(raw, sql, each, database, table);
    }
}
