// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for arrivals in a thread of its own, again and again. What goes wrong here is said by the agent's own looks; this only rests longer and longer. One thread, and {@link #close} by any.
 */
public abstract class ArrivalLoop implements Runnable, AutoCloseable {

    private final Duration first;
    private final Duration most;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Duration rest;

    /** Rests so long after the first failure, twice as long after the next, and so on up to a bound. */
    protected ArrivalLoop(Duration first, Duration most) {
        this.first = first;
        this.most = most;
        this.rest = first;
    }

    @Override
    public final void run() {
        while (!isClosed()) {
            try {
                if (!look()) {
                    return;
                }
            } catch (Exception away) {
                System.getLogger(getClass().getName()).log(System.Logger.Level.DEBUG, "waiting for arrivals was cut", away);
                rest(rest);
                rest = rest.multipliedBy(2).compareTo(most) > 0 ? most : rest.multipliedBy(2);
            }
        }
        ended();
    }

    /** Waits once; false when there is nothing to be waited on, ever. */
    protected abstract boolean look() throws Exception;

    /** After the last look of a loop that was closed. */
    protected void ended() { }

    /** It works: the next failure is a first one. */
    protected final void works() {
        rest = first;
    }

    /** Does nothing for so long, unless it is closed. */
    protected final void rest(Duration time) {
        try {
            closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            closed.countDown();
        }
    }

    protected final boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** The thread ends with what it waits in. */
    @Override
    public void close() {
        closed.countDown();
    }
}
