// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * How writing to one table or view of PostgreSQL writes to others: views that can be updated, rules, partitions, inheritance. A partition of a published table is captured as that table; everything else that reaches a published table is
 * named with its reason. Used while facts are read.
 */
final class PostgresRelations {

    private final PostgresFactsReader database;
    private final Map<TableName, Set<TableName>> below = new HashMap<>();
    private final Map<TableName, Set<TableName>> above = new HashMap<>();
    private final Map<TableName, Set<TableName>> behind = new HashMap<>();
    private final Set<TableName> partitions = new HashSet<>();
    private final Set<TableName> inherited = new HashSet<>();
    private final Set<TableName> ruled = new HashSet<>();
    private final Set<TableName> altered = new HashSet<>();

    PostgresRelations(PostgresFactsReader database) {
        this.database = database;
    }

    PostgresRelations read() throws SQLException {
        database.read("SELECT cn.nspname, c.relname, pn.nspname, p.relname, c.relispartition FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace"
                + " JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE c.relkind IN ('r', 'p', 'f')", row -> {
            TableName child = new TableName(row.getString(1), row.getString(2));
            TableName parent = new TableName(row.getString(3), row.getString(4));
            above.computeIfAbsent(child, name -> new LinkedHashSet<>()).add(parent);
            below.computeIfAbsent(parent, name -> new LinkedHashSet<>()).add(child);
            if (row.getBoolean(5)) {
                partitions.add(child);
            } else {
                inherited.add(parent);
            }
        });
        database.read("SELECT DISTINCT n.nspname, c.relname, bn.nspname, b.relname, r.ev_type <> '1' FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> r.ev_class"
                + " LEFT JOIN pg_catalog.pg_class b ON b.oid = d.refobjid LEFT JOIN pg_catalog.pg_namespace bn ON bn.oid = b.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')", row -> {
            TableName from = new TableName(row.getString(1), row.getString(2));
            if (row.getString(4) != null) {
                behind.computeIfAbsent(from, name -> new LinkedHashSet<>()).add(new TableName(row.getString(3), row.getString(4)));
            }
            if (row.getBoolean(5)) {
                ruled.add(from);
            }
        });
        database.read("SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 3 = 3"
                + " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_depend e ON e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.deptype = 'e'"
                + " WHERE p.oid = t.tgfoid AND p.proname = 'lo_manage')", row -> altered.add(new TableName(row.getString(1), row.getString(2))));
        return this;
    }

    /** Whether triggers before each row, on the table or a partition of it, may store something else than was given. */
    boolean isAltered(TableName table) {
        return altered.contains(table) || closure(table, below).stream().anyMatch(altered::contains);
    }

    /** Adds the partitions of published tables to those that are captured, and to the others that reach a published table the reason why they cannot be. */
    void judge(Map<TableName, CapturedTable> captured, Map<TableName, String> unseen) {
        Map<TableName, CapturedTable> published = Map.copyOf(captured);
        for (TableName table : published.keySet()) {
            for (TableName partition : closure(table, below)) {
                if (published.containsKey(partition)) {
                    unseen.put(partition, "table " + partition + " is published, and so is " + table + " of which it is a part");
                    unseen.put(table, "table " + table + " is published, and so is " + partition + ", a part of it");
                } else if (partitions.contains(partition)) {
                    captured.put(partition, published.get(table));
                } else {
                    unseen.put(partition, "table " + partition + " inherits from published table " + table);
                }
            }
            closure(table, above).stream().filter(parent -> !published.containsKey(parent)).forEach(parent -> unseen.put(parent, "published table " + table + " is a part of table " + parent));
            if (inherited.contains(table)) {
                unseen.put(table, "other tables inherit from table " + table);
            }
            if (ruled.contains(table)) {
                unseen.put(table, "table " + table + " has a rule");
            }
        }
        for (TableName from : behind.keySet()) {
            boolean reaches = reach(from, new HashSet<>()).stream().anyMatch(table -> captured.containsKey(table) || unseen.containsKey(table));
            if (reaches && !captured.containsKey(from)) {
                unseen.putIfAbsent(from, from + " is a view or has a rule by which published tables can be written to");
            }
        }
    }

    /** What else is written to by writing to each table or view. */
    Map<TableName, Set<TableName>> reaches() {
        Map<TableName, Set<TableName>> all = new HashMap<>();
        Set<TableName> from = new HashSet<>(behind.keySet());
        from.addAll(above.keySet());
        from.addAll(below.keySet());
        from.forEach(table -> all.put(table, reach(table, new HashSet<>())));
        return all;
    }

    private Set<TableName> reach(TableName from, Set<TableName> seen) {
        for (TableName next : behind.getOrDefault(from, Set.of())) {
            if (seen.add(next)) {
                reach(next, seen);
            }
        }
        seen.addAll(closure(from, above));
        seen.addAll(closure(from, below));
        return seen;
    }

    private static Set<TableName> closure(TableName from, Map<TableName, Set<TableName>> edges) {
        Set<TableName> found = new LinkedHashSet<>();
        collect(from, edges, found);
        return found;
    }

    private static void collect(TableName from, Map<TableName, Set<TableName>> edges, Set<TableName> found) {
        for (TableName next : edges.getOrDefault(from, Set.of())) {
            if (found.add(next)) {
                collect(next, edges, found);
            }
        }
    }
}
