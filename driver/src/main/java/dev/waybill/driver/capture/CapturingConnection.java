// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.statement.WaybillStatement;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.zone.ZoneRules;
import java.util.function.Supplier;

/**
 * Capture on one connection: its transaction, its plans. Every call holds the lock of this object while it runs, except {@link #getAutoCommit}.
 *
 * <p>The transaction, as seen from here:
 * <pre>
 *   idle ── first write ─► writing (marked on the board; planned under one catalogue) ── COMMIT of any kind: versions compared, last part, COMMIT ─► idle
 *                                                                                     └─ ROLLBACK, or a failed COMMIT, which rolls back         ─► idle
 * </pre>
 */
final class CapturingConnection implements ConnectionCapture {

    private final Connection raw;
    private final DatabaseCapture database;
    private final WaybillSettings settings;
    private final ColumnViews views;
    private final CatalogueBoard.Writer mark;
    private final Recorder recorder;
    private final ProductSession session;
    private final Execution execution;
    private final Tally tally;
    private final WrittenTables written = new WrittenTables();
    private PlanBook book;
    private Catalogue planned;
    private boolean writing;
    private boolean namesChanged;
    private boolean namesInDoubt;
    private boolean hasDefined;
    private boolean isShort;
    private long owner;
    private volatile ZoneRules zone;
    private volatile boolean autoCommit;

    CapturingConnection(Connection raw, DatabaseCapture database, WaybillSettings settings, ColumnViews views) throws SQLException {
        this.raw = raw;
        this.database = database;
        this.settings = settings;
        this.views = views;
        this.mark = database.board().register();
        this.recorder = database.recorder(raw);
        this.session = database.product().session(raw);
        this.execution = new Execution(this);
        this.tally = new Tally(raw, database.dialect(), database.localWrites());
        this.autoCommit = raw.getAutoCommit();
    }

    Connection raw() {
        return raw;
    }

    DatabaseCapture database() {
        return database;
    }

    WaybillSettings settings() {
        return settings;
    }

    ColumnViews views() {
        return views;
    }

    Recorder recorder() {
        return recorder;
    }

    WrittenTables written() {
        return written;
    }

    Tally tally() {
        return tally;
    }

    ProductSession session() {
        return session;
    }

    Savepoints savepoints() {
        return session.savepoints();
    }

    Execution execution() {
        return execution;
    }

    /** The facts under which the last plan was made. */
    DatabaseFacts facts() {
        return book.facts();
    }

    /** What names meant when the last plan was made. */
    NameContext names() {
        return book.context();
    }

    /** The name under which this database sends. */
    String publisher() {
        return book.facts().publisher();
    }

    boolean isAutoCommit() {
        return autoCommit;
    }

    /** Whether this transaction has been marked as writing. */
    boolean isWriting() {
        return writing;
    }

    // ---- plans ----

    /** The plan for this text now. When it writes, the connection is marked as writing before, so that it holds until the end of the transaction. */
    Plan plan(String sql) throws SQLException {
        Plan plan = lookUp(sql);
        if (writing || !plan.writes()) {
            return plan;
        }
        mark();
        return lookUp(sql);
    }

    private void mark() {
        Catalogue now = mark.begin();
        if (planned != now) {
            planned = now;
        }
        writing = true;
    }

    /** Marks the connection as writing; what it writes is then captured under one catalogue. */
    void begin() throws SQLException {
        if (!writing) {
            mark();
        }
        book();
    }

    /** The plan for this text as things are, without marking anything. */
    Plan lookUp(String sql) throws SQLException {
        PlanBook now = book();
        return now == null ? Plan.Pass.PLAN : now.plan(sql);
    }

    /** The plans as things are; where nothing can be asked those of before, which may be null. */
    PlanBook book() throws SQLException {
        Catalogue catalogue = writing ? planned : database.board().catalogue();
        PlanBook now = book;
        if (now == null || namesChanged || !now.isFor(catalogue, database.definitions())) {
            if (session.isFailed()) {
                return book; // nothing can be asked; nothing but the end of the transaction, or of a part of it, can succeed
            }
            now = session.aside(() -> database.book(raw, catalogue, namesChanged || book == null ? null : book.context(), owner));
            book = now;
            namesChanged = false;
        }
        return now;
    }

