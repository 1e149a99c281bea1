// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.facts.CapturedTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One execution of a statement that returns what it has changed. In a transaction already. */
final class ReturningWrite {

    private final CapturingConnection connection;
    private final Plan.Returning plan;
    private final Source source;
    private final CapturedTable table;

    ReturningWrite(CapturingConnection connection, Plan.Returning plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.table = plan.table();
    }

    /** Runs it, records what has happened before it, then its rows; gives what the application sees. */
    Outcome run(Step<Void> before) throws SQLException {
        long count = source.returning(plan);
        ResultSet rows = source.keysResult();
        connection.written().add(table.name());
        before.run();
        long read = record(rows, null);
        if (count >= 0 && count != read) {
            connection.recorder().fail(new IllegalStateException("the database tells of " + count + " rows and returns " + read));
        }
        return shown(read, rows);
    }

    private Outcome shown(long count, ResultSet rows) throws SQLException {
        boolean asked = !(source.keys() instanceof KeyRequest.None);
        if (plan.own() != null && !asked) {
            return Outcome.rows(view(rows));
        } else if (asked) {
            return Outcome.count(count, view(rows));
        }
        rows.close();
        return Outcome.count(count, null);
    }

    /** The application's own columns of the rows. */
    ResultSet view(ResultSet rows) throws SQLException {
        connection.session().rewind(rows, 0);
        int own = rows.getMetaData().getColumnCount() - plan.width();
        return connection.views().view(rows, IntStream.rangeClosed(1, own).toArray());
    }

    /** As {@link #view}, of a batch that has failed; null where it has told nothing before. */
    ResultSet columnsOf(ResultSet rows) throws SQLException {
        return rows.getMetaData().getColumnCount() > plan.width() ? view(rows) : null;
    }

    /**
     * Records all of these rows; how many they are.
     *
     * @param counts how many each element of a batch has; null for one execution
     */
    long record(ResultSet rows, long[] counts) throws SQLException {
        try {
            return counts == null ? element(rows, Long.MAX_VALUE) : batch(rows, counts);
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }

    private long batch(ResultSet rows, long[] counts) throws SQLException {
        long count = 0;
        for (long each : counts) {
            if (element(rows, each) != each) {
                throw new IllegalStateException("the database tells of " + each + " rows of an element and returns fewer");
            }
            count += each;
        }
        if (rows.next()) {
            throw new IllegalStateException("the database returns more rows than it tells of");
        }
        return count;
    }

    private long element(ResultSet rows, long most) throws SQLException {
        int first = rows.getMetaData().getColumnCount() - plan.width() + 1;
        List<Moved> moved = new ArrayList<>();
        long count = 0;
        while (count < most && rows.next()) {
            row(rows, first, moved);
            count++;
        }
        KeyMoves moves = new KeyMoves(table);
        moved.forEach(row -> moves.add(row.oldKey, row.old, row.newKey, row.after));
        for (Change change : moves.inOrder()) {
            connection.recorder().record(connection.publisher(), change);
        }
        return count;
    }

    private void row(ResultSet rows, int first, List<Moved> moved) throws SQLException {
        switch (plan.effect()) {
            case DELETE -> deleted(table.oldImage(connection.database().dialect(), rows, first));
            case INSERT -> change(Operation.INSERT, after(rows, first));
            case UPDATE -> change(Operation.UPDATE, after(rows, first));
            case UPSERT -> upserted(rows, first, moved);
            case MOVE -> updated(rows, first, moved);
            case MERGE -> merged(rows, first, moved);
        }
    }

    private RowImage after(ResultSet rows, int first) throws SQLException {
        return table.image(connection.database().dialect(), rows, table.positions(first));
    }

    private void upserted(ResultSet rows, int first, List<Moved> moved) throws SQLException {
        if (!plan.old()) {
            change(Operation.UPSERT, after(rows, first));
        } else if (rows.getObject(first) == null) {
            change(Operation.INSERT, after(rows, first + table.old().length));
        } else {
            updated(rows, first, moved);
        }
    }

    private void updated(ResultSet rows, int first, List<Moved> moved) throws SQLException {
        RowImage old = table.oldImage(connection.database().dialect(), rows, first);
        RowImage after = after(rows, first + table.old().length);
        KeyImage oldKey = table.key(old);
        KeyImage newKey = table.key(after);
        if (oldKey.equals(newKey)) {
            connection.recorder().record(connection.publisher(), table.updated(old, after));
        } else {
            moved.add(new Moved(oldKey, old, newKey, after));
        }
    }

    private void merged(ResultSet rows, int first, List<Moved> moved) throws SQLException {
        int old = plan.old() ? table.old().length : 0;
        switch (rows.getString(first)) {
            case "INSERT" -> change(Operation.INSERT, after(rows, first + 1 + old));
            case "UPDATE" -> {
                if (plan.old()) {
                    updated(rows, first + 1, moved);
                } else {
                    change(Operation.UPDATE, after(rows, first + 1));
                }
            }
            default -> deleted(plan.old() ? table.oldImage(connection.database().dialect(), rows, first + 1) : oldOf(after(rows, first + 1)));
        }
    }

    /** On a server that tells the row itself, as it was. */
    private RowImage oldOf(RowImage row) {
        Object[] values = new Object[table.captured().length];
        Arrays.fill(values, RowImage.ABSENT);
        for (int index : table.old()) {
            values[index] = row.value(index);
        }
        return new RowImage(values);
    }

    private void deleted(RowImage old) throws SQLException {
        connection.recorder().record(connection.publisher(), table.gone(old));
    }

    private void change(Operation operation, RowImage after) throws SQLException {
        connection.recorder().record(connection.publisher(), table.change(operation, after));
    }

    private record Moved(KeyImage oldKey, RowImage old, KeyImage newKey, RowImage after) {}
}
