// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * One execution of a text of several statements that is one unit, as PostgreSQL has it: outside of a transaction it is one of its own. Each statement runs by its own plan on a raw statement of its own; the application moves through
 * their results by {@code getMoreResults}, as on its own.
 */
final class WholeText {

    private final CapturingConnection connection;
    private final Plan.Script script;
    private final Source source;

    WholeText(CapturingConnection connection, Plan.Script script, Source source) {
        this.connection = connection;
        this.script = script;
        this.source = source;
    }

    /** A text that begins or ends transactions cannot be one: it writes to no published table, and its ends are taken one by one. */
    Outcome run(Call call) throws SQLException {
        if (source.keys() instanceof KeyRequest.Indexes) {
            return source.bare(call);
        }
        return chain(ends() ? each() : connection.inTransaction(this::each));
    }

    private boolean ends() throws SQLException {
        for (String sql : script.statements()) {
            if (connection.lookUp(sql) instanceof Plan.TransactionText) {
                return true;
            }
        }
        return false;
    }

    private List<Outcome> each() throws SQLException {
        List<Outcome> outcomes = new ArrayList<>();
        for (String sql : script.statements()) {
            Statement raw = connection.raw().createStatement(ResultSet.TYPE_FORWARD_ONLY, source.statement().getResultSetConcurrency());
            raw.setQueryTimeout(source.statement().getQueryTimeout());
            Outcome outcome = ScriptText.detached(connection.execution().run(connection.plan(sql), new CapturingPlain.Text(connection, raw, sql, source.keys()), Call.EXECUTE), raw);
            if (!outcome.isRows() && outcome.generatedKeys() == null) {
                raw.close();
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private static Outcome chain(List<Outcome> outcomes) {
        Outcome chained = null;
        for (int i = outcomes.size() - 1; i >= 0; i--) {
            chained = outcomes.get(i).then(chained);
        }
        return chained;
    }
}
