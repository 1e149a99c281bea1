// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.function.Predicate;

/** The failure of some elements of a batch, kept until what the others did is recorded. One thread. */
final class BatchFailure {

    private BatchUpdateException failure;

    /** The step's result, or null when elements failed. */
    <T> T keep(CapturingConnection.Step<T> batch) throws SQLException {
        try {
            return batch.run();
        } catch (BatchUpdateException failed) {
            failure = failed;
            return null;
        }
    }

    /** Tells at once when it is such a failure. */
    void tellIf(Predicate<SQLException> kind) throws BatchUpdateException {
        if (failure != null && kind.test(failure)) {
            throw failure;
        }
    }

    /** The failure as that of every element, for a batch that was rolled back as a whole. */
    BatchUpdateException ofEverything() {
        long[] counts = failure.getLargeUpdateCounts().clone();
        Arrays.fill(counts, Statement.EXECUTE_FAILED);
        var everything = new BatchUpdateException(failure.getMessage(), failure.getSQLState(), failure.getErrorCode(), counts, null);
        everything.setNextException(failure.getNextException());
        return everything;
    }

    /** What the batch has thrown; null when nothing. */
    SQLException failure() {
        return failure;
    }

    /** What came of each element. */
    long[] counts() {
        return failure.getLargeUpdateCounts();
    }

    void tell() throws BatchUpdateException {
        if (failure != null) {
            throw failure;
        }
    }
}
