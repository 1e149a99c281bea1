// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.statement.WaybillStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Runs single statements by their plans on one connection, under its lock; {@link BatchExecution} and {@link TransactionEdges} do the rest. */
final class Execution {

    private static final System.Logger LOG = System.getLogger(Execution.class.getName());

    /** Texts that are remembered for having deleted many rows. */
    private static final int MAX_DELETING_MANY = 64;

    private final CapturingConnection connection;
    private final Recorder recorder;
    private final BatchExecution batches;
    private final TransactionEdges edges;
    private final Set<String> deletingMany = new HashSet<>();

    Execution(CapturingConnection connection) {
        this.connection = connection;
        this.recorder = connection.recorder();
        this.batches = new BatchExecution(connection, this);
        this.edges = new TransactionEdges(connection);
    }

    /** Batches of prepared statements. */
    BatchExecution batches() {
        return batches;
    }

    /** What ends a transaction, or may. */
    TransactionEdges edges() {
        return edges;
    }

    /** One execution of a statement. */
    Outcome run(Plan plan, Source source, Call call) throws SQLException {
        return connection.session().refusesLate() && plan.mayRefuseLate() ? answered(perform(plan, source, Call.EXECUTE), source, call) : perform(plan, source, call);
    }

    /** A driver that refuses rows that were not expected, or none where some were, does so when the statement has run and, in autocommit mode, has committed: so everything is done before that is told. */
    private Outcome answered(Outcome outcome, Source source, Call call) throws SQLException {
        if (call == Call.EXECUTE) {
            return outcome;
        } else if (call == Call.QUERY && (!outcome.isRows() || outcome.more() != null)) {
            throw connection.session().unexpected(outcome.isRows() ? "SELECT 0; SELECT 0" : "", true);
        } else if (call != Call.QUERY && hasRows(outcome)) {
            throw connection.session().unexpected("SELECT 0", false);
        } else if (!outcome.fromRaw()) {
            return outcome;
        }
        return outcome.isRows() ? Outcome.rawRows(source.statement().getResultSet()) : Outcome.rawCount(source.statement().getLargeUpdateCount());
    }

    private static boolean hasRows(Outcome outcome) {
        return outcome != null && (outcome.isRows() || hasRows(outcome.more()));
    }

    /** As {@link #run} where the call has been answered for, or will be. */
    Outcome perform(Plan plan, Source source, Call call) throws SQLException {
        if (plan instanceof Plan.KeysWrite write) {
            return keysWrite(write, source, call);
        } else if (plan instanceof Plan.Unpublished write) {
            return unpublished(write, source, call);
        } else if (plan instanceof Plan.Returning write) {
            return returning(write, source, call, () -> null);
        } else if (plan instanceof Plan.DeleteWrite write) {
            return deleteWrite(write, source, call);
        } else if (plan instanceof Plan.KeyUpdate update) {
            return keyUpdate(update, source, call);
        } else if (plan instanceof Plan.MergeDelete merge) {
            return call == Call.QUERY ? source.bare(call) : mergeDelete(merge, source, call);
        } else if (plan instanceof Plan.Upsert upsert) {
            return call == Call.QUERY ? source.bare(call) : upsert(upsert, source, call);
        } else if (plan instanceof Plan.Truncate truncate) {
            return new Truncating(connection, truncate, source).run(call);
        } else if (plan instanceof Plan.DeltaQuery query) {
            return call == Call.QUERY || call == Call.EXECUTE ? connection.inTransaction(() -> deltaQuery(query, source)) : source.bare(call);
        } else if (plan instanceof Plan.Cascading cascading) {
            return call == Call.QUERY ? source.bare(call) : connection.inTransaction(() -> new Cascading(connection, this, cascading, source).run(call));
        } else if (plan instanceof Plan.TransactionText text) {
            return edges.transactionText(text, source, call);
        } else if (plan instanceof Plan.MayCommit definition) {
            return edges.definition(definition, source, call);
        } else if (plan instanceof Plan.TruncateTables truncate) {
            return connection.inTransaction(() -> new TruncatingTables(connection, truncate).run(source, call));
        } else if (plan instanceof Plan.Defines defines) {
            return defining(defines, () -> source.bare(call));
        } else if (plan instanceof Plan.Names) {
            connection.namesChanged();
            return source.bare(call);
        } else if (plan instanceof Plan.Script script) {
            return script(script, source, call);
        } else if (plan instanceof Plan.Uncaptured uncaptured) {
            return uncaptured(uncaptured, source, call);
        } else if (plan instanceof Plan.Refused refused) {
            throw refused.refusal().exception();
        } else if (plan instanceof Plan.Own) {
            return own(source);
        }
        return source.bare(call);
    }

