// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.RequestedColumns;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * One execution of an UPDATE that may change what conditions of publications look at. A locking read before it tells what the rows were: what is locked stays so until the statement finds it. A row that was committed in between, or
 * that is one of too many, is recorded without: its subscribers are told what it is now, and those who do not get it that it is gone if it ever was theirs. In a transaction already.
 */
final class WatchedUpdating {

    /** Rows of one statement; what they were is in memory while it runs. */
    private static final int MAX_ROWS = 20_000;

    private final CapturingConnection connection;
    private final Plan.WatchedUpdate plan;
    private final Source source;
    private final CapturedTable table;

    WatchedUpdating(CapturingConnection connection, Plan.WatchedUpdate plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.table = plan.table();
    }

    Outcome run(Call call, RequestedColumns columns) throws SQLException {
        Map<KeyImage, RowImage> before = before();
        long count = source.withKeys(call, columns);
        connection.written().add(table.name());
        ResultSet keys = connection.execution().rows().keys(source, count);
        return Outcome.count(count, connection.execution().rows().recorded(new Plan.KeysWrite(table, Operation.UPDATE), before, keys, columns, false));
    }

    private Map<KeyImage, RowImage> before() throws SQLException {
        Map<KeyImage, RowImage> before = new HashMap<>();
        PreparedStatement read = source.derived(plan.before(), plan.parameters());
        try (ResultSet row = read.executeQuery()) {
            while (before.size() < MAX_ROWS && row.next()) {
                RowImage old = table.oldImage(connection.database().dialect(), row, 1);
                before.put(table.key(old), old);
            }
        } finally {
            source.release(read);
        }
        return before;
    }
}
