// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads the facts of one table from SQLite's table-valued pragmas. Names are found without regard to case, as SQLite does, and told as the definition writes them. One thread. */
final class SqliteMetadata {

    private final Connection raw;
    private final List<ColumnShape> columns = new ArrayList<>();
    private final List<ColumnFacts> facts = new ArrayList<>();
    private final Map<Integer, String> primary = new TreeMap<>();
    private final Map<String, List<String>> uniqueKeys = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private String table;
    private boolean withoutRowid;
    private boolean strict;
    private String primaryIndex;

    SqliteMetadata(Connection raw, String table) {
        this.raw = raw;
        this.table = table;
    }

    static List<String> tableNames(Connection raw) throws SQLException {
        List<String> names = new ArrayList<>();
        Query.each(raw, "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", row -> names.add(row.getString(1)));
        return names;
    }

    /** Null where there is no table of that name in the main database. */
    TableDefinition describe() throws SQLException {
        String[] found = new String[1];
        Query.each(raw, "SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name = ? COLLATE NOCASE", row -> {
            found[0] = row.getString(1);
            withoutRowid = row.getBoolean(2);
            strict = row.getBoolean(3);
        }, table);
        if (found[0] == null || found[0].toLowerCase(Locale.ROOT).startsWith("sqlite_")) {
            return null;
        }
        table = found[0];
        readIndexes();
        readColumns();
        String key = primary.isEmpty() ? NotNullKey.smallest(uniqueKeys, column -> facts.get(indexOf(column)).nullable(), table) : primaryIndex;
        List<String> keyColumns = primary.isEmpty() ? uniqueKeys.get(key) : List.copyOf(primary.values());
        uniqueKeys.remove(key);
        readRest();
        TableShape shape = new TableShape("", table, 0, columns, keyColumns.stream().map(this::indexOf).toList());
        return new TableDefinition(shape, !primary.isEmpty(), facts, List.copyOf(uniqueKeys.values()), foreignKeys(), leftOut);
    }

    /** Unique indexes over whole rows and plain columns: what is partial or computed tells no row from another. */
    private void readIndexes() throws SQLException {
        Query.each(raw, "SELECT l.name, l.\"unique\", l.origin, l.partial, i.name, i.coll FROM pragma_index_list(?, 'main') l JOIN pragma_index_xinfo(l.name, 'main') i WHERE i.\"key\" = 1 ORDER BY l.name, i.seqno", row -> {
            String index = row.getString(1);
            String column = row.getString(5);
            if (!row.getBoolean(2) || row.getBoolean(4) || column == null) {
                uniqueKeys.put(index, null);
            } else if (uniqueKeys.get(index) != null || !uniqueKeys.containsKey(index)) {
                uniqueKeys.computeIfAbsent(index, none -> new ArrayList<>()).add(column);
            }
            primaryIndex = row.getString(3).equals("pk") ? index : primaryIndex;
            if (!"BINARY".equals(row.getString(6)) && column != null) {
                leftOut.add("The collation of column " + column + " in index " + index + " does not travel: " + row.getString(6) + ".");
            }
        }, table);
        uniqueKeys.entrySet().removeIf(entry -> {
            if (entry.getValue() == null) {
                leftOut.add("An index does not travel: " + entry.getKey() + ".");
            }
            return entry.getValue() == null;
        });
    }

    private void readColumns() throws SQLException {
        Query.each(raw, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main') ORDER BY cid", row -> {
            String column = row.getString(1);
            boolean isKey = row.getInt(5) > 0;
            boolean isGenerated = row.getInt(6) > 1;
            columns.add(new ColumnShape(column, SqliteTypes.type(row.getString(2) == null ? "" : row.getString(2), strict)));
            facts.add(new ColumnFacts(!isKey && row.getInt(3) == 0, isKey && primaryIndex == null && !withoutRowid, isGenerated ? "an expression of SQLite" : null));
            if (isKey) {
                primary.put(row.getInt(5), column);
            }
            if (row.getString(4) != null && !isGenerated) {
                leftOut.add("The default of column " + column + " does not travel: " + row.getString(4) + ".");
            }
        }, table);
    }

    /** One that names no columns refers to the parent's primary key. */
    private List<ForeignKey> foreignKeys() throws SQLException {
        Map<Integer, ForeignKey> keys = new TreeMap<>();
        Map<Integer, List<String>> own = new TreeMap<>();
        Map<Integer, List<String>> theirs = new TreeMap<>();
        Query.each(raw, "SELECT f.id, f.\"from\", coalesce(f.\"to\", (SELECT x.name FROM pragma_table_info(f.\"table\", 'main') x WHERE x.pk = f.seq + 1)), coalesce(s.name, f.\"table\"), f.on_delete, f.on_update"
                + " FROM pragma_foreign_key_list(?, 'main') f LEFT JOIN main.sqlite_schema s ON s.type = 'table' AND s.name = f.\"table\" COLLATE NOCASE ORDER BY f.id, f.seq", row -> {
            int id = row.getInt(1);
            own.computeIfAbsent(id, none -> new ArrayList<>()).add(row.getString(2));
            theirs.computeIfAbsent(id, none -> new ArrayList<>()).add(row.getString(3));
            keys.put(id, new ForeignKey(List.of(), "", row.getString(4), List.of(), action(row.getString(5)), action(row.getString(6))));
        }, table);
        List<ForeignKey> whole = new ArrayList<>();
        keys.forEach((id, key) -> {
            if (theirs.get(id).contains(null)) {
                leftOut.add("A foreign key does not travel: its parent " + key.table() + " is not there, or has no primary key.");
            } else {
                whole.add(new ForeignKey(names(own.get(id)), "", key.table(), theirs.get(id), key.onDelete(), key.onUpdate()));
            }
        });
        return whole;
    }

    /** As this table's columns are written. */
    private List<String> names(List<String> written) {
        return written.stream().map(name -> columns.get(indexOf(name)).name()).toList();
    }

    private static Action action(String rule) {
        return Action.valueOf(rule.replace(' ', '_'));
    }

    private void readRest() throws SQLException {
        if (withoutRowid) {
            leftOut.add("The table is created with row numbers where it is another SQLite's, here it is WITHOUT ROWID.");
        }
        if (strict) {
            leftOut.add("The table is created without STRICT.");
        }
        Query.each(raw, "SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name", row -> leftOut.add("A trigger does not travel: " + row.getString(1) + "."), table);
        Query.each(raw, "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ? AND sql LIKE '%CHECK%'", (ResultSet row) -> leftOut.add("Checks do not travel."), table);
    }

    private int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(column)) {
                return i;
            }
        }
        throw new IllegalStateException("column " + column + " of a constraint is no column of " + table);
    }
}
