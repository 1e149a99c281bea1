// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.aftercommit.JobFailureHandler;
import dev.waybill.error.WaybillError;
import java.util.List;
import java.util.ServiceLoader;

/** Tells of after-commit jobs that failed: as a trouble, and to whoever is registered. One thread. */
record JobFailures(Troubles troubles, List<JobFailureHandler> handlers) implements JobFailureHandler {

    private static final System.Logger LOG = System.getLogger(JobFailures.class.getName());

    static JobFailureHandler of(Troubles troubles) {
        return new JobFailures(troubles, ServiceLoader.load(JobFailureHandler.class, JobFailures.class.getClassLoader()).stream().map(ServiceLoader.Provider::get).toList());
    }

    @Override
    public void failed(long job, String statement, String replica, Throwable failure) {
        troubles.happened(WaybillError.JOB_FAILED.with(job, replica.isEmpty() ? "" : " for " + replica, said(failure)).getMessage());
        for (JobFailureHandler handler : handlers) {
            try {
                handler.failed(job, statement, replica, failure);
            } catch (RuntimeException wrong) {
                LOG.log(System.Logger.Level.WARNING, "A handler of failed jobs failed itself; the job is on record all the same.", wrong);
            }
        }
    }

    private static String said(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
