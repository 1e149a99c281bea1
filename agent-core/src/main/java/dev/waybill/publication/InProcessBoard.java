// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableName;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The board of a database that lives in this process: every writer is a connection of this process, so marks in memory are enough. Any thread.
 *
 * <p><b>Why no writer is missed.</b> All fields named here are volatile, so their reads and writes have one total order that each thread's own order agrees with.
 * <pre>
 *   writer     W1 mark = BEGINNING   W2 read catalogue → v   W3 mark = v   … plans, writes, commits …   W4 mark = IDLE   W5 read waiting
 *   announcer  A1 catalogue = v'     A2 waiting + 1          A3 read marks … waits while one is below v'
 * </pre>
 * If W2 read a catalogue older than v', W2 stands before A1, so W1 stands before A3: A3 sees BEGINNING, v &lt; v', or that the writer has ended. If W4 stands after A3 then A2 stands before W5, and the writer wakes the
 * announcer, which holds the lock from looking until it sleeps. BEGINNING is below every version, whatever history it belongs to.
 *
 * <p>W3 alone is not fenced (a fence costs a writer about a thousandth of his transaction): who does not see it sees BEGINNING, and waits for a writer for whom he need not, until that one ends or he looks again.
 *
 * <p>Not final for the sake of one test, which stops a writer between W2 and W3. Writers are held weakly: a connection that was lost without being closed cannot commit any more, and nobody waits for it.
 */
public class InProcessBoard implements CatalogueBoard {

    private static final long IDLE = Long.MAX_VALUE;
    private static final long BEGINNING = -1;

    /** Nobody signals when a connection is lost to the garbage collector. */
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(200).toNanos();

    private final Set<Seat> seats = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<Mark> lost = new ReferenceQueue<>();
    private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile Catalogue catalogue = Catalogue.NONE;
    private volatile Received received = Received.UNKNOWN;
    private volatile int waiting;

    @Override
    public final Catalogue catalogue() {
        return catalogue;
    }

    @Override
    public void announce(Catalogue announced) {
        synchronized (seats) {
            boolean sameHistory = Objects.equals(announced.incarnation(), catalogue.incarnation());
            if (sameHistory && announced.version() <= catalogue.version()) {
                return;
            }
            catalogue = announced;
        }
        signalCommit();
    }

    @Override
    public final Received received() {
        return received;
    }

    @Override
    public void receives(Set<TableName> tables) {
        synchronized (seats) {
            if (received == Received.UNKNOWN || !received.tables().containsAll(tables)) {
                Set<TableName> all = new HashSet<>(received.tables());
                all.addAll(tables);
                received = new Received(all, received.revision() + 1);
            }
        }
    }

    @Override
    public void receivesNoMore(Set<TableName> tables) {
        synchronized (seats) {
            if (received != Received.UNKNOWN) {
                Set<TableName> left = new HashSet<>(received.tables());
                left.removeAll(tables);
                received = new Received(left, received.revision() + 1);
            }
        }
    }

    @Override
    public Mark register() {
        Mark mark = new Mark();
        synchronized (seats) {
            for (Object gone = lost.poll(); gone != null; gone = lost.poll()) {
                seats.remove(gone);
            }
            seats.add(mark.seat);
        }
        return mark;
    }

    @Override
    public int writersBefore(long version) {
        int writers = 0;
        for (Seat seat : seats) {
            Mark mark = seat.get();
            writers += mark != null && mark.began < version ? 1 : 0;
        }
        return writers;
    }

    @Override
    public boolean awaitWritersBefore(long version, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        waiting = waiting + 1;
        try {
            while (writersBefore(version) > 0) {
                if (left <= 0) {
                    return false;
                }
                long slice = Math.min(left, LOOK_AGAIN_NANOS);
                left -= slice - ended.awaitNanos(slice);
            }
            return true;
        } finally {
            waiting = waiting - 1;
            lock.unlock();
        }
    }

    @Override
    public void signalCommit() {
        wakes.forEach(Runnable::run);
    }

    @Override
    public CommitHandler onCommit(Runnable wake) {
        Runnable own = () -> wake.run();
        synchronized (seats) {
            wakes.add(own);
        }
        return () -> {
            synchronized (seats) {
                wakes.remove(own);
                forgetWhenEmpty();
            }
        };
    }

    /** An embedded database closes with its last connection, and another one may come under its key: what was known is known no more. */
    private void forgetWhenEmpty() {
        if (seats.isEmpty() && wakes.isEmpty()) {
            catalogue = Catalogue.NONE;
            received = Received.UNKNOWN;
        }
    }

    /** W2. */
    Catalogue newest() {
        return catalogue;
    }

    private void wakeWaiting() {
        if (waiting > 0) {
            lock.lock();
            try {
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Where a mark is found by announcers. */
    private static final class Seat extends WeakReference<Mark> {
        Seat(Mark mark, ReferenceQueue<Mark> lost) {
            super(mark, lost);
        }
    }

    /** One connection's mark. */
    public final class Mark implements Writer {

        private static final AtomicLongFieldUpdater<Mark> BEGAN = AtomicLongFieldUpdater.newUpdater(Mark.class, "began");

        private final Seat seat = new Seat(this, lost);
        private volatile long began = IDLE;
        private Catalogue planned;

        private Mark() {}

        @Override
        public Catalogue begin() {
            if (began == IDLE) {
                began = BEGINNING;
                Catalogue now = newest();
                if (planned != now) {
                    planned = now;
                }
                BEGAN.lazySet(this, planned.version());
                wakeWaiting();
            }
            return planned;
        }

        @Override
        public void end() {
            if (began != IDLE) {
                began = IDLE;
                wakeWaiting();
            }
        }

        @Override
        public void close() {
            end();
            synchronized (seats) {
                seats.remove(seat);
                forgetWhenEmpty();
            }
        }
    }
}
