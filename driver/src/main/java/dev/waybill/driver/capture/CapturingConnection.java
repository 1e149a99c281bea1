// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.aftercommit.Errand;
import dev.waybill.change.RowWriter;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.LargeObjectFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.largeobject.WrittenObjects;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.driver.recording.Savepoints;
import dev.waybill.driver.recording.WrittenTables;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.call.CallDesk;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.WaybillStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.zone.ZoneRules;
import java.util.function.Supplier;

/**
 * Capture on one connection: its statements, its transaction ({@link OpenTransaction}), its plans ({@link ConnectionPlans}). Every call holds the lock of this object while it runs, except {@link #getAutoCommit}.
 */
final class CapturingConnection implements ConnectionCapture {

    private final Connection raw;
    private final DatabaseCapture database;
    private final WaybillSettings settings;
    private final ColumnViews views;
    private final ProductSession session;
    private final ConnectionPlans plans;
    private final OpenTransaction transaction;
    private final Tally tally;
    private final ShortTransaction alone;
    private final FailedStatements failures;
    private final Execution execution;
    private final Passing passing;
    private final Asking asking = new Asking(this);
    private final RowWriter knownRow = new RowWriter(512);

    CapturingConnection(Connection raw, DatabaseCapture database, WaybillSettings settings, ColumnViews views) throws SQLException {
        this.raw = raw;
        this.database = database;
        this.settings = settings;
        this.views = views;
        this.session = database.product().session(raw);
        this.plans = new ConnectionPlans(raw, database, session);
        this.transaction = new OpenTransaction(raw, database, session, plans);
        this.tally = new Tally(raw, database);
        this.alone = new ShortTransaction(raw, transaction, session, tally);
        this.failures = new FailedStatements(transaction, session, database.dialect());
        this.execution = new Execution(this);
        this.passing = new Passing(this);
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

    Tally tally() {
        return tally;
    }

    ProductSession session() {
        return session;
    }

    Savepoints savepoints() {
        return session.savepoints();
    }

    /** Where a row that is known from its parameters is written while its INSERT runs. */
    RowWriter knownRow() {
        return knownRow;
    }

    Execution execution() {
        return execution;
    }

    /** What becomes of statements for others. */
    Passing passing() {
        return passing;
    }

    /** What it asks neighbours. */
    Asking asking() {
        return asking;
    }

    @Override
    public synchronized void besides(CallDesk.Besides more) {
        asking.besides(more);
    }

    @Override
    public synchronized void on(Errand errand) {
        asking.on(errand);
    }

    /** Its transaction, and how that ends. */
    OpenTransaction transaction() {
        return transaction;
    }

    Recorder recorder() {
        return transaction.recorder();
    }

    WrittenTables written() {
        return transaction.written();
    }

    boolean isAutoCommit() {
        return transaction.isAutoCommit();
    }

    /** Whether this transaction has been marked as writing. */
    boolean isWriting() {
        return transaction.isWriting();
    }

    /** What a statement's failure has ended. */
    FailedStatements failures() {
        return failures;
    }

    /** See {@link FailedStatements#failed}. */
    SQLException failed(SQLException error) {
        return failures.failed(error);
    }

    // ---- plans ----

    /** The facts under which the last plan was made. */
    DatabaseFacts facts() {
        return plans.last().facts();
    }

    /** What names meant when the last plan was made; nothing where none was, as before a first statement that is ours. */
    NameContext names() {
        return plans.last() == null ? database.product().unknownNames() : plans.last().context();
    }

    /** The name under which this database sends. */
    String publisher() {
        return plans.last().facts().publisher();
    }

    /** The plan for this text now. When it writes, the connection is marked as writing before, so that it holds until the end of the transaction. */
    Plan plan(String sql) throws SQLException {
        Plan plan = lookUp(sql);
        if (transaction.isWriting() || !plan.writes()) {
            return plan;
        }
        transaction.mark();
        return lookUp(sql);
    }

    /** Marks the connection as writing; what it writes is then captured under one catalogue. */
    void begin() throws SQLException {
        transaction.begin();
    }

    /** The plan for this text as things are, without marking anything. */
    Plan lookUp(String sql) throws SQLException {
        Catalogue catalogue = transaction.catalogue();
        if (plans.areOld(catalogue) && PlanBook.isOwn(sql)) {
            return Plan.Own.PLAN; // which needs no facts, and may make those old that would be read for it
        }
        PlanBook now = plans.book(catalogue);
        return now == null ? Plan.Pass.PLAN : now.plan(sql);
    }

    /** The text as this product has it: see {@link OwnSpelling}. */
    String local(String sql) throws SQLException {
        if (sql == null || !OwnSpelling.mayBeIn(sql) || !database.product().hasPrefix()) {
            return sql;
        }
        PlanBook now = book();
        return OwnSpelling.local(sql, now == null ? database.product().unknownNames().rules() : now.context().rules());
    }

    /** The plans as things are; where nothing can be asked those of before, which may be null. */
    PlanBook book() throws SQLException {
        return plans.book(transaction.catalogue());
    }

    /** Names may mean something else from now on, on this connection; where that is part of the transaction, perhaps only until its end. */
    void namesChanged() {
        plans.namesChanged(!isAutoCommit());
    }

    /** See {@link ConnectionPlans#zone}. */
    Supplier<ZoneRules> zone() throws SQLException {
        return plans.zone();
    }

    /** See {@link ConnectionPlans#ownNames}. */
    void ownNames() {
        plans.ownNames();
    }

    /** See {@link ConnectionPlans#defined}. */
    void defined(boolean temporary) {
        plans.defined(temporary, isAutoCommit());
    }

    // ---- prepared and plain statements ----

    @Override
    public synchronized PreparedWork prepare(String sql, StatementOptions options) throws SQLException {
        return new CapturingPrepared(this, local(sql), options, false);
    }

    @Override
    public synchronized PreparedWork prepareCall(String sql, StatementOptions options) throws SQLException {
        return new CapturingPrepared(this, local(sql), options, true);
    }

    @Override
    public PlainWork plain(Statement statement, StatementOptions options) {
        return new CapturingPlain(this, statement);
    }

    @Override
    public UpdatableRows updatable(ResultSet rows, String sql) {
        return database.product().updatable(this, rows);
    }

    // ---- the edges of a transaction ----

    @Override
    public synchronized void commit() throws SQLException {
        transaction.commit();
        tally.write();
    }

    @Override
    public synchronized void rollback() throws SQLException {
        raw.rollback();
        transaction.end();
        transaction.synchronizeAutoCommit();
        tally.write();
    }

    @Override
    public synchronized void setAutoCommit(boolean on) throws SQLException {
        if (on && !isAutoCommit()) {
            transaction.committing(() -> raw.setAutoCommit(true));
        } else {
            raw.setAutoCommit(on);
        }
        transaction.synchronizeAutoCommit();
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        return raw.getAutoCommit() || isAutoCommit();
    }

    @Override
    public synchronized void handedOut(String type) throws SQLException {
        if (catalogue().publisher() == null) {
            return; // there is no table to count in, and nothing to miss
        }
        tally.add("unwrap to " + type);
        if (isAutoCommit()) {
            tally.write();
        }
    }

    @Override
    public synchronized void answering(Statement fresh) throws SQLException {
        session.answering(fresh);
    }

    @Override
    public synchronized void branchStarted() throws SQLException {
        transaction.synchronizeAutoCommit();
    }

    @Override
    public synchronized void branchEnding() throws SQLException {
        transaction.readyOrUndone();
    }

    @Override
    public synchronized void branchEnded(boolean kept) throws SQLException {
        if (kept) {
            transaction.ended(true);
        } else {
            transaction.end();
        }
        transaction.synchronizeAutoCommit();
        if (isAutoCommit()) {
            tally.write(); // where a prepared branch stays with its connection, the next COMMIT would be the branch's
        }
    }

    @Override
    public synchronized Savepoint setSavepoint(String name) throws SQLException {
        Recorder.Mark point = recorder().mark();
        Savepoint savepoint = name == null ? raw.setSavepoint() : raw.setSavepoint(name);
        if (isAutoCommit()) {
            session.savepointBegins(savepoints().key(savepoint));
            transaction.synchronizeAutoCommit();
        } else {
            savepoints().set(savepoints().key(savepoint), point);
        }
        return savepoint;
    }

    @Override
    public synchronized void rollback(Savepoint savepoint) throws SQLException {
        String begun = recorder().isBegun() ? savepoints().key(savepoint) : null;
        if (begun != null) {
            savepoints().refuseDestroyed(begun, recorder());
        }
        raw.rollback(savepoint);
        savepoints().rolledBack(begun == null ? savepoints().key(savepoint) : begun, recorder()); // HSQLDB's has no name any more
        session.rolledBackTo();
    }

    @Override
    public synchronized void releaseSavepoint(Savepoint savepoint) throws SQLException {
        String name;
        try {
            name = savepoints().key(savepoint);
        } catch (SQLException over) {
            raw.releaseSavepoint(savepoint); // what becomes of one that is no more, the database says: H2 says nothing
            return;
        }
        if (session.releaseEnds(name)) {
            transaction.committing(() -> raw.releaseSavepoint(savepoint));
            return;
        }
        raw.releaseSavepoint(savepoint);
        savepoints().released(name);
    }

    @Override
    public synchronized void setTransactionIsolation(int level) throws SQLException {
        if (session.meetsFence()) {
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
        execution.uncaptured().show(plan(sql), sql);
        if (isAutoCommit()) {
            transaction.end(); // it runs past us, and nobody will tell its end
        }
    }

    @Override
    public synchronized byte[] called(int function, byte[] first, Function call) throws SQLException {
        if (first == null || !WrittenObjects.knows(function)) {
            show(ANYTHING);
            return call.run();
        }
        if (isAutoCommit()) {
            if (WrittenObjects.changes(function) && facts(book()) != null) {
                execution.uncaptured().refuse("it changes a large object in autocommit mode, where its rows cannot be recorded with it", "a large object changed in autocommit mode");
            }
            return call.run();
        }
        if (WrittenObjects.changes(function) && catalogue().publisher() != null) {
            begin();
        }
        byte[] answer = call.run();
        transaction.objects().called(function, first, answer, recorder().changes());
        return answer;
    }

    private static LargeObjectFacts facts(PlanBook book) {
        return book == null || book.facts().beyond() == null ? null : book.facts().beyond().objects();
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

    @Override
    public synchronized void setCatalog(String catalog) throws SQLException {
        String entering = catalog == null ? null : database.product().entering(catalog);
        if (entering != null) {
            execution.uncaptured().show(lookUp(entering), entering);
        }
        raw.setCatalog(catalog);
        namesChanged();
    }

    // ---- single statements ----

    /** See {@link ShortTransaction#run}. */
    <T> T inTransaction(Step<T> step) throws SQLException {
        return alone.run(step);
    }

    /** What autocommit mode makes of statements. */
    ShortTransaction alone() {
        return alone;
    }

    /** See {@link ShortTransaction#refused}. */
    void refused() {
        alone.refused();
    }

    /** See {@link ShortTransaction#unpublished}. */
    <T> T unpublished(Statement statement, Step<T> step) throws SQLException {
        return alone.unpublished(statement, step);
    }

    /** See {@link ShortTransaction#uncaptured}. */
    <T> T uncaptured(Step<T> step) throws SQLException {
        return alone.uncaptured(step);
    }

    @Override
    public synchronized void close() throws SQLException {
        transaction.end();
        if (tally.isOwed() && !raw.isClosed()) {
            if (!raw.getAutoCommit()) {
                raw.rollback();
            }
            tally.writeAll();
        }
        transaction.close();
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
