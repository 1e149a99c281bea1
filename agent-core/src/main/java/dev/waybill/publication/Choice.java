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
 * Where capture does not know what the row was, the outcome at the subscriber is the same; what is lost is that he hears of keys that were never his.
 */
final class Choice {

    private static final List<Note> PERHAPS = List.of(new Note(Note.PERHAPS_GONE, new byte[0]));

    private final TableShape table;
    private final List<RowCondition> conditions;
    private final OldValues old;

    private Choice(TableShape table, List<RowCondition> conditions, OldValues old) {
        this.table = table;
        this.conditions = conditions;
        this.old = old;
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
            case INSERT -> isChosen(change, change.after()) ? List.of(change) : List.of();
            case UPSERT -> isChosen(change, change.after()) ? List.of(change) : List.of(perhapsGone(change.after()));
            case DELETE -> !isKnown(change.before()) ? List.of(perhapsGone(change.before())) : isChosen(change, change.before()) ? List.of(without(change)) : List.of();
            case UPDATE -> isKnown(change.before()) ? updated(change) : unsure(change);
            case TRUNCATE -> List.of(change);
        };
    }

    private List<Change> updated(Change change) throws SQLException {
        boolean was = isChosen(change, change.before());
        boolean is = isChosen(change, change.after());
        if (was && is) {
            return List.of(without(change));
        } else if (was) {
            return List.of(new Change(table, Operation.DELETE, null, key(old(change)), null, List.of()));
        }
        return is ? List.of(new Change(table, Operation.INSERT, null, null, whole(change), List.of())) : List.of();
    }

    private List<Change> unsure(Change change) throws SQLException {
        if (!isChosen(change, change.after())) {
            return List.of(perhapsGone(old(change)));
        }
        Change upsert = new Change(table, Operation.UPSERT, null, null, whole(change), List.of());
        return change.oldKey() == null ? List.of(upsert) : List.of(perhapsGone(change.oldKey()), upsert);
    }

    private boolean isKnown(RowImage image) {
        return image != null && conditions.stream().allMatch(condition -> condition.isKnown(image));
    }

    private boolean isChosen(Change change, RowImage image) throws SQLException {
        if (!isKnown(image)) {
            throw incomplete(change);
        }
        return conditions.stream().anyMatch(condition -> condition.holds(image));
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
