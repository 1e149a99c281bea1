// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.Assignments.Assignment;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.ForeignKey.Action;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans statements that change rows. Immutable; any thread. */
final class DmlPlanner {

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final Dialect dialect;
    private final Relatives relatives;
    private final MergePlanner merge;
    private final UpsertPlanner upsert;
    private final OwnTables own;

    DmlPlanner(DatabaseFacts facts, NameResolver names, Dialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.relatives = new Relatives(facts);
        this.merge = new MergePlanner(names, relatives);
        this.upsert = new UpsertPlanner(names, relatives);
        this.own = new OwnTables(facts, names);
    }

    /** INSERT, UPDATE, DELETE, MERGE, REPLACE, TRUNCATE. */
    Plan plan(SqlText text) {
        Target target = names.target(text, nameAt(text));
        if (target != null && own.isClosed(target)) {
            return OwnTables.refused(text.word(0), target.name().toString());
        } else if (facts.isNothingPublished()) {
            TableName table = target == null ? new TableName("", "") : target.name();
            return text.isWord(0, "TRUNCATE") ? new Plan.MayCommit(false, false, table) : new Plan.Unpublished(List.of(table));
        }
        if (target == null || text.isWord(nameAt(text), "TOP") && !text.isWord(0, "INSERT")) {
            return uncaptured("the table that it writes to cannot be made out");
        }
        if (hasDelta(text)) {
            return nested(text, target);
        }
        if (facts.triggers().contains(target.name())) {
            return uncaptured("table " + target.name() + " has a trigger, or calls a function in a default or check, or is a linked one, and may so write elsewhere");
        }
        if (text.isWord(0, "TRUNCATE") && !target.isPublished()) {
            return new Plan.MayCommit(false, false, target.name());
        }
        Plan plan = target.isPublished() ? published(text, target) : new Plan.Unpublished(List.of(target.name()));
        return plan instanceof Plan.Uncaptured ? plan : cascading(text, target, plan);
    }

    // ---- foreign keys ----

    private Plan cascading(SqlText text, Target target, Plan plan) {
        if (text.isWord(0, "DELETE")) {
            List<ForeignKey> keys = relatives.onDelete(target.name());
            boolean beyond = relatives.allOnDelete(target.name()).stream().anyMatch(key -> key.onDelete() != Action.CASCADE && relatives.isBeyond(key));
            return keys.isEmpty() ? plan : beyond ? beyond() : before(text, target, plan, text.find(target.end(), "WHERE", "LIMIT", "FETCH", "ORDER", "OFFSET"), target.end(), null);
        } else if (text.isWord(0, "UPDATE")) {
            int set = text.find(target.end(), "SET");
            Assignments assignments = Assignments.of(text, set + 1, names);
            List<ForeignKey> keys = relatives.onUpdate(target.name(), assignments, target.isPublished() ? target.captured().changing() : Set.of());
            return keys.isEmpty() ? narrowed(plan, assignments) : keys.stream().anyMatch(relatives::isBeyond) || !assignments.known() ? beyond() : before(text, target, plan, assignments.end(), set, keys);
        } else if (text.isAny(0, "INSERT", "TRUNCATE") || target.isPublished()) {
            return plan;
        }
        return relatives.isParent(target.name()) ? beyond() : plan;
    }

    /** An UPDATE that can change only what its SET clause names, and what follows from it: the rest of the row is not asked for. */
    private static Plan narrowed(Plan plan, Assignments assignments) {
        if (!(plan instanceof Plan.KeysWrite write) || write.operation() != Operation.UPDATE || !assignments.known()) {
            return plan;
        }
        Set<String> changed = new HashSet<>(write.table().changing());
        assignments.list().forEach(assignment -> changed.add(assignment.column()));
        return write.table().columns().containsAll(changed) ? new Plan.KeysWrite(write.table().taking(changed), Operation.UPDATE) : plan;
    }

    private static Plan beyond() {
        return uncaptured("foreign keys make the database change published rows in a way that cannot be worked out");
    }

    /** The rows are read by the statement's own name, alias and condition. */
    private Plan before(SqlText text, Target target, Plan plan, int condition, int endOfName, List<ForeignKey> updates) {
        boolean chosen = condition < text.size() && !isCondition(text, condition);
        boolean settled = plan instanceof Plan.DeleteWrite && relatives.allOnDelete(target.name()).stream().noneMatch(key -> key.child().equals(target.name()));
        if (text.hasNumberedParameters() || chosen && !settled) {
            return uncaptured("foreign keys change published rows, and the rows that it changes cannot be read before it");
        }
        int name = nameAt(text);
        String columns = CascadeWalk.columns(facts, target.name()).stream().map(Quoting::quote).collect(Collectors.joining(", "));
        String alias = text.isWord(0, "DELETE") ? text.text(name, condition) : text.text(name, endOfName);
        int[] parameters = text.parameterNumbers(condition, text.size()).stream().mapToInt(Integer::intValue).toArray();
        return new Plan.Cascading(plan, target.name(), "SELECT " + columns + " FROM " + alias + " " + text.text(condition, text.size()) + " FOR UPDATE", parameters, updates, chosen);
    }

