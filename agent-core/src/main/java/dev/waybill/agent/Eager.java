// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.Uninterrupted;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/** Work that touches no database, done by whoever comes first: another thread that was asked, or the agent's own when it needs the outcome. Nobody is ever interrupted. One thread. */
final class Eager<T> {

    private final FutureTask<T> task;
    private boolean isAsked;

    Eager(Callable<T> work) {
        this.task = new FutureTask<>(work);
    }

    /** Another thread may begin. */
    void begin(Executor beside) {
        if (!isAsked) {
            isAsked = true;
            beside.execute(task);
        }
    }

    /**
     * What comes of it, at once if need be.
     *
     * @throws ExecutionException with what the work threw that was to be expected
     */
    T outcome() throws ExecutionException {
        task.run();
        try {
            return Uninterrupted.outcome(task);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            if (failed.getCause() instanceof RuntimeException unexpected) {
                throw unexpected;
            }
            throw failed;
        }
    }
}