    /** Names may mean something else from now on, on this connection; where that is part of the transaction, perhaps only until its end. */
    void namesChanged() {
        namesChanged = true;
        namesInDoubt = !autoCommit;
        zone = null;
    }

    /** The time zone of the session, as far as it is known: not after it may have changed, until somebody asks again. */
    Supplier<ZoneRules> zone() throws SQLException {
        if (zone == null) {
            zone = session.aside(() -> database.dialect().timeZone(raw));
            database.dialect().forgetQueries(raw);
        }
        return () -> zone;
    }

    /** This session has tables of its own: its plans are not shared any more. */
    void ownNames() {
        owner = owner == 0 ? database.nextOwner() : owner;
        namesChanged = true;
    }

    /**
     * Something was defined in the open transaction: until its end this connection alone sees it.
     *
     * @param temporary as {@link #ownNames}
     */
    void defined(boolean temporary) {
        if (temporary) {
            ownNames();
        }
        hasDefined = true;
        database.definitionsChanged();
        namesChanged();
        if (autoCommit) {
            settled();
        } else if (owner == 0) {
            owner = -database.nextOwner();
        }
    }

    /** No transaction is open any more: what was true in it alone is over, what it has defined is there for all. */
    private void settled() {
        if (hasDefined) {
            hasDefined = false;
            database.definitionsChanged();
            owner = Math.max(owner, 0);
            namesChanged = true;
        }
        if (namesInDoubt) {
            namesInDoubt = false;
            namesChanged = true;
        }
    }

    // ---- prepared and plain statements ----

    @Override
    public synchronized PreparedWork prepare(String sql, StatementOptions options) throws SQLException {
        return new CapturingPrepared(this, sql, options, false);
    }

    @Override
    public synchronized PreparedWork prepareCall(String sql, StatementOptions options) throws SQLException {
        return new CapturingPrepared(this, sql, options, true);
    }

    @Override
    public PlainWork plain(Statement statement, StatementOptions options) {
        return new CapturingPlain(this, statement);
    }

    @Override
    public UpdatableRows updatable(ResultSet rows, String sql) {
        return new CapturingRows(this, rows);
    }

    // ---- the edges of a transaction ----

    @Override
    public synchronized void commit() throws SQLException {
        if (!writing || session.piped() == null || session.isFailed()) {
            committing(raw::commit);
        } else {
            ending(this::finishAndCommit);
        }
        tally.write();
    }

    /** Runs what commits the transaction: everything recorded goes along, or the transaction is rolled back and ends as after a failed COMMIT. */
    void committing(RawCall commit) throws SQLException {
        if (!writing) {
            commit.run();
            settled();
            savepoints().clear();
            synchronizeAutoCommit();
        } else if (session.isFailed()) {
            rollingBack(commit);
        } else {
            ending(() -> {
                boolean recorded = readyToCommit();
                commit.run();
                return recorded;
            });
        }
    }

    /** COMMIT of a transaction that has failed rolls it back, in the database's own words. */
    private void rollingBack(RawCall commit) throws SQLException {
        try {
            commit.run();
        } finally {
            end();
            synchronizeAutoCommit();
        }
    }

    private void ending(Step<Boolean> commit) throws SQLException {
        boolean recorded;
        try {
            recorded = commit.run();
        } catch (SQLException failed) {
            TableName table = written.first();
            undo(failed);
            throw fenced(failed, table);
        } catch (RuntimeException | Error failed) {
            undo(failed);
            throw failed;
        }
        ended(recorded);
        synchronizeAutoCommit();
    }

    /**
     * Compares the catalogue's version and writes the last part: afterwards the COMMIT has to follow.
     *
     * @return whether something is recorded
     */
    boolean readyToCommit() throws SQLException {
        compareCatalogue();
        if (writing && session.piped() != null) {
            session.piped().check(planned, defers());
        }
        return recorder.finish();
    }

