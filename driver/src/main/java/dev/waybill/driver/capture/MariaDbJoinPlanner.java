// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.MariaDbJoin.Joined;
import dev.waybill.driver.capture.Plan.PinnedWrite.Pin;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Plans of UPDATE and DELETE of several tables on MariaDB: of each published one that is written to the keys are read by the same join, and then it runs for these rows alone. Immutable; any thread. */
final class MariaDbJoinPlanner {

    private final DatabaseFacts facts;
    private final MariaDbNames names;
    private final MariaDbDialect dialect;
    private final MariaDbRowsPlanner single;

    MariaDbJoinPlanner(DatabaseFacts facts, MariaDbNames names, MariaDbDialect dialect, MariaDbRowsPlanner single) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.single = single;
    }

    /** Where it could be anything. */
    private Plan unknown(SqlText text, int from) {
        for (int i = from; i < text.size(); i++) {
            Target target = MariaDbNames.isQualified(text, i) ? null : names.target(text, i);
            TableName name = target == null ? null : target.name();
            if (name != null && (target.isPublished() || names.isElsewhere(name) || names.isHidden(name) || !facts.childrenOf(name).isEmpty())) {
                return MariaDbRowsPlanner.uncaptured("the tables that it writes to cannot be made out");
            }
        }
        return names.mentioned(text, from, text.size()) != null ? MariaDbRowsPlanner.uncaptured("the tables that it writes to cannot be made out") : new Plan.Unpublished(List.of());
    }

    /** @param from where the tables begin */
    Plan update(SqlText text, int from) {
        int set = text.find(from, "SET");
        int condition = text.find(set, "WHERE", "ORDER", "LIMIT");
        MariaDbJoin join = MariaDbJoin.of(text, from, set, names);
        Map<Joined, Set<String>> assigned = join == null ? null : assigned(text, set + 1, condition, join);
        if (assigned == null) {
            return unknown(text, from);
        }
        List<Pin> pins = new ArrayList<>();
        List<TableName> written = new ArrayList<>();
        String conditions = CurrentReads.text(text, condition, text.size());
        for (Map.Entry<Joined, Set<String>> table : assigned.entrySet()) {
            Target target = table.getKey().target();
            List<ForeignKey> keys = single.onUpdate(target, table.getValue());
            String why = why(target);
            if (why != null) {
                return MariaDbRowsPlanner.uncaptured(why);
            } else if (keys == null || !keys.isEmpty() && !target.isPublished()) {
                return MariaDbRowsPlanner.beyond();
            } else if (target.isPublished() && Pinnable.isInKey(target.captured(), table.getValue())) {
                return MariaDbRowsPlanner.uncaptured("an UPDATE of several tables changes keys of " + target.captured());
            } else if (target.isPublished()) {
                pins.add(pin(text, table.getKey(), CurrentReads.text(text, from, set), conditions, numbers(text, from, set, condition), !keys.isEmpty(), keys));
            }
            written.add(target.name());
        }
        return plan(text, pins, written, condition, conditions, false);
    }

    /** @param at behind DELETE and its modifiers */
    Plan delete(SqlText text, int at) {
        boolean using = text.isWord(at - 1, "FROM");
        int from = using ? text.find(at, "USING") : text.find(at, "FROM");
        int condition = text.find(from, "WHERE", "ORDER", "LIMIT", "RETURNING");
        MariaDbJoin join = from >= text.size() ? null : MariaDbJoin.of(text, from + 1, condition, names);
        Set<Joined> targets = join == null ? null : targets(text, at, from, join);
        if (targets == null) {
            return unknown(text, at);
        }
        List<Pin> pins = new ArrayList<>();
        List<TableName> written = new ArrayList<>();
        String conditions = CurrentReads.text(text, condition, text.size());
        for (Joined table : targets) {
            List<ForeignKey> keys = single.onDelete(table.target().name());
            String why = why(table.target());
            if (why != null) {
                return MariaDbRowsPlanner.uncaptured(why);
            } else if (keys == null || !keys.isEmpty() && (!table.target().isPublished() || targets.size() > 1)) {
                return MariaDbRowsPlanner.beyond();
            } else if (table.target().isPublished()) {
                pins.add(pin(text, table, CurrentReads.text(text, from + 1, condition), conditions, numbers(text, from + 1, condition, condition), !keys.isEmpty(), null));
            }
            written.add(table.target().name());
        }
        return plan(text, pins, written, condition, conditions, true);
    }

    private String why(Target target) {
        if (target.name().isOurs()) {
            return target.name() + " is Waybill's own";
        } else if (names.isElsewhere(target.name())) {
            return MariaDbDmlPlanner.OTHER_DATABASE;
        } else if (names.isHidden(target.name())) {
            return target.name() + " is a view, has a trigger that may write, or stands for another table";
        }
        return target.isPublished() ? Pinnable.unfindable(target.captured()) : null;
    }

    private Pin pin(SqlText text, Joined table, String tables, String conditions, int[] parameters, boolean walks, List<ForeignKey> updates) {
        CapturedTable captured = table.target().captured();
        String qualifier = table.qualifier() + ".";
        String columns = captured.oldColumns().stream().map(column -> qualifier + dialect.quote(column)).collect(Collectors.joining(", "));
        String read = "SELECT DISTINCT " + columns + " FROM " + tables + " " + conditions + MariaDbDmlPlanner.ALL + " FOR UPDATE";
        return new Pin(table.target().name(), captured, qualifier, read, parameters, walks, updates, false, true);
    }

    private static int[] numbers(SqlText text, int from, int to, int condition) {
        return IntStream.concat(IntStream.of(Pinnable.numbers(text, from, to)), IntStream.of(Pinnable.numbers(text, condition, text.size()))).toArray();
    }

    private static Plan plan(SqlText text, List<Pin> pins, List<TableName> written, int condition, String conditions, boolean deletes) {
        if (pins.isEmpty()) {
            return new Plan.Unpublished(written);
        } else if (conditions == null || pins.stream().anyMatch(pin -> pin.read().contains("FROM null "))) {
            return MariaDbRowsPlanner.uncaptured(MariaDbDmlPlanner.SETS);
        } else if (condition < text.size() && !text.isWord(condition, "WHERE") || text.find(condition, "ORDER", "LIMIT", "RETURNING") < text.size() || MariaDbRowsPlanner.asksForTheLast(text)) {
            return MariaDbRowsPlanner.uncaptured("a statement of several tables is captured without ORDER BY, LIMIT and what the statement before has counted");
        }
        String head = text.text(0, condition) + " WHERE " + (condition < text.size() ? "(" + text.text(condition + 1, text.size()) + ") AND " : "");
        return new Plan.PinnedWrite(deletes, pins, false, head, "", Pinnable.numbers(text, 0, text.size()), true);
    }

    // ---- what is written to ----

    /** What is assigned in each table, in small letters; columns that no published table has belong to all others. Null where that cannot be made out. */
    private static Map<Joined, Set<String>> assigned(SqlText text, int from, int to, MariaDbJoin join) {
        Map<Joined, Set<String>> assigned = new LinkedHashMap<>();
        for (int at = from; at < to;) {
            int name = at;
            while (text.isSymbol(name + 1, ".") && text.isName(name + 2)) {
                name += 2;
            }
            if (!text.isName(name) || !text.isSymbol(name + 1, "=")) {
                return null;
            }
            String column = text.value(name).toLowerCase(Locale.ROOT);
            Joined table = name > at ? join.named(text, name - 1) : join.with(column);
            if (name > at && table == null) {
                return null;
            }
            List<Joined> tables = table != null ? List.of(table) : join.tables().stream().filter(joined -> !joined.target().isPublished()).toList();
            tables.forEach(joined -> assigned.computeIfAbsent(joined, key -> new HashSet<>()).add(column));
            at = Assignments.afterExpression(text, name + 2, to) + 1;
        }
        return assigned;
    }

    /** The tables named before the join: {@code a, d.t, b.*}. */
    private static Set<Joined> targets(SqlText text, int from, int to, MariaDbJoin join) {
        Set<Joined> targets = new LinkedHashSet<>();
        for (int at = from; at < to;) {
            int name = at;
            while (text.isSymbol(name + 1, ".") && text.isName(name + 2)) {
                name += 2;
            }
            Joined table = text.isName(name) ? join.named(text, name + 1) : null;
            if (table == null) {
                return null;
            }
            targets.add(table);
            at = text.isSymbol(name + 1, ".") && text.isSymbol(name + 2, "*") ? name + 3 : name + 1;
            at = text.isSymbol(at, ",") ? at + 1 : at;
        }
        return targets.isEmpty() ? null : targets;
    }
}
