// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.Plan.Returning.Effect;
import dev.waybill.driver.facts.Assignments.Assignment;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans PostgreSQL's statements that change rows: with columns of ours in RETURNING. Immutable; any thread. */
final class PostgresDmlPlanner {

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final Dialect dialect;
    private final Relatives relatives;
    private final OwnTables own;
    private final PostgresReturning returning;
    private final PostgresCascades cascades;

    PostgresDmlPlanner(DatabaseFacts facts, NameResolver names, Dialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.relatives = new Relatives(facts);
        this.own = new OwnTables(facts, names);
        this.returning = new PostgresReturning(facts);
        this.cascades = new PostgresCascades(facts, names, relatives);
    }

    // ---- INSERT, UPDATE, DELETE, MERGE ----

    /** The statement whose verb stands at this token; before it may stand a WITH. */
    Plan plan(SqlText text, int verb) {
        int at = text.isAny(verb, "INSERT", "MERGE") ? text.isWord(verb + 1, "INTO") ? verb + 2 : text.size() : text.isWord(verb, "DELETE") ? text.isWord(verb + 1, "FROM") ? verb + 2 : text.size() : verb + 1;
        boolean only = text.isWord(at, "ONLY");
        int name = only ? at + 1 : at;
        Target target = names.target(text, text.isSymbol(name, "(") ? name + 1 : name);
        if (target != null && own.isClosed(target)) {
            return OwnTables.refused(text.word(verb), target.name().toString());
        } else if (facts.isNothingPublished()) {
            return new Plan.Unpublished(List.of(target == null ? new TableName("", "") : target.name()));
        } else if (target == null || text.isSymbol(name, "(")) {
            return uncaptured("the table that it writes to cannot be made out");
        }
        Plan refused = refused(target);
        if (refused != null) {
            return refused;
        }
        PostgresWrite write = PostgresWrite.of(text, verb, target);
        Plan plan = target.isPublished() ? nested(text, verb + 1, published(write)) : nested(text, verb + 1, new Plan.Unpublished(reached(target.name())));
        return plan instanceof Plan.Uncaptured ? plan : narrowed(write, cascades.plan(write, plan));
    }

    /** An UPDATE that can change only what its SET clause names, and what follows from it: the rest of the row is not asked for. Not where foreign keys act. */
    private Plan narrowed(PostgresWrite write, Plan plan) {
        if (!(plan instanceof Plan.Returning wide) || wide.effect() != Effect.UPDATE) {
            return plan;
        }
        int set = write.text().find(write.end(), "SET");
        Set<String> changed = new LinkedHashSet<>(write.table().changing());
        changed.addAll(write.assigned(names, set + 1, write.endOfSet(set)));
        return write.table().columns().containsAll(changed) ? returning.plan(write.taking(changed), Effect.UPDATE, null) : plan;
    }

    /** What forbids any write to this table; null when nothing does. */
    Plan refused(Target target) {
        String why = facts.beyond().unseen().get(target.name());
        return why == null ? null : uncaptured(why);
    }

    /** A way to write that gives no rows: it is allowed for a table that is not published. */
    Plan unpublished(Target target, String why) {
        if (own.isOwn(target)) {
            return OwnTables.refused("COPY", target.name().toString());
        } else if (facts.isNothingPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        }
        Plan refused = refused(target);
        return refused != null ? refused : target.isPublished() ? uncaptured(why) : new Plan.Unpublished(reached(target.name()));
    }

    /** This table and all whose rows go into it or come from it. */
    List<TableName> reached(TableName table) {
        Set<TableName> all = new LinkedHashSet<>(List.of(table));
        all.addAll(facts.beyond().reaches().getOrDefault(table, Set.of()));
        return List.copyOf(all);
    }

    private Plan published(PostgresWrite write) {
        if (write.text().hasNumberedParameters()) {
            return uncaptured("it has parameters by number");
        }
        return switch (write.text().word(write.verb())) {
            case "INSERT" -> insert(write);
            case "UPDATE" -> update(write);
            case "DELETE" -> returning.plan(write, Effect.DELETE, null);
            default -> merge(write);
        };
    }

