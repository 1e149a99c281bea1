// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Deed;
import java.sql.SQLException;

/** What people do with jobs that are there. Each is a transaction of its own, noted in {@code waybill.audit}, that falls into none of the agent's. Used by the thread of the connection. */
public final class JobControl {

    private final Administration administration;

    public JobControl(Administration administration) {
        this.administration = administration;
    }

    /**
     * Takes back a job that waits, and those that wait and were made of it.
     *
     * @throws SQLException JOB_NOT_WAITING when there is none that waits
     */
    public void cancel(long id) throws SQLException {
        perform("CANCEL AFTER COMMIT JOB", Long.toString(id), sql -> {
            int cancelled = sql.run("UPDATE #after_commit_job SET state = 'CANCELLED', ended_at = ? WHERE (job_id = ? OR parent_id = ?) AND state IN ('DEFINED', 'PENDING')", now(), id, id);
            if (cancelled == 0) {
                String[] state = {"not known, or gone from the history"};
                sql.each(row -> state[0] = row.getString(1), "SELECT state FROM #after_commit_job WHERE job_id = ?", id);
                throw WaybillError.JOB_NOT_WAITING.with(id, state[0]);
            }
        });
    }

    /** No further run begins; those that have begun go on. */
    public void pause() throws SQLException {
        perform("PAUSE AFTER COMMIT", "all", sql -> {
            if (sql.number("SELECT COUNT(*) FROM #after_commit_pause") == 0) {
                sql.run("INSERT INTO #after_commit_pause (one, since) VALUES (1, ?)", now());
            }
        });
    }

    /** Runs begin again. */
    public void resume() throws SQLException {
        perform("RESUME AFTER COMMIT", "all", sql -> sql.run("DELETE FROM #after_commit_pause"));
    }

    /** Forgets all jobs that have ended. */
    public void clean() throws SQLException {
        perform("CLEAN AFTER COMMIT", "all", sql -> sql.run("DELETE FROM #after_commit_job WHERE ended_at IS NOT NULL"));
    }

    private interface Work {
        void run(CatalogueSql sql) throws SQLException;
    }

    private Object now() {
        return administration.dialect().moment(administration.clock().instant());
    }

    private void perform(String what, String subject, Work work) throws SQLException {
        if (administration.wrote()) {
            throw WaybillError.CATALOGUE_IN_TRANSACTION.with(what);
        }
        if (!administration.dialect().hasCatalogue(administration.raw())) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        Deed deed = new Deed(administration.raw(), administration.dialect(), administration.clock());
        deed.perform(raw -> {
            work.run(new CatalogueSql(raw, administration.dialect()));
            deed.note(what, subject, null, null);
            return null;
        });
        administration.board().signalCommit();
    }
}
