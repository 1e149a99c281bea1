// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowWriter;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.capture.ConnectionCapture.PreparedWork;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One prepared statement, prepared as its plan wants it: see {@link PreparedForm}. As thread-safe as the connection, whose lock it takes.
 */
final class CapturingPrepared implements PreparedWork, Source {

    private final CapturingConnection connection;
    private final String sql;
    private final StatementOptions options;
    private final boolean callable;
    private final BatchElements elements = new BatchElements();
    private final DerivedStatements derived = new DerivedStatements();
    private Outcome afterFailure = Outcome.raw(false);
    private PreparedForm form;
    private PreparedStatement bare;
    private PreparedStatement visible;
    private BoundParameters bound;
    private PreparedStatement keyed;
    private AloneWriter alongWriter;
    private volatile PreparedStatement running;
    private PlanBook book;
    private PlanBook fits;
    private Plan planned;
    private boolean isRows;

    CapturingPrepared(CapturingConnection connection, String sql, StatementOptions options, boolean callable) throws SQLException {
        this.connection = connection;
        this.sql = sql;
        this.options = options;
        this.callable = callable;
        take(PreparedForm.of(connection, sql, options, callable, connection.lookUp(sql)));
    }

    private void take(PreparedForm now) {
        form = now;
        fits = null;
        bare = now.raw();
        visible = now.visible();
        bound = now.bound();
    }

    /** The catalogue has changed and what is bound to the raw statement cannot be had: the next execution finds a statement that fits. */
    private SQLException preparedAnew(Plan plan) throws SQLException {
        PreparedStatement old = bare;
        elements.clear();
        take(PreparedForm.of(connection, sql, options, callable, plan));
        old.close();
        return WaybillError.PREPARED_BEFORE_PUBLISHED.with();
    }

    @Override
    public PreparedStatement raw() {
        return visible;
    }

    @Override
    public Outcome execute(Call call) throws SQLException {
        synchronized (connection) {
            try {
                Plan plan = plan();
                connection.execution().begins(plan);
                if (plan instanceof Plan.Pass && !connection.passing().takes(plan, sql)) {
                    return bare(call);
                }
                refuseUnfit(plan);
                return connection.execution().run(plan, this, call);
            } catch (SQLException failed) {
                throw connection.failed(failed);
            }
        }
    }

    /** The plan as things are, looked up only when they have changed. */
    private Plan plan() throws SQLException {
        PlanBook now = connection.book();
        if (now == null) {
            return Plan.Pass.PLAN;
        } else if (now != book) {
            planned = now.plan(sql);
            book = now;
        }
        if (connection.isWriting() || !planned.writes()) {
            return planned;
        }
        connection.begin();
        return connection.book() == book ? planned : plan();
    }

    /** What it was found to fit it fits as long as the plans are the same. */
    private void refuseUnfit(Plan plan) throws SQLException {
        if (fits == book && book != null) {
            return;
        }
        if (form.isUnfit(plan)) {
            connection.refused();
            throw preparedAnew(plan);
        } else if (form.meansOthers(plan)) {
            connection.refused();
            preparedAnew(plan);
            throw WaybillError.PREPARED_BEFORE_NAMES.with();
        }
        fits = book;
    }

    // ---- batches ----

    @Override
    public void addBatch() throws SQLException {
        bare.addBatch();
        elements.add(form, planned instanceof Plan.KeysWrite write ? write.plain() : planned instanceof Plan.Returning write ? write.plain() : bound == null ? null : bound.insert());
    }

    @Override
    public void clearBatch() throws SQLException {
        bare.clearBatch();
        elements.clear();
    }

    @Override
    public BatchOutcome executeBatch(boolean large) throws SQLException {
        synchronized (connection) {
            try {
                afterFailure = Outcome.raw(false);
                Plan plan = plan();
                refuseUnfit(plan);
                return connection.execution().batches().batch(plan, this, large);
            } finally {
                elements.end(bound);
            }
        }
    }