    private Plan insert(PostgresWrite write) {
        int conflict = write.conflict();
        if (!write.isUpdatingConflict()) {
            PlainInsert plain = write.verb() == 0 && conflict >= write.returning() && write.returning() == write.text().size() ? PlainInsert.of(write.text(), write.target(), names) : null;
            return returning.plan(write, Effect.INSERT, plain);
        }
        int set = write.text().find(conflict, "SET");
        int end = write.text().find(set, "WHERE", "RETURNING");
        Set<String> assigned = write.assigned(names, set + 1, end);
        if (!relatives.onUpdateOf(write.table().name(), column -> assigned == null || assigned.contains(column) || write.table().changing().contains(column)).isEmpty()) {
            return uncaptured("foreign keys make the database change published rows when it updates");
        }
        boolean stays = staysInPlace(write, set + 1, end);
        return facts.beyond().hasOld() || stays ? returning.plan(write, Effect.UPSERT, null) : uncaptured("ON CONFLICT DO UPDATE may change a key, and this server does not tell the old one");
    }

    private Plan update(PostgresWrite write) {
        int set = write.text().find(write.end(), "SET");
        int end = write.endOfSet(set);
        boolean stays = staysInPlace(write, set + 1, end);
        boolean watched = stays && isWatched(write, set + 1, end);
        if (stays && !watched) {
            return returning.plan(write, Effect.UPDATE, null);
        } else if (facts.beyond().hasOld()) {
            return returning.plan(write, Effect.MOVE, null);
        }
        boolean simple = write.verb() == 0 && write.returning() == write.text().size() && (end == write.text().size() || write.text().isWord(end, "WHERE") && !write.text().isWords(end, "WHERE", "CURRENT", "OF"));
        if (watched) {
            return simple ? watchedUpdate(write, set, end) : returning.plan(write, Effect.UPDATE, null);
        }
        return simple ? keyUpdate(write, set, end) : uncaptured("it may change keys in a way that this server does not tell");
    }

    /** Whether what conditions of publications look at may change. */
    private boolean isWatched(PostgresWrite write, int from, int to) {
        Set<String> assigned = write.assigned(names, from, to);
        return write.table().watched().stream().anyMatch(column -> assigned == null || assigned.contains(column) || write.table().changing().contains(column));
    }

    private static Plan watchedUpdate(PostgresWrite write, int set, int end) {
        String columns = write.table().oldColumns().stream().map(column -> write.alias() + "." + Quoting.quote(column)).collect(Collectors.joining(", "));
        String before = "SELECT " + columns + " FROM " + write.text().text(1, set) + " " + write.text().text(end, write.text().size()) + " FOR UPDATE";
        return new Plan.WatchedUpdate(write.table(), before, write.text().parameterNumbers(end, write.text().size()).stream().mapToInt(Integer::intValue).toArray());
    }

    /** Whether rows certainly keep their keys. */
    private boolean staysInPlace(PostgresWrite write, int from, int to) {
        CapturedTable table = write.table();
        Set<String> assigned = write.assigned(names, from, to);
        return assigned != null && table.keyColumns().stream().noneMatch(column -> assigned.contains(column) || table.changing().contains(column));
    }

