// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * From a commit at HQ to the row at the branch, two H2 files and a shared folder: lag at a steady rate, and how fast a backlog drains, beside bare JDBC batches that do the same work in the same run.
 *
 * <p>Options: {@code --rows N} of the backlog (default 200000), {@code --rate N} transactions a second (default 200), {@code --seconds N} (default 20), {@code --rounds N} (default 3).
 */
public final class EndToEnd {

    private static final String ROW = " (id BIGINT PRIMARY KEY, shop INT NOT NULL, customer VARCHAR(80), amount NUMERIC(12, 2), at TIMESTAMP, paid BOOLEAN, weight DOUBLE PRECISION, note VARCHAR(200))";
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    private final Path directory = Files.createTempDirectory("waybill-bench");
    private final int rows;
    private final int rate;
    private final int seconds;

    private EndToEnd(int rows, int rate, int seconds) throws java.io.IOException {
        this.rows = rows;
        this.rate = rate;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        int rounds = value(list, "--rounds", 3);
        System.out.printf(Locale.ROOT, "%s, %d processors, Java %s%n", System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"));
        for (int round = 0; round < rounds; round++) {
            new EndToEnd(value(list, "--rows", 200_000), value(list, "--rate", 200), value(list, "--seconds", 20)).run();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        double bare = bareBatches();
        try (Connection hq = DriverManager.getConnection(url("hq"))) {
            setUpHq(hq);
            insertOneByOne(hq, 1, rows);
            awaitNumber(hq, "SELECT COUNT(*) FROM waybill.outbox", 0);
            drainAndLag(hq, bare);
        }
    }

    private void drainAndLag(Connection hq, double bare) throws Exception {
        long start = System.nanoTime();
        try (Connection branch = DriverManager.getConnection(url("branch"))) {
            setUpBranch(branch);
            awaitNumber(branch, "SELECT COUNT(*) FROM sale", rows);
            double drained = rows * 1e9 / (System.nanoTime() - start);
            System.out.printf(Locale.ROOT, "drain of %,d single-row transactions: %,.0f rows a second; bare JDBC batches %,.0f; ratio %.2f%n", rows, drained, bare, drained / bare);
            lag(hq, branch);
        }
    }

    /** Each row of the backlog by the same statement, a thousand in a batch and a commit. */
    private double bareBatches() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("bare")); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE sale" + ROW);
            connection.setAutoCommit(false);
            long start = System.nanoTime();
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO sale VALUES (?, 1, 'customer', 12.50, LOCALTIMESTAMP, TRUE, 1.5, NULL)")) {
                for (int i = 1; i <= rows; i++) {
                    insert.setLong(1, i);
                    insert.addBatch();
                    if (i % 1000 == 0) {
                        insert.executeBatch();
                        connection.commit();
                    }
                }
            }
            connection.commit();
            return rows * 1e9 / (System.nanoTime() - start);
        }
    }

    private void lag(Connection hq, Connection branch) throws SQLException {
        int count = rate * seconds;
        long[] committed = new long[count];
        long[] visible = new long[count];
        Thread writer = new Thread(() -> write(hq, committed));
        writer.start();
        try (PreparedStatement select = branch.prepareStatement("SELECT MAX(id) FROM sale")) {
            int seen = 0;
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (seen < count && System.nanoTime() < deadline) {
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    long now = System.nanoTime();
                    for (long top = row.getLong(1) - rows; seen < top; seen++) {
                        visible[seen] = now;
                    }
                }
                LockSupport.parkNanos(500_000);
            }
        }
        long[] lags = new long[count];
        Arrays.setAll(lags, i -> visible[i] - committed[i]);
        Arrays.sort(lags);
        System.out.printf(Locale.ROOT, "lag at %d transactions a second, commit to visible: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n", rate, lags[count / 2] / 1e6, lags[count * 99 / 100] / 1e6,
                lags[count - 1] / 1e6);
    }

    private void write(Connection hq, long[] committed) {
        try (PreparedStatement insert = insert(hq)) {
            hq.setAutoCommit(false);
            long start = System.nanoTime();
            for (int i = 0; i < committed.length; i++) {
                long due = start + i * 1_000_000_000L / rate;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                insert.setLong(1, rows + i + 1);
                insert.executeUpdate();
                hq.commit();
                committed[i] = System.nanoTime();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the writer failed", e);
        }
    }

    private static void insertOneByOne(Connection connection, int from, int to) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = insert(connection)) {
            for (int i = from; i <= to; i++) {
                insert.setLong(1, i);
                insert.executeUpdate();
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
    }

    private static PreparedStatement insert(Connection connection) throws SQLException {
        return connection.prepareStatement("INSERT INTO sale VALUES (?, 1, 'customer', 12.50, LOCALTIMESTAMP, TRUE, 1.5, NULL)");
    }

    private void setUpHq(Connection hq) throws SQLException, java.io.IOException {
        execute(hq, "CREATE TABLE sale" + ROW, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", directoryOption(),
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION sales (TABLE sale)", "CREATE SUBSCRIPTION TO sales FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO sales FOR branch");
        awaitNumber(hq, "SELECT COUNT(*) FROM waybill.subscription WHERE state LIKE 'SYNCHRONIZE_REQUESTED'", 0);
    }

    private void setUpBranch(Connection branch) throws SQLException, java.io.IOException {
        execute(branch, "CREATE TABLE IF NOT EXISTS sale" + ROW, "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", directoryOption(),
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    private String directoryOption() throws java.io.IOException {
        return "SET REMOTE FILE OPTION directory = '" + Files.createDirectories(directory.resolve("messages")) + "'";
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void awaitNumber(Connection connection, String sql, long expected) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        long found = -1;
        while (found != expected) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(sql + " is still " + found + ", expected " + expected);
            }
            LockSupport.parkNanos(5_000_000);
            try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
                row.next();
                found = row.getLong(1);
            }
        }
    }

    private String url(String database) {
        return "jdbc:waybill:h2:file:" + directory.resolve(database);
    }

    private static int value(List<String> arguments, String name, int otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : Integer.parseInt(arguments.get(index + 1));
    }
}
