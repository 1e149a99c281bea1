// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.change.ValueKind;
import dev.waybill.dialect.MariaDbDialect;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Plans of the statements of MariaDB that write rows of one table. Immutable; any thread. */
final class MariaDbDmlPlanner {

    private static final Set<String> MODIFIERS = Set.of("LOW_PRIORITY", "HIGH_PRIORITY", "QUICK", "INTO", "FROM");

    /** Where these stand in a condition, the same rows need not be chosen twice. */
    private static final String[] FICKLE = {"RAND", "UUID", "UUID_SHORT", "SYS_GUID", "SLEEP", "SYSDATE", "NEXTVAL", "NEXT", "SETVAL", "LASTVAL", "LAST_INSERT_ID", "ROW_COUNT", "FOUND_ROWS", "GET_LOCK", "RELEASE_LOCK", "BENCHMARK"};

    private final DatabaseFacts facts;
    private final MariaDbNames names;
    private final MariaDbDialect dialect;
    private final MariaDbInsertPlanner inserts;

    MariaDbDmlPlanner(DatabaseFacts facts, MariaDbNames names, MariaDbDialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.inserts = new MariaDbInsertPlanner(names, dialect);
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }

    private static int afterModifiers(SqlText text) {
        int at = 1;
        while (MODIFIERS.contains(text.word(at))) {
            at++;
        }
        return at;
    }

    /** What is not of a form that is captured: no harm where nothing published is named and nothing can be reached. */
    private Plan unlessPublished(SqlText text, int from, int to, String why) {
        if (facts.isNothingPublished()) {
            return elsewhere(text, from, to) ? uncaptured(OTHER_DATABASE) : new Plan.Unpublished(List.of());
        }
        return uncaptured(why);
    }

    private static final String OTHER_DATABASE = "the table belongs to another database, which publishes itself: connect to that by its own URL";

    private boolean elsewhere(SqlText text, int from, int to) {
        for (int i = from; i < to; i++) {
            Target target = MariaDbNames.isQualified(text, i) ? null : names.target(text, i);
            if (target != null && names.isElsewhere(target.name())) {
                return true;
            }
        }
        return false;
    }

    /** What may be said of the target before anything else; null when the statement's own form decides. */
    private Plan judged(SqlText text, Target target, String verb) {
        if (target.name().isOurs() && facts.publisher() != null) {
            return OwnTables.refused(verb, target.name().toString());
        } else if (names.isElsewhere(target.name())) {
            return uncaptured(OTHER_DATABASE);
        } else if (facts.isNothingPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        } else if (names.isHidden(target.name())) {
            return uncaptured(target.name() + " is a view, has a trigger that may write, or stands for another table");
        }
        return null;
    }

    // ---- INSERT, REPLACE ----

    Plan insert(SqlText text) {
        return inserted(text, "INSERT");
    }

    Plan replace(SqlText text) {
        return inserted(text, "REPLACE");
    }

    private Plan inserted(SqlText text, String verb) {
        int at = afterModifiers(text);
        boolean ignore = text.isWord(at, "IGNORE");
        at = ignore ? at + (text.isWord(at + 1, "INTO") ? 2 : 1) : at;
        Target target = text.isWord(at, "DELAYED") ? null : names.target(text, at);
        if (target == null) {
            return unlessPublished(text, 1, text.size(), "its table cannot be made out");
        }
        Plan judged = judged(text, target, verb);
        if (judged != null) {
            return judged;
        } else if (verb.equals("REPLACE") && names.deletesFurther(target.name())) {
            return uncaptured("REPLACE deletes rows of " + target.name() + ", and foreign keys of a published table act upon that");
        } else if (!target.isPublished()) {
            boolean changes = text.find(target.end(), "DUPLICATE") < text.size();
            return changes && names.changesFurther(target.name(), inserts.assigned(text)) ? uncaptured("foreign keys of a published table act upon what ON DUPLICATE KEY UPDATE changes") : new Plan.Unpublished(List.of(target.name()));
        }
        return inserts.plan(text, target, ignore);
    }

    // ---- UPDATE ----

    Plan update(SqlText text) {
        int at = afterModifiers(text);
        boolean ignore = text.isWord(at, "IGNORE");
        at = ignore ? at + 1 : at;
        int set = text.find(at, "SET");
        Target target = names.target(text, at);
        boolean single = target != null && (target.end() == set || target.end() + 1 == set && text.isName(target.end()) || target.end() + 2 == set && text.isWord(target.end(), "AS"));
        if (!single) {
            return several(text, at, set, "UPDATE of several tables");
        }
        Plan judged = judged(text, target, "UPDATE");
        if (judged != null) {
            return judged;
        }
        int condition = text.find(set, "WHERE", "ORDER", "LIMIT");
        Set<String> assigned = assigned(text, set + 1, condition);
        if (names.changesFurther(target.name(), assigned)) {
            return uncaptured("foreign keys of a published table act upon what it changes in " + target.name());
        } else if (!target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        }
        CapturedTable table = target.captured();
        if (assigned.isEmpty()) {
            return uncaptured("what its SET clause assigns cannot be made out");
        } else if (isInKey(table, assigned)) {
            return uncaptured("it may change the key of " + table.name());
        } else if (ignore || text.find(set, "LIMIT") < text.size()) {
            return uncaptured("UPDATE with IGNORE or LIMIT does not tell which rows it changes");
        }
        return locked(text, table, Operation.UPDATE, text.text(at, set), condition);
    }

