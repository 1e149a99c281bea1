// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.Plan.PinnedWrite.Pin;
import dev.waybill.driver.capture.Plan.Upsert.Lookup;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.ForeignKey.Action;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.statement.TokenKind;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Plans statements that change rows on products of the generic dialect. INSERT and MERGE tell their rows by the generated-keys channel; of UPDATE, DELETE and TRUNCATE the rows are locked by a write that changes nothing, read, and
 * the statement then runs for them alone: see {@link PinnedWriting}. Immutable; any thread.
 */
final class GenericDmlPlanner {

    /** In a condition on the row itself these may stand beside its columns. */
    private static final Set<String> WORDS = Set.of("WHERE", "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ESCAPE", "BETWEEN", "TRUE", "FALSE", "UNKNOWN", "DATE", "TIME", "TIMESTAMP");
    private static final String BEYOND = "foreign keys make the database change published rows in a way that cannot be worked out";

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final Dialect dialect;
    private final Relatives relatives;
    private final MergePlanner merge;
    private final OwnTables own;

    GenericDmlPlanner(DatabaseFacts facts, NameResolver names, Dialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.relatives = new Relatives(facts);
        this.merge = new MergePlanner(names, relatives);
        this.own = new OwnTables(facts, names);
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }

    private static int nameAt(SqlText text) {
        boolean known = switch (text.word(0)) {
            case "INSERT", "MERGE" -> text.isWord(1, "INTO");
            case "DELETE" -> text.isWord(1, "FROM");
            case "TRUNCATE" -> text.isWord(1, "TABLE");
            default -> true;
        };
        return !known ? -1 : text.isWord(0, "UPDATE") ? 1 : 2;
    }

    /** INSERT, UPDATE, DELETE, MERGE, TRUNCATE. */
    Plan plan(SqlText text) {
        int at = nameAt(text);
        Target target = at < 0 ? null : names.target(text, at);
        if (target != null && own.isClosed(target)) {
            return OwnTables.refused(text.word(0), target.name().toString());
        } else if (facts.isNothingPublished()) {
            TableName table = target == null ? new TableName("", "") : target.name();
            return text.isWord(0, "TRUNCATE") ? new Plan.MayCommit(false, false, table) : new Plan.Unpublished(List.of(table));
        } else if (target == null) {
            return uncaptured("the table that it writes to cannot be made out");
        } else if (facts.triggers().contains(target.name())) {
            return uncaptured("table " + target.name() + " has a trigger, or a history, or calls a function in a default, a check or a generated column, and may so write elsewhere");
        } else if (!isTable(target.name())) {
            return uncaptured(target.name() + " is no ordinary table: a view, a synonym or a function may stand for a published one");
        }
        return switch (text.word(0)) {
            case "INSERT" -> insert(text, target);
            case "UPDATE" -> update(text, target, at);
            case "DELETE" -> delete(text, target, at, true);
            case "MERGE" -> merge(text, target);
            default -> truncate(text, target);
        };
    }

    /** Tables of the session alone are in no list. */
    private boolean isTable(TableName name) {
        return name.schema().equals("SESSION") || name.schema().equals("MODULE") || facts.objects().getOrDefault(name.name().toUpperCase(Locale.ROOT), List.of()).stream().map(DatabaseObject::name).anyMatch(name::equals);
    }

    // ---- INSERT, MERGE ----

    private Plan insert(SqlText text, Target target) {
        if (text.find(target.end(), "CONFLICT", "DUPLICATE") < text.size()) {
            return uncaptured("an INSERT that may change rows is not captured: use MERGE");
        } else if (!target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        }
        return new Plan.KeysWrite(target.captured(), Operation.INSERT);
    }

    /** What the database does to other tables by itself stands among the rows that the channel gives: so there must be nothing such. */
    private Plan merge(SqlText text, Target target) {
        boolean acts = facts.childrenOf(target.name()).stream().anyMatch(key -> key.onUpdate() != Action.NONE || key.onDelete() != Action.NONE);
        if (!target.isPublished()) {
            return relatives.isParent(target.name()) ? uncaptured(BEYOND) : new Plan.Unpublished(List.of(target.name()));
        } else if (acts || text.find(target.end(), "USING") >= text.size()) {
            return uncaptured(acts ? BEYOND : "MERGE does not tell which rows it has written here");
        }
        Plan plan = merge.plan(text, target);
        return plan instanceof Plan.MergeDelete ? uncaptured("a MERGE that deletes does not tell which rows are gone") : plan;
    }

    // ---- UPDATE, DELETE, TRUNCATE ----

