// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The rows of {@code waybill.after_commit_job} as an agent writes them, each method in a transaction of its caller's that holds the lease. Stateless; any thread. */
final class JobBook {

    /** So many are given their places in one step. */
    static final int AT_ONCE = 1_000;
    /** A run that ended with its agent so often is not begun again: it may be what ends agents. */
    static final int MOST_INTERRUPTIONS = 10;
    /** What has ended is kept so long, and so many. */
    private static final Duration HISTORY = Duration.ofDays(7);
    private static final int MOST_HISTORY = 10_000;
    private static final String COLUMNS = "job_id, statement, is_unique, is_transient, retry_seconds, retry_count, schema_name, definer, replica, attempts";
    private static final String READ = COLUMNS + ", log_offset";

    /** A UNIQUE job waits for the end of a run that does the same: that one may have begun before its transaction was committed. */
    private static final String MAY_RUN = " FROM #after_commit_job j WHERE state = 'PENDING' AND NOT (is_unique = TRUE AND EXISTS (SELECT 1 FROM #after_commit_job r WHERE r.state = 'RUNNING' AND r.is_unique = TRUE"
            + " AND r.statement = j.statement AND r.replica = j.replica AND r.schema_name = j.schema_name AND r.definer = j.definer))";

    private final Dialect dialect;

