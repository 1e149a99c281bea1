// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.RowCondition;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Which rows of a table a subscriber gets: those that one of his articles chooses. Immutable; any thread.
 *
 * <pre>
 *   before \ after   chosen                       not chosen          (of a DELETE: none)
 *   chosen           as it is                     DELETE              as it is
 *   not chosen       INSERT, the whole row        nothing             nothing
 *   not known        DELETE of another old key    DELETE, perhaps     DELETE, perhaps
 *                    perhaps, UPSERT              gone already        gone already
 * </pre>
 * Where another table decides ({@code audience}), changes say who had the row and who has it; of a row that moves he is told by what he had or has by that alone, at its place among others that move.
 * Where capture does not know what the row was, the outcome at the subscriber is the same; what is lost is that he hears of keys that were never his.
 */
final class Choice {

    private static final List<Note> PERHAPS = List.of(new Note(Note.PERHAPS_GONE, new byte[0]));

    private final TableShape table;
    private final List<RowCondition> conditions;
    private final OldValues old;
    private final boolean asksAudience;

    private Choice(TableShape table, List<RowCondition> conditions, OldValues old) {
        this.table = table;
        this.conditions = conditions;
        this.old = old;
        this.asksAudience = conditions.stream().anyMatch(RowCondition::asksAudience);
    }

    /** Null when one of the articles has all rows. */
    static Choice of(TableShape table, List<Article> articles, OldValues old) {
        return articles.stream().anyMatch(article -> article.condition() == null) ? null : new Choice(table, articles.stream().map(article -> new RowCondition(article.condition(), table)).toList(), old);
    }

    /**
     * The change as the subscriber gets it, in all columns.
     *
     * @throws SQLException ENTRY_INCOMPLETE when the entry does not say enough
     */
    List<Change> apply(Change change) throws SQLException {
        return switch (change.operation()) {
            case INSERT -> isChosen(change, change.after(), Note.AUDIENCE_AFTER) && (!change.has(Note.MOVED) || isTold(change, change.after(), Note.AUDIENCE_AFTER)) ? List.of(change) : List.of();
            case UPSERT -> isChosen(change, change.after(), Note.AUDIENCE_AFTER) ? List.of(change) : List.of(perhapsGone(change.after()));
            case DELETE -> !isKnown(change, change.before(), Note.AUDIENCE_BEFORE) ? List.of(perhapsGone(change.before())) : isChosen(change, change.before(), Note.AUDIENCE_BEFORE) ? List.of(without(change)) : List.of();
            case UPDATE -> isKnown(change, change.before(), Note.AUDIENCE_BEFORE) ? updated(change) : unsure(change);
            case TRUNCATE -> List.of(change);
        };
    }

    private List<Change> updated(Change change) throws SQLException {
        boolean was = isChosen(change, change.before(), Note.AUDIENCE_BEFORE);
        boolean is = isChosen(change, change.after(), Note.AUDIENCE_AFTER);
        if (change.has(Note.MOVED)) {
            was &= is || isTold(change, change.before(), Note.AUDIENCE_BEFORE);
            is &= was || isTold(change, change.after(), Note.AUDIENCE_AFTER);
        } else if (change.has(Note.KEPT) && was != is) { // moves tell it, but what other articles do
            was &= !isTold(change, change.before(), Note.AUDIENCE_BEFORE);
            is &= !isTold(change, change.after(), Note.AUDIENCE_AFTER);
        }
        if (was && is) {
            return change.has(Note.MOVED) ? List.of() : List.of(without(change));
        } else if (was) {
            return List.of(new Change(table, Operation.DELETE, null, key(old(change)), null, List.of()));
        }
        return is ? List.of(new Change(table, Operation.INSERT, null, null, whole(change), List.of())) : List.of();
    }

    /** Whether he has the row in this image by what is told of it, not by the image alone. */
    private boolean isTold(Change change, RowImage image, int side) throws SQLException {
        Map<String, Object> audiences = AudienceNotes.read(change, side);
        return conditions.stream().anyMatch(condition -> condition.asksAudience() && condition.isKnown(audiences.keySet()) && condition.holds(image, audiences::get));
    }

    private List<Change> unsure(Change change) throws SQLException {
        if (!isChosen(change, change.after(), Note.AUDIENCE_AFTER)) {
            return List.of(perhapsGone(old(change)));
        }
        Change upsert = new Change(table, Operation.UPSERT, null, null, whole(change), List.of());
        return change.oldKey() == null ? List.of(upsert) : List.of(perhapsGone(change.oldKey()), upsert);
    }

    /** @param side the note that says who has the row in this image */
    private boolean isKnown(Change change, RowImage image, int side) throws SQLException {
        if (image == null) {
            return false;
        }
        Map<String, Object> audiences = asksAudience ? AudienceNotes.read(change, side) : Map.of();
        return conditions.stream().allMatch(condition -> condition.isKnown(image) && condition.isKnown(audiences.keySet()));
    }

    private boolean isChosen(Change change, RowImage image, int side) throws SQLException {
        if (!isKnown(change, image, side)) {
            throw incomplete(change);
        } else if (!asksAudience) {
            return conditions.stream().anyMatch(condition -> condition.holds(image));
        }
        Map<String, Object> audiences = AudienceNotes.read(change, side);
        return conditions.stream().anyMatch(condition -> condition.holds(image, audiences::get));
    }

    private RowImage whole(Change change) throws SQLException {
        if (Arrays.asList(change.after().values()).contains(RowImage.ABSENT)) {
            throw incomplete(change);
        }
        return change.after();
    }

    private SQLException incomplete(Change change) {
        return WaybillError.ENTRY_INCOMPLETE.with(change.operation(), table.qualifiedName());
    }

    /** What the row was is known for the choice alone. */
    private Change without(Change change) {
        if (old.areVerified()) {
            return change;
        }
        return new Change(table, change.operation(), change.oldKey(), change.operation() == Operation.DELETE ? key(change.before()) : null, change.after(), change.notes());
    }

    private Change perhapsGone(RowImage row) {
        return new Change(table, Operation.DELETE, null, key(row), null, PERHAPS);
    }

    private static RowImage old(Change change) {
        return change.oldKey() == null ? change.after() : change.oldKey();
    }

    private RowImage key(RowImage row) {
        Object[] values = new Object[row.values().length];
        Arrays.fill(values, RowImage.ABSENT);
        table.key().forEach(index -> values[index] = row.value(index));
        return new RowImage(values);
    }
}
