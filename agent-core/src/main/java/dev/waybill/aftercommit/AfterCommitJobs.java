// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * The after-commit jobs of one database in the hands of its agent: see the package page. Called in each cycle; nothing here waits for a run. One thread.
 */
public final class AfterCommitJobs implements AutoCloseable {

    /** Runs at a time. */
    private static final int RUNS = 4;
    private static final Duration LET_GO_WITHIN = Duration.ofSeconds(2);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final int FORGET_AFTER = 1_000;

    private final AgentDatabase database;
    private final JobBook book;
    private final JobRunner runner;
    private final InstantSource clock;
    private final JobFailureHandler failures;
    private List<Long> seen = List.of();
    private JobBook.Waiting waiting = new JobBook.Waiting(List.of(), null);
    private boolean recovered;
    private boolean recoveredOnce;
    private boolean paused;
    private boolean full;
    private Instant forgetAt = Instant.MIN;
    private int recordedSince;

    /**
     * @param connections null where this agent is to leave jobs alone
     * @param wake        run, from any thread, when a run has ended
     * @param failures    is told of each job that has failed
     */
    public AfterCommitJobs(AgentDatabase database, Dialect dialect, JobConnections connections, ThreadFactory threads, InstantSource clock, Runnable wake, JobFailureHandler failures) {
        this.database = database;
        this.book = new JobBook(dialect);
        this.runner = connections == null ? null : new JobRunner(connections, dialect, database.guard(), threads, RUNS, wake);
        this.clock = clock;
        this.failures = failures;
    }

    /**
     * To be called in each cycle, behind its sequencing.
     *
     * @param sequenced whether this cycle's sequencing found nothing more: then all that was committed when this was called last has log offsets
     * @return whether there is more to do at once
     */
    public boolean run(boolean sequenced) throws SQLException {
        if (runner == null) {
            return false;
        }
        recover();
        record();
        if (sequenced && !seen.isEmpty()) {
            List<Long> jobs = seen;
            Instant now = clock.instant();
            full = database.transact(DurableStep.ADMIT_JOBS, raw -> book.admit(raw, jobs, now));
            seen = List.of();
        }
        waiting = database.read(book::waiting);
        boolean begun = begin();
        if (seen.isEmpty()) {
            seen = waiting.defined();
        }
        forget();
        return begun || !full && !waiting.defined().isEmpty();
    }

    private void recover() throws SQLException {
        if (recovered) {
            return;
        }
        if (database.<Boolean>read(book::isLeft)) {
            Instant now = clock.instant();
            database.<Void>transact(DurableStep.RECORD_JOBS, raw -> {
                book.recover(raw, runner.running(), database.followsKill() && !recoveredOnce, now);
                return null;
            });
        }
        recovered = true;
        recoveredOnce = true;
    }

    private void record() throws SQLException {
        List<JobOutcome> outcomes = runner.ended();
        if (outcomes.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        List<JobOutcome> failed = database.transact(DurableStep.RECORD_JOBS, raw -> {
            List<JobOutcome> recorded = new ArrayList<>();
            for (JobOutcome outcome : outcomes) {
                if (book.record(raw, outcome, now)) {
                    recorded.add(outcome);
                }
            }
            return recorded;
        });
        runner.recorded(outcomes);
        failed.forEach(outcome -> failures.failed(outcome.job().id(), outcome.job().statement(), outcome.job().replica(), outcome.failure()));
        recordedSince += outcomes.size();
    }

    /** What is begun is on disk before it runs, and so is the transaction that defined it: what a run says to others must not be taken back. */
    private boolean begin() throws SQLException {
        Instant now = clock.instant();
        if (!isDue(now) || runner.free() == 0) {
            return false;
        }
        paused = database.read(book::isPaused);
        if (paused) {
            return false;
        }
        List<Job> begun = database.transact(DurableStep.BEGIN_JOBS, raw -> book.isPaused(raw) ? List.<Job>of() : book.begin(raw, runner.free(), now));
        if (begun.isEmpty()) {
            return false;
        }
        database.makeDurable();
        begun.forEach(runner::begin);
        return true;
    }

    private boolean isDue(Instant now) {
        return waiting.dueAt() != null && !waiting.dueAt().isAfter(now);
    }

    private void forget() throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(forgetAt) && recordedSince < FORGET_AFTER) {
            return;
        }
        if (database.<Boolean>read(book::hasHistory)) {
            database.<Void>transact(DurableStep.RECORD_JOBS, raw -> {
                book.forget(raw, now);
                return null;
            });
        }
        forgetAt = now.plus(FORGET_EVERY);
        recordedSince = 0;
    }

    /** When a cycle would find something to do, whoever wakes it or not; null for never. */
    public Instant dueAt() {
        return runner == null || paused || runner.free() == 0 ? null : waiting.dueAt();
    }

    /** Begins anew from what is on record; runs under way go on, and are recorded unless somebody else has begun them again. */
    public void forgetWhatWasRead() {
        seen = List.of();
        waiting = new JobBook.Waiting(List.of(), null);
        full = false;
        recovered = false;
    }

    /** Waits a moment for what is under way, if anything is; returns whether anything was. For a batch, which ends when nothing is. */
    public boolean awaitOne(Duration atMost) {
        return runner != null && runner.awaitOne(atMost);
    }

    /** Waits, bounded, for the end of what runs, which is cancelled when it takes long, and puts that on record: for an agent that ends and holds the lease. */
    public void finish() throws SQLException {
        if (runner != null) {
            runner.awaitEnd(LET_GO_WITHIN);
            record();
        }
    }

    /** No further run begins. */
    @Override
    public void close() {
        if (runner != null) {
            runner.close();
        }
    }
}
