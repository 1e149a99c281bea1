// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

/** The rests of a thread that goes round until it is told to end. Any thread. */
final class Rests {

    private boolean over;

    synchronized boolean areOver() {
        return over;
    }

    /** Rests so long, or until the end. */
    synchronized void take(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        try {
            for (long left = millis; left > 0 && !over; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException end) {
            over = true;
        }
    }

    synchronized void end() {
        over = true;
        notifyAll();
    }
}
