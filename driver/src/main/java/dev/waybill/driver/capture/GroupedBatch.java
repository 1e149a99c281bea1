// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.BatchUpdateException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch in autocommit mode that the database's driver sends in several transactions, group by group: what the groups before a failure did stays, with their counts and keys; everything from the failing group on counts as failed. On one
 * connection, under its lock.
 */
final class GroupedBatch {

    private static final String ENTRY = "Batch entry ";

    private final CapturingConnection connection;
    private final int size;
    private final int each;
    private final List<Object> rows = new ArrayList<>();
    private ResultSet last;

    /**
     * @param size how many elements there are
     * @param each how many of them go together
     */
    GroupedBatch(CapturingConnection connection, int size, int each) {
        this.connection = connection;
        this.size = size;
        this.each = each;
    }

    /** Runs one group as a transaction of its own. */
    @FunctionalInterface
    interface Group {
        BatchOutcome run(int from, int to) throws SQLException;
    }

    BatchOutcome run(Group group) throws SQLException {
        long[] counts = new long[size];
        for (int from = 0; from < size; from += each) {
            int to = Math.min(from + each, size);
            try {
                BatchOutcome done = group.run(from, to);
                System.arraycopy(done.counts(), 0, counts, from, to - from);
                gather(done.generatedKeys());
            } catch (BatchUpdateException failed) {
                throw failed(failed, counts, from);
            } catch (SQLException failed) {
                throw from == 0 ? failed : failed(failed, counts, from);
            }
        }
        return new BatchOutcome(counts, keys());
    }

    /** Rows outlive the next execution of their statement, result sets do not. */
    private void gather(ResultSet more) throws SQLException {
        if (more != null) {
            rows.addAll(connection.session().held(more));
            last = more;
        }
    }

    /** The keys of all groups that are done, as the last one of them has told its own; null when nothing was asked for or done. */
    ResultSet keys() throws SQLException {
        if (last != null) {
            connection.session().show(last, rows);
        }
        return last;
    }

    private BatchUpdateException failed(SQLException cause, long[] counts, int from) {
        Arrays.fill(counts, from, size, Statement.EXECUTE_FAILED);
        BatchUpdateException failed = new BatchUpdateException(counted(cause.getMessage(), from), cause.getSQLState(), cause.getErrorCode(), counts, cause instanceof BatchUpdateException ? cause.getCause() : cause);
        failed.setNextException(cause instanceof BatchUpdateException ? cause.getNextException() : cause);
        return failed;
    }

    /** The driver counts from the beginning of what it was given. */
    private static String counted(String message, int from) {
        int end = message == null ? -1 : message.indexOf(' ', ENTRY.length());
        if (from == 0 || end < 0 || !message.startsWith(ENTRY)) {
            return message;
        }
        try {
            return ENTRY + (from + Integer.parseInt(message.substring(ENTRY.length(), end))) + message.substring(end);
        } catch (NumberFormatException another) {
            return message;
        }
    }
}
