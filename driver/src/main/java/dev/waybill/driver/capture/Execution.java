// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowWriter;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.driver.setting.CaptureMode;
import dev.waybill.publication.Administration;
import dev.waybill.statement.WaybillStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;

/** Runs single statements by their plans on one connection, under its lock; {@link BatchExecution} and {@link TransactionEdges} do the rest. */
final class Execution {

    private final CapturingConnection connection;
    private final RecordedRows rows;
    private final UncapturedWrites uncaptured;
    private final BatchExecution batches;
    private final TransactionEdges edges;
    private final ManyDeletes manyDeletes = new ManyDeletes();

    Execution(CapturingConnection connection) {
        this.connection = connection;
        this.rows = new RecordedRows(connection);
        this.uncaptured = new UncapturedWrites(connection);
        this.batches = new BatchExecution(connection, this);
        this.edges = new TransactionEdges(connection);
    }

    /** Batches of prepared statements. */
    BatchExecution batches() {
        return batches;
    }

    /** What becomes of rows that the database shows. */
    RecordedRows rows() {
        return rows;
    }

    /** What becomes of writes that are not captured. */
    UncapturedWrites uncaptured() {
        return uncaptured;
    }

    /** Which texts delete many rows. */
    ManyDeletes manyDeletes() {
        return manyDeletes;
    }

    /** What ends a transaction, or may. */
    TransactionEdges edges() {
        return edges;
    }

    /** One execution of a statement. */
    Outcome run(Plan plan, Source source, Call call) throws SQLException {
        return connection.passing().takes(plan, source.sql()) ? connection.passing().run(plan, source, call) : here(plan, source, call);
    }

