// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** One thread sleeps, any thread wakes it; a call that comes before the sleep is not lost. Never needs an interrupt. */
final class Waker {

    private final Lock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private volatile boolean called;

    /** Ends the present sleep, or the next. A volatile read when it was already called. */
    void wake() {
        if (called) {
            return;
        }
        lock.lock();
        try {
            called = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Sleeps until it is called, at most this long. */
    void sleep(Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!called && left > 0) {
                left = await(left);
            }
            called = false;
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt is none of ours; it counts as the end of the sleep. */
    private long await(long nanos) {
        try {
            return woken.awaitNanos(TimeUnit.NANOSECONDS.toNanos(nanos));
        } catch (InterruptedException foreign) {
            return 0;
        }
    }
}