    /** A text that the database can prepare: for one of ours another one that does nothing. */
    String preparable(Plan plan, String sql) throws SQLException {
        if (plan instanceof Plan.Own) {
            WaybillStatement.parse(sql);
            return connection.database().product().harmlessText();
        } else if (plan instanceof Plan.Refused refused) {
            throw refused.refusal().exception();
        }
        return sql;
    }

    /** A definition that is part of its transaction. */
    <T> T defining(Plan.Defines plan, Step<T> definition) throws SQLException {
        return edges.defining(plan, definition);
    }

    // ---- writes that are captured ----

    private Outcome keysWrite(Plan.KeysWrite write, Source source, Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        RowImage known = write.plain() == null ? null : source.known(write.plain());
        if (known != null) {
            return connection.inTransaction(() -> known(write.table(), write.operation(), source, call, known));
        }
        RequestedColumns columns = columns(write.table(), source.keys());
        return connection.inTransaction(() -> {
            long count = source.withKeys(call, columns);
            connection.written().add(write.table().name());
            return Outcome.count(count, recorded(write, keys(source, count), columns, false));
        });
    }

    /** How many generated keys there are; they are before the first one again. */
    long size(ResultSet keys) throws SQLException {
        long size = 0;
        while (keys.next()) {
            size++;
        }
        connection.session().rewind(keys, 0);
        return size;
    }

    /** The generated keys of a statement that changed so many rows, whole. */
    ResultSet keys(Source source, long count) throws SQLException {
        ResultSet keys = source.keysResult();
        if (count > connection.facts().sureRows()) {
            connection.session().complete(keys);
        }
        return keys;
    }

    private Outcome known(CapturedTable table, Operation operation, Source source, Call call, RowImage row) throws SQLException {
        Outcome outcome = source.bare(call);
        connection.written().add(table.name());
        record(table, operation, row);
        return outcome;
    }

    // ---- statements that return what they have changed ----

    /** @param before what is to be recorded before its own rows */
    Outcome returning(Plan.Returning write, Source source, Call call, Step<Void> before) throws SQLException {
        if (source.keys() instanceof KeyRequest.Indexes) {
            return source.bare(call);
        }
        RowImage known = write.plain() == null ? null : source.known(write.plain());
        if (known != null) {
            return connection.inTransaction(() -> known(write.table(), Operation.INSERT, source, call, known));
        }
        return connection.inTransaction(() -> new ReturningWrite(connection, write, source).run(before));
    }

