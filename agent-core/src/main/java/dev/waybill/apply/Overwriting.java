// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.RowImage;
import dev.waybill.conflict.ConflictKind;
import java.sql.SQLException;

/**
 * Changes of the database above, of rows that it gets from here: they overwrite what is here. What was changed here meanwhile is on its way up, and comes back as it has been decided there. A change that cannot be performed, because a row
 * that it needs was removed here, is left out, and a row here that stands in its way is removed: of each such row this database asks the one above what it is, behind all that it has sent so far, and is told. One thread, one transaction.
 */
final class Overwriting {

    private final Carrying carrying;
    private final Obstacles obstacles;

    Overwriting(Carrying carrying, Obstacles obstacles) {
        this.carrying = carrying;
        this.obstacles = obstacles;
    }

    void take(Work work) throws SQLException {
        RowImage before = carrying.row(work, work.keyImage());
        switch (work.kind()) {
            case INSERT, UPSERT -> perform(before == null ? work : work.upsert(), work.change().after(), before);
            case UPDATE -> update(work, before);
            case DELETE -> delete(work, before);
            default -> changeKey(work, before);
        }
    }

    private void update(Work work, RowImage before) throws SQLException {
        if (before != null) {
            perform(work, work.keyImage(), before);
        } else if (work.isWhole()) {
            perform(work.upsert(), work.keyImage(), null);
        } else {
            carrying.refuse(work, ConflictKind.UPDATE_DELETE, null, work.keyImage());
        }
    }

    private void delete(Work work, RowImage before) throws SQLException {
        if (before == null) {
            return; // it is gone already
        }
        SQLException failure = carrying.attempt(work);
        if (failure != null) {
            carrying.refuse(work, ConflictKind.HAS_CHILDREN, before, work.keyImage());
            obstacles.removeChildren(work.landing().table().name(), before);
            failure = carrying.attempt(work);
        }
        if (failure != null) {
            throw carrying.failed(work, failure);
        }
        carrying.done(Done.asItCame(work, carrying.shape(work), before));
    }

    /** The row under its old key goes where there is one; the one under its new key is overwritten. */
    private void changeKey(Work work, RowImage before) throws SQLException {
        RowImage there = carrying.row(work, work.change().after());
        boolean plain = before != null && (there == null || there.equals(before));
        if (plain && carrying.attempt(work) == null) {
            carrying.done(Done.asItCame(work, carrying.shape(work), before));
            return;
        }
        if (before != null) {
            delete(work.deletion(), before);
        }
        RowImage rest = carrying.row(work, work.change().after());
        if (work.isWhole()) {
            perform(work.upsert(), work.change().after(), rest);
        } else {
            carrying.refuse(work, ConflictKind.UPDATE_DELETE, rest, work.change().after());
        }
    }

    private void perform(Work work, RowImage key, RowImage before) throws SQLException {
        SQLException failure = carrying.attempt(work);
        if (failure != null && carrying.kind(work, failure) == ConflictKind.UNIQUE_VALUE) {
            carrying.refuse(work, ConflictKind.UNIQUE_VALUE, before, key);
            obstacles.removeTwins(work);
            failure = carrying.attempt(work);
        }
        if (failure == null) {
            carrying.done(new Done(work, carrying.shape(work), true, key, key, before, false, Done.NO_CONFLICT, null));
        } else if (carrying.kind(work, failure) == ConflictKind.MISSING_PARENT) {
            carrying.refuse(work, ConflictKind.MISSING_PARENT, before, key);
        } else {
            throw carrying.failed(work, failure);
        }
    }
}
