// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.conflict.ConflictKind;
import dev.waybill.conflict.ConflictPolicy;
import dev.waybill.conflict.Resolution;
import dev.waybill.conflict.Resolution.AsItCame;
import dev.waybill.conflict.Resolution.NoRow;
import dev.waybill.conflict.Resolution.Row;
import dev.waybill.conflict.SameValue;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Changes of a database below, of rows that it gets from here: this database decides. Old values that came are held against the row here; where they differ, or the row is here and should not be, or is not, the article's policy decides. One
 * thread, one transaction.
 */
final class Deciding {

    private final Carrying carrying;
    private final Landings landings;
    private final Onward onward;
    private final Blame blame;

    Deciding(Carrying carrying, Landings landings, Onward onward, Blame blame) {
        this.carrying = carrying;
        this.landings = landings;
        this.onward = onward;
        this.blame = blame;
    }

    void take(Work work) throws SQLException {
        RowImage before = carrying.row(work, work.keyImage());
        if (work.kind() == Kind.INSERT && before != null && isAs(work, before)) {
            return; // both sides inserted the same row
        }
        ConflictKind met = met(work, before);
        if (met == null) {
            perform(work, before);
        } else if (work.kind() == Kind.UPDATE_KEY) {
            keep(work, before, met);
        } else {
            decide(work, before, met);
        }
    }

    private void perform(Work work, RowImage before) throws SQLException {
        Work narrowed = narrowed(work);
        SQLException failure = work.kind() == Kind.DELETE && before == null || work.kind() == Kind.UPDATE && narrowed.columns().isEmpty() ? null : carrying.attempt(narrowed);
        if (failure != null) {
            keep(work, before, carrying.kind(work, failure));
        } else {
            carrying.done(Done.asItCame(narrowed, onward.shape(name(work)), before));
        }
    }

    /** What the change meets; null for what it should. */
    private ConflictKind met(Work work, RowImage before) throws SQLException {
        return switch (work.kind()) {
            case INSERT -> before == null ? null : ConflictKind.INSERT_INSERT;
            case UPDATE -> before == null ? ConflictKind.UPDATE_DELETE : isAsBelieved(work, before) ? null : ConflictKind.UPDATE_UPDATE;
            case DELETE -> before == null ? isExpectedGone(work) ? null : ConflictKind.DELETE_DELETE : isAsBelieved(work, before) ? null : ConflictKind.DELETE_UPDATE;
            case UPDATE_KEY -> before == null ? ConflictKind.UPDATE_DELETE : isTaken(work) ? ConflictKind.INSERT_INSERT : isAsBelieved(work, before) ? null : ConflictKind.UPDATE_UPDATE;
            default -> null;
        };
    }

    /** A foreign key's action may have been quicker here. */
    private static boolean isExpectedGone(Work work) {
        return work.change().has(Note.CASCADED) || work.change().has(Note.PERHAPS_GONE);
    }

    /** Two spellings of one key are one row. */
    private boolean isTaken(Work work) throws SQLException {
        RowImage there = carrying.row(work, work.change().after());
        RowImage here = carrying.row(work, work.keyImage());
        return there != null && !there.equals(here);
    }

    private boolean isAsBelieved(Work work, RowImage before) {
        RowImage believed = work.change().before();
        TableShape shape = onward.shape(name(work));
        for (int index = 0; believed != null && index < believed.values().length; index++) {
            int here = believed.has(index) && !work.landing().key().get(index) ? ShapeHere.index(shape, work.landing().column(index).name()) : -1;
            if (here >= 0 && !SameValue.is(believed.value(index), before.value(here))) {
                return false;
            }
        }
        return true;
    }

    private boolean isAs(Work work, RowImage before) {
        TableShape shape = onward.shape(name(work));
        for (int index = work.columns().nextSetBit(0); index >= 0; index = work.columns().nextSetBit(index + 1)) {
            int here = ShapeHere.index(shape, work.landing().column(index).name());
            if (here < 0 || !SameValue.is(work.change().after().value(index), before.value(here))) {
                return false;
            }
        }
        return true;
    }

