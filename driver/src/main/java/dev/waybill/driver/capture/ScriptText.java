// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.recording.Recorder;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/** One execution of a text of several statements, each by its own plan, as H2 has it: in a transaction it undoes all of them when one fails, in autocommit mode only that one. */
final class ScriptText {

    private final CapturingConnection connection;
    private final Recorder recorder;
    private final Plan.Script script;

    ScriptText(CapturingConnection connection, Plan.Script script) {
        this.connection = connection;
        this.recorder = connection.recorder();
        this.script = script;
    }

    Outcome run(Call call) throws SQLException {
        if (connection.isAutoCommit()) {
            return each(call);
        }
        Recorder.Mark mark = recorder.mark();
        Savepoint before = connection.raw().setSavepoint("WAYBILL_TEXT");
        try {
            return each(call);
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

    private Outcome each(Call call) throws SQLException {
        Outcome first = null;
        for (String sql : script.statements()) {
            Statement statement = connection.raw().createStatement();
            Outcome outcome = connection.execution().run(connection.plan(sql), new CapturingPlain.Text(connection, statement, sql, KeyRequest.NONE), first == null ? call : Call.EXECUTE);
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
}
