// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waybill.databases.MariaDbServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shop on MariaDB, kept at MariaDB and at H2, by nothing but URLs and SQL: random work of several threads in every way in which MariaDB writes, and Chinook. */
class MariaDbStoryTest {

    private static final List<String> TABLES = List.of("customer", "orders", "line");

    private static final String[] SCHEMA = {"CREATE TABLE customer (id BIGINT PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE, rating DECIMAL(12, 2), born DATE)",
        "CREATE TABLE orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT, weight DOUBLE, remark LONGTEXT, FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE ON UPDATE CASCADE)",
        "CREATE TABLE line (order_id BIGINT, no INT, price DECIMAL(12, 2), FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE, PRIMARY KEY (order_id, no))", "CREATE TABLE pick (order_id BIGINT PRIMARY KEY)"};

    private static final List<String> CHINOOK = List.of("album", "artist", "customer", "employee", "genre", "invoice", "invoice_line", "media_type", "playlist", "playlist_track", "track");

    @TempDir
    Path directory;

    @Test
    void mariaDbIsKeptAtMariaDb() throws Exception {
        keep(mariaDb(), 2, 40);
    }

    @Test
    void mariaDbIsKeptAtH2() throws Exception {
        keep("jdbc:h2:file:" + directory.resolve("branch") + ";LOCK_TIMEOUT=500", 2, 40);
    }

    @Test
    @Tag("extended")
    void mariaDbIsKeptAtMariaDbThroughManyTransactions() throws Exception {
        keep(mariaDb(), 4, 1_000);
    }

    @Test
    @Tag("extended")
    void chinookLoadedThroughTheDriverIsKeptAtMariaDb() throws Exception {
        chinook(mariaDb());
    }

    @Test
    @Tag("extended")
    void chinookLoadedThroughTheDriverIsKeptAtH2() throws Exception {
        chinook("jdbc:h2:file:" + directory.resolve("branch") + ";LOCK_TIMEOUT=500");
    }

    private static String mariaDb() throws SQLException {
        return MariaDbServer.running().freshDatabase().url();
    }

