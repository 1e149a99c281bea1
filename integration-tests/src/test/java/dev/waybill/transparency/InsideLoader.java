// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;

/** An application that is defined inside a class loader of its own: DriverManager shows a caller only the drivers of his class loader. */
public final class InsideLoader {

    private InsideLoader() {}

    /** Publishes a table, writes, waits until the agent has sequenced it, and tells by which class loader the connection's class came. */
    public static String useDatabase() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:inside"); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY, name VARCHAR(50))");
            statement.execute("GRANT PUBLISH TO hq");
            statement.execute("CREATE PUBLICATION music (TABLE artist)");
            statement.execute("INSERT INTO artist VALUES (1, 'Bach')");
            long until = System.nanoTime() + 120_000_000_000L;
            while (count(statement) == 0 && System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return count(statement) + " " + connection.getClass().getName();
        }
    }

    private static int count(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM waybill.journal")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Deregisters every driver of this class loader, as containers do. */
    public static int deregister() throws SQLException {
        int count = 0;
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == InsideLoader.class.getClassLoader()) {
                DriverManager.deregisterDriver(driver);
                count++;
            }
        }
        return count;
    }
}