    /** Where old values are not returned: a locking read before it. */
    private Plan keyUpdate(PostgresWrite write, int set, int end) {
        Assignments assignments = Assignments.of(write.text(), set + 1, names);
        if (!assignments.known() || assignments.end() != end) {
            return uncaptured("its SET clause may change a key and cannot be read");
        }
        CapturedTable table = write.table();
        List<String> columns = new ArrayList<>(table.oldColumns().stream().map(column -> write.alias() + "." + Quoting.quote(column)).toList());
        List<Integer> parameters = new ArrayList<>();
        boolean foretold = true;
        for (int key : table.key()) {
            String column = table.captured()[key];
            Assignment assignment = assignments.to(column);
            foretold &= !table.changing().contains(column) && (assignment == null || assignment.from() >= 0);
            if (assignment == null) {
                columns.add(write.alias() + "." + Quoting.quote(column));
            } else if (assignment.from() >= 0) {
                columns.add("CAST((" + write.text().text(assignment.from(), assignment.to()) + ") AS " + dialect.typeName(table.type(key)) + ")");
                parameters.addAll(write.text().parameterNumbers(assignment.from(), assignment.to()));
            }
        }
        if (!foretold) {
            columns = columns.subList(0, table.old().length);
            parameters.clear();
        }
        parameters.addAll(write.text().parameterNumbers(end, write.text().size()));
        String before = "SELECT " + String.join(", ", columns) + " FROM " + write.text().text(1, set) + " " + write.text().text(end, write.text().size()) + " FOR UPDATE";
        return new Plan.KeyUpdate(table, before, parameters.stream().mapToInt(Integer::intValue).toArray(), foretold);
    }

    private Plan merge(PostgresWrite write) {
        int when = write.text().find(write.end(), "WHEN");
        boolean deletes = false;
        boolean updates = false;
        boolean stays = write.text().find(when, "CASE") >= write.text().size(); // whose WHEN looks like the next branch
        for (int i = when; i < write.text().size(); i++) {
            deletes |= write.text().isWords(i, "THEN", "DELETE");
            if (write.text().isWords(i, "THEN", "UPDATE")) {
                updates = true;
                int set = write.text().find(i, "SET");
                stays &= staysInPlace(write, set + 1, write.text().find(set, "WHEN", "RETURNING"));
            }
        }
        if (deletes && !relatives.onDelete(write.table().name()).isEmpty() || updates && relatives.isParent(write.table().name())) {
            return uncaptured("foreign keys make the database change published rows when it updates or deletes");
        } else if (!facts.beyond().hasMergeReturning()) {
            return uncaptured("MERGE does not tell on this server which rows it has changed");
        }
        return stays || facts.beyond().hasOld() ? returning.plan(write, Effect.MERGE, null) : uncaptured("MERGE may change a key, and this server does not tell the old one");
    }

    // ---- statements inside of others ----

    /** The plan, unless a statement that writes stands in parentheses after this token: in a WITH, in COPY. */
    Plan nested(SqlText text, int from, Plan plan) {
        List<TableName> unpublished = new ArrayList<>();
        for (int i = Math.max(1, from); i < text.size(); i++) {
            boolean begins = (text.isSymbol(i - 1, "(") || text.isSymbol(i - 1, ")"))
                    && (text.isWords(i, "INSERT", "INTO") || text.isWords(i, "DELETE", "FROM") || text.isWords(i, "MERGE", "INTO") || text.isWord(i, "UPDATE") && text.isName(i + 1));
            SqlText inside = begins ? text.part(i, endOfEnclosing(text, i)) : null;
            if (inside == null || inside.isWord(0, "UPDATE") && inside.find(0, "SET") >= inside.size()) {
                continue;
            }
            Plan inner = plan(inside, 0);
            if (!(inner instanceof Plan.Unpublished write)) {
                return inner instanceof Plan.Uncaptured || inner instanceof Plan.Refused ? inner : uncaptured("it writes to a published table inside of another statement");
            }
            unpublished.addAll(write.tables());
        }
        if (unpublished.isEmpty()) {
            return plan;
        } else if (plan instanceof Plan.Unpublished outer) {
            unpublished.addAll(outer.tables());
        } else if (!(plan instanceof Plan.Pass)) {
            return plan instanceof Plan.Uncaptured || plan instanceof Plan.Defines || facts.isNothingPublished() ? plan : uncaptured("it writes to several tables at once");
        }
        return new Plan.Unpublished(unpublished);
    }

    private static int endOfEnclosing(SqlText text, int from) {
        int depth = 0;
        for (int i = from; i < text.size(); i++) {
            depth += text.isSymbol(i, "(") ? 1 : text.isSymbol(i, ")") ? -1 : 0;
            if (depth < 0) {
                return i;
            }
        }
        return text.size();
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }
}
