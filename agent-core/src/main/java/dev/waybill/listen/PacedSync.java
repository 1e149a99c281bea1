// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/** Refreshes when it was asked to: at once, but at most once in an interval; who asks meanwhile is served at its end. In a thread of its own, which ends with {@link #close}. Any thread. */
public final class PacedSync implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PacedSync.class.getName());

    private final Duration interval;
    private final Runnable sync;
    private boolean wanted;
    private boolean closed;

    /** @param sync what refreshes; what it throws is said in the log, and tried again when it is asked for */
    public PacedSync(Duration interval, Runnable sync, ThreadFactory threads) {
        this.interval = interval;
        this.sync = sync;
        threads.newThread(this::run).start();
    }

    /** A refresh is begun after this. */
    public synchronized void ask() {
        wanted = true;
        notifyAll();
    }

    private void run() {
        while (awaitAsked()) {
            long began = System.nanoTime();
            try {
                sync.run();
            } catch (RuntimeException failed) {
                LOG.log(System.Logger.Level.WARNING, "A refresh did not go well: " + failed.getMessage() + " It is tried again with the next notice.");
            }
            rest(began + interval.toNanos());
        }
    }

    private synchronized boolean awaitAsked() {
        while (!wanted && !closed) {
            pause(0);
        }
        wanted = false;
        return !closed;
    }

    private synchronized void rest(long untilNanos) {
        for (long left = untilNanos - System.nanoTime(); left > 0 && !closed; left = untilNanos - System.nanoTime()) {
            pause(left / 1_000_000 + 1);
        }
    }

    /** Holding the lock. */
    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException end) {
            closed = true;
        }
    }

    /** No further one begins. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
