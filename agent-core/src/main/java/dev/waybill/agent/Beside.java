// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does work beside the agent's thread, which waits for its end, now or later; nobody is ever interrupted. Its threads end when nothing is to be done. One thread. */
final class Beside implements Executor, AutoCloseable {

    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor executor;

    /** @param count threads at most; with one, what was begun is done one after the other */
    Beside(ThreadFactory threads, int count) {
        this.executor = new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        this.executor.allowCoreThreadTimeOut(true);
    }

    /** Begins; to be followed by {@link Task#awaitEnd}. */
    <T> Task<T> begin(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        executor.execute(task);
        return new Task<>(task);
    }

    @Override
    public void execute(Runnable work) {
        executor.execute(work);
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    /** Something that was begun. */
    static final class Task<T> {

        private final FutureTask<T> task;

        private Task(FutureTask<T> task) {
            this.task = task;
        }

        /** Whether it has ended, well or not. */
        boolean isDone() {
            return task.isDone();
        }

        /** It has ended, well or not. */
        void awaitEnd() {
            boolean interrupted = false;
            while (!task.isDone()) {
                try {
                    task.get();
                } catch (ExecutionException told) {
                    break; // by outcome()
                } catch (InterruptedException foreign) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** What came of it, or what it threw; after {@link #awaitEnd}. */
        T outcome() throws SQLException {
            try {
                return task.get();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof SQLException database) {
                    throw database;
                }
                if (failed.getCause() instanceof Error error) {
                    throw error;
                }
                throw failed.getCause() instanceof RuntimeException unexpected ? unexpected : new IllegalStateException(failed.getCause());
            } catch (InterruptedException foreign) {
                throw new IllegalStateException(foreign);
            }
        }
    }
}
