// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Who has written and not ended, on the whole server: MariaDB does not say which tables. Its list of transactions is a copy that is renewed only when nobody has read it for a tenth of a second; whether it is new is seen by our own
 * statement standing in it. Stateless.
 */
final class MariaDbWriters {

    private MariaDbWriters() {}

    /** By their ids; when the list is an old one, a writer who is not known. Our own statement stands in the list only inside a transaction that has looked at something. */
    static Set<String> open(Connection raw, String catalogue) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        raw.setAutoCommit(false);
        try {
            return look(raw, catalogue);
        } finally {
            if (autoCommit) {
                raw.rollback();
                raw.setAutoCommit(true);
            }
        }
    }

    private static Set<String> look(Connection raw, String catalogue) throws SQLException {
        String mark = UUID.randomUUID().toString();
        Set<String> writers = new HashSet<>();
        boolean[] fresh = new boolean[1];
        try (Statement statement = raw.createStatement()) {
            statement.execute("DO SLEEP(0.11)");
            statement.executeQuery("SELECT 1 FROM " + catalogue).close();
            try (ResultSet row = statement.executeQuery("SELECT /* " + mark + " */ trx_id, trx_mysql_thread_id, trx_rows_modified, trx_mysql_thread_id = CONNECTION_ID(), trx_query FROM INFORMATION_SCHEMA.INNODB_TRX")) {
                while (row.next()) {
                    boolean own = row.getBoolean(4);
                    fresh[0] |= own && row.getString(5) != null && row.getString(5).contains(mark);
                    if (!own && row.getLong(3) > 0) {
                        writers.add(row.getString(1) + " of session " + row.getString(2));
                    }
                }
            }
        } catch (SQLException denied) {
            throw MariaDbErrors.isDenied(denied) ? WaybillError.AGENT_RIGHTS.because(denied, MariaDbDialect.one(raw, "SELECT CURRENT_USER()"), "the right to see who is writing (PROCESS)",
                    "Say GRANT PROCESS ON *.* TO this user, or let another one begin subscriptions.") : denied;
        }
        if (!fresh[0]) {
            writers.add("somebody who began while the list of transactions was being read by others");
        }
        return writers;
    }
}
