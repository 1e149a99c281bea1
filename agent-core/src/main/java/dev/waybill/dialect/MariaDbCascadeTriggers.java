// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.MariaDbCascades.Key;
import dev.waybill.dialect.MariaDbCascades.Step;
import dev.waybill.dialect.MariaDbCascades.Ways;
import dev.waybill.error.WaybillError;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The triggers that see what foreign keys do to one published table, on the tables from which they do it; named by the number of that table's own triggers. One thread.
 */
final class MariaDbCascadeTriggers {

    /** Makes a trigger. */
    @FunctionalInterface
    interface Maker {

        /**
         * @param table of the trigger
         * @param time  BEFORE or AFTER
         * @param body  with {@code #rows}, {@code #entry} and {@code #whose} where these come
         */
        void make(String name, TableName table, String time, String event, String body) throws SQLException;
    }

    private final MariaDbDialect dialect;
    private final Connection raw;
    private final String beginning;
    private final String found;
    private final String variables;

    /**
     * @param own    how the names of our triggers begin here
     * @param number of the table's own triggers
     */
    MariaDbCascadeTriggers(MariaDbDialect dialect, Connection raw, String own, long number) {
        this.dialect = dialect;
        this.raw = raw;
        this.beginning = beginning(own) + number + "_";
        this.found = dialect.catalogueTable(TableName.CASCADE + number);
        this.variables = "@" + own + number + "_";
    }

    /** How the names of all of them begin. */
    static String beginning(String own) {
        return own + "on_";
    }

    /** Whether a table of ours is one that they need. */
    static boolean isTable(String name) {
        return name.startsWith(TableName.CASCADE);
    }

    /** Whose it is. */
    static long number(String table) {
        return Long.parseLong(table.substring(TableName.CASCADE.length()));
    }

    /**
     * All that are needed are there, and no others.
     *
     * @return what the table's own triggers have to say first
     * @throws SQLException CAPTURE_IMPOSSIBLE
     */
    String follow(TableShape shape, long shapeId, Maker maker) throws SQLException {
        List<Ways> ways = MariaDbCascades.to(raw, dialect, TableName.of(shape)).all();
        Set<String> made = new LinkedHashSet<>();
        MariaDbCascadeText text = new MariaDbCascadeText(dialect, shape, shapeId, found, variables);
        if (!ways.isEmpty()) {
            MariaDbTriggers.run(raw, List.of(text.table()));
        }
        for (Ways each : ways) {
            String event = each.deletes() ? "DELETE" : "UPDATE";
            make(maker, made, each.root(), "BEFORE", event, text.before(each));
            make(maker, made, each.root(), "AFTER", event, text.after(each, each.deletes() ? List.of() : key(each.root())));
        }
        for (Map.Entry<TableName, Set<Key>> each : waiting(ways).entrySet()) {
            for (String event : List.of("INSERT", "UPDATE")) {
                make(maker, made, each.getKey(), "BEFORE", event, text.waiting(each.getValue()));
            }
        }
        drop(name -> !made.contains(name));
        return ways.isEmpty() ? "" : text.guard();
    }

    /** By which it is told whether a row of the root was updated. */
    private List<String> key(TableName root) throws SQLException {
        List<String> key = Query.texts(raw, "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX", dialect.database(root.schema()), root.name());
        if (key.isEmpty()) {
            throw WaybillError.CAPTURE_IMPOSSIBLE.with(root, "its updates change rows of a published table by a foreign key, and it has no primary key by which they can be told");
        }
        return key;
    }

    private void make(Maker maker, Set<String> made, TableName table, String time, String event, String body) throws SQLException {
        String name = beginning + UUID.nameUUIDFromBytes(table.toString().getBytes(StandardCharsets.UTF_8)).toString().substring(24) + "_" + (time + "_" + event).toLowerCase(Locale.ROOT);
        maker.make(name, table, time, event, body);
        made.add(name);
    }

    /** Where rows may come to hang on those that a way passes, by which foreign keys. */
    private static Map<TableName, Set<Key>> waiting(List<Ways> ways) {
        Map<TableName, Set<Key>> waiting = new LinkedHashMap<>();
        ways.forEach(each -> each.first().forEach(first -> first.step().further().forEach(step -> waiting(step, waiting))));
        return waiting;
    }

    private static void waiting(Step step, Map<TableName, Set<Key>> waiting) {
        waiting.computeIfAbsent(step.key().child(), none -> new LinkedHashSet<>()).add(step.key());
        step.further().forEach(next -> waiting(next, waiting));
    }

    /** Nothing is left. */
    void drop() throws SQLException {
        drop(all -> true);
        MariaDbTriggers.run(raw, List.of("DROP TABLE IF EXISTS " + found));
    }

    /** What runs AFTER a row goes before what runs BEFORE it, without which it refuses everything. */
    private void drop(Predicate<String> unwanted) throws SQLException {
        List<String> drops = new ArrayList<>();
        Query.each(raw, "SELECT TRIGGER_SCHEMA, TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_NAME LIKE ? ORDER BY ACTION_TIMING, 2", row -> {
            if (unwanted.test(row.getString(2))) {
                drops.add("DROP TRIGGER IF EXISTS " + dialect.quote(row.getString(1)) + "." + dialect.quote(row.getString(2)));
            }
        }, beginning.replace("_", "\\_") + "%");
        MariaDbTriggers.run(raw, drops);
    }
}
