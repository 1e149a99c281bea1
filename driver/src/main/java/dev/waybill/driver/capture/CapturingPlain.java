// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.capture.ConnectionCapture.PlainWork;
import dev.waybill.driver.facts.RequestedColumns;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** One plain statement. As thread-safe as the connection, whose lock it takes. */
final class CapturingPlain implements PlainWork {

    private final CapturingConnection connection;
    private final Statement raw;
    private final List<String> batch = new ArrayList<>();

    CapturingPlain(CapturingConnection connection, Statement raw) {
        this.connection = connection;
        this.raw = raw;
    }

    @Override
    public Outcome execute(Call call, String written, KeyRequest keys) throws SQLException {
        if (written == null) {
            return RawExecution.execute(raw, call, null, keys);
        }
        synchronized (connection) {
            try {
                String sql = connection.local(written);
                Plan plan = connection.plan(sql);
                connection.execution().begins(plan);
                return plan instanceof Plan.Pass && !connection.passing().takes(plan, sql) ? RawExecution.execute(raw, call, sql, keys) : connection.execution().run(plan, new Text(connection, raw, sql, keys), call);
            } catch (SQLException failed) {
                throw connection.failed(failed);
            }
        }
    }

    // ---- batches ----

    @Override
    public void addBatch(String written) throws SQLException {
        String sql = local(written);
        raw.addBatch(sql);
        batch.add(sql);
    }

    private String local(String written) throws SQLException {
        synchronized (connection) {
            return connection.local(written);
        }
    }

    @Override
    public void clearBatch() throws SQLException {
        raw.clearBatch();
        batch.clear();
    }

    @Override
    public BatchOutcome executeBatch(boolean large) throws SQLException {
        synchronized (connection) {
            List<String> texts = List.copyOf(batch);
            batch.clear();
            if (texts.isEmpty()) {
                return RawExecution.executeBatch(raw, large);
            }
            connection.begin();
            return passes(texts) ? connection.unpublished(raw, () -> pass(large)) : elementByElement(texts, large);
        }
    }

    /** Whether nothing of it needs capture; what it writes is then remembered. */
    private boolean passes(List<String> texts) throws SQLException {
        List<Plan.Unpublished> writes = new ArrayList<>();
        for (String sql : texts) {
            Plan plan = connection.lookUp(sql);
            if (plan instanceof Plan.Unpublished write && !connection.passing().takes(plan, sql)) {
                writes.add(write);
            } else if (!(plan instanceof Plan.Pass) || connection.passing().takes(plan, sql)) {
                return false;
            }
        }
        for (Plan.Unpublished write : writes) {
            connection.execution().uncaptured().remember(write);
        }
        return true;
    }

    private BatchOutcome pass(boolean large) throws SQLException {
        try {
            return RawExecution.executeBatch(raw, large);
        } catch (SQLException failed) {
            throw connection.failures().failedBatch(failed, false);
        }
    }

    /** An empty batch at the end makes the raw statement forget the keys of the last element. */
    private BatchOutcome elementByElement(List<String> texts, boolean large) throws SQLException {
        raw.clearBatch();
        if (connection.session().batchesAreWhole()) {
            return WholeBatch.run(connection, texts, sql -> execute(large ? Call.LARGE_UPDATE : Call.UPDATE, sql, KeyRequest.NONE).updateCount(), sql -> sql);
        }
        boolean stops = connection.session().batchesStop();
        BatchCounts counts = new BatchCounts(texts.size(), large, connection.session());
        for (String sql : texts) {
            if (!counts.isOver()) {
                counts.add(() -> execute(large ? Call.LARGE_UPDATE : Call.UPDATE, sql, KeyRequest.NONE).updateCount());
            }
        }
        if (!stops) {
            raw.executeBatch();
        }
        return counts.outcome(null);
    }

    @Override
    public void close() {
        // The raw statement is the proxy's to close.
    }

    /** One execution. */
    record Text(CapturingConnection connection, Statement raw, String sql, KeyRequest keys) implements Source {

        @Override
        public Statement statement() {
            return raw;
        }

        @Override
        public Outcome bare(Call call) throws SQLException {
            return connection.session().counted(call, () -> RawExecution.execute(raw, call, sql, keys));
        }

        @Override
        public long withKeys(Call call, RequestedColumns columns) throws SQLException {
            return switch (call) {
                case UPDATE -> raw.executeUpdate(sql, columns.names());
                case LARGE_UPDATE -> raw.executeLargeUpdate(sql, columns.names());
                case EXECUTE, QUERY -> {
                    raw.execute(sql, columns.names());
                    yield raw.getLargeUpdateCount();
                }
            };
        }

        @Override
        public long returning(Plan.Returning plan) throws SQLException {
            return connection.session().unlimited(raw, () -> {
                raw.execute(plan.sql(keys), Statement.RETURN_GENERATED_KEYS);
                return raw.getLargeUpdateCount();
            });
        }

        @Override
        public ResultSet keysResult() throws SQLException {
            return raw.getGeneratedKeys();
        }

        @Override
        public PreparedStatement derived(String text, int[] parameters) throws SQLException {
            PreparedStatement statement = connection.raw().prepareStatement(text);
            limit(statement);
            return statement;
        }

        @Override
        public ResultSet scrollable(String text) throws SQLException {
            Statement statement = connection.raw().createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
            statement.closeOnCompletion();
            return statement.executeQuery(text);
        }

        @Override
        public void release(PreparedStatement statement) throws SQLException {
            statement.close();
        }
    }
}
