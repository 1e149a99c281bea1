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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Reads the facts of one table from PostgreSQL's system catalogue. One thread. */
final class PostgresMetadata {

    private final Connection raw;
    private final String schema;
    private final String table;
    private final Map<Integer, String> names = new LinkedHashMap<>();
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<ColumnFacts> facts = new ArrayList<>();
    private final Map<String, List<String>> uniqueKeys = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Travelling travelling;
    private String primaryKey;
    private long oid;

    /** @param unasked which columns may be left out where their types cannot travel */
    PostgresMetadata(Connection raw, String schema, String table, Predicate<String> unasked) {
        this.raw = raw;
        this.schema = schema;
        this.table = table;
        this.travelling = new Travelling(unasked);
    }

    static List<String> tableNames(Connection raw, String schema) throws SQLException {
        List<String> names = new ArrayList<>();
        Query.each(raw, "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1",
                row -> names.add(row.getString(1)), schema);
        return names;
    }

    /** Only tables that are logged: unlogged ones are emptied by a crash, temporary ones belong to a session. */
    TableDefinition describe() throws SQLException {
        Query.each(raw, "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'", row -> oid = row.getLong(1), schema, table);
        if (oid == 0) {
            return null;
        }
        readColumns();
        readKeys();
        travelling.keep(uniqueKeys, primaryKey, leftOut);
        keepNumbersHome();
        String key = primaryKey != null ? primaryKey : NotNullKey.smallest(uniqueKeys, column -> facts.get(indexOf(column)).nullable(), schema + "." + table);
        List<String> keyColumns = uniqueKeys.remove(key);
        List<ForeignKey> foreignKeys = travelling.keep(foreignKeys());
        readRest();
        TableShape shape = new TableShape(schema, table, 0, columns, keyColumns.stream().map(this::indexOf).toList());
        return new TableDefinition(shape, key.equals(primaryKey), facts, List.copyOf(uniqueKeys.values()), foreignKeys, leftOut);
    }

    private void readColumns() throws SQLException {
        PostgresColumnTypes types = new PostgresColumnTypes(raw, schema + "." + table);
        Query.each(raw, "SELECT a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, a.attnotnull, a.attidentity, a.attgenerated, pg_catalog.pg_get_expr(d.adbin, d.adrelid),"
                + " EXISTS (SELECT 1 FROM pg_catalog.pg_depend s WHERE s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype IN ('a', 'i') AND s.classid = 'pg_catalog.pg_class'::regclass"
                + " AND s.refclassid = 'pg_catalog.pg_class'::regclass AND EXISTS (SELECT 1 FROM pg_catalog.pg_class q WHERE q.oid = s.objid AND q.relkind = 'S')),"
                + " pg_catalog.col_description(a.attrelid, a.attnum), CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.oid, NULL) END, CASE WHEN a.attcollation <> t.typcollation THEN o.collname END"
                + " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
                + " LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation WHERE a.attrelid = CAST(? AS oid) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum", row -> {
            String column = row.getString(2);
            names.put(row.getInt(1), column);
            ColumnType type = travelling.type(column, () -> types.type(column, row.getLong(3), row.getInt(4), row.getInt(5)));
            if (type == null) {
                return;
            }
            columns.add(new ColumnShape(column, type));
            boolean generated = !row.getString(8).isEmpty();
            boolean identity = !row.getString(7).isEmpty() || row.getBoolean(10) && row.getString(9) != null && row.getString(9).startsWith("nextval(");
            facts.add(new ColumnFacts(!row.getBoolean(6), identity, generated ? row.getString(9) : null));
            leaveOut(generated || identity ? null : row.getString(9), "The default of column " + column + " does not travel: ");
            leaveOut(row.getString(11), "The comment of column " + column + " does not travel: ");
            leaveOut(PostgresLargeObjects.isType(type) ? null : row.getString(12), "Column " + column + " is created by its base type, without its domain ");
            leaveOut(row.getString(13), "The collation of column " + column + " does not travel: ");
            if (row.getString(7).equals("a")) {
                leftOut.add("Column " + column + " is created as GENERATED BY DEFAULT AS IDENTITY, here it is GENERATED ALWAYS.");
            }
            if (row.getString(8).equals("v")) {
                leftOut.add("Column " + column + " is created as a stored generated column, here it is a virtual one.");
            }
        }, oid);
    }

