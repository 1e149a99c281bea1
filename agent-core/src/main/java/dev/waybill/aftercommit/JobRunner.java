// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs statements of jobs in threads of its own, a bounded number at a time, each on a fresh connection in autocommit mode. Nobody is interrupted. Used by the agent's thread; what runs beside it only adds to what has ended.
 */
final class JobRunner implements AutoCloseable {

    private static final long IDLE_SECONDS = 10;

    private final JobConnections connections;
    private final Dialect dialect;
    private final StepGuard guard;
    private final Runnable wake;
    private final ThreadPoolExecutor threads;
    private final Map<Long, Run> running = new LinkedHashMap<>();
    private final Queue<JobOutcome> ended = new ConcurrentLinkedQueue<>();

    /** @param wake run, from any thread, when a run has ended */
    JobRunner(JobConnections connections, Dialect dialect, StepGuard guard, ThreadFactory factory, int most, Runnable wake) {
        this.connections = connections;
        this.dialect = dialect;
        this.guard = guard;
        this.wake = wake;
        this.threads = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** How many more may begin. */
    int free() {
        return threads.getMaximumPoolSize() - running.size();
    }

    /** Whose outcome nobody has taken yet. */
    List<Job> running() {
        return running.values().stream().map(run -> run.job).toList();
    }

    void begin(Job job) {
        Run run = new Run(job);
        running.put(job.id(), run);
        threads.execute(run);
    }

    /** What has ended; they stay under way, for {@link #recorded}, until that is on record. */
    List<JobOutcome> ended() {
        return List.copyOf(ended);
    }

    /** Waits until something has ended, if anything is under way, or until the time is over. Returns whether anything was under way. */
    boolean awaitOne(Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        boolean underWay = !running.isEmpty();
        synchronized (ended) {
            for (long left = atMost.toMillis(); underWay && ended.isEmpty() && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                try {
                    ended.wait(left);
                } catch (InterruptedException foreign) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            }
        }
        return underWay;
    }

    void recorded(List<JobOutcome> outcomes) {
        outcomes.forEach(outcome -> running.remove(outcome.job().id()));
        ended.removeAll(outcomes);
    }

    /** Whether nothing runs any more within this time. What runs longer is cancelled by its database at half of it. */
    boolean awaitEnd(Duration atMost) {
        threads.shutdown();
        boolean interrupted = false;
        boolean over = false;
        for (int half = 0; half < 2 && !over; half++) {
            if (half == 1) {
                running.values().forEach(Run::cancel);
            }
            try {
                over = threads.awaitTermination(atMost.toMillis() / 2, TimeUnit.MILLISECONDS);
            } catch (InterruptedException foreign) {
                interrupted = true; // whoever closes wants to be quick
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return over;
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    /** One run. */
    private final class Run implements Runnable {

        private final Job job;
        private Statement statement;
        private boolean cancelled;

        private Run(Job job) {
            this.job = job;
        }

        @Override
        public void run() {
            JobOutcome outcome = outcome();
            if (outcome != null) {
                synchronized (ended) {
                    ended.add(outcome);
                    ended.notifyAll();
                }
                wake.run();
            }
        }

        /** Null when it was stopped with its agent: the next one begins it again. */
        private JobOutcome outcome() {
            Throwable failure = null;
            boolean passes = false;
            try {
                if (job.other() != null && job.runAs() == null) {
                    throw WaybillError.JOB_DEFINER.with(job.id(), job.other());
                }
                guard.<Void, SQLException>perform(DurableStep.RUN_JOB, () -> {
                    execute();
                    return null;
                });
            } catch (SQLException failed) {
                failure = failed;
                passes = passes(failed);
            } catch (RuntimeException | Error failed) {
                failure = failed;
            }
            return failure != null && isCancelled() ? null : new JobOutcome(job, failure, passes);
        }

        private boolean passes(SQLException failed) {
            return failed instanceof SQLTransientException || failed instanceof SQLRecoverableException || dialect.classify(failed) == Dialect.ErrorClass.TRANSIENT;
        }

        private void execute() throws SQLException {
            try (Connection connection = job.runAs() == null ? connections.open() : job.runAs().connect(connections); Statement mine = connection.createStatement()) {
                if (connection.isWrapperFor(Errand.Taker.class)) {
                    connection.unwrap(Errand.Taker.class).on(new Errand(job.replica().isEmpty() ? null : job.replica(), job.logOffset(), false));
                }
                dialect.useSchema(connection, job.schema());
                begin(mine);
                connection.setAutoCommit(true);
                boolean rows = mine.execute(job.statement());
                while (rows || mine.getUpdateCount() != -1) {
                    rows = mine.getMoreResults();
                }
            } finally {
                begin(null);
            }
        }

        /** @throws SQLException JOB_INTERRUPTED when it is to end before it has begun */
        private synchronized void begin(Statement mine) throws SQLException {
            statement = mine;
            if (cancelled && mine != null) {
                throw WaybillError.JOB_INTERRUPTED.with(job.id(), job.attempt());
            }
        }

        private synchronized boolean isCancelled() {
            return cancelled;
        }

        private synchronized void cancel() {
            cancelled = true;
            if (statement != null) {
                try {
                    statement.cancel();
                } catch (SQLException refused) {
                    System.getLogger(JobRunner.class.getName()).log(System.Logger.Level.DEBUG, "a statement of a job goes on", refused);
                }
            }
        }
    }
}
