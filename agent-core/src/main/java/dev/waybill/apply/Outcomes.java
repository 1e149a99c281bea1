// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.conflict.SameValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What this database's own journal says of a row that somebody's change was performed on: what it came to be, and whether the sender has to hear of it. One thread. */
final class Outcomes {

    private final Onward onward;

    Outcomes(Onward onward) {
        this.onward = onward;
    }

    /** What is written down of it; null when there is nothing to say. */
    Change change(Done done, RowImage after) {
        boolean resolved = done.resolved() || !onward.isFromAbove() && done.assigned() && differs(done.work(), done.shape(), after);
        List<Note> notes = resolved ? List.of(new Note(Note.RESOLVED, new byte[0])) : List.of();
        TableShape shape = done.shape();
        RowImage old = onward.isWatched(done.work().landing().table().name()) ? done.before() : null;
        if (done.before() == null && after == null) {
            RowImage key = ShapeHere.key(done.work().landing(), done.shape(), done.newKey());
            return key != null && (resolved || done.work().kind() == Kind.DELETE && done.assigned()) ? new Change(shape, Operation.DELETE, null, key, null, with(notes, Note.PERHAPS_GONE)) : null;
        } else if (done.before() == null) {
            return new Change(shape, Operation.INSERT, null, null, after, notes);
        } else if (after == null) {
            return new Change(shape, Operation.DELETE, null, old == null ? ShapeHere.key(shape, done.before()) : old, null, notes);
        }
        RowImage oldKey = ShapeHere.key(shape, done.before());
        boolean moved = !oldKey.equals(ShapeHere.key(shape, after));
        return !resolved && Arrays.deepEquals(done.before().values(), after.values()) ? null : new Change(shape, Operation.UPDATE, moved ? oldKey : null, old, after, notes);
    }

    private static List<Note> with(List<Note> notes, int type) {
        List<Note> more = new ArrayList<>(notes);
        more.add(new Note(type, new byte[0]));
        return more;
    }

    /** Whether the row has come to be something else than was assigned: by a trigger, say. */
    private static boolean differs(Work work, TableShape shape, RowImage after) {
        if (work.change().after() == null) {
            return after != null;
        }
        if (after == null) {
            return true;
        }
        for (int index = work.columns().nextSetBit(0); index >= 0; index = work.columns().nextSetBit(index + 1)) {
            int here = ShapeHere.index(shape, work.landing().column(index).name());
            if (here >= 0 && isComparable(work.landing().column(index)) && !SameValue.is(work.change().after().value(index), after.value(here))) {
                return true;
            }
        }
        return false;
    }

    /** Products write values of the others in ways of their own. */
    private static boolean isComparable(ColumnShape column) {
        return switch (column.type().type()) {
            case CLOB, BLOB, JSON, ARRAY, GEOMETRY, ROW, JAVA_OBJECT, NATIVE, INTERVAL -> false;
            default -> true;
        };
    }
}