    // ---- statements ----

    /** A query, or CALL: passes unless a statement that writes stands inside it. */
    Plan query(SqlText text) {
        if (!hasDelta(text)) {
            return Plan.Pass.PLAN;
        }
        Plan simple = facts.isNothingPublished() ? null : simpleDelta(text);
        if (simple != null) {
            return simple;
        }
        List<TableName> unpublished = new ArrayList<>();
        for (int i = 0; i < text.size(); i++) {
            if (isDelta(text, i)) {
                Plan inner = plan(text.part(i + 3, text.afterParentheses(i + 2) - 1));
                if (inner instanceof Plan.Refused) {
                    return inner;
                }
                if (!(inner instanceof Plan.Unpublished write)) {
                    return uncaptured("it writes inside a query");
                }
                unpublished.addAll(write.tables());
            }
        }
        return new Plan.Unpublished(unpublished);
    }

    /** {@code SELECT columns FROM FINAL TABLE (INSERT, UPDATE or MERGE)} or {@code OLD TABLE (DELETE)} of a published table, with nothing but another name for it after it; otherwise null. */
    private Plan simpleDelta(SqlText text) {
        int from = text.find(0, "FROM");
        if (!text.isWord(0, "SELECT") || text.isAny(1, "DISTINCT", "TOP", "ALL") || !isDelta(text, from + 1) || hasParentheses(text, 1, from)) {
            return null;
        }
        int end = text.afterParentheses(from + 3);
        int alias = text.isWord(end, "AS") ? end + 1 : end;
        if (end != text.size() && !(text.isName(alias) && alias + 1 == text.size())) {
            return null;
        }
        Plan inner = plan(text.part(from + 4, end - 1));
        boolean whole = inner instanceof Plan.KeysWrite && text.isWord(from + 1, "FINAL") || inner instanceof Plan.DeleteWrite && text.isWord(from + 1, "OLD");
        if (!whole) {
            return null;
        }
        String columns = inner instanceof Plan.KeysWrite write ? String.join(", ", Arrays.stream(write.table().captured()).map(Quoting::quote).toList()) : keys(((Plan.DeleteWrite) inner).table());
        return new Plan.DeltaQuery(inner, text.text(0, from) + ", " + columns + " " + text.text(from, text.size()));
    }

