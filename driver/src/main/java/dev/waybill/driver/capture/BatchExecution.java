// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.error.WaybillError;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/**
 * Runs batches of prepared statements by their plans: as one batch of the database where the generated-keys channel or the parameters tell all of its rows, otherwise element by element. On one connection, under its lock.
 */
final class BatchExecution {

    private final CapturingConnection connection;
    private final Execution execution;
    private final Recorder recorder;

    BatchExecution(CapturingConnection connection, Execution execution) {
        this.connection = connection;
        this.execution = execution;
        this.recorder = connection.recorder();
    }

    /** The batch of a prepared statement. */
    BatchOutcome batch(Plan plan, CapturingPrepared source, boolean large) throws SQLException {
        connection.passing().refuseBatch(plan, source.sql());
        if (plan instanceof Plan.Pass) {
            return bareBatch(source, large);
        } else if (plan instanceof Plan.KeysWrite write && (connection.isAutoCommit() || connection.session().batchesStop()) && source.hasElements()) {
            return source.elementByElement(write.table(), large);
        } else if (plan instanceof Plan.Returning write && !source.isCallable() && write.own() == null && !(source.keys() instanceof KeyRequest.Indexes)) {
            return returningBatch(write, source, large);
        } else if (plan instanceof Plan.KeysWrite write && source.bound() != null) {
            return boundBatch(write, source, large);
        } else if (plan instanceof Plan.KeysWrite write && source.isAskedFor(execution.rows().columns(write.table(), source.keys()))) {
            return keysBatch(write, execution.rows().columns(write.table(), source.keys()), source, source.bareStatement(), large);
        } else if (plan instanceof Plan.Unpublished write) {
            execution.uncaptured().remember(write);
            return connection.unpublished(source.bareStatement(), () -> bareBatch(source, large));
        } else if (plan instanceof Plan.Uncaptured uncaptured && !uncaptured.mayCommit()) {
            execution.uncaptured().refuse(uncaptured.why(), source.sql());
            return connection.uncaptured(() -> bareBatch(source, large));
        } else if (plan instanceof Plan.Defines defines) {
            return execution.defining(defines, () -> bareBatch(source, large));
        } else if (source.hasElements()) {
            return source.elementByElement(plan.keyed(), large);
        }
        connection.refused();
        throw WaybillError.UNCAPTURED.with("it is a batch with streams as parameters");
    }

    private BatchOutcome bareBatch(CapturingPrepared source, boolean large) throws SQLException {
        try {
            return RawExecution.executeBatch(source.bareStatement(), large);
        } catch (SQLException failed) {
            throw connection.failures().failedBatch(failed, false);
        }
    }

    /** Rows that are known from their parameters are not asked for; if one is not, all of them are. */
    private BatchOutcome boundBatch(Plan.KeysWrite write, CapturingPrepared source, boolean large) throws SQLException {
        if (!source.isKnownBatch(write.plain())) {
            RequestedColumns columns = execution.rows().columns(write.table(), source.keys());
            return keysBatch(write, columns, source, source.keyedBatch(columns), large);
        }
        BatchFailure failure = new BatchFailure();
        BatchOutcome outcome = inOneTransaction(failure, () -> {
            connection.written().add(write.table().name());
            BatchOutcome done = failure.keep(() -> RawExecution.executeBatch(source.bareStatement(), large));
            failure.tellIf(connection.failures()::hasEndedTransaction);
            recordDone(write, source.elements(), done == null ? failure.counts() : done.counts());
            return done;
        });
        failure.tell();
        return outcome;
    }

    private void recordDone(Plan.KeysWrite write, BatchElements elements, long[] counts) throws SQLException {
        if (counts.length != elements.size()) {
            recorder.fail(new IllegalStateException("the database tells of " + counts.length + " elements of a batch of " + elements.size()));
            return;
        }
        execution.rows().recordBatch(write.table(), write.plain(), elements, counts);
    }

    private BatchOutcome keysBatch(Plan.KeysWrite write, RequestedColumns columns, CapturingPrepared source, PreparedStatement statement, boolean large) throws SQLException {
        BatchFailure failure = new BatchFailure();
        BatchOutcome outcome = inOneTransaction(failure, () -> {
            connection.written().add(write.table().name());
            BatchOutcome done = failure.keep(() -> RawExecution.executeBatch(statement, large));
            failure.tellIf(connection.failures()::hasEndedTransaction);
            if (done == null && connection.session().isUntold(failure.failure())) {
                recorder.fail(new IllegalStateException("an element of a batch changed more rows than the database can tell of in a batch; run it by itself, or SET MAX_MEMORY_ROWS higher"));
                return null;
            }
            ResultSet keys = execution.rows().recorded(write, statement.getGeneratedKeys(), columns, true);
            if (done == null) {
                source.failedWith(keys);
                return null;
            }
            return new BatchOutcome(done.counts(), keys, keys == null);
        });
        failure.tell();
        return outcome;
    }

    /** A batch whose rows cannot be told from those of a transaction that the database has ended in the midst of it is undone wholly, at once or by the application. */
    private BatchOutcome inOneTransaction(BatchFailure failure, Step<BatchOutcome> batch) throws SQLException {
        try {
            return connection.inTransaction(batch);
        } catch (BatchUpdateException failed) {
            throw connection.isAutoCommit() ? failure.ofEverything() : connection.failures().failedBatch(failed, true);
        }
    }

