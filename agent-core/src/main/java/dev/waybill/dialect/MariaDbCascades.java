// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableName;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The ways on which foreign keys of MariaDB alone come to rows of one table.
 *
 * <pre>
 *   a row of the root goes, or changes what others refer to ─► w1, rows of a child ─► w2, rows of its child ─► …      w1, w2: names in SQL
 * </pre>
 *
 * <p>InnoDB goes at most {@value #MOST_STEPS} steps, and refuses to change by ON UPDATE a table that it is changing already. One thread.
 */
final class MariaDbCascades {

    private static final int MOST_STEPS = 15;
    private static final int MOST_WAYS = 64;

    private final Dialect dialect;
    private final TableName target;
    private final Map<TableName, List<Key>> byParent;
    private final Set<TableName> roots;
    private int count;

    private MariaDbCascades(Dialect dialect, TableName target, Map<TableName, List<Key>> byParent) {
        this.dialect = dialect;
        this.target = target;
        this.byParent = byParent;
        this.roots = roots();
    }

    /** As they are now, of all tables of the server that the user sees. */
    static MariaDbCascades to(Connection raw, MariaDbDialect dialect, TableName target) throws SQLException {
        Map<String, Key> keys = new LinkedHashMap<>();
        Query.each(raw, "SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE"
                + " FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k JOIN INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME"
                + " AND r.TABLE_NAME = k.TABLE_NAME WHERE k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION", row -> {
            TableName child = new TableName(dialect.schema(row.getString(1), null), row.getString(2));
            TableName parent = new TableName(dialect.schema(row.getString(3), null), row.getString(4));
            Action onDelete = Action.of(row.getString(8));
            Action onUpdate = Action.of(row.getString(9));
            Key key = keys.computeIfAbsent(child + "\0" + row.getString(5), id -> new Key(child, new ArrayList<>(), parent, new ArrayList<>(), onDelete, onUpdate));
            key.childColumns.add(row.getString(6));
            key.parentColumns.add(row.getString(7));
        });
        Map<TableName, List<Key>> byParent = new HashMap<>();
        keys.values().stream().filter(Key::acts).forEach(key -> byParent.computeIfAbsent(key.parent, none -> new ArrayList<>()).add(key));
        return new MariaDbCascades(dialect, target, byParent);
    }

    enum Action {
        NONE, CASCADE, SET_NULL;

        static Action of(String rule) {
            return rule.equals("CASCADE") ? CASCADE : rule.equals("SET NULL") ? SET_NULL : NONE;
        }
    }

    /** A foreign key that does something. */
    record Key(TableName child, List<String> childColumns, TableName parent, List<String> parentColumns, Action onDelete, Action onUpdate) {

        boolean acts() {
            return onDelete != Action.NONE || onUpdate != Action.NONE;
        }

        String pairs(Dialect dialect, String children, String parents) {
            return IntStream.range(0, childColumns.size()).mapToObj(i -> children + "." + dialect.quote(childColumns.get(i)) + " = " + parents + "." + dialect.quote(parentColumns.get(i))).collect(Collectors.joining(" AND "));
        }

        /** What becomes of the child's columns. */
        Map<String, String> changed(Step parent, Action action) {
            Map<String, String> changed = new LinkedHashMap<>();
            for (int i = 0; i < childColumns.size(); i++) {
                String value = action == Action.SET_NULL ? "NULL" : parent.changed.get(parentColumns.get(i));
                if (value != null) {
                    changed.put(childColumns.get(i), value);
                }
            }
            return changed;
        }
    }

    /**
     * The end of a way, or a stop on it.
     *
     * @param key       by which it leads here
     * @param way       tables up to here, behind FROM
     * @param condition of the first of them
     * @param name      of the rows here, in SQL
     * @param goes      whether they are deleted
     * @param changed   otherwise what becomes of their columns, in SQL
     * @param further   where ways go on to
     * @param ends      whether these are rows of the table in question
     */
    record Step(Key key, String way, String condition, String name, boolean goes, Map<String, String> changed, List<Step> further, boolean ends) {

        /** How many tables are on the longest way: what hangs on another table comes after more of them. */
        private int depth(Set<TableName> before) {
            Set<TableName> tables = with(before, key.child);
            return Math.max(ends ? tables.size() : 0, further.stream().mapToInt(step -> step.depth(tables)).max().orElse(0));
        }

        int count() {
            return (ends ? 1 : 0) + further.stream().mapToInt(Step::count).sum();
        }
    }

    /** @param begins in SQL, whether a row is updated so that this way begins; null where it goes */
    record First(String begins, Step step) {}

    /** All ways that begin where rows of one table are deleted, or updated. */
    record Ways(TableName root, boolean deletes, List<First> first) {

        /** The columns that are changed where ways begin. */
        List<String> changed() {
            return first.stream().flatMap(each -> each.step.key.parentColumns.stream()).distinct().toList();
        }

        int depth() {
            return first.stream().mapToInt(each -> each.step.depth(Set.of())).max().orElse(0);
        }

        boolean mayMeetTwice() {
            return first.stream().mapToInt(each -> each.step.count()).sum() > 1;
        }
    }

    /** @throws SQLException CAPTURE_IMPOSSIBLE when there are too many */
    List<Ways> all() throws SQLException {
        List<Ways> all = new ArrayList<>();
        for (TableName root : roots) {
            for (boolean deletes : new boolean[] {true, false}) {
                Ways ways = from(root, deletes);
                if (!ways.first.isEmpty()) {
                    all.add(ways);
                }
            }
        }
        return all;
    }

    private Ways from(TableName root, boolean deletes) throws SQLException {
        count = 0;
        List<First> first = new ArrayList<>();
        for (Key key : byParent.get(root)) {
            Map<String, String> changed = new LinkedHashMap<>();
            key.parentColumns.forEach(column -> changed.put(column, "NEW." + dialect.quote(column)));
            Step step = step(key, new Step(key, "", "", "OLD", deletes, deletes ? Map.of() : changed, List.of(), false), 1, deletes ? Set.of() : Set.of(root));
            if (step != null) {
                first.add(new First(deletes ? null : begins(key), step));
            }
        }
        return new Ways(root, deletes, first);
    }

    /** Byte by byte, as InnoDB compares. */
    private String begins(Key key) {
        return key.parentColumns.stream().map(dialect::quote).map(column -> "NOT CAST(OLD." + column + " AS BINARY) <=> CAST(NEW." + column + " AS BINARY)").collect(Collectors.joining(" OR "));
    }

    /** Null where this leads nowhere. */
    private Step step(Key key, Step from, int depth, Set<TableName> updated) throws SQLException {
        Action action = from.goes ? key.onDelete : key.onUpdate;
        boolean goes = from.goes && action == Action.CASCADE;
        boolean leads = key.child.equals(target) || roots.contains(key.child);
        if (action == Action.NONE || !leads || !goes && updated.contains(key.child)) {
            return null;
        }
        String name = "w" + depth;
        String table = dialect.quote(key.child.schema(), key.child.name()) + " AS " + name;
        String condition = key.pairs(dialect, name, from.name);
        Map<String, String> changed = goes ? Map.of() : key.changed(from, action);
        Step here = new Step(key, depth == 1 ? table : from.way + " STRAIGHT_JOIN " + table + " ON " + condition, depth == 1 ? condition : from.condition, name, goes, changed, new ArrayList<>(), key.child.equals(target));
        if (here.ends && ++count > MOST_WAYS) {
            throw WaybillError.CAPTURE_IMPOSSIBLE.with(target, "foreign keys change its rows on more than " + MOST_WAYS + " ways from one table, and MariaDB runs no trigger for that");
        }
        if (depth < MOST_STEPS) {
            further(key.child, here, depth + 1, goes ? updated : with(updated, key.child));
        }
        return here.ends || !here.further.isEmpty() ? here : null;
    }

    private void further(TableName table, Step here, int depth, Set<TableName> updated) throws SQLException {
        for (Key key : byParent.getOrDefault(table, List.of())) {
            Step step = here.goes || !Collections.disjoint(key.parentColumns, here.changed.keySet()) ? step(key, here, depth, updated) : null;
            if (step != null) {
                here.further.add(step);
            }
        }
    }

    private static Set<TableName> with(Set<TableName> tables, TableName another) {
        Set<TableName> both = new HashSet<>(tables);
        both.add(another);
        return both;
    }

    /** Tables from which a way may come to the table in question; that one itself only where one comes back. In a certain order. */
    private Set<TableName> roots() {
        Set<TableName> found = new TreeSet<>(Comparator.comparing(TableName::toString));
        Deque<TableName> ahead = new ArrayDeque<>(List.of(target));
        while (!ahead.isEmpty()) {
            TableName child = ahead.poll();
            byParent.forEach((parent, keys) -> {
                if (keys.stream().anyMatch(key -> key.child.equals(child)) && found.add(parent)) {
                    ahead.add(parent);
                }
            });
        }
        return found;
    }
}
