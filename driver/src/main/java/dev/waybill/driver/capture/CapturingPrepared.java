// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowImage;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.capture.ConnectionCapture.PreparedWork;
import dev.waybill.error.WaybillError;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One prepared statement. Prepared as its plan wants it: with the captured columns asked for, or with what is bound kept. As thread-safe as the connection, whose lock it takes.
 */
final class CapturingPrepared implements PreparedWork, Source {

    private static final int MAX_DERIVED = 16;

    private final CapturingConnection connection;
    private final String sql;
    private final StatementOptions options;
    private final boolean callable;
    private final List<Binding> elements = new ArrayList<>();
    private List<Object[]> boundElements = new ArrayList<>();
    private final Map<String, PreparedStatement> derived = new HashMap<>();
    private RequestedColumns columns;
    private Outcome afterFailure = Outcome.raw(false);
    private PreparedStatement keyed;
    private PreparedStatement bare;
    private PreparedStatement visible;
    private Binding binding;
    private NameContext names;
    private Plan prepared;
    private PlanBook book;
    private Plan planned;
    private BoundParameters bound;
    private boolean isRows;

    CapturingPrepared(CapturingConnection connection, String sql, StatementOptions options, boolean callable) throws SQLException {
        this.connection = connection;
        this.sql = sql;
        this.options = options;
        this.callable = callable;
        prepare(connection.lookUp(sql));
    }

    private void prepare(Plan plan) throws SQLException {
        if (plan instanceof Plan.Uncaptured call && call.why().equals(Planner.CALLS) && connection.settings().uncaptured() == UncapturedPolicy.REFUSE) {
            connection.execution().refuseUncaptured(call.why(), sql);
        }
        prepared = plan;
        names = connection.names();
        columns = null;
        bound = null;
        forgetBound();
        if (callable) {
            bare = RawExecution.prepareCall(connection.raw(), connection.execution().preparable(plan, sql), options);
            binding = plan instanceof Plan.Pass ? null : new Binding(true);
        } else if (plan instanceof Plan.KeysWrite write) {
            prepare(write);
        } else if (plan instanceof Plan.Returning write) {
            prepare(write);
        } else {
            bare = RawExecution.prepare(connection.raw(), connection.execution().preparable(plan, sql), options);
            binding = plan.needsParameters() ? new Binding(true) : null;
        }
        visible = binding == null ? bare : binding.watch(bare, callable ? CallableStatement.class : PreparedStatement.class);
    }

    private void prepare(Plan.KeysWrite write) throws SQLException {
        RequestedColumns wanted = connection.execution().columns(write.table(), options.keys());
        boolean mayKnow = write.plain() != null && !wanted.isShown() && !connection.isAutoCommit();
        columns = mayKnow ? null : wanted;
        bare = mayKnow ? connection.raw().prepareStatement(sql) : connection.raw().prepareStatement(sql, wanted.names());
        bound = mayKnow ? new BoundParameters(write.plain().parameters(), connection.zone()) : null;
        binding = !mayKnow && connection.isAutoCommit() ? new Binding(false) : null;
    }

    private void prepare(Plan.Returning write) throws SQLException {
        boolean mayKnow = write.plain() != null && options.keys() instanceof KeyRequest.None && !connection.isAutoCommit();
        binding = null;
        bound = mayKnow ? new BoundParameters(write.plain().parameters(), connection.zone()) : null;
        if (mayKnow) {
            bare = connection.raw().prepareStatement(sql);
        } else if (options.keys() instanceof KeyRequest.Indexes) {
            bare = RawExecution.prepare(connection.raw(), sql, options);
        } else {
            bare = returningStatement(write.sql(options.keys()));
        }
    }

    /** A scrollable one cannot be asked for keys: then they come as its rows. */
    private PreparedStatement returningStatement(String text) throws SQLException {
        return options.resultSetType() == 0 ? connection.raw().prepareStatement(text, Statement.RETURN_GENERATED_KEYS) : RawExecution.prepare(connection.raw(), text, options);
    }

