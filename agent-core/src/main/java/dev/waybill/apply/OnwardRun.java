// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.refresh.SnapshotInstaller;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * The ordered way for a transaction of which something travels on: each row is read before it is changed and again when it has been, and what it came to be is written into the transaction's own entry. Rows of tables that are not published go
 * the ordered way untouched; so does a snapshot, which is never captured and only marks its place. One thread, one transaction.
 */
final class OnwardRun extends GroupRun implements AutoCloseable {

    private final OneByOne oneByOne;
    private final Onward onward;
    private final Blame blame;
    private final Carrying carrying;
    private final Deciding deciding;
    private final Overwriting overwriting;
    private boolean inSnapshot;
    private Instant committedAt = Instant.EPOCH;

    /** @param careful whether every change is performed at once, and what hinders it is dealt with; otherwise it may wait for others of its statement, and what hinders it for good fails */
    OnwardRun(Statements statements, Landings landings, SnapshotInstaller installer, PassedStatements passed, Blame blame, Guard guard, OneByOne oneByOne, Onward onward, boolean careful) {
        super(statements.raw(), landings, installer, passed, blame, guard);
        this.oneByOne = oneByOne;
        this.onward = onward;
        this.blame = blame;
        this.carrying = new Carrying(statements, oneByOne, onward, blame, careful);
        this.deciding = new Deciding(carrying, landings, onward, blame);
        this.overwriting = new Overwriting(carrying, new Obstacles(statements, carrying, onward));
    }

    @Override
    void note(TransactionRecord record) throws SQLException {
        if (record instanceof Begin begin) {
            carrying.begin(onward.entry(begin, blame.offset()));
        } else if (record instanceof Seen seen) {
            carrying.entry().seen(seen);
        } else if (record instanceof SnapshotStart) {
            inSnapshot = true;
        } else if (record instanceof End end) {
            committedAt = end.committedAt();
        }
    }

    @Override
    void take(Work work) throws SQLException {
        TableName table = work.landing().table().name();
        if (inSnapshot || !onward.carries(table)) {
            oneByOne.perform(work);
            return;
        }
        Mode mode = onward.mode(table);
        if (work.kind() == Kind.TRUNCATE) {
            truncate(work);
        } else if (work.change().has(Note.ASKED)) {
            answer(work, mode);
        } else if (mode == Mode.DECIDES) {
            deciding.take(work);
        } else if (mode == Mode.OVERWRITTEN) {
            overwriting.take(work);
        } else {
            carrying.perform(work, Done.asItCame(work, onward.shape(table), carrying.before(work)));
        }
    }

    private void truncate(Work work) throws SQLException {
        carrying.settle();
        oneByOne.perform(work);
        carrying.entry().add(new Change(onward.shape(work.landing().table().name()), Operation.TRUNCATE, null, null, null, List.of()));
    }

    /** A remote could not do what it was told, and asks what the row is. */
    private void answer(Work work, Mode mode) throws SQLException {
        if (mode == Mode.DECIDES) {
            carrying.settle();
            carrying.done(Done.outcome(work, onward.shape(work.landing().table().name()), work.change().after(), carrying.before(work), Done.NO_CONFLICT, null));
        }
    }

    @Override
    void flush() throws SQLException {
        carrying.settle();
    }

    /** All of it was performed: the entry is written. */
    void end() throws SQLException {
        carrying.settle();
        carrying.end(committedAt, inSnapshot && onward.isFromAbove());
    }

    @Override
    public void close() throws SQLException {
        carrying.close();
    }
}
