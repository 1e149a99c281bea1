// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small shop on HSQLDB, or kept at one, by nothing but URLs and SQL: random work of two connections, rows that were there before, MERGE, cascades, batches, rollbacks. */
class HsqldbStoryTest {

    private static final String[] QUERIES = {"SELECT id, name, rating FROM customer ORDER BY id", "SELECT id, customer_id, remark FROM orders ORDER BY id", "SELECT order_id, no, price FROM line ORDER BY order_id, no"};

    @TempDir
    Path directory;

    @Test
    void hsqldbIsKeptAtH2() throws Exception {
        keep(hsqldb("hq"), h2("branch"));
    }

    @Test
    void h2IsKeptAtHsqldb() throws Exception {
        keep(h2("hq"), hsqldb("branch"));
    }

    private String h2(String name) {
        return "jdbc:h2:file:" + directory.resolve(name) + ";LOCK_TIMEOUT=500";
    }

    private String hsqldb(String name) {
        return "jdbc:hsqldb:file:" + directory.resolve("db-" + name).resolve("db") + ";hsqldb.tx=mvcc;hsqldb.write_delay=false";
    }

    private void keep(String hq, String branch) throws Exception {
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, hq, branch)) {
            try (Connection before = DriverManager.getConnection(hq)) {
                open(before);
                work(before, new SplittableRandom(1), 20, 0);
            }
            sites.setUp("CREATE PUBLICATION shop (TABLE customer, TABLE orders, TABLE line)", "shop");
            RandomWork.inThreads(2, number -> {
                try (Connection connection = DriverManager.getConnection(sites.hq())) {
                    work(connection, new SplittableRandom(2 + number), 60, number);
                }
            });
            sites.awaitQuiet(Duration.ofSeconds(120));
            for (String query : QUERIES) {
                assertThat(rows(branch, query)).as(query).isEqualTo(rows(hq, query)).isNotEmpty();
            }
        }
    }

    private static void open(Connection connection) throws SQLException {
        HeadOfficeAndBranch.execute(connection, "CREATE TABLE customer (id BIGINT PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE, rating NUMERIC(6, 2))",
                "CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, remark VARCHAR(100000))",
                "CREATE TABLE line (order_id BIGINT NOT NULL REFERENCES orders (id) ON DELETE CASCADE, no INT NOT NULL, price NUMERIC(12, 2), PRIMARY KEY (order_id, no))");
        for (int i = 1; i <= 10; i++) {
            HeadOfficeAndBranch.execute(connection, "INSERT INTO customer (id, name, rating) VALUES (" + i + ", 'customer " + i + " ⚓', " + i + ".50)");
        }
    }

    /** @param own orders of this remainder by two are deleted by nobody else: HSQLDB lets a line in while its order goes */
    private static void work(Connection connection, RandomGenerator random, int transactions, int own) throws SQLException {
        RandomWork.transactions(connection, random, transactions, (on, from) -> one(on, from, own), lost -> RandomWork.isConflict(lost) || "HYT00".equals(lost.getSQLState()));
    }

    private static void one(Connection connection, RandomGenerator random, int own) throws SQLException {
        int customer = 1 + random.nextInt(12);
        long order = random.nextInt(50_000) * 2L + own;
        switch (random.nextInt(8)) {
            case 0 -> RandomWork.run(connection, "INSERT INTO customer (id, name, rating) VALUES (?, ?, 1.25)", customer, "new " + customer);
            case 1, 2, 3 -> {
                RandomWork.run(connection, "INSERT INTO orders (id, customer_id) VALUES (?, ?)", order, customer);
                RandomWork.lines(connection, order, random);
            }
            case 4 -> RandomWork.run(connection, "UPDATE line SET price = price + 1 WHERE order_id IN (SELECT id FROM orders WHERE customer_id = ?)", customer);
            case 5 -> RandomWork.run(connection, "DELETE FROM orders WHERE MOD(id, 7) = ? AND MOD(id, 2) = ?", random.nextInt(7), own);
            case 6 -> RandomWork.run(connection, "UPDATE orders SET remark = ? WHERE customer_id = ?", random.nextInt(10) == 0 ? "long ".repeat(10_000) : "short \\ '", customer);
            default -> RandomWork.run(connection, "MERGE INTO line USING (VALUES (CAST(? AS BIGINT), 1)) AS s (o, n) ON line.order_id = s.o AND line.no = s.n WHEN MATCHED THEN UPDATE SET price = 7", order);
        }
    }

    /** Through the bare driver. */
    private static List<String> rows(String url, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    text.append(row.getString(i)).append('|');
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }
}
