// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.Assignments.Assignment;
import dev.waybill.driver.capture.ForeignKey.Action;
import dev.waybill.driver.capture.Plan.Returning.Effect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans PostgreSQL's statements that change rows: with columns of ours in RETURNING. Immutable; any thread. */
final class PostgresDmlPlanner {

    private static final String OLD = "waybill_old";

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final Dialect dialect;
    private final Relatives relatives;
    private final OwnTables own;

    PostgresDmlPlanner(DatabaseFacts facts, NameResolver names, Dialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.relatives = new Relatives(facts);
        this.own = new OwnTables(facts, names);
    }

    // ---- INSERT, UPDATE, DELETE, MERGE ----

    /** The statement whose verb stands at this token; before it may stand a WITH. */
    Plan plan(SqlText text, int verb) {
        int at = text.isAny(verb, "INSERT", "MERGE") ? text.isWord(verb + 1, "INTO") ? verb + 2 : text.size() : text.isWord(verb, "DELETE") ? text.isWord(verb + 1, "FROM") ? verb + 2 : text.size() : verb + 1;
        boolean only = text.isWord(at, "ONLY");
        int name = only ? at + 1 : at;
        Target target = names.target(text, text.isSymbol(name, "(") ? name + 1 : name);
        if (target != null && own.isOwn(target)) {
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
        Write write = write(text, verb, target);
        Plan plan = target.isPublished() ? nested(text, verb + 1, published(write)) : nested(text, verb + 1, new Plan.Unpublished(reached(target.name())));
        return plan instanceof Plan.Uncaptured ? plan : cascading(write, plan);
    }

    /** What forbids any write to this table; null when nothing does. */
    private Plan refused(Target target) {
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

    private List<TableName> reached(TableName table) {
        Set<TableName> all = new LinkedHashSet<>(List.of(table));
        all.addAll(facts.beyond().reaches().getOrDefault(table, Set.of()));
        return List.copyOf(all);
    }

    private static Write write(SqlText text, int verb, Target target) {
        int at = text.isSymbol(target.end(), "*") ? target.end() + 1 : target.end();
        boolean as = text.isWord(at, "AS");
        boolean bare = !as && !text.isWord(verb, "INSERT") && text.isName(at) && !text.isAny(at, "SET", "USING", "WHERE", "RETURNING", "FROM");
        int end = as ? at + 2 : bare ? at + 1 : at;
        String alias = as || bare ? text.text(end - 1, end) : text.text(target.end() - 1, target.end());
        int returning = text.find(end, "RETURNING");
        return new Write(text, verb, target, alias, end, returning);
    }

    private Plan published(Write write) {
        if (write.text.hasNumberedParameters()) {
            return uncaptured("it has parameters by number");
        }
        return switch (write.text.word(write.verb)) {
            case "INSERT" -> insert(write);
            case "UPDATE" -> update(write);
            case "DELETE" -> returning(write, Effect.DELETE, null);
            default -> merge(write);
        };
    }

    private Plan insert(Write write) {
        int conflict = conflict(write);
        if (conflict >= write.returning || !isUpdating(write.text, conflict, write.returning)) {
            PlainInsert plain = write.verb == 0 && conflict >= write.returning && write.returning == write.text.size() ? PlainInsert.of(write.text, write.target, names) : null;
            return returning(write, Effect.INSERT, plain);
        }
        int set = write.text.find(conflict, "SET");
        int end = write.text.find(set, "WHERE", "RETURNING");
        Set<String> assigned = assigned(write.text, set + 1, end);
        if (!relatives.onUpdateOf(write.table().name(), column -> assigned == null || assigned.contains(column) || write.table().changing().contains(column)).isEmpty()) {
            return uncaptured("foreign keys make the database change published rows when it updates");
        }
        boolean stays = staysInPlace(write, set + 1, end);
        return facts.beyond().hasOld() || stays ? returning(write, Effect.UPSERT, null) : uncaptured("ON CONFLICT DO UPDATE may change a key, and this server does not tell the old one");
    }

    private static int conflict(Write write) {
        int on = write.text.find(write.end, "ON");
        while (on < write.text.size() && !write.text.isWord(on + 1, "CONFLICT")) {
            on = write.text.find(on + 1, "ON");
        }
        return on;
    }

    private static boolean isUpdating(SqlText text, int conflict, int end) {
        for (int i = conflict; i < end; i++) {
            if (text.isWords(i, "DO", "UPDATE")) {
                return true;
            }
        }
        return false;
    }

    private Plan update(Write write) {
        int set = write.text.find(write.end, "SET");
        int end = endOfSet(write.text, set);
        if (staysInPlace(write, set + 1, end)) {
            return returning(write, Effect.UPDATE, null);
        } else if (facts.beyond().hasOld()) {
            return returning(write, Effect.MOVE, null);
        }
        boolean simple = write.verb == 0 && write.returning == write.text.size() && (end == write.text.size() || write.text.isWord(end, "WHERE") && !write.text.isWords(end, "WHERE", "CURRENT", "OF"));
        return simple ? keyUpdate(write, set, end) : uncaptured("it may change keys in a way that this server does not tell");
    }

    /** {@code a IS DISTINCT FROM b} is part of it. */
    private static int endOfSet(SqlText text, int set) {
        int end = text.find(set, "FROM", "WHERE", "RETURNING");
        while (text.isWord(end, "FROM") && text.isWord(end - 1, "DISTINCT")) {
            end = text.find(end + 1, "FROM", "WHERE", "RETURNING");
        }
        return end;
    }

    /** Whether rows certainly keep their keys. */
    private boolean staysInPlace(Write write, int from, int to) {
        CapturedTable table = write.table();
        Set<String> assigned = assigned(write.text, from, to);
        return assigned != null && table.keyColumns().stream().noneMatch(column -> assigned.contains(column) || table.changing().contains(column));
    }

    /** The columns that stand before the equals signs; null when that cannot be read. */
    private Set<String> assigned(SqlText text, int from, int to) {
        Set<String> columns = new LinkedHashSet<>();
        int at = from;
        while (at < to) {
            int equals = at;
            while (equals < to && !text.isSymbol(equals, "=")) {
                equals++;
            }
            if (equals == to || !(text.isName(at) || text.isSymbol(at, "("))) {
                return null;
            }
            for (int i = at; i < equals; i++) {
                if (text.isName(i)) {
                    columns.add(names.kept(text, i));
                }
            }
            at = afterValue(text, equals, to);
        }
        return from < to ? columns : null;
    }

    private static int afterValue(SqlText text, int from, int to) {
        int depth = 0;
        for (int i = from; i < to; i++) {
            depth += text.isSymbol(i, "(") || text.isSymbol(i, "[") ? 1 : text.isSymbol(i, ")") || text.isSymbol(i, "]") ? -1 : 0;
            if (depth == 0 && text.isSymbol(i, ",")) {
                return i + 1;
            }
        }
        return to;
    }

    /** Where old values are not returned: a locking read before it. */
    private Plan keyUpdate(Write write, int set, int end) {
        Assignments assignments = Assignments.of(write.text, set + 1, names);
        if (!assignments.known() || assignments.end() != end) {
            return uncaptured("its SET clause may change a key and cannot be read");
        }
        CapturedTable table = write.table();
        List<String> columns = new ArrayList<>(table.keyColumns().stream().map(column -> write.alias + "." + Quoting.quote(column)).toList());
        List<Integer> parameters = new ArrayList<>();
        boolean foretold = true;
        for (int key : table.key()) {
            String column = table.captured()[key];
            Assignment assignment = assignments.to(column);
            foretold &= !table.changing().contains(column) && (assignment == null || assignment.from() >= 0);
            if (assignment == null) {
                columns.add(write.alias + "." + Quoting.quote(column));
            } else if (assignment.from() >= 0) {
                columns.add("CAST((" + write.text.text(assignment.from(), assignment.to()) + ") AS " + dialect.typeName(table.type(key)) + ")");
                parameters.addAll(write.text.parameterNumbers(assignment.from(), assignment.to()));
            }
        }
        if (!foretold) {
            columns = columns.subList(0, table.key().length);
            parameters.clear();
        }
        parameters.addAll(write.text.parameterNumbers(end, write.text.size()));
        String before = "SELECT " + String.join(", ", columns) + " FROM " + write.text.text(1, set) + " " + write.text.text(end, write.text.size()) + " FOR UPDATE";
        return new Plan.KeyUpdate(table, before, parameters.stream().mapToInt(Integer::intValue).toArray(), foretold);
    }

    private Plan merge(Write write) {
        int when = write.text.find(write.end, "WHEN");
        boolean deletes = false;
        boolean updates = false;
        boolean stays = write.text.find(when, "CASE") >= write.text.size(); // whose WHEN looks like the next branch
        for (int i = when; i < write.text.size(); i++) {
            deletes |= write.text.isWords(i, "THEN", "DELETE");
            if (write.text.isWords(i, "THEN", "UPDATE")) {
                updates = true;
                int set = write.text.find(i, "SET");
                stays &= staysInPlace(write, set + 1, write.text.find(set, "WHEN", "RETURNING"));
            }
        }
        if (deletes && !relatives.onDelete(write.table().name()).isEmpty() || updates && relatives.isParent(write.table().name())) {
            return uncaptured("foreign keys make the database change published rows when it updates or deletes");
        } else if (!facts.beyond().hasMergeReturning()) {
            return uncaptured("MERGE does not tell on this server which rows it has changed");
        }
        return stays || facts.beyond().hasOld() ? returning(write, Effect.MERGE, null) : uncaptured("MERGE may change a key, and this server does not tell the old one");
    }

    // ---- RETURNING ----

    private Plan returning(Write write, Effect effect, PlainInsert plain) {
        SqlText text = write.text;
        boolean listed = write.returning < text.size();
        boolean old = effect == Effect.MOVE || (effect == Effect.UPSERT || effect == Effect.MERGE) && facts.beyond().hasOld();
        boolean aliased = text.isWords(write.returning, "RETURNING", "WITH") && text.isSymbol(write.returning + 2, "(");
        if (old && listed && (aliased || write.alias.equalsIgnoreCase("old") || write.alias.equalsIgnoreCase("new"))) {
            return uncaptured("its RETURNING clause gives OLD or NEW another meaning");
        }
        String own = listed ? text.text(write.returning + 1, text.size()) : null;
        String statement = text.text(0, write.returning);
        String oldRow = listed ? "old" : OLD;
        return new Plan.Returning(write.table(), effect, statement, own, old && !listed ? "WITH (OLD AS " + OLD + ") " : "", ours(write, effect, old ? oldRow : null), old, plain);
    }

    /** Our columns, in the order in which {@link Plan.Returning} has them. */
    private static String ours(Write write, Effect effect, String old) {
        CapturedTable table = write.table();
        List<String> columns = new ArrayList<>();
        if (effect == Effect.MERGE) {
            columns.add("merge_action()");
        }
        if (old != null) {
            table.keyColumns().forEach(column -> columns.add(old + "." + Quoting.quote(column)));
        }
        List<String> captured = effect == Effect.DELETE ? table.keyColumns() : Arrays.asList(table.captured());
        captured.forEach(column -> columns.add(write.alias + "." + Quoting.quote(column)));
        return String.join(", ", columns);
    }

    // ---- foreign keys ----

    private Plan cascading(Write write, Plan plan) {
        TableName table = write.target.isPublished() ? write.table().name() : write.target.name();
        SqlText text = write.text;
        if (text.isWord(write.verb, "DELETE")) {
            List<ForeignKey> keys = relatives.onDelete(table);
            boolean beyond = relatives.allOnDelete(table).stream().anyMatch(key -> key.onDelete() != Action.CASCADE && relatives.isBeyond(key));
            return keys.isEmpty() ? plan : beyond ? beyond() : before(write, plan, "USING", text.find(write.end, "USING", "WHERE", "RETURNING"), null);
        } else if (text.isWord(write.verb, "UPDATE")) {
            int set = text.find(write.end, "SET");
            int end = endOfSet(text, set);
            Set<String> assigned = assigned(text, set + 1, end);
            Set<String> changing = write.target.isPublished() ? write.table().changing() : Set.of();
            List<ForeignKey> keys = relatives.onUpdateOf(table, column -> assigned == null || assigned.contains(column) || changing.contains(column));
            return keys.isEmpty() ? plan : keys.stream().anyMatch(relatives::isBeyond) || assigned == null ? beyond() : before(write, plan, "FROM", end, keys);
        } else if (!write.target.isPublished() && (text.isWord(write.verb, "MERGE") || conflict(write) < text.size()) && relatives.isParent(table)) {
            return beyond();
        }
        return plan;
    }

    private static Plan beyond() {
        return uncaptured("foreign keys make the database change published rows in a way that cannot be worked out");
    }

    /** The rows are read by the statement's own names and condition. */
    private Plan before(Write write, Plan plan, String joins, int from, List<ForeignKey> updates) {
        SqlText text = write.text;
        if (write.verb != 0 || text.isWord(from, "WHERE") && text.isWords(from + 1, "CURRENT", "OF") || text.hasNumberedParameters()) {
            return uncaptured("foreign keys change published rows, and the rows that it changes cannot be read before it");
        }
        String columns = CascadeWalk.columns(facts, write.target.name()).stream().map(column -> write.alias + "." + Quoting.quote(column)).collect(Collectors.joining(", "));
        boolean joined = text.isWord(from, joins);
        String tables = text.text(text.isWord(0, "DELETE") ? 2 : 1, write.end) + (joined ? ", " : " ") + text.text(joined ? from + 1 : from, write.returning);
        int[] parameters = text.parameterNumbers(from, write.returning).stream().mapToInt(Integer::intValue).toArray();
        return new Plan.Cascading(plan, write.target.name(), "SELECT " + columns + " FROM " + tables + " FOR UPDATE OF " + write.alias, parameters, updates);
    }

    // ---- TRUNCATE ----

    Plan truncate(SqlText text) {
        List<Target> targets = new ArrayList<>();
        int at = text.isWord(1, "TABLE") ? 2 : 1;
        while (at < text.size()) {
            boolean only = text.isWord(at, "ONLY");
            Target target = names.target(text, only ? at + 1 : at);
            if (target == null || only && !facts.isNothingPublished()) {
                return facts.isNothingPublished() ? new Plan.Unpublished(List.of()) : uncaptured("TRUNCATE of this form is not known");
            }
            if (own.isOwn(target)) {
                return OwnTables.refused("TRUNCATE", target.name().toString());
            }
            targets.add(target);
            int end = text.isSymbol(target.end(), "*") ? target.end() + 1 : target.end();
            at = text.isSymbol(end, ",") ? end + 1 : text.size();
        }
        List<TableName> all = new ArrayList<>(targets.stream().flatMap(target -> facts.isNothingPublished() ? Stream.of(target.name()) : reached(target.name()).stream()).distinct().toList());
        if (facts.isNothingPublished()) {
            return new Plan.Unpublished(all);
        }
        Plan refused = targets.stream().map(this::refused).filter(Objects::nonNull).findFirst().orElse(null);
        if (text.find(1, "CASCADE") < text.size()) {
            for (int i = 0; i < all.size(); i++) {
                facts.childrenOf(all.get(i)).stream().map(ForeignKey::child).filter(child -> !all.contains(child)).forEach(all::add);
            }
            refused = all.stream().map(name -> refused(new Target(name, null, 0))).filter(Objects::nonNull).findFirst().orElse(refused);
        }
        List<TableName> captured = targets.stream().map(Target::name).collect(Collectors.toCollection(ArrayList::new));
        all.stream().filter(name -> !captured.contains(name) && targets.stream().noneMatch(target -> facts.beyond().reaches().getOrDefault(target.name(), Set.of()).contains(name))).forEach(captured::add);
        captured.removeIf(name -> !facts.captured().containsKey(name));
        return refused != null ? refused : captured.isEmpty() ? new Plan.Unpublished(all) : new Plan.TruncateTables(captured.stream().distinct().toList(), all);
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

    /**
     * @param verb      its first token behind a WITH
     * @param alias     by which its rows are named in it
     * @param end       after the table's name and alias
     * @param returning where the application's RETURNING stands; the size when there is none
     */
    private record Write(SqlText text, int verb, Target target, String alias, int end, int returning) {

        CapturedTable table() {
            return target.captured();
        }
    }
}