    /** The catalogue has changed and what is bound to the raw statement cannot be had: the next execution finds a statement that fits. */
    private SQLException preparedAnew(Plan plan) throws SQLException {
        PreparedStatement old = bare;
        elements.clear();
        prepare(plan);
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
                if (plan instanceof Plan.Pass) {
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

    private void refuseUnfit(Plan plan) throws SQLException {
        if (bound != null ? plan.needsParameters() : binding == null && (plan.needsParameters() || plan instanceof Plan.KeysWrite write && !connection.execution().columns(write.table(), options.keys()).isSame(columns)) || isOther(plan)) {
            connection.refused();
            throw preparedAnew(plan);
        } else if (meansOthers(plan)) {
            connection.refused();
            preparedAnew(plan);
            throw WaybillError.PREPARED_BEFORE_NAMES.with();
        }
    }

    /** Whether the raw statement has another text than this plan wants. */
    private boolean isOther(Plan plan) {
        String has = prepared instanceof Plan.Returning write && !callable ? write.sql(options.keys()) : null;
        String wants = plan instanceof Plan.Returning write && !callable ? write.sql(options.keys()) : null;
        return bound == null ? !Objects.equals(has, wants) : !(plan instanceof Plan.Returning || plan instanceof Plan.KeysWrite);
    }

    /** The current schema has changed, and with it the table; whether the raw statement goes on with the old one is the database's secret. */
    private boolean meansOthers(Plan plan) {
        NameContext now = connection.names();
        if (now == names || now.schemas().equals(names.schemas())) {
            return false;
        } else if (names.schemas().isEmpty() || plan.equals(prepared)) {
            names = now;
            return false;
        }
        return true;
    }

    // ---- batches ----

    @Override
    public void addBatch() throws SQLException {
        bare.addBatch();
        if (bound != null) {
            boundElements.add(bound.take());
        }
        if (binding != null) {
            elements.add(binding.copy());
        }
    }

    @Override
    public void clearBatch() throws SQLException {
        bare.clearBatch();
        elements.clear();
        forgetBound();
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
                elements.clear();
                endBoundBatch();
            }
        }
    }

    @Override
    public Outcome afterFailure() {
        return afterFailure;
    }

    /** A batch has failed in part: these are the keys of the rest, as the application asked for them, or null. */
    void failedWith(ResultSet keys) {
        afterFailure = Outcome.count(-1, keys);
    }

    /** Another list, not the same one emptied: many new arrays in an old list cost the collector more than a list that is as young as they are. */
    private void forgetBound() {
        if (!boundElements.isEmpty()) {
            boundElements = new ArrayList<>();
        }
    }