    /** A function could be an aggregate: then no column may stand beside it. */
    private static boolean hasParentheses(SqlText text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.isSymbol(i, "(")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a data change delta table, {@code FINAL TABLE (…)} and its like, stands in it. */
    boolean hasDelta(SqlText text) {
        for (int i = 0; i < text.size(); i++) {
            if (isDelta(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDelta(SqlText text, int index) {
        return text.isAny(index, "FINAL", "NEW", "OLD") && text.isWord(index + 1, "TABLE") && text.isSymbol(index + 2, "(");
    }

    private static int nameAt(SqlText text) {
        return switch (text.word(0)) {
            case "INSERT" -> text.isWord(1, "IGNORE") ? 3 : 2;
            case "MERGE", "REPLACE", "TRUNCATE" -> 2;
            case "DELETE" -> text.isWord(1, "FROM") ? 2 : 1;
            default -> 1;
        };
    }

    private Plan nested(SqlText text, Target target) {
        Plan inner = query(text);
        if (target.isPublished() || !(inner instanceof Plan.Unpublished write)) {
            return uncaptured("a statement that writes stands inside it");
        }
        List<TableName> tables = new ArrayList<>(write.tables());
        tables.add(target.name());
        return new Plan.Unpublished(tables);
    }

    private Plan published(SqlText text, Target target) {
        return switch (text.word(0)) {
            case "INSERT" -> insert(text, target);
            case "UPDATE" -> update(text, target);
            case "DELETE" -> delete(text, target);
            case "MERGE", "REPLACE" -> merge.plan(text, target);
            case "TRUNCATE" -> truncate(text, target);
            default -> uncaptured(text.word(0) + " on a published table");
        };
    }

    private Plan insert(SqlText text, Target target) {
        int on = text.find(target.end(), "ON");
        if (text.isWords(on, "ON", "DUPLICATE")) {
            return upsert.plan(text, target, on);
        }
        return new Plan.KeysWrite(target.captured(), Operation.INSERT, PlainInsert.of(text, target, names));
    }

    private Plan update(SqlText text, Target target) {
        int set = text.find(target.end(), "SET");
        Assignments assignments = Assignments.of(text, set + 1, names);
        CapturedTable table = target.captured();
        if (!assignments.mayChange(table.keyColumns(), table.changing())) {
            return watched(text, set, assignments, table);
        } else if (!assignments.known()) {
            return uncaptured("its SET clause may change a key and cannot be read");
        } else if (text.hasNumberedParameters()) {
            return uncaptured("it changes a key and has parameters by number");
        }
        return assignments.end() < text.size() && !isCondition(text, assignments.end()) ? uncaptured("it changes keys of rows that are chosen by their order") : keyUpdate(text, set, assignments, table);
    }

    /** Whether a WHERE clause alone stands from here to the end. */
    private static boolean isCondition(SqlText text, int from) {
        return text.isWord(from, "WHERE") && text.find(from + 1, "LIMIT", "FETCH", "ORDER", "OFFSET") == text.size();
    }

    /** What conditions of publications look at is read before it, where it may change and the rows can be read. */
    private static Plan watched(SqlText text, int set, Assignments assignments, CapturedTable table) {
        int end = assignments.end();
        boolean readable = assignments.known() && !text.hasNumberedParameters() && (end == text.size() || isCondition(text, end));
        if (table.watched().isEmpty() || !readable || !assignments.mayChange(table.watched(), table.changing())) {
            return new Plan.KeysWrite(table, Operation.UPDATE);
        }
        String before = "SELECT " + keys(table) + " FROM " + text.text(1, set) + " " + text.text(end, text.size()) + " FOR UPDATE";
        return new Plan.WatchedUpdate(table, before, text.parameterNumbers(end, text.size()).stream().mapToInt(Integer::intValue).toArray());
    }

    private Plan keyUpdate(SqlText text, int set, Assignments assignments, CapturedTable table) {
        List<String> columns = new ArrayList<>(table.oldColumns().stream().map(Quoting::quote).toList());
        List<Integer> parameters = new ArrayList<>();
        boolean foretold = true;
        for (int key : table.key()) {
            String column = table.captured()[key];
            Assignment assignment = assignments.to(column);
            foretold &= !table.changing().contains(column) && (assignment == null || assignment.from() >= 0);
            if (assignment == null) {
                columns.add(Quoting.quote(column));
            } else if (assignment.from() >= 0) {
                columns.add("CAST((" + text.text(assignment.from(), assignment.to()) + ") AS " + dialect.typeName(table.type(key)) + ")");
                parameters.addAll(text.parameterNumbers(assignment.from(), assignment.to()));
            }
        }
        if (!foretold) {
            columns = columns.subList(0, table.old().length);
            parameters.clear();
        }
        int end = assignments.end();
        parameters.addAll(text.parameterNumbers(end, text.size()));
        String before = "SELECT " + String.join(", ", columns) + " FROM " + text.text(1, set) + " " + text.text(end, text.size()) + " FOR UPDATE";
        return new Plan.KeyUpdate(table, before, parameters.stream().mapToInt(Integer::intValue).toArray(), foretold);
    }

    private Plan delete(SqlText text, Target target) {
        return deleteWrite(target.captured(), text.text(), text.text(nameAt(text), text.size()), target.end() == text.size());
    }

    private Plan truncate(SqlText text, Target target) {
        CapturedTable table = target.captured();
        String restart = text.isWord(target.end(), "RESTART") && table.identity() != null ? "ALTER TABLE " + Quoting.quote(table.name()) + " ALTER COLUMN " + Quoting.quote(table.identity()) + " RESTART" : null;
        return text.isWords(0, "TRUNCATE", "TABLE") ? new Plan.Truncate(deleteWrite(table, "DELETE FROM " + Quoting.quote(table.name()), Quoting.quote(table.name()), true), restart) : uncaptured("TRUNCATE of this form is not known");
    }

    private static Plan.DeleteWrite deleteWrite(CapturedTable table, String delete, String from, boolean all) {
        return new Plan.DeleteWrite(table, delete, "SELECT " + keys(table) + " FROM OLD TABLE (" + delete + ")", "SELECT " + keys(table) + " FROM " + from + " FOR UPDATE", all);
    }

    private static String keys(CapturedTable table) {
        return table.oldColumns().stream().map(Quoting::quote).collect(Collectors.joining(", "));
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }
}
