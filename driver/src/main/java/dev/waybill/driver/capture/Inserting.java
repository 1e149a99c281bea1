// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One execution of an INSERT on MariaDB. It runs as it is, on the application's own statement, so that the driver's own counts, keys and warnings come out; its rows are then read by the keys that its text gives, or that the database has
 * drawn one after the other. Where the text tells neither (INSERT … SELECT, IGNORE, keys that are computed) it gets a RETURNING clause of ours, whose rows are those that were inserted, and as many as the count. In a transaction already.
 */
final class Inserting {

    private static final String NOTHING = "DO 0";

    private final CapturingConnection connection;
    private final Plan.MariaDbInsert plan;
    private final Source source;
    private final MariaDbRows rows;

    Inserting(CapturingConnection connection, Plan.MariaDbInsert plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.rows = new MariaDbRows(connection, plan.table());
    }

    Outcome run(Call call) throws SQLException {
        if (plan.lookup() == null && !plan.generated() && source.keys() instanceof KeyRequest.None) {
            return Outcome.count(returning(), null);
        } else if (plan.lookup() == null && !plan.generated()) {
            connection.execution().uncaptured().refuse("generated keys are asked for of an INSERT whose keys its text does not tell", source.sql());
            return source.bare(call);
        }
        return connection.session().wholly(() -> withKeys(call));
    }

    private long returning() throws SQLException {
        long count = 0;
        PreparedStatement insert = source.derived(plan.returning(), null);
        try (ResultSet row = insert.executeQuery()) {
            connection.written().add(plan.table().name());
            for (; row.next(); count++) {
                rows.record(Operation.INSERT, rows.image(row));
            }
        } finally {
            source.release(insert);
        }
        if (!(source.statement() instanceof PreparedStatement)) {
            source.statement().execute(NOTHING); // the driver does not answer for a statement that has never run
        }
        return count;
    }

    private Outcome withKeys(Call call) throws SQLException {
        Outcome outcome = source.bare(call);
        long count = call == Call.EXECUTE ? source.statement().getLargeUpdateCount() : outcome.updateCount();
        ResultSet keys = source.keys() instanceof KeyRequest.None ? null : source.statement().getGeneratedKeys();
        connection.written().add(plan.table().name());
        long found = plan.generated() ? drawn(count) : given();
        if (found != count) {
            throw WaybillError.UNCAPTURED.with("of " + count + " inserted rows " + found + " are found by their keys");
        }
        return keys == null ? outcome : Outcome.count(count, keys);
    }

    private long given() throws SQLException {
        PreparedStatement read = source.derived(plan.lookup().sql(), plan.lookup().parameters());
        try (ResultSet row = read.executeQuery()) {
            return record(row);
        } finally {
            source.release(read);
        }
    }

    /** The numbers of one statement follow one another: innodb_autoinc_lock_mode does not matter for rows whose number is known. */
    private long drawn(long count) throws SQLException {
        if (count == 0) {
            return 0;
        }
        CapturedTable table = plan.table();
        try (Statement statement = connection.raw().createStatement()) {
            long first;
            long step;
            try (ResultSet row = statement.executeQuery("SELECT LAST_INSERT_ID(), @@auto_increment_increment")) {
                row.next();
                first = row.getLong(1);
                step = row.getLong(2);
            }
            String numbers = LongStream.range(0, count).mapToObj(index -> Long.toString(first + index * step)).collect(Collectors.joining(", "));
            String sql = "SELECT " + MariaDbRows.captured(connection.database().dialect(), table) + " FROM " + connection.database().dialect().quote(table.name().schema(), table.name().name())
                    + " WHERE " + connection.database().dialect().quote(table.identity()) + " IN (" + numbers + ") FOR UPDATE";
            try (ResultSet row = statement.executeQuery(sql)) {
                return record(row);
            }
        }
    }

    private long record(ResultSet row) throws SQLException {
        long count = 0;
        for (; row.next(); count++) {
            rows.record(Operation.INSERT, rows.image(row));
        }
        return count;
    }
}