    /** One execution that concerns this database alone, as far as PASSTHROUGH goes. */
    Outcome here(Plan plan, Source source, Call call) throws SQLException {
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
        } else if (plan instanceof Plan.WatchedUpdate update) {
            return watchedUpdate(update, source, call);
        } else if (plan instanceof Plan.PinnedWrite write) {
            return inTransaction(call, source, () -> new PinnedWriting(connection, write, source).run(call));
        } else if (plan instanceof Plan.MariaDbReturning write) {
            return ReturnedRows.fits(write, call) ? connection.inTransaction(new ReturnedRows(connection, write, source)::run) : misfit(source, call);
        } else if (plan instanceof Plan.MariaDbInsert insert) {
            return inTransaction(call, source, () -> new Inserting(connection, insert, source).run(call));
        } else if (plan instanceof Plan.MariaDbUpsert upsert) {
            return inTransaction(call, source, () -> new MariaDbUpserting(connection, upsert, source).run(call));
        } else if (plan instanceof Plan.MergeDelete merge) {
            return call == Call.QUERY ? source.bare(call) : mergeDelete(merge, source, call);
        } else if (plan instanceof Plan.Upsert upsert) {
            return call == Call.QUERY ? source.bare(call) : upsert(upsert, source, call);
        } else if (plan instanceof Plan.Truncate truncate) {
            return call == Call.QUERY && truncate.delete() instanceof Plan.MariaDbReturning ? misfit(source, call) : new Truncating(connection, truncate, source).run(call);
        } else if (plan instanceof Plan.DeltaQuery query) {
            return call == Call.QUERY || call == Call.EXECUTE ? connection.inTransaction(new DeltaQuerying(connection, query, source)::run) : source.bare(call);
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
            connection.session().namesChanged();
            return source.bare(call);
        } else if (plan instanceof Plan.Script script) {
            return connection.session().several(connection, script, source, call);
        } else if (plan instanceof Plan.Uncaptured refused) {
            return uncaptured(refused, source, call);
        } else if (plan instanceof Plan.Refused refused) {
            throw refused.refusal().exception();
        } else if (plan instanceof Plan.Own) {
            return own(source, call);
        }
        return source.bare(call);
    }

    /** A text that the database can prepare: for one of ours another one that does nothing. */
    String preparable(Plan plan, String sql) throws SQLException {
        if (plan instanceof Plan.Own) {
            WaybillStatement ours = WaybillStatement.parse(sql);
            return ours instanceof WaybillStatement.CallAt call && !call.arguments().isEmpty() ? Asking.preparable(call, connection.database().dialect()) : connection.database().product().harmlessText();
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
        RowWriter known = write.plain() == null ? null : source.known(write.plain());
        if (known != null && !connection.alone().isAlone()) {
            return known(write.table(), source, call, known);
        } else if (known != null) {
            return connection.inTransaction(() -> known(write.table(), source, call, known));
        }
        RequestedColumns columns = rows.columns(write.table(), source.keys());
        return connection.inTransaction(() -> {
            long count = source.withKeys(call, columns);
            connection.written().add(write.table().name());
            if (count == 0 && connection.session().hidesEmptyKeys()) {
                return Outcome.count(0, columns.isShown() ? connection.session().noKeys() : null);
            }
            return Outcome.count(count, rows.recorded(write, rows.keys(source, count), columns, false));
        });
    }

    private Outcome known(CapturedTable table, Source source, Call call, RowWriter row) throws SQLException {
        Outcome outcome = source.bare(call);
        connection.written().add(table.name());
        rows.recordInsert(table, row, 0, row.size());
        return outcome;
    }

    // ---- statements that return what they have changed ----

    /** @param before what is to be recorded before its own rows */
    Outcome returning(Plan.Returning write, Source source, Call call, Step<Void> before) throws SQLException {
        if (source.keys() instanceof KeyRequest.Indexes) {
            return source.bare(call);
        }
        RowWriter known = write.plain() == null ? null : source.known(write.plain());
        if (known != null && connection.alone().goesAlong() && rows.recordAlone(write.table(), known)) {
            return connection.alone().along(() -> {
                connection.written().add(write.table().name());
                source.along(write.statement());
                return Outcome.count(1, null);
            });
        } else if (known != null) {
            return connection.inTransaction(() -> known(write.table(), source, call, known));
        }
        return connection.inTransaction(() -> new ReturningWrite(connection, write, source).run(before));
    }

    private Outcome keyUpdate(Plan.KeyUpdate update, Source source, Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        RequestedColumns columns = rows.columns(update.table(), source.keys());
        return connection.inTransaction(() -> new KeyUpdating(connection, update, source).run(call, columns));
    }

    private Outcome watchedUpdate(Plan.WatchedUpdate update, Source source, Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        RequestedColumns columns = rows.columns(update.table(), source.keys());
        return connection.inTransaction(() -> new WatchedUpdating(connection, update, source).run(call, columns));
    }

    private Outcome upsert(Plan.Upsert upsert, Source source, Call call) throws SQLException {
        RequestedColumns columns = rows.columns(upsert.table(), source.keys());
        return connection.inTransaction(() -> new Upserting(connection, upsert, source).run(call, columns));
    }

    private Outcome mergeDelete(Plan.MergeDelete merge, Source source, Call call) throws SQLException {
        RequestedColumns columns = rows.columns(merge.table(), source.keys());
        return connection.inTransaction(() -> new MergeDeleting(connection, merge, source).run(call, columns));
    }

    private Outcome deleteWrite(Plan.DeleteWrite write, Source source, Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        return connection.inTransaction(new Deleting(connection, write, source)::run);
    }

    /** Some drivers run a write that is called as a query. */
    private Outcome inTransaction(Call call, Source source, Step<Outcome> write) throws SQLException {
        return call == Call.QUERY ? misfit(source, call) : connection.inTransaction(write);
    }

    private Outcome misfit(Source source, Call call) throws SQLException {
        uncaptured.refuse(call == Call.QUERY ? "it is a write that is called as a query" : "it gives rows and is called as an update", source.sql());
        return connection.uncaptured(() -> source.bare(call));
    }

    // ---- writes that are not captured ----

    private Outcome unpublished(Plan.Unpublished write, Source source, Call call) throws SQLException {
        uncaptured.remember(write);
        if (!connection.alone().isAlone()) {
            return source.bare(call);
        }
        return connection.unpublished(source.statement(), () -> source.bare(call));
    }

    private Outcome uncaptured(Plan.Uncaptured plan, Source source, Call call) throws SQLException {
        uncaptured.refuse(plan.why(), source.sql());
        return plan.mayCommit() ? edges.definition(new Plan.MayCommit(true), source, call) : connection.uncaptured(() -> source.bare(call));
    }

    /** A statement with this plan runs now: what has to be known for it has been read. */
    void begins(Plan plan) {
        if (!(plan instanceof Plan.Own)) {
            connection.session().touched();
        }
    }

    // ---- statements that are ours ----

    private Outcome own(Source source, Call call) throws SQLException {
        WaybillStatement statement = WaybillStatement.parse(source.sql());
        if (statement instanceof WaybillStatement.Asks asks) {
            return connection.asking().run(asks, source, call);
        }
        OptionalLong shown = administer(statement);
        return shown.isEmpty() || call == Call.UPDATE || call == Call.LARGE_UPDATE ? Outcome.count(0, null) : Outcome.rows(row(shown.getAsLong()));
    }

    /** The database's own result set, so that it is in everything as its others are. */
    private ResultSet row(long number) throws SQLException {
        Statement statement = connection.raw().createStatement();
        statement.closeOnCompletion();
        return statement.executeQuery("SELECT " + number + " AS job_id" + connection.database().dialect().fromNothing());
    }

    /** Carries out a statement that is ours; returns what it shows. */
    OptionalLong administer(WaybillStatement statement) throws SQLException {
        if (statement instanceof WaybillStatement.OfConnection mode) {
            connection.passing().turn(mode);
            return OptionalLong.empty();
        }
        connection.passing().refuseOwn();
        if (statement instanceof WaybillStatement.InTransaction part) {
            return inTransaction(part);
        } else if (statement instanceof WaybillStatement.Asks asks) {
            connection.asking().run(asks, null, Call.UPDATE);
            return OptionalLong.empty();
        }
        DatabaseCapture database = connection.database();
        statement.execute(new Administration(connection.raw(), database.dialect(), database.board(), database.clock(), connection.isWriting(), connection.settings().patience(),
                connection.settings().capture() == CaptureMode.COMPLETE));
        database.dialect().forgetQueries(connection.raw());
        connection.transaction().synchronizeAutoCommit();
        return OptionalLong.empty();
    }

    /** The transaction writes, though nothing that is captured; the agent is told of its COMMIT. */
    private OptionalLong inTransaction(WaybillStatement.InTransaction part) throws SQLException {
        DatabaseCapture database = connection.database();
        connection.book(); // before the transaction: a database with one writer refuses at once who has read in it, and writes while another one does
        connection.session().touched();
        if (!connection.isAutoCommit()) {
            connection.begin();
        }
        return connection.inTransaction(() -> {
            OptionalLong shown = part.run(connection.raw(), database.dialect(), database.clock(), connection.transaction().tentative());
            connection.transaction().concernsAgent();
            return shown;
        });
    }
}