    @Override
    public Outcome afterFailure() {
        return afterFailure;
    }

    @Override
    public void cancel() throws SQLException {
        PreparedStatement ours = running;
        (ours == null ? bare : ours).cancel();
    }

    /** A batch has failed in part: these are the keys of the rest, as the application asked for them, or null. */
    void failedWith(ResultSet keys) {
        afterFailure = Outcome.count(-1, keys);
    }

    // ---- rows that are known from their parameters ----

    @Override
    public BoundParameters bound() {
        return bound;
    }

    @Override
    public void bindsMore() throws SQLException {
        synchronized (connection) {
            if (bound == null) {
                return;
            }
            PreparedStatement old = bare;
            Object[] values = bound.values();
            take(form.asking(connection.lookUp(sql)));
            elements.addTo(bare);
            BoundParameters.bind(values, bare);
            if (old.isCloseOnCompletion()) {
                bare.closeOnCompletion();
            }
            elements.forgetValues();
            old.close();
        }
    }

    @Override
    public RowWriter known(PlainInsert insert) {
        if (bound == null) {
            return null;
        }
        RowWriter row = connection.knownRow();
        row.clear();
        boolean known = insert.encode(bound, row);
        bound.renew();
        return known ? row : null;
    }

    @Override
    public void along(String text) throws SQLException {
        OpenTransaction transaction = connection.transaction();
        Object[] values = bound.values();
        alongWriter = transaction.aloneWriter(alongWriter, text, values.length).like(bare);
        running = alongWriter.statement();
        try {
            transaction.finishWith(alongWriter, values);
        } finally {
            running = null;
        }
    }

    /** Whether each element of its batch is a row that is known from its values. */
    boolean isKnownBatch(PlainInsert insert) {
        return insert != null && (elements.areRowsOf(insert) || elements.values().stream().allMatch(insert::isKnown));
    }

    /** What its batch consists of. */
    BatchElements elements() {
        return elements;
    }

    /** A statement of ours that asks for these, with the batch of the application's, which has none any more. */
    PreparedStatement keyedBatch(RequestedColumns wanted) throws SQLException {
        PreparedStatement statement = keyed(wanted);
        statement.clearBatch();
        elements.addTo(statement);
        bare.clearBatch();
        if (elements.size() > 0) {
            BoundParameters.bind(elements.last(), bare);
        }
        return statement;
    }

    /** One of two statements of ours with this text: what the one has told stays while the other runs. */
    PreparedStatement returningGroup(String text, boolean second) throws SQLException {
        return derived.get(second ? text + '\0' : text, () -> connection.raw().prepareStatement(text, Statement.RETURN_GENERATED_KEYS));
    }

    /** How many elements its batch has, as far as what they are bound to is known; otherwise none. */
    int knownElements() {
        return bound != null ? elements.size() : hasElements() ? elements.bindings().size() : 0;
    }

    boolean isCallable() {
        return callable;
    }

    /** Whether its batch can run element by element: what each is bound to is known. */
    boolean hasElements() {
        return bound != null || form.binding() != null && elements.bindings().stream().allMatch(Binding::isRepeatable);
    }

    /** See {@link SingleElements}. */
    BatchOutcome elementByElement(CapturedTable table, boolean large) throws SQLException {
        return new SingleElements(connection, this, elements, large).run(table);
    }

    /** How it is prepared now. */
    PreparedForm form() {
        return form;
    }

    /** The raw statement, for its batch. */
    PreparedStatement bareStatement() {
        return bare;
    }

    /** Whether the raw statement asks for these. */
    boolean isAskedFor(RequestedColumns wanted) {
        return wanted.isSame(form.columns());
    }

    // ---- as a source ----

    @Override
    public String sql() {
        return sql;
    }

    @Override
    public Statement statement() {
        return bare;
    }

