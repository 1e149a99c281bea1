// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.Plan.PinnedWrite.Pin;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.ForeignKey.Action;
import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans of UPDATE and DELETE of one table on MariaDB: of a published one, or of one whose foreign keys act upon a published one. Immutable; any thread. */
final class MariaDbRowsPlanner {

    /** What these give belongs to the statement before, and we read between the two. */
    private static final String[] OF_THE_LAST = {"ROW_COUNT", "FOUND_ROWS"};

    private final DatabaseFacts facts;
    private final MariaDbNames names;
    private final MariaDbDialect dialect;
    private final Relatives relatives;

    MariaDbRowsPlanner(DatabaseFacts facts, MariaDbNames names, MariaDbDialect dialect) {
        this.facts = facts;
        this.names = names;
        this.dialect = dialect;
        this.relatives = new Relatives(facts);
    }

    static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }

    /** Whether what the last statement has counted is asked for. */
    static boolean asksForTheLast(SqlText text) {
        for (int i = 0; i < text.size(); i++) {
            if (text.isAny(i, OF_THE_LAST) && text.isSymbol(i + 1, "(")) {
                return true;
            }
        }
        return false;
    }

    /** The foreign keys by which a DELETE goes further; null where that cannot be worked out. */
    List<ForeignKey> onDelete(TableName table) {
        boolean beyond = relatives.allOnDelete(table).stream().anyMatch(key -> key.onDelete() != Action.CASCADE && relatives.isBeyond(key)) || names.reachesElsewhere(table);
        return beyond ? null : relatives.onDelete(table);
    }

    /** The same for an UPDATE of these columns. */
    List<ForeignKey> onUpdate(Target target, Set<String> assigned) {
        Set<String> changing = target.isPublished() ? target.captured().changing() : Set.of();
        List<ForeignKey> keys = relatives.onUpdateOf(target.name(), column -> assigned.contains(column.toLowerCase(Locale.ROOT)) || changing.contains(column));
        return keys.stream().anyMatch(relatives::isBeyond) || names.reachesElsewhere(target.name()) ? null : keys;
    }

    static Plan beyond() {
        return uncaptured("foreign keys make the database change published rows in a way that cannot be worked out");
    }

    // ---- DELETE ----

    /**
     * DELETE of one table.
     *
     * @param at        where its name stands
     * @param condition where what follows the name begins
     */
    Plan delete(SqlText text, Target target, int at, int condition, boolean ignore) {
        List<ForeignKey> keys = onDelete(target.name());
        int returning = text.find(condition, "RETURNING");
        boolean own = returning < text.size();
        if (keys == null) {
            return beyond();
        } else if (keys.isEmpty() && !target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        } else if (asksForTheLast(text)) {
            return uncaptured("it asks for what the statement before has counted");
        } else if (keys.isEmpty() && !ignore) {
            String ours = CurrentRows.keys(dialect, target.captured());
            return new Plan.MariaDbReturning(target.captured(), Operation.DELETE, text.text() + (own ? ", " : " RETURNING ") + ours, own, "");
        } else if (own) {
            return uncaptured("a DELETE with RETURNING is not captured where foreign keys act upon other rows, or with IGNORE");
        }
        String read = read(text, target, "", text.text(at, condition), condition, text.size());
        String unfindable = target.isPublished() ? Pinnable.unfindable(target.captured()) : null;
        if (read == null || unfindable != null) {
            return uncaptured(read == null ? MariaDbDmlPlanner.SETS : unfindable);
        }
        int ordered = text.find(condition, "ORDER");
        int limit = text.find(condition, "LIMIT");
        Pin pin = new Pin(target.name(), target.captured(), "", read, Pinnable.numbers(text, condition, text.size()), !keys.isEmpty(), null, false, false);
        return new Plan.PinnedWrite(true, List.of(pin), false, text.text(0, condition) + " WHERE ", ordered < limit ? " " + text.text(ordered, limit) : "", new int[0], ordered < limit);
    }

    // ---- UPDATE ----

    /**
     * UPDATE of one table.
     *
     * @param at  where its name stands
     * @param set where SET stands
     */
    Plan update(SqlText text, Target target, int at, int set, boolean ignore) {
        int condition = text.find(set, "WHERE", "ORDER", "LIMIT");
        Set<String> assigned = Pinnable.assigned(text, set + 1, condition);
        List<ForeignKey> keys = onUpdate(target, assigned);
        if (assigned.isEmpty()) {
            return uncaptured("what its SET clause assigns cannot be made out");
        } else if (keys == null) {
            return beyond();
        } else if (keys.isEmpty() && !target.isPublished()) {
            return new Plan.Unpublished(List.of(target.name()));
        } else if (asksForTheLast(text)) {
            return uncaptured("it asks for what the statement before has counted");
        }
        return pinned(text, target, at, set, condition, assigned, keys, ignore);
    }

    private Plan pinned(SqlText text, Target target, int at, int set, int condition, Set<String> assigned, List<ForeignKey> keys, boolean ignore) {
        boolean moves = target.isPublished() && Pinnable.isInKey(target.captured(), assigned);
        ForetoldKeys foretold = moves ? ForetoldKeys.of(text, set + 1, condition, target.captured(), dialect) : ForetoldKeys.NONE;
        String unfindable = target.isPublished() ? Pinnable.unfindable(target.captured()) : null;
        int ordered = text.find(condition, "ORDER");
        int limit = text.find(condition, "LIMIT");
        if (unfindable != null) {
            return uncaptured(unfindable);
        } else if (foretold == null || moves && ignore) {
            return uncaptured("it changes keys of " + target.captured() + " in a way that does not say which is which");
        } else if (ordered < limit && text.parameters(ordered, limit) > 0) {
            return uncaptured("its ORDER BY has parameters");
        }
        String read = read(text, target, foretold.columns(), text.text(at, set), condition, text.size());
        if (read == null) {
            return uncaptured(MariaDbDmlPlanner.SETS);
        }
        int[] parameters = foretold.with(Pinnable.numbers(text, condition, text.size()));
        Pin pin = new Pin(target.name(), target.captured(), "", read, parameters, !keys.isEmpty(), keys, moves, false);
        boolean asWritten = keys.isEmpty() && !moves && !ignore && limit == text.size() && Pinnable.isOfTheRow(text, condition);
        boolean together = ordered < limit || moves || !keys.isEmpty() || CurrentReads.areIn(text, set, condition) || has(text, set, condition, "@");
        return new Plan.PinnedWrite(false, List.of(pin), asWritten, text.text(0, condition) + " WHERE ", ordered < limit ? " " + text.text(ordered, limit) : "", Pinnable.numbers(text, 0, condition), together);
    }

    private static boolean has(SqlText text, int from, int to, String start) {
        for (int i = from; i < to; i++) {
            if (text.isSymbol(i, start) || text.value(i).startsWith(start)) {
                return true;
            }
        }
        return false;
    }

    // ---- reading before ----

    /** A locking read of the rows that a statement will write: not fewer than there are, whatever the session has set. */
    private String read(SqlText text, Target target, String foretold, String from, int condition, int end) {
        String conditions = CurrentReads.text(text, condition, end);
        if (conditions == null) {
            return null;
        }
        String columns = target.isPublished() ? CurrentRows.keys(dialect, target.captured())
                : CascadeWalk.columns(facts, target.name()).stream().map(dialect::quote).collect(Collectors.joining(", "));
        boolean limited = text.find(condition, "LIMIT") < end;
        return "SELECT " + columns + foretold + " FROM " + from + " " + conditions + (limited ? "" : MariaDbDmlPlanner.ALL) + " FOR UPDATE";
    }
}
