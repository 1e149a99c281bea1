// SPDX-License-Identifier: Apache-2.0
package dev.waybill.durable;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waiting that an interrupt does not end: whoever waits for work on an embedded database must not leave it behind, since an interrupt inside such a database closes the file under it. Stateless; any thread. */
public final class Uninterrupted {

    private Uninterrupted() {}

    /**
     * What comes of it, however long that takes; an interrupt meanwhile is kept for the caller.
     *
     * @throws ExecutionException with what the work threw
     */
    public static <T> T outcome(Future<T> work) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException foreign) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