    private static boolean isInKey(CapturedTable table, Set<String> assigned) {
        return table.keyColumns().stream().anyMatch(column -> assigned.contains(column.toLowerCase(Locale.ROOT)) || table.changing().contains(column));
    }

    /** The columns named before each {@code =}, in small letters; none when one cannot be read. */
    static Set<String> assigned(SqlText text, int from, int to) {
        Set<String> columns = new HashSet<>();
        for (int at = from; at < to;) {
            int name = at;
            while (text.isSymbol(name + 1, ".") && text.isName(name + 2)) {
                name += 2;
            }
            if (!text.isName(name) || !text.isSymbol(name + 1, "=") && !text.isSymbol(name + 1, ":=")) {
                return Set.of();
            }
            columns.add(text.value(name).toLowerCase(Locale.ROOT));
            at = Assignments.afterExpression(text, name + 2, to) + 1;
        }
        return columns;
    }

    /** Several tables: a published one among them is refused, and so is one from which foreign keys lead to a published one. */
    private Plan several(SqlText text, int from, int to, String what) {
        if (facts.isNothingPublished()) {
            return unlessPublished(text, from, to, what);
        } else if (names.mentioned(text, from, to) != null) {
            return uncaptured(what + " does not tell which rows it changes");
        }
        for (int i = from; i < to; i++) {
            Target target = MariaDbNames.isQualified(text, i) ? null : names.target(text, i);
            TableName name = target == null ? null : target.name();
            if (name != null && (names.isElsewhere(name) || names.isHidden(name) || names.deletesFurther(name) || !facts.childrenOf(name).isEmpty())) {
                return uncaptured(what + " may change rows of a published table");
            }
        }
        return new Plan.Unpublished(List.of());
    }

    // ---- DELETE ----

    Plan delete(SqlText text) {
        int at = afterModifiers(text);
        boolean ignore = text.isWord(at, "IGNORE");
        at = ignore ? at + (text.isWord(at + 1, "FROM") ? 2 : 1) : at;
        Target target = names.target(text, at);
        int condition = text.find(at, "WHERE", "ORDER", "LIMIT", "RETURNING");
        boolean from = text.isWord(at - 1, "FROM");
        boolean single = from && target != null && (target.end() == condition || target.end() + 1 == condition && text.isName(target.end()) || target.end() + 2 == condition && text.isWord(target.end(), "AS"));
        if (!single) {
            return several(text, at, text.size(), "DELETE of several tables");
        }
        Plan judged = judged(text, target, "DELETE");
        if (judged != null) {
            return judged;
        } else if (names.deletesFurther(target.name())) {
            return uncaptured("foreign keys of a published table act upon rows deleted from " + target.name());
        } else if (!target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        } else if (ignore || text.find(condition, "RETURNING") < text.size()) {
            return uncaptured("DELETE with IGNORE or RETURNING is not captured on MariaDB");
        }
        return locked(text, target.captured(), Operation.DELETE, text.text(at, condition), condition);
    }

    /** The keys by the statement's own condition, with their rows locked, then the statement. */
    private Plan locked(SqlText text, CapturedTable table, Operation operation, String from, int condition) {
        for (int i = condition; i < text.size(); i++) {
            if (text.isAny(i, FICKLE) || text.isSymbol(i, ":=")) {
                return uncaptured("its condition may choose other rows each time (" + text.value(i) + ")");
            }
        }
        for (int key : table.key()) {
            ValueKind kind = table.type(key).kind();
            if (kind == ValueKind.TIMESTAMP_WITH_ZONE || kind == ValueKind.REAL || kind == ValueKind.DOUBLE) {
                return uncaptured("rows cannot be found for certain by a key of type " + table.type(key).type());
            }
        }
        String before = "SELECT " + MariaDbRows.keys(dialect, table) + " FROM " + from + " " + text.text(condition, text.size()) + " FOR UPDATE";
        return new Plan.LockedWrite(table, operation, before, numbers(text, condition, text.size()));
    }

    static int[] numbers(SqlText text, int from, int to) {
        return text.parameterNumbers(from, to).stream().mapToInt(Integer::intValue).toArray();
    }

    // ---- others ----

    /** It commits by itself, before anybody could tell its rows. */
    Plan truncate(SqlText text) {
        Target target = names.target(text, text.isWord(1, "TABLE") ? 2 : 1);
        if (target == null) {
            return facts.isNothingPublished() ? new Plan.MayCommit(true) : uncaptured("its table cannot be made out");
        }
        Plan judged = judged(text, target, "TRUNCATE");
        if (judged != null && !(judged instanceof Plan.Unpublished)) {
            return judged;
        }
        return target.isPublished() ? uncaptured("TRUNCATE commits by itself: use DELETE") : new Plan.MayCommit(false, false, target.name());
    }

    Plan load(SqlText text) {
        int table = text.find(0, "TABLE");
        Target target = names.target(text, table + 1);
        Plan judged = target == null ? null : judged(text, target, "LOAD DATA");
        if (judged != null) {
            return judged;
        }
        return target == null || target.isPublished() || table > 1 && text.isWord(table - 2, "REPLACE") ? unlessPublished(text, table, text.size(), "LOAD DATA does not tell which rows it has written") : new Plan.Unpublished(List.of(target.name()));
    }
}