    /** A batch of statements that return what they have changed. */
    private BatchOutcome returningBatch(Plan.Returning write, CapturingPrepared source, boolean large) throws SQLException {
        boolean known = source.bound() != null && source.isKnownBatch(write.plain());
        int size = connection.alone().isAlone() ? source.knownElements() : 0;
        int each = size > 1 ? together(write, source) : size;
        if (each < size) {
            return groups(write, source, known, large, new GroupedBatch(connection, size, each));
        }
        return connection.inTransaction(() -> {
            connection.written().add(write.table().name());
            if (known) {
                BatchOutcome done = RawExecution.executeBatch(source.bareStatement(), large);
                execution.rows().recordBatch(write.table(), write.plain(), source.elements(), new long[source.elements().size()]);
                return done;
            }
            PreparedStatement statement = source.returningBatch(write.sql(source.keys()));
            ReturningWrite returned = new ReturningWrite(connection, write, source);
            BatchOutcome done = asking(source, statement, returned, large);
            ResultSet keys = statement.getGeneratedKeys();
            if (returned.record(keys, done.counts()) == 0 || source.keys() instanceof KeyRequest.None) {
                forget(statement);
                return new BatchOutcome(done.counts(), null);
            }
            return new BatchOutcome(done.counts(), returned.view(keys));
        });
    }

    /** After a failure the columns that were asked for are shown, those that only we have asked for are not. */
    private BatchOutcome asking(CapturingPrepared source, PreparedStatement statement, ReturningWrite returned, boolean large) throws SQLException {
        try {
            return connection.session().unlimited(statement, () -> RawExecution.executeBatch(statement, large));
        } catch (BatchUpdateException failed) {
            if (source.keys() instanceof KeyRequest.None) {
                forget(statement);
            } else {
                source.failedWith(returned.columnsOf(statement.getGeneratedKeys()));
            }
            throw failed;
        }
    }

    /** An empty batch makes the statement forget the rows of the last one, and its warnings too: these are worth more. */
    private static void forget(PreparedStatement statement) throws SQLException {
        if (statement.getWarnings() == null) {
            statement.clearBatch();
            statement.executeBatch();
        }
    }

    private int together(Plan.Returning write, CapturingPrepared source) throws SQLException {
        if (source.keys() instanceof KeyRequest.None) {
            return connection.session().together(write.plain() != null, null, 0);
        }
        ResultSetMetaData rows = source.returningGroup(write.sql(source.keys()), false).getMetaData();
        return connection.session().together(write.plain() != null, rows, rows.getColumnCount() - write.width());
    }

    private BatchOutcome groups(Plan.Returning write, CapturingPrepared source, boolean known, boolean large, GroupedBatch groups) throws SQLException {
        source.bareStatement().clearBatch();
        ReturningWrite returned = new ReturningWrite(connection, write, source);
        boolean asked = !(source.keys() instanceof KeyRequest.None);
        boolean[] second = {false};
        try {
            BatchOutcome all = groups.run((from, to) -> connection.inTransaction(() -> {
                refuseAnother(write, source);
                BatchElements part = source.elements().part(from, to);
                PreparedStatement statement = known ? source.bareStatement() : source.returningGroup(write.sql(source.keys()), second[0]);
                BatchOutcome done = group(write, part, statement, known ? null : returned, large);
                second[0] ^= done.generatedKeys() != null;
                return done;
            }));
            return new BatchOutcome(all.counts(), asked && all.generatedKeys() != null ? returned.view(all.generatedKeys()) : null);
        } catch (BatchUpdateException failed) {
            ResultSet keys = groups.keys();
            if (asked) {
                source.failedWith(keys != null ? returned.view(keys) : returned.columnsOf(source.returningGroup(write.sql(source.keys()), second[0]).getGeneratedKeys()));
            }
            throw failed;
        }
    }

    /**
     * Runs some elements; the rows that they have told, null where there are none.
     *
     * @param returned null where the rows are known
     */
    private BatchOutcome group(Plan.Returning write, BatchElements part, PreparedStatement statement, ReturningWrite returned, boolean large) throws SQLException {
        connection.written().add(write.table().name());
        statement.clearBatch();
        part.addAllTo(statement);
        if (returned == null) {
            BatchOutcome done = RawExecution.executeBatch(statement, large);
            execution.rows().recordBatch(write.table(), write.plain(), part, new long[done.counts().length]);
            return done;
        }
        BatchOutcome done = connection.session().unlimited(statement, () -> RawExecution.executeBatch(statement, large));
        ResultSet keys = statement.getGeneratedKeys();
        return new BatchOutcome(done.counts(), returned.record(keys, done.counts()) == 0 ? null : keys);
    }

    /** Between two of its transactions the catalogue may have changed, and with it the plan. */
    private void refuseAnother(Plan.Returning write, CapturingPrepared source) throws SQLException {
        if (!write.equals(connection.lookUp(source.sql()))) {
            throw WaybillError.PREPARED_BEFORE_PUBLISHED.with();
        }
    }
}
