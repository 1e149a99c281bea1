// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One execution of a text of several statements as SQLite's driver has it: an update of a text that is not prepared runs all of them, one after the other, and counts together what they change; everything else runs the first one alone.
 */
final class FollowedScript {

    private final CapturingConnection connection;
    private final Plan.Script script;

    FollowedScript(CapturingConnection connection, Plan.Script script) {
        this.connection = connection;
        this.script = script;
    }

    Outcome run(Source source, Call call) throws SQLException {
        if (source instanceof CapturingPrepared || call == Call.EXECUTE || call == Call.QUERY) {
            return connection.execution().perform(connection.plan(script.statements().get(0)), source, call);
        }
        long count = 0;
        for (String sql : script.statements()) {
            try (Statement statement = connection.raw().createStatement()) {
                count += Math.max(0, connection.execution().run(connection.plan(sql), new CapturingPlain.Text(connection, statement, sql, KeyRequest.NONE), call).updateCount());
            }
        }
        return Outcome.rawCount(count);
    }
}