    private Plan update(SqlText text, Target target, int at) {
        int set = text.find(target.end(), "SET");
        int end = text.find(set, "WHERE");
        Set<String> assigned = Pinnable.assigned(text, set + 1, end);
        if (!isAlias(text, target.end(), set) || assigned.isEmpty()) {
            return uncaptured("what it assigns cannot be made out");
        } else if (isLimited(text, end)) {
            return uncaptured("it writes to rows that are chosen by their order");
        }
        Set<String> changing = target.isPublished() ? target.captured().changing() : Set.of();
        List<ForeignKey> keys = relatives.onUpdateOf(target.name(), column -> assigned.contains(column.toLowerCase(Locale.ROOT)) || changing.contains(column));
        if (keys.stream().anyMatch(relatives::isBeyond)) {
            return uncaptured(BEYOND);
        } else if (keys.isEmpty() && !target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        }
        boolean moves = target.isPublished() && Pinnable.isInKey(target.captured(), assigned);
        ForetoldKeys foretold = moves ? ForetoldKeys.of(text, set + 1, end, target.captured(), dialect) : ForetoldKeys.NONE;
        if (foretold == null) {
            return uncaptured("it changes keys of " + target.captured() + " in a way that does not say which is which");
        }
        boolean asWritten = isOfTheRow(text, target, end);
        boolean together = moves || !keys.isEmpty() || CurrentReads.areIn(text, set, end);
        return pinned(text, target, text.text(at, set), end, new Way(keys, moves, foretold, asWritten, together, false), Pinnable.numbers(text, 0, end));
    }

    /** @param itself whether this is the application's own text */
    private Plan delete(SqlText text, Target target, int at, boolean itself) {
        int end = text.find(target.end(), "WHERE");
        if (!isAlias(text, target.end(), end) || isLimited(text, end)) {
            return uncaptured("it deletes rows that are chosen by their order");
        }
        List<ForeignKey> keys = relatives.onDelete(target.name());
        if (relatives.allOnDelete(target.name()).stream().anyMatch(key -> key.onDelete() != Action.CASCADE && relatives.isBeyond(key))) {
            return uncaptured(BEYOND);
        } else if (keys.isEmpty() && !target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        }
        return pinned(text, target, text.text(at, end), end, new Way(keys, false, ForetoldKeys.NONE, itself && isOfTheRow(text, target, end), !keys.isEmpty(), true), new int[0]);
    }

    /** As the DELETE of all rows, which is part of the transaction as it is itself. */
    private Plan truncate(SqlText text, Target target) {
        if (target.end() < text.size()) {
            return uncaptured("TRUNCATE of this form is not captured");
        } else if (!target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        } else if (facts.childrenOf(target.name()).stream().anyMatch(key -> !key.child().equals(target.name()))) {
            return uncaptured("other tables refer to " + target.name() + ": use DELETE");
        }
        SqlText delete = SqlText.whole("DELETE FROM " + Quoting.quote(target.name()), names.rules());
        return delete(delete, names.target(delete, 2), 2, false);
    }

    /** What the statement does to its rows. */
    private record Way(List<ForeignKey> keys, boolean moves, ForetoldKeys foretold, boolean asWritten, boolean together, boolean deletes) {}

    /** @param from the table as the statement names it, with its alias */
    private Plan pinned(SqlText text, Target target, String from, int condition, Way way, int[] parameters) {
        String unfindable = target.isPublished() ? unfindable(target.captured()) : null;
        boolean asWritten = way.asWritten && !way.moves;
        if (unfindable != null) {
            return uncaptured(unfindable);
        } else if (!target.isPublished() && !asWritten) {
            return uncaptured(BEYOND);
        }
        int[] of = Pinnable.numbers(text, condition, text.size());
        String where = condition < text.size() ? " " + text.text(condition, text.size()) : "";
        String columns = target.isPublished() ? CurrentRows.keys(dialect, target.captured()) : CascadeWalk.columns(facts, target.name()).stream().map(dialect::quote).collect(Collectors.joining(", "));
        String same = dialect.quote(target.isPublished() ? target.captured().keyColumns().get(0) : CascadeWalk.columns(facts, target.name()).get(0));
        Lookup lock = new Lookup("UPDATE " + from + " SET " + same + " = " + same + where, of);
        Pin pin = new Pin(target.name(), target.captured(), "", "SELECT " + columns + way.foretold.columns() + " FROM " + from + where, way.foretold.with(of), !way.keys.isEmpty(), way.deletes ? null : way.keys, way.moves, false, lock);
        return new Plan.PinnedWrite(way.deletes, List.of(pin), asWritten, text.text(0, condition) + " WHERE ", "", parameters, way.together);
    }

    private static String unfindable(CapturedTable table) {
        boolean alike = table.columns().stream().map(column -> column.toLowerCase(Locale.ROOT)).distinct().count() < table.columns().size();
        return alike ? "columns of " + table + " differ by the case of their letters alone" : Pinnable.unfindable(table);
    }

    private static boolean isAlias(SqlText text, int from, int to) {
        return from == to || from + 1 == to && text.isName(from) || from + 2 == to && text.isWord(from, "AS");
    }

    private static boolean isLimited(SqlText text, int from) {
        return text.find(from, "LIMIT", "FETCH", "ORDER", "OFFSET") < text.size();
    }

    /** Whether the condition says the same of a row each time: columns of it and values stand there, and nothing else. */
    private boolean isOfTheRow(SqlText text, Target target, int from) {
        if (!target.isPublished()) {
            return Pinnable.isOfTheRow(text, from);
        }
        for (int i = from; i < text.size(); i++) {
            boolean known = !text.isName(i) || text.kind(i) == TokenKind.WORD && WORDS.contains(text.word(i)) || names.isAny(text, i, target.captured().columns());
            boolean calls = text.isSymbol(i, "(") && text.isName(i - 1) && !WORDS.contains(text.word(i - 1));
            if (!known || calls || text.isSymbol(i, ".")) {
                return false;
            }
        }
        return true;
    }
}
