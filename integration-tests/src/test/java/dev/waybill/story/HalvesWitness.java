// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells what H2 does by itself from what Waybill does, when a process is killed: transactions of the bare driver in the same file, each of which writes a row to each of two tables and takes an old one away. A number that is in
 * one table alone is half of a transaction that H2 has kept. Imports nothing of Waybill.
 */
final class HalvesWitness {

    private static final int KEPT = 500;

    private HalvesWitness() {}

    static void createTables(String raw) throws SQLException {
        try (Connection connection = DriverManager.getConnection(raw); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS witness_first (n BIGINT PRIMARY KEY)");
            statement.execute("CREATE TABLE IF NOT EXISTS witness_last (n BIGINT PRIMARY KEY)");
        }
    }

    /** Writes until the process ends, about a thousand transactions a second. */
    static void start(String raw) {
        Thread thread = new Thread(() -> write(raw), "halves-witness");
        thread.setDaemon(true);
        thread.start();
    }

    private static void write(String raw) {
        try (Connection connection = DriverManager.getConnection(raw);
                PreparedStatement first = connection.prepareStatement("INSERT INTO witness_first VALUES (?)");
                PreparedStatement last = connection.prepareStatement("INSERT INTO witness_last VALUES (?)");
                PreparedStatement oldFirst = connection.prepareStatement("DELETE FROM witness_first WHERE n <= ?");
                PreparedStatement oldLast = connection.prepareStatement("DELETE FROM witness_last WHERE n <= ?")) {
            connection.setAutoCommit(false);
            for (long n = highest(connection) + 1;; n++) {
                run(first, n);
                run(oldFirst, n - KEPT);
                run(oldLast, n - KEPT);
                run(last, n);
                connection.commit();
                TimeUnit.MILLISECONDS.sleep(n % 2);
            }
        } catch (SQLException | InterruptedException ended) {
            System.out.println("the witness ended: " + ended);
        }
    }

    private static long highest(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT GREATEST(COALESCE((SELECT MAX(n) FROM witness_first), 0), COALESCE((SELECT MAX(n) FROM witness_last), 0))")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void run(PreparedStatement statement, long n) throws SQLException {
        statement.setLong(1, n);
        statement.executeUpdate();
    }

    /** How many halves are in the file of a database whose process is dead, besides those that are known; looked at in a copy, so that whoever opens the file next meets it as the kill left it. */
    static int halves(Path directory, String name, Set<Long> known) throws IOException, SQLException {
        Files.copy(directory.resolve(name + ".mv.db"), directory.resolve("witness.mv.db"), StandardCopyOption.REPLACE_EXISTING);
        try (Connection copy = DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("witness")); Statement statement = copy.createStatement()) {
            int halves = 0;
            try (ResultSet row = statement.executeQuery("SELECT n FROM (SELECT n FROM witness_first UNION ALL SELECT n FROM witness_last) GROUP BY n HAVING COUNT(*) = 1")) {
                while (row.next()) {
                    halves += known.add(row.getLong(1)) ? 1 : 0;
                }
            }
            return halves;
        }
    }
}