    private void keep(String branch, int threads, int transactionsEach) throws Exception {
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, mariaDb(), branch)) {
            try (Connection before = DriverManager.getConnection(sites.rawHq())) {
                HeadOfficeAndBranch.execute(before, SCHEMA);
                for (int i = 1; i <= 10; i++) {
                    HeadOfficeAndBranch.execute(before, "INSERT INTO customer VALUES (" + i + ", 'customer " + i + " ⚓', " + i + ".50, '1990-01-01')");
                }
                work(before, new SplittableRandom(1), 20);
            }
            sites.setUp("CREATE PUBLICATION shop (TABLE " + String.join(", TABLE ", TABLES) + ")", "shop");
            concurrently(sites, threads, transactionsEach);
            settled(sites, TABLES);
            assertThat(TableComparison.count(sites.atBranch(), TABLES)).isGreaterThan(10);
            assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM waybill.counter WHERE name = 'uncaptured'")).isZero();
        }
    }

    private static void settled(HeadOfficeAndBranch sites, List<String> tables) throws Exception {
        try {
            sites.awaitQuiet(Duration.ofSeconds(240));
        } catch (Throwable late) {
            throw new AssertionError(sites.state(), late);
        }
        sites.assertReplicaEquals(tables);
    }

    private static void concurrently(HeadOfficeAndBranch sites, int threads, int transactionsEach) throws Exception {
        RandomWork.inThreads(threads, number -> {
            try (Connection connection = DriverManager.getConnection(sites.hq())) {
                connection.setTransactionIsolation(number % 2 == 0 ? Connection.TRANSACTION_READ_COMMITTED : Connection.TRANSACTION_REPEATABLE_READ);
                work(connection, new SplittableRandom(2 + number), transactionsEach);
            }
        });
    }

    private static void work(Connection connection, RandomGenerator random, int transactions) throws SQLException {
        RandomWork.transactions(connection, random, transactions, MariaDbStoryTest::one, lost -> RandomWork.isConflict(lost) || lost.getErrorCode() == 1205 || lost.getErrorCode() == 1020);
    }

    private static void one(Connection connection, RandomGenerator random) throws SQLException {
        int customer = 1 + random.nextInt(12);
        switch (random.nextInt(14)) {
            case 0 -> RandomWork.run(connection, "INSERT INTO customer (id, name, rating) VALUES (?, ?, 1.25) ON DUPLICATE KEY UPDATE rating = rating + 0.25", customer, "new " + customer);
            case 1, 2, 3 -> order(connection, random, customer);
            case 4 -> RandomWork.run(connection, "UPDATE line SET price = price + 1 WHERE order_id IN (SELECT id FROM orders WHERE customer_id = ?)", customer);
            case 5 -> RandomWork.run(connection, "DELETE FROM orders WHERE id % 7 = ? LIMIT 3", random.nextInt(7));
            case 6 -> RandomWork.run(connection, "UPDATE orders SET remark = ?, weight = weight * 1.1 WHERE customer_id = ?", random.nextInt(10) == 0 ? "long ".repeat(10_000) : "short \\ '", customer);
            case 7 -> RandomWork.run(connection, "UPDATE customer SET id = id + 100 WHERE id = ? AND name <> ?", customer, "nobody");
            case 8 -> RandomWork.run(connection, "UPDATE orders o JOIN line l ON l.order_id = o.id SET o.weight = l.price, l.price = l.price + 0.01 WHERE o.customer_id = ?", customer);
            case 9 -> RandomWork.run(connection, "DELETE l FROM line l JOIN orders o ON o.id = l.order_id WHERE o.customer_id = ? AND l.no > ?", customer, random.nextInt(3));
            case 10 -> RandomWork.run(connection, "DELETE FROM customer WHERE id = ?", 90 + random.nextInt(25));
            case 11 -> RandomWork.run(connection, "UPDATE orders SET remark = 'picked' ORDER BY id DESC LIMIT 2");
            case 12 -> RandomWork.run(connection, "INSERT IGNORE INTO line (order_id, no, price) SELECT order_id, no + 10, price FROM line WHERE order_id % 5 = ?", random.nextInt(5));
            default -> {
                Savepoint savepoint = connection.getAutoCommit() ? null : connection.setSavepoint();
                RandomWork.run(connection, "DELETE FROM line WHERE order_id % 3 = ? AND RAND() < 0.5", random.nextInt(3));
                if (savepoint != null && random.nextBoolean()) {
                    connection.rollback(savepoint);
                }
            }
        }
    }

    private static void order(Connection connection, RandomGenerator random, int customer) throws SQLException {
        long order;
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders (customer_id, weight) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setInt(1, customer);
            insert.setDouble(2, random.nextDouble() * 100);
            insert.executeUpdate();
            try (var keys = insert.getGeneratedKeys()) {
                keys.next();
                order = keys.getLong(1);
            }
        }
        RandomWork.lines(connection, order, random);
    }

    private void chinook(String branch) throws Exception {
        Path script = Path.of(System.getProperty("waybill.test.root", "..")).resolve("../shared/data/chinook.sql").normalize();
        assumeThat(script).as("the Chinook script beside the checkout (skipped: it is not there)").exists();
        List<String> statements = ReplicaStoryTest.statements(Files.readString(script, StandardCharsets.UTF_8)).stream().map(sql -> sql.startsWith("CREATE TABLE") ? sql.replace("TIMESTAMP", "DATETIME") : sql).toList();
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, mariaDb(), branch)) {
            try (Connection connection = DriverManager.getConnection(sites.hq())) {
                HeadOfficeAndBranch.execute(connection, statements.stream().filter(sql -> !sql.startsWith("INSERT")).toArray(String[]::new));
            }
            sites.setUp("CREATE PUBLICATION music (TABLE " + String.join(", TABLE ", CHINOOK) + ")", "music");
            try (Connection connection = DriverManager.getConnection(sites.hq())) {
                connection.setAutoCommit(false);
                HeadOfficeAndBranch.execute(connection, ReplicaStoryTest.inParentOrder(statements.stream().filter(sql -> sql.startsWith("INSERT")).toList()).toArray(String[]::new));
                connection.commit();
            }
            ChinookWork.workConcurrently(() -> DriverManager.getConnection(sites.hq()), 5, 4, 250);
            settled(sites, CHINOOK);
            assertThat(TableComparison.count(sites.atBranch(), CHINOOK)).isGreaterThan(15_000);
        }
    }
}