    /** What the last element was bound to stays bound, as on the raw statement. */
    private void endBoundBatch() {
        if (bound != null && !boundElements.isEmpty()) {
            bound.become(boundElements.get(boundElements.size() - 1));
        }
        forgetBound();
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
            Plan plan = connection.lookUp(sql);
            columns = plan instanceof Plan.KeysWrite write ? connection.execution().columns(write.table(), options.keys()) : null;
            prepared = plan;
            PreparedStatement old = bare;
            bare = plan instanceof Plan.Returning write ? returningStatement(write.sql(options.keys())) : columns == null ? connection.raw().prepareStatement(sql) : connection.raw().prepareStatement(sql, columns.names());
            visible = bare;
            bindElements(bare);
            BoundParameters.bind(bound.values(), bare);
            if (old.isCloseOnCompletion()) {
                bare.closeOnCompletion();
            }
            bound = null;
            forgetBound();
            old.close();
        }
    }

    private void bindElements(PreparedStatement statement) throws SQLException {
        for (Object[] element : boundElements) {
            BoundParameters.bind(element, statement);
            statement.addBatch();
        }
    }

    @Override
    public RowImage known(PlainInsert insert) {
        return bound == null ? null : insert.image(bound.take());
    }

    /** The values of its batch, of which each element is a row; null when one of them is not known. */
    List<Object[]> knownBatch(PlainInsert insert) {
        return insert != null && boundElements.stream().allMatch(insert::isKnown) ? boundElements : null;
    }

    /** A statement of ours that asks for these, with the batch of the application's, which has none any more. */
    PreparedStatement keyedBatch(RequestedColumns wanted) throws SQLException {
        PreparedStatement statement = keyed(wanted);
        statement.clearBatch();
        bindElements(statement);
        bare.clearBatch();
        if (!boundElements.isEmpty()) {
            BoundParameters.bind(boundElements.get(boundElements.size() - 1), bare);
        }
        return statement;
    }

    boolean isCallable() {
        return callable;
    }

    /** Whether its batch can run element by element: what each is bound to is known. */
    boolean hasElements() {
        return bound != null || binding != null && elements.stream().allMatch(Binding::isRepeatable);
    }

    /**
     * Runs its batch element by element, as H2 does: all of them, whatever fails. An empty batch at the end makes the raw statement forget the keys of the last one.
     *
     * @param table whose rows the application may see as generated keys; null for none
     */
    BatchOutcome elementByElement(CapturedTable table, boolean large) throws SQLException {
        bare.clearBatch();
        if (bound == null && connection.session().batchesAreWhole()) {
            return WholeBatch.run(connection, List.copyOf(elements), element -> {
                element.apply(bare, null);
                binding.become(element);
                return execute(large ? Call.LARGE_UPDATE : Call.UPDATE).updateCount();
            }, element -> sql);
        }
        int size = bound != null ? boundElements.size() : elements.size();
        BatchCounts counts = new BatchCounts(size, large);
        GatheredKeys gathered = new GatheredKeys();
        List<Object[]> values = List.copyOf(boundElements);
        List<Binding> bindings = List.copyOf(elements);
        for (int i = 0; i < size; i++) {
            int element = i;
            counts.add(() -> {
                if (bound != null) {
                    BoundParameters.bind(values.get(element), bare);
                    bound.become(values.get(element));
                } else {
                    bindings.get(element).apply(bare, null);
                    binding.become(bindings.get(element));
                }
                Outcome outcome = execute(large ? Call.LARGE_UPDATE : Call.UPDATE);
                gathered.add(outcome.generatedKeys());
                return outcome.updateCount();
            });
        }
        bare.executeBatch();
        ResultSet keys = table == null || gathered.isNothing() ? null : connection.views().forwardOnly(connection.session().rows(table.name(), gathered));
        failedWith(keys);
        return counts.outcome(keys);
    }

    /** The raw statement, for its batch. */
    PreparedStatement bareStatement() {
        return bare;
    }

    /** Whether the raw statement asks for these. */
    boolean isAskedFor(RequestedColumns wanted) {
        return wanted.isSame(columns);
    }

    /** What it was prepared to ask for; null when it was not prepared for the generated-keys channel. */
    RequestedColumns columns() {
        return columns;
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
        if (columns == null || outcome.isRows()) {
            return outcome;
        }
        long count = call == Call.EXECUTE ? bare.getLargeUpdateCount() : outcome.updateCount();
        return Outcome.count(count, columns.isShown() ? connection.views().view(bare.getGeneratedKeys(), columns.shown(false)) : null);
    }

    @Override
    public long withKeys(Call call, RequestedColumns wanted) throws SQLException {
        keyed = wanted.isSame(columns) ? bare : keyed(wanted);
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
    public long returning(String text) throws SQLException {
        boolean own = bound == null && !callable && prepared instanceof Plan.Returning;
        keyed = own ? bare : returningOf(text);
        return connection.session().unlimited(keyed, () -> {
            isRows = keyed.execute();
            return isRows ? -1 : keyed.getLargeUpdateCount();
        });
    }

    /** A statement of ours with this text, and what is bound to the application's. */
    private PreparedStatement returningOf(String text) throws SQLException {
        PreparedStatement statement = derived.get(text);
        if (statement == null) {
            statement = connection.raw().prepareStatement(text, Statement.RETURN_GENERATED_KEYS);
            keep(text, statement);
        }
        if (bound != null) {
            BoundParameters.bind(bound.values(), statement);
        } else {
            binding.apply(statement, null);
        }
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
        bindElements(keyed);
        bare.clearBatch();
        return keyed;
    }

    @Override
    public ResultSetMetaData metaData() throws SQLException {
        if (callable || !(prepared instanceof Plan.Returning) || bound != null) {
            return bare.getMetaData();
        }
        try (PreparedStatement asWritten = connection.raw().prepareStatement(sql)) {
            return asWritten.getMetaData();
        }
    }

    /** A statement of ours that asks for these, with what is bound to the application's. */
    private PreparedStatement keyed(RequestedColumns wanted) throws SQLException {
        String key = sql + '\0' + String.join("\0", wanted.names());
        PreparedStatement statement = derived.get(key);
        if (statement == null) {
            statement = connection.raw().prepareStatement(sql, wanted.names());
            keep(key, statement);
        }
        if (bound != null) {
            BoundParameters.bind(bound.values(), statement);
        } else {
            binding.apply(statement, null);
        }
        return statement;
    }

    @Override
    public ResultSet keysResult() throws SQLException {
        return isRows ? keyed.getResultSet() : keyed.getGeneratedKeys();
    }

    @Override
    public PreparedStatement derived(String text, int[] parameters) throws SQLException {
        PreparedStatement statement = derived.get(text);
        if (statement == null) {
            statement = connection.raw().prepareStatement(text);
            keep(text, statement);
        }
        binding.apply(statement, parameters);
        return statement;
    }

    @Override
    public ResultSet scrollable(String text) throws SQLException {
        PreparedStatement statement = connection.raw().prepareStatement(text, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        statement.closeOnCompletion();
        binding.apply(statement, null);
        return statement.executeQuery();
    }

    private void keep(String key, PreparedStatement statement) throws SQLException {
        if (derived.size() >= MAX_DERIVED) {
            closeDerived();
        }
        derived.put(key, statement);
    }

    @Override
    public void release(PreparedStatement statement) {
        // It is kept for the next execution.
    }

    @Override
    public void close() throws SQLException {
        elements.clear();
        closeDerived();
    }

    private void closeDerived() throws SQLException {
        for (PreparedStatement statement : derived.values()) {
            statement.close();
        }
        derived.clear();
    }
}
