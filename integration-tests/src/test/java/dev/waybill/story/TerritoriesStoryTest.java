// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A head office gives each of its shops the customers of its own territories, by SUBSCRIBE BY, while several clerks move customers between them; one shop has two territories. Told with several products as head office; imports nothing of
 * Waybill.
 */
class TerritoriesStoryTest {

    private static final List<String> TERRITORIES = List.of("north", "south", "west", "east");
    private static final Map<String, List<String>> SHOPS = Map.of("shop1", List.of("north"), "shop2", List.of("south", "west"), "shop3", List.of("north", "east"));
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int CLERKS = 3;

    @TempDir
    private Path directory;

    @Test
    void h2HasShops() throws Exception {
        tell("jdbc:h2:file:" + directory.resolve("hq") + ";LOCK_TIMEOUT=2000", "VARCHAR(20)", 60);
    }

    @Test
    void postgresHasShops() throws Exception {
        tell(PostgresServer.running().freshDatabase().url(), "VARCHAR(20)", 40);
    }

    @Test
    @Tag("extended")
    void mariaDbHasShops() throws Exception {
        tell(MariaDbServer.running().freshDatabase().url(), "VARCHAR(20) COLLATE utf8mb4_bin", 25);
    }

    private void tell(String raw, String text, int transactionsEach) throws Exception {
        Path messages = Files.createDirectories(directory.resolve("messages"));
        try (Connection before = DriverManager.getConnection(raw, new Properties())) {
            open(before, text);
        }
        Map<String, Site> shops = new LinkedHashMap<>();
        try (Connection hq = connect(raw)) {
            HeadOfficeAndBranch.execute(hq, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                    "CREATE PUBLICATION sales (TABLE customer (id, territory, name, visits) WHERE visits < 90 SUBSCRIBE BY territory, TABLE price)");
            for (String name : SHOPS.keySet()) {
                HeadOfficeAndBranch.execute(hq, "GRANT REMOTE TO " + name + " TYPE FILE ADDRESS '" + name + "' SEND EVERY '00:00:00'");
                for (String territory : SHOPS.get(name)) {
                    HeadOfficeAndBranch.execute(hq, "CREATE SUBSCRIPTION TO sales ('" + territory + "') FOR " + name, "SYNCHRONIZE SUBSCRIPTION TO sales ('" + territory + "') FOR " + name);
                }
                shops.put(name, new Site(directory, name).publisher().below("hq"));
            }
            concurrently(raw, transactionsEach);
            for (int i = 0; i < TERRITORIES.size(); i++) {
                HeadOfficeAndBranch.execute(hq, "UPDATE customer SET territory = '" + TERRITORIES.get(i) + "', visits = 1 WHERE id = " + i);
            }
            awaitQuiet(hq);
            assertTerritories(raw, shops);
            shops.get("shop1").leave();
            HeadOfficeAndBranch.execute(hq, "STOP SUBSCRIPTION TO sales ('west') FOR shop2", "DROP SUBSCRIPTION TO sales ('west') FOR shop2", "UPDATE customer SET territory = 'south' WHERE territory = 'north'",
                    "SYNCHRONIZE SUBSCRIPTION TO sales ('south') FOR shop2");
            shops.get("shop1").connection();
            awaitQuiet(hq);
            assertThat(rows(shops.get("shop1").bare(), "SELECT id FROM customer")).as("all of them have moved").isEmpty();
            try (Connection bare = DriverManager.getConnection(raw, new Properties())) {
                assertThat(rows(shops.get("shop2").bare(), "SELECT id, territory, name, visits FROM customer")).isEqualTo(rows(bare, "SELECT id, territory, name, visits FROM customer WHERE territory = 'south' AND visits < 90")).isNotEmpty();
            }
        } finally {
            for (Site shop : shops.values()) {
                shop.close();
            }
        }
    }

