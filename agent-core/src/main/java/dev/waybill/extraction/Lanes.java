// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.durable.Uninterrupted;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Works that may wait for one another, done by as many connections as there are: one by the caller's thread, the others beside it. The first failure ends all when they have done what they are at. One use. */
final class Lanes {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Work> waiting;
    private final Set<Integer> done = new HashSet<>();
    private int busy;
    private boolean failed;

    /** Something that is to be done. */
    interface Work {

        /** What others wait for; equal numbers are done when one of them is. */
        int number();

        /** Numbers of works that come before. */
        List<Integer> after();

        void run(Connection raw) throws SQLException, IOException;
    }

    private Lanes(List<Work> works) {
        this.waiting = new ArrayList<>(works);
    }

    /** Returns when all are done, or throws what the first one that failed has thrown. */
    static void run(List<Work> works, List<Connection> connections, Executor beside) throws SQLException, IOException {
        Lanes lanes = new Lanes(works);
        List<FutureTask<Void>> others = new ArrayList<>();
        for (Connection raw : connections.subList(1, connections.size())) {
            FutureTask<Void> other = new FutureTask<>(() -> {
                lanes.work(raw);
                return null;
            });
            others.add(other);
            beside.execute(other);
        }
        Throwable first = null;
        try {
            lanes.work(connections.get(0));
        } catch (SQLException | IOException | RuntimeException | Error failure) {
            first = failure;
        }
        for (FutureTask<Void> other : others) {
            try {
                Uninterrupted.outcome(other);
            } catch (ExecutionException failure) {
                first = first == null ? failure.getCause() : first;
            }
        }
        rethrow(first);
    }

    private static void rethrow(Throwable first) throws SQLException, IOException {
        if (first instanceof SQLException sql) {
            throw sql;
        } else if (first instanceof IOException io) {
            throw io;
        } else if (first instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (first instanceof Error error) {
            throw error;
        } else if (first != null) {
            throw new IllegalStateException(first);
        }
    }

    private void work(Connection raw) throws SQLException, IOException {
        for (Work next = next(); next != null; next = next()) {
            boolean well = false;
            try {
                next.run(raw);
                well = true;
            } finally {
                ended(next, well);
            }
        }
    }

    /** Null when nothing is left, or something has failed. */
    private Work next() {
        lock.lock();
        try {
            while (!failed && !waiting.isEmpty()) {
                for (Work work : waiting) {
                    if (done.containsAll(work.after())) {
                        waiting.remove(work);
                        busy++;
                        return work;
                    }
                }
                if (busy == 0) {
                    throw new IllegalStateException("works wait for one another: " + waiting);
                }
                changed.awaitUninterruptibly();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void ended(Work work, boolean well) {
        lock.lock();
        try {
            busy--;
            failed |= !well;
            done.add(work.number());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
