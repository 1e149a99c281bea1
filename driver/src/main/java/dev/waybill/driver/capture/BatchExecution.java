// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.error.WaybillError;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
            return new BatchOutcome(done.counts(), keys);
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
        return connection.inTransaction(() -> {
            connection.written().add(write.table().name());
            if (known) {
                BatchOutcome done = RawExecution.executeBatch(source.bareStatement(), large);
                execution.rows().recordBatch(write.table(), write.plain(), source.elements(), new long[source.elements().size()]);
                return done;
            }
            PreparedStatement statement = source.returningBatch(write.sql(source.keys()));
            BatchOutcome done = connection.session().unlimited(statement, () -> RawExecution.executeBatch(statement, large));
            ReturningWrite returned = new ReturningWrite(connection, write, source);
            ResultSet keys = statement.getGeneratedKeys();
            returned.record(keys, done.counts());
            return new BatchOutcome(done.counts(), source.keys() instanceof KeyRequest.None ? null : returned.view(keys));
        });
    }
}
