// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Waits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the agent's waits where the database does not ({@link Waits}): a session of the agent's that was seen waiting for somebody else's in so many looks running has its statement ended. Its transaction is rolled back by whoever ran it and
 * done again, as where a database has a time-out for locks. Looks, on a connection and in a thread of its own, only while a transaction is under way. Thread-safe.
 */
final class WaitWatch implements AutoCloseable {

    /** Together as long as the agent's sessions wait on the other products. */
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int LOOKS = 10;

    private static final System.Logger LOG = System.getLogger(WaitWatch.class.getName());

    private final Waits waits;
    private final int looks;
    private final Duration between;
    private final Set<Long> ours = ConcurrentHashMap.newKeySet();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Map<Long, Integer> seen = new TreeMap<>();
    private Connection raw;
    private boolean closed;

    WaitWatch(Waits waits) {
        this(waits, LOOKS, BETWEEN);
    }

    WaitWatch(Waits waits, int looks, Duration between) {
        this.waits = waits;
        this.looks = looks;
        this.between = between;
    }

    /** @param own is closed with this */
    synchronized void start(Connection own, ThreadFactory threads) {
        raw = own;
        threads.newThread(this::keepLooking).start();
    }

    /** A connection of the agent's. */
    Connection watched(Connection connection) throws SQLException {
        ours.add(waits.session(connection));
        return connection;
    }

    void begin() {
        underWay.incrementAndGet();
    }

    void end() {
        underWay.decrementAndGet();
    }

    private synchronized void keepLooking() {
        try {
            while (!closed) {
                wait(between.toMillis());
                look();
            }
        } catch (SQLException over) {
            // The database was closed, or the agent's user may not end statements: then waits last as long as they last.
            LOG.log(closed || isGone() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING, "The message agent's waits for rows that applications have changed and not committed are not bounded: " + over.getMessage());
        } catch (InterruptedException foreign) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isGone() {
        try {
            return raw.isClosed() || !raw.isValid(1);
        } catch (SQLException gone) {
            return true;
        }
    }

    private void look() throws SQLException {
        if (closed || underWay.get() == 0) {
            seen.clear();
            return;
        }
        Map<Long, Set<Long>> now = waits.now(raw);
        now.keySet().retainAll(ours);
        now.values().removeIf(ours::containsAll);
        seen.keySet().retainAll(now.keySet());
        for (long session : now.keySet()) {
            if (seen.merge(session, 1, Integer::sum) >= looks) {
                seen.remove(session);
                waits.end(raw, session);
            }
        }
    }

    /** Looks no more and closes its connection. */
    @Override
    public synchronized void close() throws SQLException {
        closed = true;
        notifyAll();
        raw.close();
    }
}
