// SPDX-License-Identifier: Apache-2.0
package dev.waybill.durable;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The database of one message agent, reached by raw connections (never through our driver, so nothing that an agent does is captured by accident).
 *
 * <p>Connections handed to work have auto-commit off, READ COMMITTED, and belong to the work only while it runs. Implementations serve one agent
 * thread and what it lets run beside it: {@link #transact} and {@link #read} may run in several threads, where they wait for each other at the lease row.
 */
public interface AgentDatabase {

    /**
     * Runs the work in one transaction: locks the lease row and checks the fencing token, runs, commits under the step's name. Any exception rolls back.
     *
     * @throws SQLException the database's own, or LEASE_LOST when another agent has taken over; nothing was committed then
     */
    <T> T transact(DurableStep step, Work<T> work) throws SQLException;

    /** Runs the work in a read-only transaction that is always rolled back; no lease is needed. */
    <T> T read(Work<T> work) throws SQLException;

    /**
     * Runs the work on a connection at snapshot isolation (every statement sees the database as of the first one) and rolls back at the end.
     */
    <T> T readSnapshot(Work<T> work) throws SQLException;

    /** Returns only after everything committed before this call is on disk. A no-op when nothing was committed since the last call and the database is durable at commit. */
    void makeDurable() throws SQLException;

    /** How far the commits have come, for {@link #makeDurable(long)}: everything that this agent can see of its own work was committed before. */
    default long committed() {
        return 0;
    }

    /** {@link #committed} after the last commit but those of SEQUENCE, CLEAR_OUTBOX, MARK_SENT and MARK_CONFIRMED: what a message says besides its transactions (what was received, in which epoch it is sent) was committed before. */
    default long committedElse() {
        return committed();
    }

    /** Returns only after everything committed before this {@link #committed} is on disk; a no-op when it is, whatever was committed since. */
    default void makeDurable(long committed) throws SQLException {
        makeDurable();
    }

    /** Whether everything committed before this {@link #committed} is known to be on disk. */
    default boolean isDurable(long committed) {
        return false;
    }

    /** Whether the agent that had the lease before never gave it back: it was killed, perhaps with the database. */
    default boolean followsKill() {
        return false;
    }

    /** The guard under which this database's steps run. */
    StepGuard guard();

    /** Work in one transaction. */
    interface Work<T> {
        T run(Connection raw) throws SQLException;
    }
}
