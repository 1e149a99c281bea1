// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.RequestedColumns;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One execution of INSERT … ON DUPLICATE KEY UPDATE, in a transaction already. The count is two for an updated row: when it is that of the inserted ones there are no others. Otherwise the rows with the same unique keys are read and
 * recorded as they are now; that one of them was not updated does no harm, since it is locked.
 */
final class Upserting {

    private final CapturingConnection connection;
    private final Plan.Upsert plan;
    private final Source source;

    Upserting(CapturingConnection connection, Plan.Upsert plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
    }

    Outcome run(Call call, RequestedColumns columns) throws SQLException {
        long count = source.withKeys(call, columns);
        connection.written().add(plan.table().name());
        ResultSet keys = connection.execution().rows().keys(source, count);
        long inserted = connection.execution().rows().size(keys);
        ResultSet shown = connection.execution().rows().recorded(new Plan.KeysWrite(plan.table(), Operation.INSERT), keys, columns, false);
        try {
            if (count != inserted) {
                recordUpdated();
            }
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
        return Outcome.count(count, shown);
    }

    private void recordUpdated() throws SQLException {
        Set<KeyImage> recorded = new HashSet<>();
        for (Plan.Upsert.Lookup lookup : plan.lookups()) {
            PreparedStatement read = source.derived(lookup.sql(), lookup.parameters());
            try (ResultSet rows = read.executeQuery()) {
                while (rows.next()) {
                    record(plan.table().image(connection.database().dialect(), rows, plan.table().requested().captured(false)), recorded);
                }
            } finally {
                source.release(read);
            }
        }
    }

    private void record(RowImage row, Set<KeyImage> recorded) throws SQLException {
        if (recorded.add(plan.table().key(row))) {
            connection.recorder().record(connection.publisher(), new Change(plan.table().shape(), Operation.UPSERT, null, null, row, List.of()));
        }
    }
}
