// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.StringJoiner;

/** Whether all that a neighbour sent is here, as {@code waybill.remote_user} shows it ({@code diverged_since}, {@code diverged_reason}): no longer while there is a dead letter of his, of any kind. Stateless; any thread. */
final class Divergence {

    private final Dialect dialect;

    Divergence(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Writes down how it is now, in the caller's transaction; the reason, or null when all is here. */
    String review(Connection raw, String sender) throws SQLException {
        String reason = reason(raw, sender);
        String sql = "UPDATE " + dialect.catalogueTable("remote_user") + " SET diverged_since = " + (reason == null ? "NULL" : "COALESCE(diverged_since, " + dialect.now() + ")")
                + ", diverged_reason = ? WHERE user_name = ?";
        try (PreparedStatement update = raw.prepareStatement(sql)) {
            update.setString(1, reason);
            update.setString(2, sender);
            update.executeUpdate();
        }
        return reason;
    }

    private String reason(Connection raw, String sender) throws SQLException {
        String sql = "SELECT state, COUNT(*), MIN(log_offset) FROM " + dialect.catalogueTable("dead_letter") + " WHERE sender = ? GROUP BY state ORDER BY state";
        StringJoiner counts = new StringJoiner(", ");
        long first = Long.MAX_VALUE;
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setString(1, sender);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    counts.add(row.getLong(2) + " " + row.getString(1).toLowerCase(Locale.ROOT));
                    first = Math.min(first, row.getLong(3));
                }
            }
        }
        return counts.length() == 0 ? null : "Transactions " + counts + ", the first at offset " + first + " of " + sender + ". See: waybill dead-letters.";
    }
}
