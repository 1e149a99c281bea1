// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.aftercommit.JobFailureHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers which jobs have failed in this process. */
public final class NotedFailures implements JobFailureHandler {

    static final Map<Long, String> TOLD = new ConcurrentHashMap<>();

    @Override
    public void failed(long job, String statement, String replica, Throwable failure) {
        TOLD.put(job, statement + " " + replica);
        throw new IllegalStateException("a handler that fails itself changes nothing");
    }
}
