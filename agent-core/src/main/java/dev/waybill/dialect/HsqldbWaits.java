// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** HSQLDB shows the waits of all its sessions to an administrator, and lets him end them. */
final class HsqldbWaits implements Waits {

    @Override
    public long session(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("CALL SESSION_ID()")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public Map<Long, Set<Long>> now(Connection raw) throws SQLException {
        Map<Long, Set<Long>> waits = new HashMap<>();
        try (Statement statement = raw.createStatement();
                ResultSet row = statement.executeQuery("SELECT SESSION_ID, THIS_WAITING_FOR FROM INFORMATION_SCHEMA.SYSTEM_SESSIONS WHERE THIS_WAITING_FOR <> ''")) {
            while (row.next()) {
                waits.put(row.getLong(1), Stream.of(row.getString(2).split(",")).map(number -> Long.valueOf(number.trim())).collect(Collectors.toSet()));
            }
        }
        return waits;
    }

    @Override
    public void end(Connection raw, long session) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("ALTER SESSION " + session + " END STATEMENT");
        }
    }
}
