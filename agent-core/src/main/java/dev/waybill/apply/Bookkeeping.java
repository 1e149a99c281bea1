// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.refresh.Counters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;

/** What an apply writes besides the rows, in the same transaction: the position, the counters, the identities. One thread. */
final class Bookkeeping {

    private final Dialect dialect;
    private final Counters counters;

    Bookkeeping(Dialect dialect) {
        this.dialect = dialect;
        this.counters = new Counters(dialect);
    }

    /** {@code log_received} and {@code digest_received}; refuses to stand still or go back: that would be twice. */
    void moveTo(Connection raw, String sender, ReceivedTransaction last) throws SQLException {
        String sql = "UPDATE " + dialect.catalogueTable("remote_user") + " SET log_received = ?, digest_received = ? WHERE user_name = ? AND log_received < ?";
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setLong(1, last.offset().bytes());
            statement.setBytes(2, last.digest().bytes());
            statement.setString(3, sender);
            statement.setLong(4, last.offset().bytes());
            if (statement.executeUpdate() != 1) {
                throw WaybillError.APPLY_OUT_OF_TURN.with(last.offset(), sender);
            }
        }
    }

    void record(Connection raw, Tally tally) throws SQLException {
        for (Map.Entry<TableName, Long> gone : tally.gone().entrySet()) {
            counters.add(raw, "already_gone", gone.getKey().toString(), gone.getValue());
        }
        for (Map.Entry<Landing, Long> highest : tally.identities().entrySet()) {
            TableName table = highest.getKey().table().name();
            dialect.advanceIdentity(raw, table.schema(), table.name(), highest.getKey().column(highest.getKey().identity()).name(), highest.getValue());
        }
    }
}
