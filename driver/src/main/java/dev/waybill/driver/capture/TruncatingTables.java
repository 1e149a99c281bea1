// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.Quoting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One execution of PostgreSQL's TRUNCATE. The keys are read under the lock that it takes itself, so they are those of the rows that go; each is recorded as a DELETE, those of referring tables first. In a transaction already.
 */
final class TruncatingTables {

    private static final int FETCHED = 1000;

    private final CapturingConnection connection;
    private final Plan.TruncateTables plan;

    TruncatingTables(CapturingConnection connection, Plan.TruncateTables plan) {
        this.connection = connection;
        this.plan = plan;
    }

    Outcome run(Source source, Call call) throws SQLException {
        lock();
        List<TableName> tables = plan.captured();
        plan.all().forEach(connection.written()::add);
        try {
            for (int i = tables.size() - 1; i >= 0; i--) {
                connection.written().add(connection.facts().captured().get(tables.get(i)).name());
                record(tables.get(i));
            }
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
        try {
            return source.bare(call);
        } catch (SQLException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }

    private void lock() throws SQLException {
        try (Statement statement = connection.raw().createStatement()) {
            statement.execute("LOCK TABLE " + plan.captured().stream().map(Quoting::quote).collect(Collectors.joining(", ")) + " IN ACCESS EXCLUSIVE MODE");
        }
    }

    private void record(TableName name) throws SQLException {
        CapturedTable table = connection.facts().captured().get(name);
        String keys = table.oldColumns().stream().map(Quoting::quote).collect(Collectors.joining(", "));
        try (Statement statement = connection.raw().createStatement()) {
            statement.setFetchSize(FETCHED);
            try (ResultSet rows = statement.executeQuery("SELECT " + keys + " FROM " + Quoting.quote(name))) {
                while (rows.next()) {
                    connection.recorder().record(connection.publisher(), table.gone(table.oldImage(connection.database().dialect(), rows, 1)));
                }
            }
        }
    }
}
