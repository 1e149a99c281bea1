// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.error.WaybillError;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

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
        } else if (plan instanceof Plan.KeysWrite write && connection.isAutoCommit() && source.hasElements()) {
            return source.elementByElement(write.table(), large);
        } else if (plan instanceof Plan.Returning write && !source.isCallable() && write.own() == null && !(source.keys() instanceof KeyRequest.Indexes)) {
            return execution.returningBatch(write, source, large);
        } else if (plan instanceof Plan.KeysWrite write && source.bound() != null) {
            return boundBatch(write, source, large);
        } else if (plan instanceof Plan.KeysWrite write && source.isAskedFor(execution.columns(write.table(), source.keys()))) {
            return keysBatch(write, execution.columns(write.table(), source.keys()), source, source.bareStatement(), large);
        } else if (plan instanceof Plan.Unpublished write) {
            execution.remember(write);
            return connection.unpublished(source.bareStatement(), () -> bareBatch(source, large));
        } else if (plan instanceof Plan.Uncaptured uncaptured && !uncaptured.mayCommit()) {
            execution.refuseUncaptured(uncaptured.why(), source.sql());
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
            throw connection.failedBatch(failed, false);
        }
    }

    /** Rows that are known from their parameters are not asked for; if one is not, all of them are. */
    private BatchOutcome boundBatch(Plan.KeysWrite write, CapturingPrepared source, boolean large) throws SQLException {
        List<Object[]> rows = source.knownBatch(write.plain());
        if (rows == null) {
            RequestedColumns columns = execution.columns(write.table(), source.keys());
            return keysBatch(write, columns, source, source.keyedBatch(columns), large);
        }
        BatchFailure failure = new BatchFailure();
        BatchOutcome outcome = inOneTransaction(failure, () -> {
            connection.written().add(write.table().name());
            BatchOutcome done = failure.keep(() -> RawExecution.executeBatch(source.bareStatement(), large));
            failure.tellIf(connection::hasEndedTransaction);
            recordDone(write, rows, done == null ? failure.counts() : done.counts());
            return done;
        });
        failure.tell();
        return outcome;
    }

    private void recordDone(Plan.KeysWrite write, List<Object[]> rows, long[] counts) throws SQLException {
        if (counts.length != rows.size()) {
            recorder.fail(new IllegalStateException("the database tells of " + counts.length + " elements of a batch of " + rows.size()));
            return;
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != Statement.EXECUTE_FAILED) {
                execution.record(write.table(), write.operation(), write.plain().image(rows.get(i)));
            }
        }
    }

    private BatchOutcome keysBatch(Plan.KeysWrite write, RequestedColumns columns, CapturingPrepared source, PreparedStatement statement, boolean large) throws SQLException {
        BatchFailure failure = new BatchFailure();
        BatchOutcome outcome = inOneTransaction(failure, () -> {
            connection.written().add(write.table().name());
            BatchOutcome done = failure.keep(() -> RawExecution.executeBatch(statement, large));
            failure.tellIf(connection::hasEndedTransaction);
            if (done == null && connection.session().isUntold(failure.failure())) {
                recorder.fail(new IllegalStateException("an element of a batch changed more rows than the database can tell of in a batch; run it by itself, or SET MAX_MEMORY_ROWS higher"));
                return null;
            }
            ResultSet keys = execution.recorded(write, statement.getGeneratedKeys(), columns, true);
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
            throw connection.isAutoCommit() ? failure.ofEverything() : connection.failedBatch(failed, true);
        }
    }
}
