// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One execution of a MERGE that can delete. The generated-keys channel tells what was inserted and updated, not what was deleted: so the rows that match are read and locked before, and those that are gone after are the deleted ones.
 * Their number has to be what the update count leaves for them; otherwise the statement is undone and repeated. In a transaction already.
 */
final class MergeDeleting {

    private static final int MAX_ROWS = 100_000;

    private final CapturingConnection connection;
    private final Plan.MergeDelete plan;
    private final Source source;
    private final CapturedTable table;

    MergeDeleting(CapturingConnection connection, Plan.MergeDelete plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.table = plan.table();
    }

    Outcome run(Call call, RequestedColumns columns) throws SQLException {
        return Repeating.run(connection, table, () -> once(call, columns));
    }

    private Outcome once(Call call, RequestedColumns columns) throws SQLException {
        List<RowImage> matched = matched();
        long count = source.withKeys(call, columns);
        ResultSet keys = connection.execution().rows().keys(source, count);
        long written = connection.execution().rows().size(keys);
        List<RowImage> gone = gone(matched);
        if (count != written + gone.size()) {
            return null;
        }
        connection.written().add(table.name());
        for (RowImage row : gone) {
            connection.recorder().record(connection.publisher(), table.gone(row));
        }
        return Outcome.count(count, connection.execution().rows().recorded(new Plan.KeysWrite(table, Operation.UPSERT), keys, columns, false));
    }

    private List<RowImage> matched() throws SQLException {
        List<RowImage> rows = new ArrayList<>();
        PreparedStatement read = source.derived(plan.before(), plan.parameters());
        try (ResultSet result = read.executeQuery()) {
            while (result.next()) {
                rows.add(table.oldImage(connection.database().dialect(), result, 1));
                if (rows.size() > MAX_ROWS) {
                    throw WaybillError.UNCAPTURED.with("it is a MERGE that may delete more than " + MAX_ROWS + " rows");
                }
            }
        } finally {
            source.release(read);
        }
        return rows;
    }

    private List<RowImage> gone(List<RowImage> matched) throws SQLException {
        List<RowImage> gone = new ArrayList<>();
        String condition = table.keyColumns().stream().map(column -> Quoting.quote(column) + " = ?").collect(Collectors.joining(" AND "));
        try (PreparedStatement again = connection.raw().prepareStatement("SELECT 1 FROM " + Quoting.quote(table.name()) + " WHERE " + condition)) {
            for (RowImage row : matched) {
                for (int i = 0; i < table.key().length; i++) {
                    connection.database().dialect().bind(again, i + 1, row.value(table.key()[i]), table.type(table.key()[i]));
                }
                try (ResultSet found = again.executeQuery()) {
                    if (!found.next()) {
                        gone.add(row);
                    }
                }
            }
        }
        return gone;
    }
}
