// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

/**
 * A job as an agent runs it. Immutable.
 *
 * @param attempt  the number of the run, from 1: what another run has recorded is not recorded over
 * @param replica  for whom; empty for nobody
 * @param logOffset at or behind that of the transaction that defined it
 * @param other    the user who defined it, where that is not the agent's own; otherwise null
 * @param runAs    him, where the agent may work as him; otherwise null
 */
record Job(long id, String statement, boolean unique, boolean isTransient, int retrySeconds, int retryCount, String schema, String definer, String replica, int attempt, long logOffset, String other, SyncUser runAs) {

    /** The same, as it is run next. */
    Job begun() {
        return new Job(id, statement, unique, isTransient, retrySeconds, retryCount, schema, definer, replica, attempt + 1, logOffset, other, runAs);
    }

    /** The same, run as this user; null for nobody. */
    Job as(SyncUser user) {
        return new Job(id, statement, unique, isTransient, retrySeconds, retryCount, schema, definer, replica, attempt, logOffset, other, user);
    }

    /** Whether it may be tried again after its present run has failed. */
    boolean mayBeTriedAgain() {
        return attempt <= retryCount;
    }
}