    JobBook(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * What waits.
     *
     * @param defined jobs that have no place yet
     * @param dueAt   when the first of those that have one, and may run, is due; null for none
     */
    record Waiting(List<Long> defined, Instant dueAt) {
        Waiting {
            defined = List.copyOf(defined);
        }
    }

    Waiting waiting(Connection raw) throws SQLException {
        List<Long> defined = new ArrayList<>();
        Instant[] due = new Instant[1];
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        sql.each(row -> defined.add(row.getLong(1)), "SELECT job_id FROM #after_commit_job WHERE state = 'DEFINED'" + dialect.first(AT_ONCE));
        sql.each(row -> due[0] = dialect.moment(row, 1), "SELECT due_at" + MAY_RUN + " ORDER BY due_at" + dialect.first(1));
        return new Waiting(defined, due[0]);
    }

    boolean isPaused(Connection raw) throws SQLException {
        return new CatalogueSql(raw, dialect).number("SELECT COUNT(*) FROM #after_commit_pause") > 0;
    }

    // ---- a place ----

    /**
     * These jobs' transactions have log offsets, none beyond the journal's present head: they may run, each once for every replica that is meant.
     *
     * @return whether one stays as it is for now, because as many jobs wait to be run as may wait
     */
    boolean admit(Connection raw, Collection<Long> jobs, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        long head = sql.number("SELECT log_offset FROM #journal_head WHERE one = 1");
        Map<String, Map<String, String>> replicas = new ReplicaProperties(raw, dialect).all();
        for (long job : jobs) {
            String[] condition = new String[1];
            sql.each(row -> condition[0] = row.getString(1), "SELECT replica_condition FROM #after_commit_job WHERE job_id = ? AND state = 'DEFINED'", job);
            if (condition[0] != null && isFull(sql)) {
                return true;
            } else if (condition[0] != null) {
                expand(sql, job, ReplicaCondition.ofText(condition[0]), replicas, head, now);
            } else {
                sql.run("UPDATE #after_commit_job SET state = 'PENDING', log_offset = ?, due_at = ? WHERE job_id = ? AND state = 'DEFINED'", head, dialect.moment(now), job);
            }
        }
        return false;
    }

    /** One job may become thousands. */
    private static boolean isFull(CatalogueSql sql) throws SQLException {
        return sql.number("SELECT COUNT(*) FROM #after_commit_job WHERE state = 'PENDING'") >= JobDefinition.MOST_WAITING;
    }

    private void expand(CatalogueSql sql, long job, ReplicaCondition condition, Map<String, Map<String, String>> replicas, long head, Instant now) throws SQLException {
        for (Map.Entry<String, Map<String, String>> replica : replicas.entrySet()) {
            if (condition.holds(replica.getValue())) {
                sql.run("INSERT INTO #after_commit_job (" + COLUMNS + ", state, defined_at, parent_id, log_offset, due_at) SELECT " + JobDefinition.newId()
                        + ", statement, is_unique, is_transient, retry_seconds, retry_count, schema_name, definer, '" + replica.getKey().replace("'", "''") + "', 0, 'PENDING', defined_at, job_id, " + head + ", defined_at"
                        + " FROM #after_commit_job WHERE job_id = ?", job);
            }
        }
        sql.run("UPDATE #after_commit_job SET due_at = ? WHERE parent_id = ?", dialect.moment(now), job); // by this clock, not by that of whoever defined it
        sql.run("UPDATE #after_commit_job SET state = 'EXPANDED', log_offset = ?, ended_at = ? WHERE job_id = ?", head, dialect.moment(now), job);
    }

    // ---- runs ----

    /** So many of those that are due begin; with a UNIQUE one, all that wait and say the same, whose transactions have all committed. */
    List<Job> begin(Connection raw, int most, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        List<Job> begun = new ArrayList<>();
        for (Job next = next(sql, now); next != null && begun.size() < most; next = begun.size() < most ? next(sql, now) : null) {
            Job job = next.begun();
            sql.run("UPDATE #after_commit_job SET state = 'RUNNING', attempts = ?, started_at = ? WHERE job_id = ?", job.attempt(), dialect.moment(now), job.id());
            if (job.unique()) {
                sql.run("UPDATE #after_commit_job SET state = 'JOINED', joined_to = ?, ended_at = ? WHERE state = 'PENDING' AND is_unique = TRUE AND statement = ? AND replica = ? AND schema_name = ? AND definer = ?",
                        job.id(), dialect.moment(now), job.statement(), job.replica(), job.schema(), job.definer());
            }
            begun.add(job);
        }
        return begun;
    }

    private Job next(CatalogueSql sql, Instant now) throws SQLException {
        Job[] first = new Job[1];
        sql.each(row -> first[0] = read(row), "SELECT " + READ + ", CASE WHEN definer = " + dialect.currentUser() + " THEN 1 ELSE 0 END" + MAY_RUN + " AND due_at <= ? ORDER BY due_at, job_id" + dialect.first(1), dialect.moment(now));
        return first[0] == null || first[0].other() == null ? first[0] : first[0].as(SyncUser.of(sql.raw(), dialect, first[0].other()));
    }

    private static Job read(ResultSet row) throws SQLException {
        String definer = row.getString(8);
        return new Job(row.getLong(1), row.getString(2), row.getBoolean(3), row.getBoolean(4), row.getInt(5), row.getInt(6), row.getString(7), definer, row.getString(9), row.getInt(10), row.getLong(11),
                row.getInt(12) == 1 ? null : definer, null);
    }

    /** What came of a run; nothing when that run is not the latest of its job any more. Returns whether the job has failed by it. */
    boolean record(Connection raw, JobOutcome outcome, Instant now) throws SQLException {
        Job job = outcome.job();
        boolean again = outcome.failure() != null && outcome.passes() && job.mayBeTriedAgain();
        JobState state = again ? JobState.PENDING : outcome.failure() == null ? JobState.DONE : JobState.FAILED;
        int recorded = new CatalogueSql(raw, dialect).run("UPDATE #after_commit_job SET state = ?, due_at = ?, ended_at = ?, error_code = ?, error_state = ?, error_text = ? WHERE job_id = ? AND state = 'RUNNING' AND attempts = ?",
                state.name(), dialect.moment(again ? now.plusSeconds(job.retrySeconds()) : now), again ? null : dialect.moment(now), outcome.code(), outcome.state(), outcome.text(), job.id(), job.attempt());
        return recorded == 1 && state == JobState.FAILED;
    }

    /**
     * Runs that nobody is carrying out, since the agent that began them ended: once more, unless that happened too often; TRANSIENT ones are lost.
     *
     * @param own    the runs of this agent
     * @param killed whether the agent before was killed: then TRANSIENT jobs that it had not begun yet are lost, too
     */
    void recover(Connection raw, Collection<Job> own, boolean killed, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        List<Job> left = new ArrayList<>();
        sql.each(row -> left.add(read(row)), "SELECT " + READ + ", 1 FROM #after_commit_job WHERE state = 'RUNNING'");
        left.removeIf(each -> own.stream().anyMatch(run -> run.id() == each.id() && run.attempt() == each.attempt()));
        for (Job job : left) {
            if (job.isTransient()) {
                end(sql, job.id(), JobState.LOST, WaybillError.JOB_LOST.with(job.id()), now);
            } else if (job.attempt() >= job.retryCount() + MOST_INTERRUPTIONS) {
                end(sql, job.id(), JobState.FAILED, WaybillError.JOB_INTERRUPTED.with(job.id(), job.attempt()), now);
            } else {
                sql.run("UPDATE #after_commit_job SET state = 'PENDING', due_at = ? WHERE job_id = ?", dialect.moment(now), job.id());
            }
        }
        if (killed) {
            List<Long> lost = new ArrayList<>();
            sql.each(row -> lost.add(row.getLong(1)), "SELECT job_id FROM #after_commit_job WHERE state = 'PENDING' AND is_transient = TRUE");
            for (long job : lost) {
                end(sql, job, JobState.LOST, WaybillError.JOB_LOST.with(job), now);
            }
        }
    }

    private void end(CatalogueSql sql, long job, JobState state, SQLException why, Instant now) throws SQLException {
        sql.run("UPDATE #after_commit_job SET state = ?, ended_at = ?, error_state = ?, error_text = ? WHERE job_id = ?", state.name(), dialect.moment(now), why.getSQLState(), why.getMessage(), job);
    }

    /** Whether {@link #recover} has something to do. */
    boolean isLeft(Connection raw) throws SQLException {
        return new CatalogueSql(raw, dialect).number("SELECT COUNT(*) FROM #after_commit_job WHERE state = 'RUNNING' OR state = 'PENDING' AND is_transient = TRUE") > 0;
    }

    /** Whether {@link #forget} may have something to do. */
    boolean hasHistory(Connection raw) throws SQLException {
        return new CatalogueSql(raw, dialect).number("SELECT COUNT(*) FROM #after_commit_job WHERE ended_at IS NOT NULL") > 0;
    }

    /** What ended long ago goes, and of what ended lately all but the newest. */
    void forget(Connection raw, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        Instant[] before = {now.minus(HISTORY)};
        List<Instant> ends = new ArrayList<>();
        sql.each(row -> ends.add(dialect.moment(row, 1)), "SELECT ended_at FROM #after_commit_job WHERE ended_at IS NOT NULL ORDER BY ended_at DESC" + dialect.first(MOST_HISTORY + 1));
        if (ends.size() > MOST_HISTORY && ends.get(MOST_HISTORY).isAfter(before[0])) {
            before[0] = ends.get(MOST_HISTORY);
        }
        sql.run("DELETE FROM #after_commit_job WHERE ended_at <= ?", dialect.moment(before[0]));
    }
}
