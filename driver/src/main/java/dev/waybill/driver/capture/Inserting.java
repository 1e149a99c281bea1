// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One execution of an INSERT on MariaDB. It runs as it is, on the application's own statement, so that the driver's own counts, keys and warnings come out; its rows are then read by the keys that its text gives, or that the database has
 * drawn one after the other. Of INSERT IGNORE these can be rows that were there before: they are recorded as they are, which changes nothing. Where the text tells neither (INSERT … SELECT, keys that are computed), or no keys are asked for
 * with IGNORE, it tells its rows itself: {@link ReturnedRows}. In a transaction already.
 */
final class Inserting {

    private final CapturingConnection connection;
    private final Plan.MariaDbInsert plan;
    private final Source source;
    private final CurrentRows rows;

    Inserting(CapturingConnection connection, Plan.MariaDbInsert plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.rows = new CurrentRows(connection, plan.table());
    }

    Outcome run(Call call) throws SQLException {
        boolean asked = !(source.keys() instanceof KeyRequest.None);
        if (!asked && (plan.ignore() || plan.lookup() == null && !plan.generated())) {
            return new ReturnedRows(connection, new Plan.MariaDbReturning(plan.table(), Operation.INSERT, plan.returning(), false, ""), source).run();
        } else if (plan.lookup() == null && !plan.generated()) {
            connection.execution().uncaptured().refuse("generated keys are asked for of an INSERT whose keys its text does not tell", source.sql());
            return source.bare(call);
        }
        return connection.session().wholly(() -> withKeys(call));
    }

    private Outcome withKeys(Call call) throws SQLException {
        Outcome outcome = source.bare(call);
        long count = call == Call.EXECUTE ? source.statement().getLargeUpdateCount() : outcome.updateCount();
        ResultSet keys = source.keys() instanceof KeyRequest.None ? null : source.statement().getGeneratedKeys();
        connection.written().add(plan.table().name());
        long found = plan.generated() ? drawn(count) : given();
        if (found < count || found > count && !plan.ignore()) {
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

    /** The numbers of one statement follow one another, those of rows that IGNORE has left out too: innodb_autoinc_lock_mode does not matter for rows whose number is known. */
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
            String numbers = LongStream.range(0, plan.rows()).mapToObj(index -> Long.toString(first + index * step)).collect(Collectors.joining(", "));
            String sql = "SELECT " + CurrentRows.captured(connection.database().dialect(), table) + " FROM " + connection.database().dialect().quote(table.name().schema(), table.name().name())
                    + " WHERE " + connection.database().dialect().quote(table.identity()) + " IN (" + numbers + ") FOR UPDATE";
            try (ResultSet row = statement.executeQuery(sql)) {
                return record(row);
            }
        }
    }

    private long record(ResultSet row) throws SQLException {
        long count = 0;
        for (; row.next(); count++) {
            rows.record(plan.ignore() ? Operation.UPSERT : Operation.INSERT, rows.image(row));
        }
        return count;
    }
}
