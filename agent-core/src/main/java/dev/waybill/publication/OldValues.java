// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.conflict.Verification.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What travels of what a row was: upward, what VERIFY says; downward nothing that was captured for VERIFY. */
enum OldValues {
    /** Nobody verifies this table: what capture knows for other reasons. */
    AS_THEY_ARE,
    /** The key. */
    NONE,
    /** Of the columns that change; of a row that is deleted all. */
    CHANGED,
    /** All that were captured. */
    ALL;

    /**
     * @param publications that hold the table at all
     * @param articles     by which the receiver gets it
     */
    static OldValues of(TableShape table, List<Publication> publications, List<Article> articles, boolean upward) {
        boolean captured = publications.stream().anyMatch(publication -> publication.article(TableName.of(table)).filter(article -> article.clauses().verify().isOn()).isPresent());
        if (!captured) {
            return AS_THEY_ARE;
        }
        List<Mode> modes = articles.stream().map(article -> article.clauses().verify().mode()).filter(mode -> mode != Mode.NONE).toList();
        if (!upward || modes.isEmpty()) {
            return NONE;
        }
        return modes.stream().allMatch(mode -> mode == Mode.CHANGED) ? CHANGED : ALL;
    }

    boolean areVerified() {
        return this == CHANGED || this == ALL;
    }

    /** The change with these old values. */
    Change of(Change change) {
        if (this == AS_THEY_ARE || this == ALL || change.before() == null) {
            return change;
        }
        if (this == NONE || change.operation() != Operation.UPDATE) {
            RowImage before = this == CHANGED ? change.before() : change.operation() == Operation.DELETE ? key(change) : null;
            return new Change(change.table(), change.operation(), change.oldKey(), before, change.after(), change.notes());
        }
        return new Change(change.table(), change.operation(), change.oldKey(), changed(change, change.before()), changed(change, change.after()), change.notes());
    }

    private static RowImage key(Change change) {
        Object[] values = new Object[change.before().values().length];
        Arrays.fill(values, RowImage.ABSENT);
        change.table().key().forEach(index -> values[index] = change.before().value(index));
        return new RowImage(values);
    }

    private static RowImage changed(Change change, RowImage image) {
        Object[] values = image.values().clone();
        for (int index = 0; index < values.length; index++) {
            boolean unchanged = change.before().has(index) && change.after().has(index) && Objects.deepEquals(change.before().value(index), change.after().value(index));
            values[index] = unchanged && !change.table().key().contains(index) ? RowImage.ABSENT : values[index];
        }
        return new RowImage(values);
    }
}
