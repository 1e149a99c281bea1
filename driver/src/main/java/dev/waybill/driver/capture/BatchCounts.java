// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.BatchUpdateException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** The counts of a batch that runs element by element: as H2 does it, all elements run, and the failures are told at the end; as HSQLDB does it, the first failure is the end. One thread. */
final class BatchCounts {

    private final long[] counts;
    private final boolean large;
    /** Whether the first failure is the end, and elements that have not run have no count. */
    private final boolean stops;
    private final boolean chains;
    private int size;
    private SQLException first;
    private SQLException last;

    BatchCounts(int elements, boolean large, ProductSession session) {
        this.counts = new long[elements];
        this.large = large;
        this.stops = session.batchesStop();
        this.chains = session.chainsFailures();
    }

    /** Whether no more is to be run. */
    boolean isOver() {
        return stops && first != null;
    }

    /** Runs one element. */
    void add(CapturingConnection.Step<Long> element) {
        try {
            long count = element.run();
            counts[size++] = large || count <= Integer.MAX_VALUE ? count : Statement.SUCCESS_NO_INFO;
        } catch (SQLException failed) {
            counts[size++] = Statement.EXECUTE_FAILED;
            first = first == null ? failed : first;
            if (last != null) {
                last.setNextException(failed);
            }
            last = failed;
        }
    }

    /**
     * The counts.
     *
     * @param keys  generated ones of all elements; null to ask the raw statement
     * @throws BatchUpdateException when an element failed: with the text and code of the first failure, as the database gives it
     */
    BatchOutcome outcome(ResultSet keys) throws BatchUpdateException {
        if (first == null) {
            return new BatchOutcome(counts, keys);
        }
        BatchUpdateException failed = new BatchUpdateException(first.getMessage(), first.getSQLState(), first.getErrorCode(), stops ? Arrays.copyOf(counts, size - 1) : counts, null);
        if (chains) {
            failed.setNextException(first);
        }
        throw failed;
    }
}
