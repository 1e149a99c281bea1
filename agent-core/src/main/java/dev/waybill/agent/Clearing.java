// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.EntryIds;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Look;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Sequencing in two steps, where the database lives in this process and deleting costs as much as all else: the rows of small transactions stay in the outbox until the journal that has them is on disk, and until there is time. So a
 * backlog is on its way first, and a database that is killed can only forget that they were deleted.
 *
 * <pre>
 *   outbox   ─── rows left ───────────┬── rows deleted, not yet on disk ──┬── not sequenced ──►
 *   journal  ─────────────────────────┴───────────────────────────────────┤ head
 *                                     └──────── LEFT_BYTES at most ───────┘
 * </pre>
 *
 * What was left is known here as long as this agent has the lease; whoever does not know it begins with {@code Sequencer.deleteBroughtBack}, which finds it near the end of the journal. So the journal grows by no more than
 * {@link Sequencer#LEFT_BYTES} between what was left, or was deleted and may be brought back, and its head. One thread at a time; what is durable may change meanwhile.
 */
final class Clearing {

    /** Runs of ids: more of them make a look slow, as where every tenth transaction was rolled back; then rows are deleted at once. */
    private static final int MOST_RUNS = 16;
    private static final int MOST_LOOKS = 100;
    /** Rows deleted in one transaction: others wait for it at the lease row. */
    private static final int ROWS = 5_000;

    private final AgentDatabase database;
    private final Sequencer sequencer;
    private final long leftBytes;
    /** More than this, and rows are deleted before others are taken. */
    private final long roomBytes;
    private final Deque<Left> left = new ArrayDeque<>();

    Clearing(AgentDatabase database, Sequencer sequencer) {
        this(database, sequencer, Sequencer.LEFT_BYTES);
    }

    /** @param leftBytes at most {@link Sequencer#LEFT_BYTES} */
    Clearing(AgentDatabase database, Sequencer sequencer, long leftBytes) {
        this.database = database;
        this.sequencer = sequencer;
        this.leftBytes = leftBytes;
        this.roomBytes = leftBytes * 2 / 3;
    }

    /** What one step left. */
    private static final class Left {
        private final LogOffset begin;
        private final long moved;
        private final List<EntryIds> rows;
        private long deleted;

        /** @param moved {@link AgentDatabase#committed} when it had been moved */
        private Left(LogOffset begin, long moved, List<EntryIds> rows) {
            this.begin = begin;
            this.moved = moved;
            this.rows = new ArrayList<>(rows);
        }
    }

    /** Takes some transactions; null when none waits. */
    Sequenced step() throws SQLException {
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            List<EntryIds> taken = taken();
            if (taken.size() > MOST_RUNS) {
                clearAll();
                continue;
            }
            Look look = database.read(raw -> sequencer.look(raw, taken));
            if (look.isEmpty()) {
                return null;
            }
            List<EntryIds> small = look.small();
            boolean leaves = small.size() <= MOST_RUNS && look.bytes() <= leftBytes / 2;
            if (!isNear(look)) {
                flush(); // what was deleted cannot come back then
            }
            if (!isNear(look)) {
                clearAll();
            }
            Sequenced done = database.transact(DurableStep.SEQUENCE, raw -> leaves ? sequencer.moveAndLeave(raw, look) : sequencer.move(raw, look));
            if (done != null) {
                if (leaves) {
                    add(new Left(look.begin(), database.committed(), small));
                }
                return done;
            }
        }
        throw WaybillError.OUTBOX_RESTLESS.with(MOST_LOOKS);
    }

    private synchronized List<EntryIds> taken() {
        List<EntryIds> taken = new ArrayList<>();
        left.forEach(step -> taken.addAll(step.rows));
        return EntryIds.joined(taken);
    }

    private synchronized void add(Left step) {
        left.addLast(step);
    }

    /** Whether all that was left, or may come back, is near enough to the journal's end after this. */
    private synchronized boolean isNear(Look look) {
        forgetWhatIsGone();
        return left.isEmpty() || look.begin().bytes() + look.bytes() - left.getFirst().begin.bytes() <= leftBytes;
    }

    /** Whether another step may leave its rows. */
    synchronized boolean hasRoom() {
        return left.stream().filter(step -> !step.rows.isEmpty()).findFirst().map(oldest -> left.getLast().begin.bytes() - oldest.begin.bytes() <= roomBytes).orElse(true);
    }

    /** Guarded by this. */
    private void forgetWhatIsGone() {
        while (!left.isEmpty() && left.getFirst().rows.isEmpty() && database.isDurable(left.getFirst().deleted)) {
            left.removeFirst();
        }
    }

    /** Before a step that need not be taken now: deletes the oldest, as long as that is worth while, until the step would find room; whether it would. */
    boolean makeRoom(BooleanSupplier isWorthWhile) throws SQLException {
        while (!hasRoom() && isWorthWhile.getAsBoolean()) {
            if (!clearSome()) {
                flush();
            }
        }
        return hasRoom();
    }

    /**
     * Deletes some of what was left.
     *
     * @param idle whether there was nothing to sequence: then it is made durable for this alone
     * @return whether more is left that can be deleted now
     */
    boolean clearInCycle(boolean idle) throws SQLException {
        if (idle || !hasRoom()) {
            flush();
        }
        return clearSome() && isLeft();
    }

    /** Nothing is left afterwards, and nothing comes back. */
    void clearAll() throws SQLException {
        flush();
        while (clearSome()) {
            continue;
        }
        flush();
    }

    /** What was done so far is on disk. */
    private void flush() throws SQLException {
        long last;
        synchronized (this) {
            last = left.stream().mapToLong(step -> Math.max(step.moved, step.deleted)).max().orElse(0);
        }
        if (last > 0) {
            database.makeDurable(last);
        }
    }

    private synchronized boolean isLeft() {
        forgetWhatIsGone();
        return left.stream().anyMatch(step -> !step.rows.isEmpty());
    }

    /** Deletes the oldest rows whose part of the journal is on disk, in one transaction; false when there are none. One at a time: what is taken off the list must be what was deleted. */
    private boolean clearSome() throws SQLException {
        List<EntryIds> rows = oldest();
        if (rows.isEmpty()) {
            return false;
        }
        database.<Void>transact(DurableStep.CLEAR_OUTBOX, raw -> {
            sequencer.delete(raw, rows);
            return null;
        });
        takeOff(rows);
        return true;
    }

    private synchronized List<EntryIds> oldest() {
        List<EntryIds> rows = new ArrayList<>();
        int room = ROWS;
        for (Left step : left) {
            for (EntryIds run : step.rows) {
                if (room == 0 || !database.isDurable(step.moved)) {
                    return rows;
                }
                rows.add(run.beginning(room));
                room -= rows.get(rows.size() - 1).count();
            }
        }
        return rows;
    }

    private synchronized void takeOff(List<EntryIds> rows) {
        long deleted = database.committed();
        Iterator<EntryIds> gone = rows.iterator();
        for (Left step : left) {
            while (!step.rows.isEmpty()) {
                if (!gone.hasNext()) {
                    return;
                }
                EntryIds rest = step.rows.remove(0).behind(gone.next());
                step.deleted = deleted;
                if (rest != null) {
                    step.rows.add(0, rest);
                    return;
                }
            }
        }
    }

    /** Begins anew from what is on record. */
    synchronized void forget() {
        left.clear();
    }
}
