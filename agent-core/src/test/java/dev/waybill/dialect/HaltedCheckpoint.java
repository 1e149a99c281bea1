// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A program that commits until H2 itself begins to store, makes its last commit durable in that moment, notes its number in a file, and halts the virtual machine. Arguments: JDBC URL, file for the number.
 */
final class HaltedCheckpoint {

    private HaltedCheckpoint() {}

    public static void main(String[] arguments) throws Exception {
        Connection connection = DriverManager.getConnection(arguments[0]);
        Dialect dialect = Dialects.of(connection);
        Thread load = new Thread(() -> load(arguments[0]), "load");
        load.setDaemon(true);
        load.start();
        connection.setAutoCommit(false);
        Object store = store(connection);
        long version = version(store);
        int number = 0;
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO committed VALUES (?)")) {
            long end = System.nanoTime() + 2_000_000_000L;
            while (number < 100 || version(store) == version && System.nanoTime() < end) {
                insert.setInt(1, ++number);
                insert.executeUpdate();
                connection.commit();
                version = number < 100 ? version(store) : version;
            }
        }
        dialect.makeDurable(connection);
        Files.writeString(Path.of(arguments[1]), Integer.toString(number));
        Runtime.getRuntime().halt(0);
    }

    /** Much to store, so that storing takes a while. */
    private static void load(String url) {
        try (Connection connection = DriverManager.getConnection(url); PreparedStatement insert = connection.prepareStatement("INSERT INTO bulk VALUES (?, REPEAT('much to store ', 200))")) {
            for (int i = 0; ; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
                Thread.sleep(i % 10 == 0 ? 1 : 0);
            }
        } catch (SQLException | InterruptedException end) {
            throw new IllegalStateException(end);
        }
    }

    private static Object store(Connection connection) throws ReflectiveOperationException {
        Object session = connection.getClass().getMethod("getSession").invoke(connection);
        Object database = session.getClass().getMethod("getDatabase").invoke(session);
        Object store = database.getClass().getMethod("getStore").invoke(database);
        return store.getClass().getMethod("getMvStore").invoke(store);
    }

    private static long version(Object store) throws ReflectiveOperationException, IOException {
        return (long) store.getClass().getMethod("getCurrentVersion").invoke(store);
    }
}
