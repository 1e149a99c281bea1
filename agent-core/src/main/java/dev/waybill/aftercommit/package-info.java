// SPDX-License-Identifier: Apache-2.0
/**
 * START AFTER COMMIT: one statement, kept by the transaction that says it, run in the background when that has committed. And the properties by which replicas are grouped.
 *
 * <p><b>Guarantee.</b> A job runs if and only if the transaction that defined it commits: never after a rollback, a rollback to an earlier savepoint, a lost connection. It runs at least once, on a connection of its own in autocommit mode, through
 * our driver, by the one agent that has the lease, also when agents are killed in between. A run begins only after the job's transaction has a log offset and is on disk, and {@code log_offset} of the job is at or behind it. UNIQUE loses no
 * wake-up: only a run that begins after a job's transaction has committed does its work.
 *
 * <p><b>How.</b>
 * <pre>
 *   application   START AFTER COMMIT ─► a row of waybill.after_commit_job, in its own transaction ({@link dev.waybill.aftercommit.JobDefinition})
 *   agent         each cycle ({@link dev.waybill.aftercommit.AfterCommitJobs}):
 *     ADMIT_JOBS    rows seen before a sequencing that found nothing more ─► PENDING with the journal's head; FOR EACH REPLICA ─► one for each
 *     BEGIN_JOBS    due ones ─► RUNNING, and with a UNIQUE one all pending that say the same ─► JOINED; then to disk
 *     RUN_JOB       in another thread: the statement
 *     RECORD_JOBS   DONE, FAILED, or PENDING again (RETRY); runs whose agent ended ─► PENDING again, TRANSIENT ones ─► LOST
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>The row is all there is: rollback removes it, and no process has to remember anything. It is visible to the agent when, and only when, its transaction is; so everything that it wrote is in the outbox at the next look, and has an offset
 *       when that look found nothing more. The head is then an upper bound of the job's own offset. Nothing ties a job to a row of the outbox, since it may have written nothing that is published.
 *   <li>Ids are random numbers: a counter would be waited for, or would change what an application is told of its own.
 *   <li>UNIQUE decides when a run begins, in the transaction that begins it, over committed rows that are visible then. A run under way does nobody else's work, as it may have read before the other committed; whoever says the same waits for its
 *       end. solidDB drops the newer one in both cases and may lose a wake-up.
 *   <li>RETRY is for failures that pass by themselves (lost connections, locks, a replica that does not answer), counted without the first attempt. Others end the job. A run that was cut off by the end of its agent is begun again without being
 *       counted, ten times at most.
 *   <li>The lease holds records, not runs: an agent that was away may run a statement that another one runs too, and cannot record it (a record names its attempt). Statements of jobs have to bear being run twice; REFRESH and calls that wake do.
 *   <li>A job runs as whoever defined it: the agent's own user, or one as whom it can connect ({@link dev.waybill.aftercommit.SyncUser}). Who defined it is filled in by the database itself. SET ROLE is no fence: a statement can say RESET ROLE.
 *   <li>The connection of a run knows its {@link dev.waybill.aftercommit.Errand}: which replica DEFAULT is, and behind which offset it was said.
 *   <li>Four runs at a time, 10,000 jobs that wait, seven days and 10,000 rows of history.
 *   <li>The room stands below {@code statement}, which makes definitions of texts, and above {@code publication}, which knows the replicas.
 * </ul>
 *
 * <p><b>Rejected.</b> A list in the connection's memory, written at COMMIT (savepoints, XA and texts that commit would each need care that the database takes for nothing); running jobs in the thread that commits; one transaction for a run and its
 * record (the statement is promised autocommit mode, and may be DDL).
 */
package dev.waybill.aftercommit;
