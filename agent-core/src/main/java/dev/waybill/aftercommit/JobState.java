// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

/**
 * How far a job is, as {@code waybill.after_commit_job} says it.
 *
 * <pre>
 *   DEFINED ─ its transaction has a log offset ─► PENDING ─ run begins ─► RUNNING ─┬─► DONE
 *      └─ FOR EACH REPLICA ─► EXPANDED               ▲  ├─► JOINED                 ├─► FAILED
 *         (one PENDING job for each)                 │  ├─► CANCELLED              └─► LOST (TRANSIENT only)
 *                                                    └──┴─ RETRY, or its agent ended ◄──┘
 * </pre>
 */
enum JobState {
    /** Committed; perhaps not sequenced yet. */
    DEFINED,
    /** To be run when it is due. */
    PENDING,
    /** A run was begun. */
    RUNNING,
    /** The statement succeeded. */
    DONE,
    /** The last attempt failed. */
    FAILED,
    /** Taken back while it was waiting. */
    CANCELLED,
    /** UNIQUE: another job's run, begun after this one's transaction had committed, did its work too. */
    JOINED,
    /** Others were made of it, one for each replica; perhaps none. */
    EXPANDED,
    /** TRANSIENT: in the hands of an agent that ended before the run did. */
    LOST
}