    /** A batch of statements that return what they have changed. */
    BatchOutcome returningBatch(Plan.Returning write, CapturingPrepared source, boolean large) throws SQLException {
        List<Object[]> rows = source.bound() == null ? null : source.knownBatch(write.plain());
        return connection.inTransaction(() -> {
            connection.written().add(write.table().name());
            if (rows != null) {
                BatchOutcome done = RawExecution.executeBatch(source.bareStatement(), large);
                for (Object[] row : rows) {
                    record(write.table(), Operation.INSERT, write.plain().image(row));
                }
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

    /** Records a row; what cannot be recorded cannot be committed. */
    void record(CapturedTable table, Operation operation, RowImage row) throws SQLException {
        try {
            recorder.record(connection.publisher(), new Change(table.shape(), operation, null, null, row, List.of()));
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
    }

    /** What to ask for so that both the application and capture get their columns. */
    RequestedColumns columns(CapturedTable table, KeyRequest keys) throws SQLException {
        if (keys instanceof KeyRequest.None || keys instanceof KeyRequest.Names none && none.columns().length == 0 || keys instanceof KeyRequest.Indexes nothing && nothing.columns().length == 0) {
            return table.requested();
        } else if (keys instanceof KeyRequest.Names names) {
            return RequestedColumns.of(Arrays.asList(names.columns()), table);
        } else if (keys instanceof KeyRequest.Indexes indexes) {
            return RequestedColumns.of(RequestedColumns.names(indexes.columns(), table), table);
        }
        return RequestedColumns.of(connection.session().generated(table), table);
    }

    /**
     * Records the rows of a generated-keys result.
     *
     * @return what the application sees of it; null when it asked for none
     */
    ResultSet recorded(Plan.KeysWrite write, ResultSet keys, RequestedColumns columns, boolean batch) throws SQLException {
        CapturedTable table = write.table();
        int[] positions = columns.captured(batch);
        try {
            while (keys.next()) {
                RowImage after = table.image(connection.database().dialect(), keys, positions);
                recorder.record(connection.publisher(), new Change(table.shape(), write.operation(), null, null, after, List.of()));
            }
            if (!columns.isShown()) {
                keys.close();
                return null;
            }
            connection.session().rewind(keys, 0);
            return connection.views().view(keys, columns.shown(batch));
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
    }

    private Outcome keyUpdate(Plan.KeyUpdate update, Source source, Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        RequestedColumns columns = columns(update.table(), source.keys());
        return connection.inTransaction(() -> new KeyUpdating(connection, update, source).run(call, columns));
    }

    private Outcome upsert(Plan.Upsert upsert, Source source, Call call) throws SQLException {
        RequestedColumns columns = columns(upsert.table(), source.keys());
        return connection.inTransaction(() -> new Upserting(connection, upsert, source).run(call, columns));
    }

    private Outcome mergeDelete(Plan.MergeDelete merge, Source source, Call call) throws SQLException {
        RequestedColumns columns = columns(merge.table(), source.keys());
        return connection.inTransaction(() -> new MergeDeleting(connection, merge, source).run(call, columns));
    }

    /** Its rows are read once by us and then shown: by a statement of ours that can go back to the first one. Of more than H2 shows for certain nothing can be said: see {@link Deleting}. */
    private Outcome deltaQuery(Plan.DeltaQuery query, Source source) throws SQLException {
        ResultSet rows = wholly(() -> sure(source.scrollable(query.sql())));
        int columns = rows.getMetaData().getColumnCount();
        int own = query.inner() instanceof Plan.KeysWrite write ? columns - write.table().captured().length : columns - ((Plan.DeleteWrite) query.inner()).table().key().length;
        try {
            if (query.inner() instanceof Plan.KeysWrite write) {
                connection.written().add(write.table().name());
                int[] positions = IntStream.rangeClosed(own + 1, columns).toArray();
                while (rows.next()) {
                    RowImage after = write.table().image(connection.database().dialect(), rows, positions);
                    recorder.record(connection.publisher(), new Change(write.table().shape(), write.operation(), null, null, after, List.of()));
                }
            } else if (query.inner() instanceof Plan.DeleteWrite write) {
                connection.written().add(write.table().name());
                recordGone(write.table(), rows, own + 1);
            }
            rows.beforeFirst();
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
        return Outcome.rows(connection.views().view(rows, IntStream.rangeClosed(1, own).toArray()));
    }

    private ResultSet sure(ResultSet rows) throws SQLException {
        int most = connection.facts().sureRows();
        if (rows.last() && rows.getRow() > most) {
            rows.close();
            throw WaybillError.UNCAPTURED.with("it changes more than " + most + " rows in a data change table, of which the database may not show all");
        }
        rows.beforeFirst();
        return rows;
    }

    private Outcome deleteWrite(Plan.DeleteWrite write, Source source, Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        return connection.inTransaction(new Deleting(connection, write, source)::run);
    }

    /** See {@link ProductSession#wholly}. */
    <T> T wholly(Step<T> dataChange) throws SQLException {
        return connection.session().wholly(dataChange);
    }

    private void recordGone(CapturedTable table, ResultSet gone, int from) throws SQLException {
        while (gone.next()) {
            recordGone(table, table.keyImage(connection.database().dialect(), gone, from));
        }
    }

    /** Records that the row with this key was deleted. */
    void recordGone(CapturedTable table, RowImage key) throws SQLException {
        recorder.record(connection.publisher(), new Change(table.shape(), Operation.DELETE, null, key, null, List.of()));
    }

    /** Whether an execution of this text before has deleted more rows than OLD TABLE shows for certain. */
    boolean deletesMany(String sql) {
        return deletingMany.contains(sql);
    }

    /** It has. */
    void hasDeletedMany(String sql) {
        if (deletingMany.size() >= MAX_DELETING_MANY) {
            deletingMany.clear();
        }
        deletingMany.add(sql);
    }

    // ---- writes that are not captured ----

    private Outcome unpublished(Plan.Unpublished write, Source source, Call call) throws SQLException {
        remember(write);
        return connection.unpublished(source.statement(), () -> source.bare(call));
    }

    /** Where nothing is published names are not looked up: then any table counts. */
    void remember(Plan.Unpublished write) {
        if (connection.facts().isNothingPublished()) {
            connection.written().addAnything();
        }
        for (TableName table : write.tables()) {
            connection.written().add(table);
        }
    }

    private Outcome uncaptured(Plan.Uncaptured plan, Source source, Call call) throws SQLException {
        refuseUncaptured(plan.why(), source.sql());
        return plan.mayCommit() ? edges.definition(new Plan.MayCommit(true), source, call) : connection.uncaptured(() -> source.bare(call));
    }

    /** For a text that is run past us: what it does to names and definitions is noticed, what it may do to published tables is refused. */
    void show(Plan plan, String sql) throws SQLException {
        if (plan instanceof Plan.Unpublished write) {
            remember(write);
        } else if (plan instanceof Plan.Names) {
            connection.namesChanged();
        } else if (plan instanceof Plan.Defines defines) {
            connection.written().addAnything();
            connection.defined(defines.temporary());
        } else if (plan instanceof Plan.Refused refused) {
            throw refused.refusal().exception();
        } else if (!(plan instanceof Plan.Pass)) {
            refuseUncaptured(plan instanceof Plan.Uncaptured uncaptured ? uncaptured.why() : "it is run past JDBC", sql);
        }
    }

    /** As {@code waybill.uncaptured} says: UNCAPTURED, or nothing but a word about it; counted by its subject, the text. */
    void refuseUncaptured(String why, String subject) throws SQLException {
        connection.tally().add(subject);
        if (connection.settings().uncaptured() == UncapturedPolicy.REFUSE) {
            connection.refused();
            throw WaybillError.UNCAPTURED.with(why);
        } else if (connection.settings().uncaptured() == UncapturedPolicy.WARN) {
            LOG.log(System.Logger.Level.WARNING, "A statement was allowed that may write to a published table and cannot be captured: {0}. Replicas may differ from now on.", why);
        }
    }

    // ---- several statements, and ours ----

    /** In a transaction H2 undoes all of them when one fails, in autocommit mode only that one. */
    private Outcome script(Plan.Script script, Source source, Call call) throws SQLException {
        if (connection.session().batchesAreWhole()) {
            return new WholeText(connection, script, source).run(call);
        } else if (connection.isAutoCommit()) {
            return each(script, call);
        }
        Recorder.Mark mark = recorder.mark();
        Savepoint before = connection.raw().setSavepoint("WAYBILL_TEXT");
        try {
            return each(script, call);
        } catch (SQLException failed) {
            undo(before, mark, failed);
            throw failed;
        }
    }

    /** A savepoint that is no more was ended by a commit among the statements: there is nothing to undo then. */
    private void undo(Savepoint before, Recorder.Mark mark, SQLException failed) {
        try {
            connection.raw().rollback(before);
            recorder.rewind(mark);
        } catch (SQLException committed) {
            failed.addSuppressed(committed);
        }
    }

    private Outcome each(Plan.Script script, Call call) throws SQLException {
        Outcome first = null;
        for (String sql : script.statements()) {
            Statement statement = connection.raw().createStatement();
            Outcome outcome = run(connection.plan(sql), new CapturingPlain.Text(connection, statement, sql, KeyRequest.NONE), first == null ? call : Call.EXECUTE);
            boolean isFirst = first == null;
            first = isFirst ? detached(outcome, statement) : first;
            if (!isFirst || !first.isRows()) {
                statement.close();
            }
        }
        return first;
    }

    /** The outcome as the application's own statement has to tell it. */
    static Outcome detached(Outcome outcome, Statement statement) throws SQLException {
        if (!outcome.fromRaw()) {
            return outcome;
        } else if (outcome.isRows()) {
            statement.closeOnCompletion();
            return Outcome.rows(outcome.resultSet() == null ? statement.getResultSet() : outcome.resultSet());
        }
        return Outcome.count(outcome.updateCount() >= 0 ? outcome.updateCount() : statement.getLargeUpdateCount(), null);
    }

    private Outcome own(Source source) throws SQLException {
        administer(WaybillStatement.parse(source.sql()));
        return Outcome.count(0, null);
    }

    /** Carries out a statement that is ours. */
    void administer(WaybillStatement statement) throws SQLException {
        DatabaseCapture database = connection.database();
        statement.execute(new Administration(connection.raw(), database.dialect(), database.board(), database.clock(), connection.isWriting(), connection.settings().patience()));
        database.dialect().forgetQueries(connection.raw());
        connection.synchronizeAutoCommit();
    }
}