    /** As {@link #readyToCommit} with the COMMIT, where both travel together. */
    private boolean finishAndCommit() throws SQLException {
        compareCatalogue();
        PipedCommit piped = session.piped();
        if (piped == null) {
            boolean recorded = recorder.finish();
            raw.commit();
            return recorded;
        }
        boolean recorded = recorder.finish((id, part, payload) -> piped.commit(planned, defers(), id, part, payload));
        if (!recorded) {
            piped.commit(planned);
        }
        return recorded;
    }

    private void compareCatalogue() throws SQLException {
        Catalogue now = database.board().catalogue();
        if (writing && now != planned) {
            database.refuseBecamePublished(written, planned, now);
        }
    }

    private boolean defers() {
        return facts().beyond() != null && facts().beyond().deferrable();
    }

    /** Another process has changed the catalogue: it is read, and what the application did under the older one is to be done again. The transaction is over. */
    private SQLException fenced(SQLException failed, TableName table) throws SQLException {
        if (!database.dialect().isFenceRaised(failed)) {
            return failed;
        }
        session.aside(() -> {
            database.board().announce(CatalogueStore.load(raw, database.dialect()));
            return null;
        });
        return WaybillError.WRITTEN_BEFORE_PUBLISHED.because(failed, table == null ? "that it wrote" : table);
    }

    /** As {@link #readyToCommit}; when it fails, the transaction is rolled back. */
    boolean readyOrUndone() throws SQLException {
        try {
            return readyToCommit();
        } catch (SQLException | RuntimeException | Error failed) {
            undo(failed);
            throw failed;
        }
    }

    /** The transaction is committed. */
    void ended(boolean recorded) {
        wroteLocally();
        end();
        if (recorded) {
            database.board().signalCommit();
        }
    }

    /** This transaction, now committed, has written these tables: those that are received from others are counted. */
    private void wroteLocally() {
        if (book != null && !facts().received().isEmpty()) {
            written.tables().forEach(this::wrote);
        }
    }

    /** This table has been written to, and that is committed. */
    void wrote(TableName table) {
        if (table != null && facts().received().contains(table)) {
            database.localWrites().add(table);
        }
    }

    /** The transaction is over. */
    void end() {
        settled();
        recorder.reset();
        savepoints().clear();
        written.clear();
        if (writing) {
            writing = false;
            mark.end();
        }
    }

    private void undo(Throwable cause) {
        try {
            raw.rollback();
        } catch (SQLException second) {
            cause.addSuppressed(second);
        }
        end();
        try {
            synchronizeAutoCommit();
        } catch (SQLException second) {
            cause.addSuppressed(second);
        }
    }

    /** BEGIN as text turns the mode off until the end of its transaction. */
    void synchronizeAutoCommit() throws SQLException {
        boolean now = session.isAutoCommit();
        if (now != autoCommit) {
            autoCommit = now; // a volatile field costs more to write than to read
        }
    }

    @Override
    public synchronized void rollback() throws SQLException {
        raw.rollback();
        end();
        synchronizeAutoCommit();
        tally.write();
    }

    @Override
    public synchronized void setAutoCommit(boolean on) throws SQLException {
        if (on && !autoCommit) {
            committing(() -> raw.setAutoCommit(true));
        } else {
            raw.setAutoCommit(on);
        }
        synchronizeAutoCommit();
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        return raw.getAutoCommit() || autoCommit;
    }

    @Override
    public synchronized Savepoint setSavepoint(String name) throws SQLException {
        Recorder.Mark point = recorder.mark();
        Savepoint savepoint = name == null ? raw.setSavepoint() : raw.setSavepoint(name);
        if (!autoCommit) {
            savepoints().set(savepoints().key(savepoint), point);
        }
        return savepoint;
    }

    @Override
    public synchronized void rollback(Savepoint savepoint) throws SQLException {
        if (recorder.isBegun()) {
            savepoints().refuseDestroyed(savepoints().key(savepoint), recorder);
        }
        raw.rollback(savepoint);
        savepoints().rolledBack(savepoints().key(savepoint), recorder);
    }

    @Override
    public synchronized void releaseSavepoint(Savepoint savepoint) throws SQLException {
        String name = savepoints().key(savepoint);
        raw.releaseSavepoint(savepoint);
        savepoints().released(name);
    }