    /** The number of a large object is another one everywhere: no key of it travels. */
    private void keepNumbersHome() throws SQLException {
        for (ColumnShape column : columns) {
            if (PostgresLargeObjects.isType(column.type())) {
                if (primaryKey != null && uniqueKeys.get(primaryKey).contains(column.name())) {
                    throw WaybillError.COLUMN_TYPE_UNKNOWN.with(schema + "." + table + "." + column.name(), column.type().qualifier() + " in a key");
                }
                uniqueKeys.entrySet().removeIf(key -> key.getValue().contains(column.name()) && leftOut.add("A unique constraint does not travel: " + key.getKey() + "."));
            }
        }
    }

    private void leaveOut(String fact, String sentence) {
        if (fact != null) {
            leftOut.add(sentence + fact + ".");
        }
    }

    /** Unique indexes over whole rows and plain columns, looked at with every row: what is deferrable, partial or computed tells no row from another at every moment. */
    private void readKeys() throws SQLException {
        Query.each(raw, "SELECT c.relname, i.indisprimary, (SELECT string_agg(k::text, ' ' ORDER BY o) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u(k, o) WHERE o <= i.indnkeyatts), i.indimmediate,"
                + " i.indpred IS NOT NULL OR i.indexprs IS NOT NULL, i.indisunique, i.indisvalid FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST(? AS oid) ORDER BY c.relname", row -> {
            String index = row.getString(1);
            if (!row.getBoolean(6) || !row.getBoolean(7) || row.getBoolean(5)) {
                leftOut.add("An index does not travel: " + index + ".");
            } else if (!row.getBoolean(4)) {
                leftOut.add("A deferrable unique constraint does not travel: " + index + ".");
            } else {
                List<String> key = new ArrayList<>();
                for (String number : row.getString(3).split(" ")) {
                    key.add(names.get(Integer.valueOf(number)));
                }
                uniqueKeys.put(index, key);
                primaryKey = row.getBoolean(2) ? index : primaryKey;
            }
        }, oid);
    }

    private List<ForeignKey> foreignKeys() throws SQLException {
        List<ForeignKey> keys = new ArrayList<>();
        Query.each(raw, "SELECT f.conname, n.nspname, c.relname, f.confdeltype, f.confupdtype, f.condeferrable,"
                + " (SELECT array_agg(a.attname::text ORDER BY o) FROM unnest(f.conkey) WITH ORDINALITY AS u(k, o) JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k),"
                + " (SELECT array_agg(a.attname::text ORDER BY o) FROM unnest(f.confkey) WITH ORDINALITY AS u(k, o) JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k)"
                + " FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class c ON c.oid = f.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE f.conrelid = CAST(? AS oid) AND f.contype = 'f' AND NOT c.relispartition ORDER BY f.conname", row -> {
            if (row.getBoolean(6)) {
                leftOut.add("A deferrable foreign key does not travel: " + row.getString(1) + ".");
            } else {
                keys.add(new ForeignKey(texts(row, 7), row.getString(2), row.getString(3), texts(row, 8), action(row.getString(4)), action(row.getString(5))));
            }
        }, oid);
        return keys;
    }

    private static List<String> texts(ResultSet row, int index) throws SQLException {
        return List.of((String[]) row.getArray(index).getArray());
    }

    private static Action action(String code) {
        return switch (code) {
            case "r" -> Action.RESTRICT;
            case "c" -> Action.CASCADE;
            case "n" -> Action.SET_NULL;
            case "d" -> Action.SET_DEFAULT;
            default -> Action.NO_ACTION;
        };
    }

    private void readRest() throws SQLException {
        Query.each(raw, "SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE conrelid = CAST(? AS oid) AND contype IN ('c', 'x') ORDER BY conname",
                row -> leaveOut(row.getString(1), "A constraint does not travel: "), oid);
        Query.each(raw, "SELECT tgname FROM pg_catalog.pg_trigger WHERE tgrelid = CAST(? AS oid) AND NOT tgisinternal ORDER BY tgname", row -> leaveOut(row.getString(1), "A trigger does not travel: "), oid);
        Query.each(raw, "SELECT rulename FROM pg_catalog.pg_rewrite WHERE ev_class = CAST(? AS oid) ORDER BY rulename", row -> leaveOut(row.getString(1), "A rule does not travel: "), oid);
        Query.each(raw, "SELECT polname FROM pg_catalog.pg_policy WHERE polrelid = CAST(? AS oid) ORDER BY polname", row -> leaveOut(row.getString(1), "A row-level security policy does not travel: "), oid);
        Query.each(raw, "SELECT pg_catalog.obj_description(CAST(? AS oid), 'pg_class')", row -> leaveOut(row.getString(1), "The comment of the table does not travel: "), oid);
        Query.each(raw, "SELECT pg_catalog.pg_get_partkeydef(CAST(? AS oid))", row -> leaveOut(row.getString(1), "The table is created in one piece, here it is partitioned by "), oid);
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
