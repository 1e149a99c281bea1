// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;

/**
 * One execution of a statement on MariaDB that tells its rows itself, by our columns in a RETURNING clause, behind the application's own where it has one: INSERT, upsert and REPLACE those that are there now, DELETE the keys of those that are
 * gone. The server then tells no count; rows that were there before count twice, and its own counters of what the session has changed tell how many those were. In a transaction already.
 */
final class ReturnedRows {

    private final CapturingConnection connection;
    private final Plan.MariaDbReturning plan;
    private final Source source;
    private final CurrentRows rows;

    ReturnedRows(CapturingConnection connection, Plan.MariaDbReturning plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.rows = new CurrentRows(connection, plan.table());
    }

    Outcome run() throws SQLException {
        return plan.own() ? shown() : Outcome.count(count(), source.keys() instanceof KeyRequest.None ? null : connection.session().noKeys());
    }

    /** The application's own columns, and nothing else. */
    private Outcome shown() throws SQLException {
        ResultSet row = source.scrollable(plan.sql());
        int width = plan.operation() == Operation.DELETE ? plan.table().old().length : plan.table().captured().length;
        int own = row.getMetaData().getColumnCount() - width;
        record(row, own + 1);
        row.beforeFirst();
        answer();
        return Outcome.rows(connection.views().view(row, IntStream.rangeClosed(1, own).toArray()));
    }

    private long count() throws SQLException {
        long before = counted();
        long count;
        PreparedStatement statement = source.derived(plan.sql(), null);
        try (ResultSet row = statement.executeQuery()) {
            count = record(row, 1);
        } finally {
            source.release(statement);
        }
        count += counted() - before;
        answer();
        return count;
    }

    /** The driver does not answer for a statement that has never run. */
    private void answer() throws SQLException {
        if (!(source.statement() instanceof PreparedStatement)) {
            connection.session().answering(source.statement());
        }
    }

    /** How many rows this session has changed or deleted so far. */
    private long counted() throws SQLException {
        if (plan.counter().isEmpty()) {
            return 0;
        }
        long sum = 0;
        try (Statement statement = connection.raw().createStatement(); ResultSet row = statement.executeQuery("SHOW SESSION STATUS WHERE Variable_name IN (" + plan.counter() + ")")) {
            while (row.next()) {
                sum += row.getLong(2);
            }
        }
        return sum;
    }

    private long record(ResultSet row, int from) throws SQLException {
        connection.written().add(plan.table().name());
        long count = 0;
        for (; row.next(); count++) {
            if (plan.operation() == Operation.DELETE) {
                rows.recordGone(plan.table().oldImage(connection.database().dialect(), row, from));
            } else {
                rows.record(plan.operation(), plan.table().image(connection.database().dialect(), row, IntStream.range(from, from + plan.table().captured().length).toArray()));
            }
        }
        return count;
    }

    /** Whether a call of this kind gets what the statement gives. */
    static boolean fits(Plan.MariaDbReturning plan, Call call) {
        return call == Call.EXECUTE || plan.own() == (call == Call.QUERY);
    }
}