    private static Connection connect(String raw) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("waybill.patience", "300ms");
        settings.setProperty("waybill.poll", "50ms");
        return DriverManager.getConnection("jdbc:waybill:" + raw.substring("jdbc:".length()), settings);
    }

    private static void open(Connection connection, String text) throws SQLException {
        HeadOfficeAndBranch.execute(connection, "CREATE TABLE customer (id INT NOT NULL PRIMARY KEY, territory " + text + ", name VARCHAR(100), visits INT NOT NULL, secret VARCHAR(100))",
                "CREATE TABLE price (goods INT NOT NULL PRIMARY KEY, amount INT NOT NULL)");
        for (int i = 0; i < 40; i++) {
            run(connection, "INSERT INTO customer (id, territory, name, visits, secret) VALUES (?, ?, 'first', ?, 'secret')", i, TERRITORIES.get(i % 4), i);
            run(connection, "INSERT INTO price VALUES (?, 1)", i);
        }
    }

    private static void awaitQuiet(Connection hq) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(HeadOfficeAndBranch.number(hq, "SELECT COUNT(*) FROM waybill.outbox")).as("outbox rows").isZero();
            assertThat(HeadOfficeAndBranch.number(hq, "SELECT COUNT(*) FROM waybill.subscription WHERE state <> 'STARTED'")).as("subscriptions not started").isZero();
            assertThat(HeadOfficeAndBranch.number(hq, "SELECT SUM((SELECT log_offset FROM waybill.journal_head) - log_scanned + log_sent - confirm_sent) FROM waybill.remote_user")).as("bytes not confirmed").isZero();
        });
    }

    private static void assertTerritories(String raw, Map<String, Site> shops) throws SQLException {
        try (Connection hq = DriverManager.getConnection(raw, new Properties())) {
            for (Site shop : shops.values()) {
                String his = String.join("', '", SHOPS.get(shop.name));
                try (Connection there = shop.bare()) {
                    assertThat(rows(there, "SELECT id, territory, name, visits FROM customer")).as(shop.name).isEqualTo(rows(hq, "SELECT id, territory, name, visits FROM customer WHERE visits < 90 AND territory IN ('" + his + "')")).isNotEmpty();
                    assertThat(rows(there, "SELECT goods AS id, amount FROM price")).isEqualTo(rows(hq, "SELECT goods AS id, amount FROM price"));
                }
            }
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql + " ORDER BY id")) {
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

    // ---- clerks ----

    private static void concurrently(String raw, int transactionsEach) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(CLERKS);
        try {
            SplittableRandom random = new SplittableRandom(transactionsEach);
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < CLERKS; i++) {
                SplittableRandom own = random.split();
                int first = 1_000 * (i + 1);
                all.add(executor.submit(() -> {
                    try (Connection connection = connect(raw)) {
                        connection.setAutoCommit(false);
                        for (int done = 0; done < transactionsEach; done++) {
                            transact(connection, own, first + done);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } finally {
            executor.shutdown();
        }
    }

    private static void transact(Connection connection, RandomGenerator random, int fresh) throws SQLException {
        try {
            for (int i = random.nextInt(3); i >= 0; i--) {
                one(connection, random, fresh + 10_000 * i);
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            String state = String.valueOf(e.getSQLState());
            if (!(state.startsWith("40") || state.startsWith("23") || state.equals("HYT00") || state.equals("HY000") || state.equals("55P03"))) {
                throw e;
            }
        }
    }

    private static void one(Connection connection, RandomGenerator random, int fresh) throws SQLException {
        int id = random.nextInt(40);
        switch (random.nextInt(7)) {
            case 0 -> run(connection, "INSERT INTO customer (id, territory, name, visits) VALUES (?, ?, 'new', ?)", fresh, territory(random), random.nextInt(100));
            case 1 -> run(connection, "UPDATE customer SET territory = ? WHERE id BETWEEN ? AND ?", territory(random), id, id + 3);
            case 2 -> run(connection, "UPDATE customer SET name = ?, secret = 'other' WHERE id = ?", "name " + random.nextInt(), id);
            case 3 -> run(connection, "UPDATE customer SET visits = ? WHERE territory = ?", random.nextInt(100), territory(random));
            case 4 -> run(connection, "UPDATE price SET amount = amount + 1 WHERE goods = ?", id);
            case 5 -> run(connection, "DELETE FROM customer WHERE id > ? AND territory = ?", 2_000, territory(random));
            default -> run(connection, "UPDATE customer SET territory = ?, visits = 5 WHERE id = ?", territory(random), id);
        }
    }

    private static String territory(RandomGenerator random) {
        return TERRITORIES.get(random.nextInt(4));
    }

    private static void run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
