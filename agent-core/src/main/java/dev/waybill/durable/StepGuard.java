// SPDX-License-Identifier: Apache-2.0
package dev.waybill.durable;

/** Performs durable effects by name. Tests hand in guards that crash before or after a step; production uses {@link #PLAIN}. Any thread. */
public interface StepGuard {

    /** Runs every effect, adds nothing. */
    StepGuard PLAIN = new StepGuard() {
        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            return effect.run();
        }
    };

    /**
     * Runs the effect exactly once, or throws without running it.
     *
     * @return what the effect returned
     */
    <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X;

    /** Something whose result outlives a crash. */
    interface Effect<T, X extends Exception> {
        T run() throws X;
    }
}
