// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/** Whom a link wakes when something arrives, and the loop that does it, which begins when it is first needed. One thread. */
public final class Watching {

    private final ThreadFactory threads;
    private Runnable wake;
    private ArrivalLoop loop;

    /** @param threads for the one that waits */
    public Watching(ThreadFactory threads) {
        this.threads = threads;
    }

    /** Somebody is to be woken. */
    public void onArrival(Runnable run) {
        wake = run;
    }

    /** Begins, where somebody is to be woken and it has not begun. */
    public void begin(Function<Runnable, ArrivalLoop> how) {
        if (wake != null && loop == null) {
            loop = how.apply(wake);
            threads.newThread(loop).start();
        }
    }

    /** Nobody is woken any more. */
    public void close() {
        if (loop != null) {
            loop.close();
        }
    }
}