    @Override
    public KeyRequest keys() {
        return options.keys();
    }

    @Override
    public Outcome bare(Call call) throws SQLException {
        Outcome outcome = RawExecution.execute(bare, call);
        RequestedColumns columns = form.columns();
        if (columns == null || outcome.isRows()) {
            return outcome;
        }
        long count = call == Call.EXECUTE ? bare.getLargeUpdateCount() : outcome.updateCount();
        return Outcome.count(count, columns.isShown() ? connection.views().view(bare.getGeneratedKeys(), columns.shown(false)) : null);
    }

    @Override
    public long withKeys(Call call, RequestedColumns wanted) throws SQLException {
        keyed = wanted.isSame(form.columns()) ? bare : keyed(wanted);
        isRows = false;
        return switch (call) {
            case UPDATE -> keyed.executeUpdate();
            case LARGE_UPDATE -> keyed.executeLargeUpdate();
            case EXECUTE, QUERY -> {
                keyed.execute();
                yield keyed.getLargeUpdateCount();
            }
        };
    }

    @Override
    public long returning(Plan.Returning plan) throws SQLException {
        keyed = form.isReturning() ? bare : returningOf(plan.sql(options.keys()));
        return connection.session().unlimited(keyed, () -> {
            isRows = keyed.execute();
            return isRows ? -1 : keyed.getLargeUpdateCount();
        });
    }

    /** A statement of ours with this text, and what is bound to the application's. */
    private PreparedStatement returningOf(String text) throws SQLException {
        PreparedStatement statement = derived.get(text, () -> connection.raw().prepareStatement(text, Statement.RETURN_GENERATED_KEYS));
        bindAll(statement);
        return statement;
    }

    /** As {@link #keyedBatch} for a statement that returns its rows. */
    PreparedStatement returningBatch(String text) throws SQLException {
        if (bound == null) {
            keyed = bare;
            return bare;
        }
        keyed = returningOf(text);
        keyed.clearBatch();
        elements.addTo(keyed);
        bare.clearBatch();
        return keyed;
    }

    @Override
    public ResultSetMetaData metaData() throws SQLException {
        if (!form.isReturning()) {
            return bare.getMetaData();
        }
        try (PreparedStatement asWritten = connection.raw().prepareStatement(sql)) {
            return asWritten.getMetaData();
        }
    }

    /** A statement of ours that asks for these, with what is bound to the application's. */
    private PreparedStatement keyed(RequestedColumns wanted) throws SQLException {
        PreparedStatement statement = derived.get(sql + '\0' + String.join("\0", wanted.names()), () -> connection.raw().prepareStatement(sql, wanted.names()));
        bindAll(statement);
        return statement;
    }

    /** What is bound to the application's is bound to this one, too. */
    private void bindAll(PreparedStatement statement) throws SQLException {
        if (bound != null) {
            BoundParameters.bind(bound.values(), statement);
        } else {
            form.binding().apply(statement, null);
        }
    }

    @Override
    public ResultSet keysResult() throws SQLException {
        return isRows ? keyed.getResultSet() : keyed.getGeneratedKeys();
    }

    @Override
    public PreparedStatement derived(String text, int[] parameters) throws SQLException {
        PreparedStatement statement = derived.get(text, () -> connection.raw().prepareStatement(text));
        limit(statement);
        form.binding().apply(statement, parameters);
        return statement;
    }

    @Override
    public ResultSet scrollable(String text) throws SQLException {
        PreparedStatement statement = connection.raw().prepareStatement(text, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        statement.closeOnCompletion();
        form.binding().apply(statement, null);
        return statement.executeQuery();
    }

    @Override
    public void release(PreparedStatement statement) {
        // It is kept for the next execution.
    }

    @Override
    public void close() throws SQLException {
        elements.clear();
        derived.close();
        if (alongWriter != null) {
            alongWriter.close();
        }
    }
}
