// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** Tries what a message agent does, on no row at all: what a user may do is spread over many tables of MariaDB's own. Stateless. */
final class MariaDbRights {

    private MariaDbRights() {}

    static void demand(Connection raw, MariaDbDialect dialect) throws SQLException {
        for (String table : dialect.tableNames(raw, "waybill")) {
            String name = dialect.catalogueTable(table);
            boolean sequence = table.equals("fence") || table.equals("entry");
            try (Statement statement = raw.createStatement()) {
                if (table.startsWith("sys_")) {
                    statement.executeQuery("SELECT 1 FROM " + name + " WHERE FALSE").close(); // a view
                } else if (sequence) {
                    statement.executeQuery("SELECT next_not_cached_value FROM " + name).close();
                } else {
                    statement.executeUpdate("DELETE FROM " + name + " WHERE FALSE");
                    statement.executeUpdate("INSERT INTO " + name + " SELECT * FROM " + name + " WHERE FALSE");
                }
            } catch (SQLException denied) {
                throw MariaDbErrors.isDenied(denied) ? lacking(raw, dialect, name, denied) : denied;
            }
        }
        try (PreparedStatement same = raw.prepareStatement("UPDATE " + dialect.catalogueTable("lease") + " SET one = ?")) {
            same.setInt(1, 1);
            same.addBatch();
            same.setInt(1, 1);
            same.addBatch();
            if (!Arrays.equals(same.executeBatch(), new int[] {1, 1})) {
                throw WaybillError.AGENT_RIGHTS.with(MariaDbDialect.one(raw, "SELECT CURRENT_USER()"), "a connection that counts the rows which each change finds", "Take useAffectedRows and useBulkStmts out of the URL.");
            }
        }
    }

    private static SQLException lacking(Connection raw, MariaDbDialect dialect, String table, SQLException cause) throws SQLException {
        String user = MariaDbDialect.one(raw, "SELECT CURRENT_USER()");
        return WaybillError.AGENT_RIGHTS.because(cause, user, "those to read and write all tables waybill_… of " + dialect.home() + " (not " + table + ")",
                "Say GRANT ALL ON " + dialect.quote(dialect.home()) + ".* TO this user, or let the message agent work as the user that installed Waybill.");
    }
}
