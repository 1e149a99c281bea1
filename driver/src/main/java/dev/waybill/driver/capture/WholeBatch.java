// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A batch that fails as a whole, as PostgreSQL's driver has it: the first failure ends it, and every element counts as failed. Stateless; any thread. */
final class WholeBatch {

    private WholeBatch() {}

    /** Runs the elements one by one, in one transaction, or in autocommit mode in as many as the driver would make of so many. */
    static <E> BatchOutcome run(CapturingConnection connection, List<E> elements, Element<E> element, Function<E, String> text) throws SQLException {
        int each = connection.session().together(false, null, 0);
        if (!connection.alone().isAlone() || elements.size() <= each) {
            return whole(connection, elements, element, text);
        }
        return new GroupedBatch(connection, elements.size(), each).run((from, to) -> whole(connection, elements.subList(from, to), element, text));
    }

    private static <E> BatchOutcome whole(CapturingConnection connection, List<E> elements, Element<E> element, Function<E, String> text) throws SQLException {
        return connection.inTransaction(() -> {
            long[] counts = new long[elements.size()];
            for (int i = 0; i < counts.length; i++) {
                try {
                    counts[i] = element.run(elements.get(i));
                } catch (SQLException failed) {
                    throw failed(failed, i, text.apply(elements.get(i)), counts.length);
                }
            }
            return new BatchOutcome(counts, null);
        });
    }

    /** In the words of PostgreSQL's driver. */
    private static BatchUpdateException failed(SQLException cause, int index, String text, int size) {
        int[] counts = new int[size];
        Arrays.fill(counts, Statement.EXECUTE_FAILED);
        BatchUpdateException failed = new BatchUpdateException("Batch entry " + index + " " + text + " was aborted: " + cause.getMessage() + "  Call getNextException to see other errors in the batch.",
                cause.getSQLState(), 0, counts, cause);
        failed.setNextException(cause);
        return failed;
    }

    /** Runs one element; its update count. */
    @FunctionalInterface
    interface Element<E> {
        long run(E element) throws SQLException;
    }
}
