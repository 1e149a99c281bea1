// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

/**
 * Is told of each after-commit job that has failed for good, once that is on record. Registered for {@link java.util.ServiceLoader} in the process in which the agent works; called by the agent's thread, so it is quick, and what it throws is
 * logged and changes nothing. A failure that was recorded just before its agent was killed may not be told: {@code waybill.after_commit_job} has it.
 */
@FunctionalInterface
public interface JobFailureHandler {

    /**
     * A job has failed.
     *
     * @param job     its id
     * @param replica for whom it ran; empty for nobody
     */
    void failed(long job, String statement, String replica, Throwable failure);
}
