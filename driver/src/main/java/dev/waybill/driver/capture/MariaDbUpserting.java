// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One execution of INSERT … ON DUPLICATE KEY UPDATE or REPLACE on MariaDB, whose counts tell no rows. It can touch only rows that have one of the unique keys that its text gives: these are locked before it, and read again after it. What was
 * there and is no longer was deleted by REPLACE; what is there is recorded as it is now. It runs as it is, on the application's own statement. In a transaction already.
 */
final class MariaDbUpserting {

    private final CapturingConnection connection;
    private final Plan.MariaDbUpsert plan;
    private final Source source;
    private final CurrentRows rows;

    MariaDbUpserting(CapturingConnection connection, Plan.MariaDbUpsert plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.rows = new CurrentRows(connection, plan.table());
    }

    Outcome run(Call call) throws SQLException {
        return connection.session().wholly(() -> {
            Map<KeyImage, RowImage> before = read(plan.before(), true);
            Outcome outcome = source.bare(call);
            ResultSet keys = source.keys() instanceof KeyRequest.None ? null : source.statement().getGeneratedKeys();
            long count = call == Call.EXECUTE ? source.statement().getLargeUpdateCount() : outcome.updateCount();
            connection.written().add(plan.table().name());
            Map<KeyImage, RowImage> after = read(plan.after(), false);
            if (after.isEmpty()) {
                throw WaybillError.UNCAPTURED.with("the row that it has written is not found by the unique keys that its text gives");
            }
            before.keySet().removeAll(after.keySet());
            Map<KeyImage, RowImage> moved = rows.read(List.copyOf(before.values()));
            after.putAll(moved);
            before.keySet().removeAll(moved.keySet());
            for (RowImage gone : before.values()) {
                rows.recordGone(gone);
            }
            for (RowImage row : after.values()) {
                rows.record(Operation.UPSERT, row);
            }
            return keys == null ? outcome : Outcome.count(count, keys);
        });
    }

    private Map<KeyImage, RowImage> read(List<Plan.Upsert.Lookup> lookups, boolean keysOnly) throws SQLException {
        Map<KeyImage, RowImage> found = new LinkedHashMap<>();
        for (Plan.Upsert.Lookup lookup : lookups) {
            PreparedStatement read = source.derived(lookup.sql(), lookup.parameters());
            try (ResultSet row = read.executeQuery()) {
                while (row.next()) {
                    RowImage image = keysOnly ? rows.key(row) : rows.image(row);
                    found.put(plan.table().key(image), image);
                }
            } finally {
                source.release(read);
            }
        }
        return found;
    }
}