    /** Without the columns that the sender left as they were. */
    private static Work narrowed(Work work) {
        RowImage believed = work.change().before();
        if (work.kind() != Kind.UPDATE || believed == null) {
            return work;
        }
        BitSet columns = (BitSet) work.columns().clone();
        for (int index = columns.nextSetBit(0); index >= 0; index = columns.nextSetBit(index + 1)) {
            if (believed.has(index) && SameValue.is(believed.value(index), work.change().after().value(index))) {
                columns.clear(index);
            }
        }
        return new Work(work.landing(), work.kind(), columns, work.change());
    }

    /** The row stays as it is here, whatever the policy; of a changed key both rows. */
    private void keep(Work work, RowImage before, ConflictKind kind) throws SQLException {
        TableShape shape = onward.shape(name(work));
        long id = carrying.open(work, kind, before, ConflictPolicy.Kind.KEEP_LOCAL.name());
        carrying.done(Done.outcome(work, shape, work.keyImage(), before, id, "AS_IT_IS_HERE"));
        if (work.kind() == Kind.UPDATE_KEY) {
            RowImage other = work.change().after();
            carrying.done(Done.outcome(work, shape, other, carrying.row(work, other), Done.NO_CONFLICT, null));
        }
    }

    private void decide(Work work, RowImage before, ConflictKind kind) throws SQLException {
        TableShape shape = onward.shape(name(work));
        ConflictPolicy policy = onward.policy(name(work));
        long id = carrying.open(work, kind, before, policy.kind().name());
        Resolution resolution = kind.isDecidable() ? onward.arbiter().decide(policy, carrying.conflict(work, kind, before), id, shape, work.isWhole(), carrying.raw()) : new AsItCame();
        Work wanted = wanted(work, before, kind, resolution);
        SQLException failure = wanted == null ? null : carrying.attempt(wanted);
        carrying.done(Done.outcome(work, shape, work.keyImage(), before, id, failure != null ? carrying.kind(wanted, failure).name() : outcome(resolution, wanted)));
    }

    private static String outcome(Resolution resolution, Work wanted) {
        return wanted == null ? "AS_IT_IS_HERE" : resolution instanceof Row ? "ROW" : resolution instanceof NoRow ? "NO_ROW" : "AS_IT_CAME";
    }

    /** What is performed; null for nothing. */
    private Work wanted(Work work, RowImage before, ConflictKind kind, Resolution resolution) throws SQLException {
        if (resolution instanceof Row row) {
            return ofRow(work, before, row.values());
        } else if (resolution instanceof NoRow || resolution instanceof AsItCame && kind == ConflictKind.DELETE_UPDATE) {
            return before == null ? null : work.deletion();
        } else if (!(resolution instanceof AsItCame)) {
            return null;
        }
        return switch (kind) {
            case UPDATE_UPDATE -> narrowed(work);
            case INSERT_INSERT -> new Work(work.landing(), Kind.UPDATE, Landing.present(work.landing().rest(), work.change().after()), work.change());
            default -> null;
        };
    }

    /** The values that a policy wants the row to have. */
    private Work ofRow(Work work, RowImage before, Map<String, Object> wanted) throws SQLException {
        TableShape shape = onward.shape(name(work));
        RowImage key = before == null ? ShapeHere.key(work.landing(), shape, work.keyImage()) : before;
        if (key == null) {
            return null;
        }
        Landing landing = landings.of(carrying.raw(), shape, blame);
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        for (int index = 0; index < values.length; index++) {
            String column = shape.columns().get(index).name();
            values[index] = wanted.containsKey(column) ? wanted.get(column) : RowImage.ABSENT;
        }
        shape.key().forEach(index -> values[index] = key.value(index));
        return Work.of(landing, new Change(shape, before == null ? Operation.INSERT : Operation.UPDATE, null, null, new RowImage(values), List.of()));
    }

    private static TableName name(Work work) {
        return work.landing().table().name();
    }
}
