// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * One execution of a text of several statements as MariaDB has it: each is one of its own, the first failure ends it, and what was done before stays. The application moves through their results by {@code getMoreResults}.
 */
final class EachText {

    private final CapturingConnection connection;
    private final Plan.Script script;
    private final Source source;

    EachText(CapturingConnection connection, Plan.Script script, Source source) {
        this.connection = connection;
        this.script = script;
        this.source = source;
    }

    Outcome run(Call call) throws SQLException {
        if (call == Call.QUERY) {
            connection.execution().uncaptured().refuse("several statements stand in one text that is called as a query", source.sql());
            return connection.uncaptured(() -> source.bare(call));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (String sql : script.statements()) {
            outcomes.add(one(sql));
        }
        if (!(source.statement() instanceof PreparedStatement)) {
            connection.session().answering(source.statement());
        }
        Outcome chained = null;
        for (int i = outcomes.size() - 1; i >= 0; i--) {
            chained = outcomes.get(i).then(chained);
        }
        return chained;
    }

    private Outcome one(String sql) throws SQLException {
        Statement raw = connection.raw().createStatement(ResultSet.TYPE_FORWARD_ONLY, source.statement().getResultSetConcurrency());
        raw.setQueryTimeout(source.statement().getQueryTimeout());
        Outcome outcome = ScriptText.detached(connection.execution().run(connection.plan(sql), new CapturingPlain.Text(connection, raw, sql, source.keys()), Call.EXECUTE), raw);
        if (!outcome.isRows() && outcome.generatedKeys() == null) {
            raw.close();
        }
        return outcome;
    }
}