    @Override
    public synchronized void setTransactionIsolation(int level) throws SQLException {
        if (session.piped() != null) {
            raw.setTransactionIsolation(level);
            return;
        }
        execution.edges().mayCommit(() -> {
            raw.setTransactionIsolation(level);
            return null;
        });
    }

    @Override
    public synchronized void administer(WaybillStatement statement) throws SQLException {
        execution.administer(statement);
    }

    @Override
    public synchronized void show(String sql) throws SQLException {
        execution.show(plan(sql), sql);
        if (autoCommit) {
            end(); // it runs past us, and nobody will tell its end
        }
    }

    @Override
    public Catalogue catalogue() throws SQLException {
        return database.board().catalogue();
    }

    @Override
    public synchronized void setSchema(String schema) throws SQLException {
        raw.setSchema(schema);
        namesChanged();
    }

    // ---- short transactions ----

    /** Runs a captured write: in a transaction of its own when the application is in autocommit mode. */
    <T> T inTransaction(Step<T> step) throws SQLException {
        if (!autoCommit || isShort) {
            return step.run();
        }
        raw.setAutoCommit(false);
        isShort = true;
        T result;
        boolean recorded;
        try {
            if (!writing) {
                begin();
            }
            result = step.run();
            recorded = finishAndCommit();
        } catch (SQLException failed) {
            TableName table = written.first();
            undoShort(failed);
            throw fenced(failed, table);
        } catch (RuntimeException | Error failed) {
            undoShort(failed);
            throw failed;
        } finally {
            isShort = false;
        }
        ended(recorded);
        raw.setAutoCommit(true);
        tally.write();
        return result;
    }

    private void undoShort(Throwable failed) {
        try {
            raw.rollback();
            end();
            raw.setAutoCommit(true);
        } catch (SQLException second) {
            end();
            failed.addSuppressed(second);
        }
    }

    /** A statement was refused before it did anything: what was marked for it alone is taken back. */
    void refused() {
        if (autoCommit) {
            end();
            tally.write();
        }
    }

    /** A statement failed. The database may have ended the transaction with that: then what was captured in it has gone with it. */
    SQLException failed(SQLException error) {
        if (hasEndedTransaction(error)) {
            end();
        }
        return error;
    }

    /**
     * A batch failed that the database ran to its end. If one of its elements ended the transaction, those after it are in another one, and nobody can tell the rows of the two apart.
     *
     * @param captured whether its rows were to be captured: then the new transaction can only be rolled back
     */
    SQLException failedBatch(SQLException error, boolean captured) throws SQLException {
        if (!hasEndedTransaction(error)) {
            return error;
        }
        end();
        if (!autoCommit) {
            mark();
            written.addAnything();
            if (captured) {
                recorder.fail(error);
            }
        }
        return error;
    }

    /** Whether this error, or one that came with it, ended the transaction. */
    boolean hasEndedTransaction(SQLException error) {
        for (SQLException one = error; one != null; one = one.getNextException()) {
            if (database.dialect().endsTransaction(one)) {
                return true;
            }
        }
        return false;
    }

    /** Runs a write to tables that are not published: where other processes may publish them, so that this is noticed at its end. */
    <T> T unpublished(Statement statement, Step<T> step) throws SQLException {
        return autoCommit && !isShort && session.piped() != null ? inTransaction(() -> session.whole(statement, step)) : uncaptured(step);
    }

    /** Runs a write that is not captured. */
    <T> T uncaptured(Step<T> step) throws SQLException {
        try {
            T result = step.run();
            if (autoCommit && !isShort) {
                wroteLocally();
            }
            return result;
        } catch (BatchUpdateException failed) {
            if (autoCommit && !isShort) {
                wroteLocally();
            }
            throw failed;
        } finally {
            if (autoCommit && !isShort) {
                end();
                tally.write();
            }
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        end();
        if (tally.isOwed() && !raw.isClosed()) {
            raw.rollback();
            tally.writeAll();
        }
        mark.close();
        session.close();
        recorder.close();
    }

    /** A call on the raw connection. */
    @FunctionalInterface
    interface RawCall {
        void run() throws SQLException;
    }

    /** Something that the database does. */
    @FunctionalInterface
    interface Step<T> {
        T run() throws SQLException;
    }
}
