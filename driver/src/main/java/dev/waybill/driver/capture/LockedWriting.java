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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One execution of an UPDATE or DELETE on MariaDB, whose UPDATE tells no rows. The keys are read and locked by its own condition, then it runs as it is, on the application's own statement; the count must be that of the keys, and after it
 * all of them must be there, or gone. Otherwise somebody has committed a row between the two: see {@link Repeating}. In a transaction already.
 */
final class LockedWriting {

    /** Rows of one statement; their keys are in memory while it runs. */
    private static final int MAX_ROWS = 100_000;

    private final CapturingConnection connection;
    private final Plan.LockedWrite plan;
    private final Source source;
    private final MariaDbRows rows;

    LockedWriting(CapturingConnection connection, Plan.LockedWrite plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.rows = new MariaDbRows(connection, plan.table());
    }

    Outcome run(Call call) throws SQLException {
        if (plan.operation() == Operation.UPDATE && !((MariaDbSession) connection.session()).countsFound()) {
            connection.execution().uncaptured().refuse("this connection counts changed rows, not those that an UPDATE finds (useAffectedRows)", source.sql());
            return source.bare(call);
        }
        return Repeating.run(connection, plan.table(), () -> once(call));
    }

    private Outcome once(Call call) throws SQLException {
        List<RowImage> keys = before();
        Outcome outcome = source.bare(call);
        if (outcome.isRows()) {
            throw WaybillError.UNCAPTURED.with("it gives rows");
        }
        long count = call == Call.EXECUTE ? source.statement().getLargeUpdateCount() : outcome.updateCount();
        if (count != keys.size()) {
            return null;
        }
        Map<KeyImage, RowImage> after = rows.read(keys);
        if (after.size() != (plan.operation() == Operation.DELETE ? 0 : keys.size())) {
            return null;
        }
        connection.written().add(plan.table().name());
        if (plan.operation() == Operation.DELETE) {
            for (RowImage key : keys) {
                rows.recordGone(key);
            }
        } else {
            for (RowImage row : after.values()) {
                rows.record(Operation.UPDATE, row);
            }
        }
        return outcome;
    }

    private List<RowImage> before() throws SQLException {
        List<RowImage> keys = new ArrayList<>();
        PreparedStatement read = source.derived(plan.before(), plan.parameters());
        try (ResultSet row = read.executeQuery()) {
            while (row.next()) {
                keys.add(rows.key(row));
                if (keys.size() > MAX_ROWS) {
                    throw WaybillError.UNCAPTURED.with("it changes more than " + MAX_ROWS + " rows at once");
                }
            }
        } finally {
            source.release(read);
        }
        return keys;
    }
}
