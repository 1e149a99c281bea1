// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.driver.setting.UncapturedPolicy;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * How one of the application's statements is prepared for its plan: with the captured columns asked for, or with what is bound kept; and which plans it serves. Used under the connection's lock.
 */
final class PreparedForm {

    private final CapturingConnection connection;
    private final String sql;
    private final StatementOptions options;
    private final boolean callable;
    private final Plan plan;
    private NameContext names;
    private PreparedStatement raw;
    private RequestedColumns columns;
    private BoundParameters bound;
    private Binding binding;

    private PreparedForm(CapturingConnection connection, String sql, StatementOptions options, boolean callable, Plan plan) {
        this.connection = connection;
        this.sql = sql;
        this.options = options;
        this.callable = callable;
        this.plan = plan;
        this.names = connection.names();
    }

    /** Prepares it. A call that may write is refused here where that is the setting: some databases run its function while they prepare. */
    static PreparedForm of(CapturingConnection connection, String sql, StatementOptions options, boolean callable, Plan plan) throws SQLException {
        if (plan instanceof Plan.Uncaptured call && call.why().equals(Planner.CALLS) && connection.settings().uncaptured() == UncapturedPolicy.REFUSE) {
            connection.execution().uncaptured().refuse(call.why(), sql);
        }
        PreparedForm form = new PreparedForm(connection, sql, options, callable, plan);
        form.prepare();
        return form;
    }

    private void prepare() throws SQLException {
        if (callable) {
            raw = RawExecution.prepareCall(connection.raw(), connection.execution().preparable(plan, sql), options);
            binding = plan instanceof Plan.Pass ? null : new Binding(true);
        } else if (plan instanceof Plan.KeysWrite write) {
            prepare(write);
        } else if (plan instanceof Plan.Returning write) {
            prepare(write);
        } else {
            raw = RawExecution.prepare(connection.raw(), connection.execution().preparable(plan, sql), options);
            binding = plan.needsParameters() ? new Binding(true) : null;
        }
    }

    private void prepare(Plan.KeysWrite write) throws SQLException {
        RequestedColumns wanted = connection.execution().rows().columns(write.table(), options.keys());
        boolean mayKnow = write.plain() != null && !wanted.isShown() && !connection.isAutoCommit();
        columns = mayKnow ? null : wanted;
        raw = mayKnow ? connection.raw().prepareStatement(sql) : connection.raw().prepareStatement(sql, wanted.names());
        bound = mayKnow ? new BoundParameters(write.plain(), connection.zone()) : null;
        binding = !mayKnow && (connection.isAutoCommit() || connection.session().batchesStop()) ? new Binding(false) : null;
    }

    private void prepare(Plan.Returning write) throws SQLException {
        boolean mayKnow = write.plain() != null && options.keys() instanceof KeyRequest.None && options.resultSetType() == 0 && (!connection.isAutoCommit() || connection.alone().goesAlong());
        bound = mayKnow ? new BoundParameters(write.plain(), connection.zone()) : null;
        if (mayKnow) {
            raw = connection.raw().prepareStatement(sql);
        } else if (options.keys() instanceof KeyRequest.Indexes) {
            raw = RawExecution.prepare(connection.raw(), sql, options);
        } else {
            raw = returningStatement(write.sql(options.keys()));
            binding = connection.isAutoCommit() && options.resultSetType() == 0 ? new Binding(false) : null;
        }
    }

    /** A scrollable one cannot be asked for keys: then they come as its rows. */
    private PreparedStatement returningStatement(String text) throws SQLException {
        return options.resultSetType() == 0 ? connection.raw().prepareStatement(text, Statement.RETURN_GENERATED_KEYS) : RawExecution.prepare(connection.raw(), text, options);
    }

    /** The same statement prepared so that the database tells its rows: for values that cannot be kept. */
    PreparedForm asking(Plan now) throws SQLException {
        PreparedForm form = new PreparedForm(connection, sql, options, callable, now);
        form.names = names;
        form.binding = binding;
        form.columns = now instanceof Plan.KeysWrite write ? connection.execution().rows().columns(write.table(), options.keys()) : null;
        form.raw = now instanceof Plan.Returning write ? returningStatement(write.sql(options.keys()))
                : form.columns == null ? connection.raw().prepareStatement(sql) : connection.raw().prepareStatement(sql, form.columns.names());
        return form;
    }

    /** The raw statement. */
    PreparedStatement raw() {
        return raw;
    }

    /** The raw statement as the application binds to it. */
    PreparedStatement visible() {
        return binding == null ? raw : binding.watch(raw, callable ? CallableStatement.class : PreparedStatement.class);
    }

    /** What it was prepared to ask for; null when it was not prepared for the generated-keys channel. */
    RequestedColumns columns() {
        return columns;
    }

    /** The values that are bound; null where they are not kept. */
    BoundParameters bound() {
        return bound;
    }

    /** The setters that were called, to call them again; null where they are not kept. */
    Binding binding() {
        return binding;
    }

    /** Whether the raw statement has columns of ours in its RETURNING. */
    boolean isReturning() {
        return bound == null && !callable && plan instanceof Plan.Returning;
    }

    /** Whether it cannot serve this plan: what is bound to it cannot be had, or the raw statement would have to be another one. */
    boolean isUnfit(Plan other) throws SQLException {
        return (bound != null ? other.needsParameters() : binding == null && (other.needsParameters() || asksOthers(other))) || isOther(other);
    }

    private boolean asksOthers(Plan other) throws SQLException {
        return other instanceof Plan.KeysWrite write && !connection.execution().rows().columns(write.table(), options.keys()).isSame(columns);
    }

    /** Whether the raw statement has another text than this plan wants. */
    private boolean isOther(Plan other) {
        if (other == plan) {
            return false;
        }
        String has = plan instanceof Plan.Returning write && !callable ? write.sql(options.keys()) : null;
        String wants = other instanceof Plan.Returning write && !callable ? write.sql(options.keys()) : null;
        return bound == null ? !Objects.equals(has, wants) : !(other instanceof Plan.Returning || other instanceof Plan.KeysWrite);
    }

    /** The current schema has changed, and with it the table; whether the raw statement goes on with the old one is the database's secret. */
    boolean meansOthers(Plan other) {
        NameContext now = connection.names();
        if (now == names || now.schemas().equals(names.schemas())) {
            return false;
        } else if (names.schemas().isEmpty() || other.equals(plan)) {
            names = now;
            return false;
        }
        return true;
    }
}
