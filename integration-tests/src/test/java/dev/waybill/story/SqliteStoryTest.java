// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.PostgresServer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small shop on SQLite, or kept at one, by nothing but URLs and SQL: random work of two connections, rows that were there before, upserts, REPLACE, cascades, batches, savepoints, rollbacks. */
class SqliteStoryTest {

    private static final List<String> TABLES = List.of("customer", "orders", "line");

    private static final String[] QUERIES = {"SELECT id, name, rating FROM customer ORDER BY id", "SELECT id, customer_id, weight, remark FROM orders ORDER BY id", "SELECT order_id, no, price FROM line ORDER BY order_id, no"};

    @TempDir
    Path directory;

    @Test
    void sqliteIsKeptAtSqlite() throws Exception {
        keep(sqlite("hq"), sqlite("branch"), true);
    }

    @Test
    void sqliteIsKeptAtH2() throws Exception {
        keep(sqlite("hq"), "jdbc:h2:file:" + directory.resolve("branch") + ";LOCK_TIMEOUT=500", true);
    }

    @Test
    void postgresIsKeptAtSqlite() throws Exception {
        keep(PostgresServer.running().freshDatabase().url(), sqlite("branch"), false);
    }

    private String sqlite(String name) {
        return "jdbc:sqlite:" + directory.resolve(name + ".db") + "?foreign_keys=on&busy_timeout=20000";
    }

    private void keep(String hq, String branch, boolean fromSqlite) throws Exception {
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, hq, branch)) {
            try (Connection before = DriverManager.getConnection(hq)) {
                open(before, fromSqlite);
                work(before, new SplittableRandom(1), 20, fromSqlite);
            }
            sites.setUp("CREATE PUBLICATION shop (TABLE " + String.join(", TABLE ", TABLES) + ")", "shop");
            RandomWork.inThreads(2, number -> {
                try (Connection connection = DriverManager.getConnection(sites.hq())) {
                    work(connection, new SplittableRandom(2 + number), 60, fromSqlite);
                }
            });
            sites.awaitQuiet(Duration.ofSeconds(120));
            for (String query : QUERIES) {
                assertThat(rows(branch, query)).as(query).isEqualTo(rows(hq, query)).isNotEmpty();
            }
        }
    }

    private static void open(Connection connection, boolean sqlite) throws SQLException {
        HeadOfficeAndBranch.execute(connection, "CREATE TABLE customer (id " + (sqlite ? "INTEGER" : "BIGINT") + " PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE, rating NUMERIC(6, 2))",
                "CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, weight DOUBLE PRECISION, remark VARCHAR(100000))",
                "CREATE TABLE line (order_id BIGINT NOT NULL REFERENCES orders (id) ON DELETE CASCADE, no INT NOT NULL, price NUMERIC(12, 2), PRIMARY KEY (order_id, no))");
        for (int i = 1; i <= 10; i++) {
            HeadOfficeAndBranch.execute(connection, "INSERT INTO customer (id, name, rating) VALUES (" + i + ", 'customer " + i + " ⚓', " + i + ".50)");
        }
    }

    private static void work(Connection connection, RandomGenerator random, int transactions, boolean sqlite) throws SQLException {
        RandomWork.transactions(connection, random, transactions, (on, from) -> one(on, from, sqlite),
                lost -> RandomWork.isConflict(lost) || lost.getErrorCode() == 5 || lost.getErrorCode() == 19 || String.valueOf(lost.getMessage()).contains("CONSTRAINT"));
    }

    private static void one(Connection connection, RandomGenerator random, boolean sqlite) throws SQLException {
        int customer = 1 + random.nextInt(12);
        long order = random.nextInt(100_000);
        switch (random.nextInt(9)) {
            case 0 -> RandomWork.run(connection, "INSERT INTO customer (id, name, rating) VALUES (?, ?, 1.25) ON CONFLICT (id) DO UPDATE SET rating = customer.rating + 0.25", customer, "new " + customer);
            case 1, 2, 3 -> {
                RandomWork.run(connection, "INSERT INTO orders (id, customer_id, weight) VALUES (?, ?, ?)", order, customer, random.nextDouble() * 100);
                RandomWork.lines(connection, order, random);
            }
            case 4 -> RandomWork.run(connection, "UPDATE line SET price = price + 1 WHERE order_id IN (SELECT id FROM orders WHERE customer_id = ?)", customer);
            case 5 -> RandomWork.run(connection, "DELETE FROM orders WHERE id % 7 = ?", random.nextInt(7));
            case 6 -> RandomWork.run(connection, "UPDATE orders SET remark = ?, weight = weight * 1.1 WHERE customer_id = ?", random.nextInt(10) == 0 ? "long ".repeat(10_000) : "short \\ '", customer);
            case 7 -> RandomWork.run(connection, sqlite ? "INSERT OR REPLACE INTO customer (id, name, rating) VALUES (?, ?, 3)" : "UPDATE customer SET rating = 3 WHERE id = ? AND name <> ?", customer, "replaced " + customer);
            default -> {
                Savepoint savepoint = connection.getAutoCommit() ? null : connection.setSavepoint();
                RandomWork.run(connection, "DELETE FROM line WHERE order_id % 3 = ?", random.nextInt(3));
                if (savepoint != null && random.nextBoolean()) {
                    connection.rollback(savepoint);
                }
            }
        }
    }

    /** Through the bare driver; numbers without the zeros that say nothing. */
    private static List<String> rows(String url, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    String name = row.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT);
                    String value = row.getString(i);
                    boolean isNumber = value != null && !name.equals("name") && !name.equals("remark");
                    text.append(isNumber ? new BigDecimal(name.equals("weight") ? Double.toString(row.getDouble(i)) : value).stripTrailingZeros().toPlainString() : value).append('|');
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }
}
