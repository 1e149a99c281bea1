// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.BatchUpdateException;

/** The failure of some elements of a batch, kept until what the others did is recorded. One thread. */
final class BatchFailure {

    private BatchUpdateException failure;

    /** The step's result, or null when elements failed. */
    <T> T keep(CapturingConnection.Step<T> batch) throws java.sql.SQLException {
        try {
            return batch.run();
        } catch (BatchUpdateException failed) {
            failure = failed;
            return null;
        }
    }

    void tell() throws BatchUpdateException {
        if (failure != null) {
            throw failure;
        }
    }
}
