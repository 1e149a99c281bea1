// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.dialect.Dialect.LocalColumn;
import dev.waybill.dialect.Dialect.LocalFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What apply has to know of a table of SQLite: its driver's metadata tell of neither keys without an index nor triggers. */
final class SqliteLocalFacts {

    private SqliteLocalFacts() {}

    static LocalFacts read(Connection raw, String table) throws SQLException {
        List<LocalColumn> columns = new ArrayList<>();
        Map<String, Set<String>> uniqueKeys = new LinkedHashMap<>();
        Query.each(raw, "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?, 'main') ORDER BY cid", row -> {
            columns.add(new LocalColumn(row.getString(1), row.getString(2) == null ? "" : row.getString(2), row.getInt(3) == 0, row.getInt(5) > 1));
            if (row.getInt(4) > 0) {
                uniqueKeys.computeIfAbsent("", none -> names()).add(row.getString(1));
            }
        }, table);
        // A key with an expression counts as one of everything.
        Query.each(raw, "SELECT l.name, coalesce(i.name, x.name) FROM pragma_index_list(?, 'main') l JOIN pragma_index_xinfo(l.name, 'main') i"
                + " LEFT JOIN pragma_table_xinfo(?, 'main') x ON i.name IS NULL WHERE l.\"unique\" AND i.\"key\" = 1 ORDER BY l.name", row -> uniqueKeys.computeIfAbsent(row.getString(1), none -> names()).add(row.getString(2)), table, table);
        Set<String> references = names();
        Set<String> parents = names();
        Query.each(raw, "SELECT f.\"from\", coalesce(s.name, f.\"table\") FROM pragma_foreign_key_list(?, 'main') f LEFT JOIN main.sqlite_schema s ON s.type = 'table' AND s.name = f.\"table\" COLLATE NOCASE", row -> {
            references.add(row.getString(1));
            parents.add(row.getString(2));
        }, table);
        return new LocalFacts(columns, List.copyOf(uniqueKeys.values()), references, referenced(raw, table), parents, hasTriggers(raw, table));
    }

    private static Set<String> referenced(Connection raw, String table) throws SQLException {
        Set<String> referenced = names();
        Query.each(raw, "SELECT coalesce(f.\"to\", k.name) FROM main.sqlite_schema t JOIN pragma_foreign_key_list(t.name, 'main') f LEFT JOIN pragma_table_info(?, 'main') k ON f.\"to\" IS NULL AND k.pk = f.seq + 1"
                + " WHERE t.type = 'table' AND f.\"table\" = ? COLLATE NOCASE", row -> {
            if (row.getString(1) != null) {
                referenced.add(row.getString(1));
            }
        }, table, table);
        return referenced;
    }

    private static boolean hasTriggers(Connection raw, String table) throws SQLException {
        boolean[] found = new boolean[1];
        Query.each(raw, "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", row -> found[0] = true, table);
        return found[0];
    }

    private static Set<String> names() {
        return new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    }
}
