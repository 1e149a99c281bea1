// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After every transaction each subscriber has exactly the rows that the database itself says are his, and on the way there no row is without those that it refers to: customers by a sub-query with several values, their orders and the items of
 * these by their parents.
 */
class AudiencesTest {

    private static final Map<String, List<String>> SUBSCRIBERS = Map.of("a", List.of("a"), "b", List.of("b"), "c", List.of("c"), "ab", List.of("a", "b"));
    private static final Map<String, Map<String, String>> PARENTS = Map.of("rep", Map.of("customer", "customer"), "orders", Map.of("customer", "customer"), "item", Map.of("orders", "orders"));
    private static final String SALES = "CREATE PUBLICATION sales (TABLE item SUBSCRIBE BY PARENT orders, TABLE orders SUBSCRIBE BY PARENT customer, TABLE rep WHERE active = 1 AND customer < 12 SUBSCRIBE BY rep, "
            + "TABLE customer WHERE id < 12 SUBSCRIBE BY (SELECT r.rep FROM rep AS r WHERE r.customer = customer.id AND active = 1), TABLE visit SUBSCRIBE BY (SELECT rep FROM rep WHERE customer = visit.customer))";
    private static final String HIS = "SELECT customer FROM rep WHERE active = 1 AND rep IN ('%s')";

    @TempDir
    private Path directory;

    @Test
    void onH2() throws Exception {
        randomMoves(Twins.of("", tables("VARCHAR(10)")), 3, 60);
    }

    @Test
    void onPostgres() throws Exception {
        randomMoves(Twins.onPostgres("", tables("VARCHAR(10)")), 4, 40);
    }

    @Test
    @Tag("extended")
    void onMariaDb() throws Exception {
        randomMoves(Twins.onMariaDb("", tables("VARCHAR(10) COLLATE utf8mb4_bin")), 5, 60);
    }

    @Test
    void onSqlite() throws Exception {
        randomMoves(Twins.onSqlite(directory, "?foreign_keys=true", "", tables("VARCHAR(10)")), 6, 40);
    }

    @Test
    @Tag("extended")
    void onHsqldb() throws Exception {
        randomMoves(Twins.onHsqldb("", tables("VARCHAR(10)")), 7, 60);
    }

    @Test
    void manyWritersOnH2() throws Exception {
        together(Twins.of("", tables("VARCHAR(10)")), 25);
    }

    @Test
    void manyWritersOnPostgres() throws Exception {
        together(Twins.onPostgres("", tables("VARCHAR(10)")), 25);
    }

    @Test
    @Tag("extended")
    void manyWritersOnMariaDb() throws Exception {
        together(Twins.onMariaDb("", tables("VARCHAR(10) COLLATE utf8mb4_bin")), 60);
    }

    @Test
    @Tag("extended")
    void manyWritersOnHsqldb() throws Exception {
        together(Twins.onHsqldb("", tables("VARCHAR(10)")), 60);
    }

    @Test
    void whatCannotBeFollowedIsRefused() throws Exception {
        try (Twins database = Twins.of("", tables("VARCHAR(10)")); Connection connection = database.captured()) {
            say(connection, "CREATE TABLE two (id INT PRIMARY KEY, seller INT REFERENCES customer (id), buyer INT REFERENCES customer (id), size NUMERIC(5))");
            refused(connection, "TABLE orders SUBSCRIBE BY PARENT customer", "AUDIENCE_REFUSED");
            refused(connection, "TABLE customer, TABLE orders SUBSCRIBE BY PARENT customer", "AUDIENCE_REFUSED");
            refused(connection, "TABLE customer SUBSCRIBE BY name, TABLE two SUBSCRIBE BY PARENT customer", "2 foreign keys");
            refused(connection, "TABLE orders SUBSCRIBE BY (SELECT rep FROM rep WHERE customer = orders.note)", "CONDITION_REFUSED");
            refused(connection, "TABLE two SUBSCRIBE BY (SELECT rep FROM rep WHERE customer = two.size)", "CONDITION_REFUSED", "AUDIENCE_REFUSED");
            refused(connection, "TABLE orders SUBSCRIBE BY (SELECT note FROM orders AS o WHERE o.id = orders.customer)", "AUDIENCE_REFUSED");
            refused(connection, "TABLE orders SUBSCRIBE BY (SELECT rep FROM rep WHERE customer = orders.customer AND active = 1 OR active = 2)", "parentheses");
            refused(connection, "TABLE orders SUBSCRIBE BY (SELECT MAX(rep) FROM rep WHERE customer = orders.customer)", "STATEMENT_SYNTAX");
            refused(connection, "TABLE orders SUBSCRIBE BY (SELECT rep FROM rep WHERE active = 1)", "STATEMENT_SYNTAX");
            say(connection, "CREATE PUBLICATION p (TABLE customer SUBSCRIBE BY name, TABLE two SUBSCRIBE BY PARENT customer (buyer))");
            assertThatThrownBy(() -> say(connection, "ALTER PUBLICATION p DROP TABLE customer")).hasMessageContaining("ARTICLE_FOLLOWED");
        }
    }

    private static void refused(Connection connection, String tables, String... anyOf) {
        assertThatThrownBy(() -> say(connection, "CREATE PUBLICATION p (" + tables + ")")).satisfies(error -> assertThat(List.of(anyOf)).as(error.toString()).anyMatch(error.getMessage()::contains));
    }

    @Test
    void whatDoesNotTellWhatItWasIsRefusedWithItsTransaction() throws Exception {
        try (Twins database = Twins.of("", tables("VARCHAR(10)")); Connection connection = database.captured()) {
            say(connection, SALES, "INSERT INTO customer VALUES (1, 'one')");
            String upsert = "MERGE INTO rep (id, customer, rep, active) KEY (id) VALUES (1, 1, 'a', 1)";
            assertThatThrownBy(() -> say(connection, upsert)).hasMessageContaining("AUDIENCE_UNKNOWN");
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> say(connection, upsert)).hasMessageContaining("AUDIENCE_UNKNOWN");
            assertThatThrownBy(connection::commit).hasMessageContaining("AUDIENCE_UNKNOWN");
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThatThrownBy(() -> say(connection, "INSERT INTO orders VALUES (1, 1, 'note')")).hasMessageContaining("AUDIENCE_ISOLATION");
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(new String[] {"rep", "orders"}).allSatisfy(table -> assertThat(count(connection, table)).isZero());
        }
    }

    private static int count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void manyRowsMoveWithOneStatement() throws Exception {
        try (Twins database = Twins.of("", tables("VARCHAR(10)")); Connection connection = database.captured(); Subscribers subscribers = new Subscribers(database.raw())) {
            say(connection, SALES, "INSERT INTO customer SELECT x, 'many' FROM SYSTEM_RANGE(1, 11)", "INSERT INTO rep SELECT x, x, 'a', 1 FROM SYSTEM_RANGE(1, 11)",
                    "INSERT INTO orders SELECT x, 1 + MOD(x, 11), 'many' FROM SYSTEM_RANGE(1, 3000)", "INSERT INTO item SELECT x, 1, 'many' FROM SYSTEM_RANGE(1, 3000)");
            SUBSCRIBERS.forEach((name, values) -> subscribers.add(name, "sales", values, PARENTS));
            subscribers.receive();
            assertShares(subscribers, "before");
            say(connection, "UPDATE rep SET rep = 'b'");
            subscribers.receive();
            assertShares(subscribers, "after");
            assertThat(subscribers.rows("a", "item")).isEmpty();
            assertThat(subscribers.rows("b", "item")).hasSize(3000);
        }
    }

    /** Nobody sees what others have not committed, and yet nothing is missed between those who write rows and those who decide about them. */
    private static void together(Twins database, int transactionsEach) throws Exception {
        try (database; Connection connection = database.captured(); Subscribers subscribers = new Subscribers(database.raw())) {
            say(connection, SALES);
            SUBSCRIBERS.forEach((name, values) -> subscribers.add(name, "sales", values, PARENTS));
            ExecutorService writers = Executors.newFixedThreadPool(3);
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SplittableRandom random = new SplittableRandom(i);
                running.add(writers.submit(() -> {
                    write(database, random, transactionsEach);
                    return null;
                }));
            }
            for (Future<Void> writer : running) {
                writer.get(300, TimeUnit.SECONDS);
            }
            writers.shutdown();
            subscribers.receive();
            assertShares(subscribers, "after all have written");
        }
    }

    private static void write(Twins database, RandomGenerator random, int transactions) throws SQLException {
        try (Connection connection = database.captured()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions; i++) {
                try {
                    for (int left = random.nextInt(4); left >= 0; left--) {
                        statement(connection, random);
                    }
                    connection.commit();
                } catch (SQLException refused) {
                    assertThat(refused.toString()).doesNotContain("WB3", "AUDIENCE", "NullPointer");
                    connection.rollback();
                }
            }
        }
    }

    private static String[] tables(String text) {
        return new String[] {"CREATE TABLE customer (id INT NOT NULL PRIMARY KEY, name VARCHAR(20))",
            "CREATE TABLE rep (id INT NOT NULL PRIMARY KEY, customer INT NOT NULL, rep " + text + " NOT NULL, active INT NOT NULL, FOREIGN KEY (customer) REFERENCES customer (id))",
            "CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, customer INT, note VARCHAR(20), FOREIGN KEY (customer) REFERENCES customer (id))",
            "CREATE TABLE item (orders INT NOT NULL, n INT NOT NULL, goods VARCHAR(20), PRIMARY KEY (orders, n), FOREIGN KEY (orders) REFERENCES orders (id) ON DELETE CASCADE)",
            "CREATE TABLE visit (id INT NOT NULL PRIMARY KEY, customer INT)"};
    }

    private static void randomMoves(Twins database, long seed, int transactions) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (database; Connection connection = database.captured(); Subscribers subscribers = new Subscribers(database.raw())) {
            say(connection, SALES);
            SUBSCRIBERS.forEach((name, values) -> subscribers.add(name, "sales", values, PARENTS));
            int statements = 0;
            for (int i = 0; i < transactions; i++) {
                statements += transaction(connection, random);
                subscribers.receive();
                assertShares(subscribers, "seed " + seed + ", transaction " + i);
            }
            assertThat(statements).isGreaterThanOrEqualTo(transactions);
        }
    }

    private static void assertShares(Subscribers subscribers, String when) throws SQLException {
        for (String name : subscribers.names()) {
            String values = String.join("', '", SUBSCRIBERS.get(name));
            Map<String, String> his = new LinkedHashMap<>();
            String customers = "SELECT id FROM customer WHERE id < 12 AND id IN (" + HIS.formatted(values) + ")";
            his.put("customer", "SELECT * FROM customer WHERE id IN (" + customers + ")");
            his.put("rep", "SELECT * FROM rep WHERE active = 1 AND customer < 12 AND rep IN ('" + values + "')");
            his.put("orders", "SELECT * FROM orders WHERE customer IN (" + customers + ")");
            his.put("item", "SELECT * FROM item WHERE orders IN (SELECT id FROM orders WHERE customer IN (" + customers + "))");
            his.put("visit", "SELECT * FROM visit WHERE customer IN (SELECT customer FROM rep WHERE rep IN ('" + values + "'))");
            for (Map.Entry<String, String> table : his.entrySet()) {
                assertThat(subscribers.rows(name, table.getKey())).as("%s of %s, %s", table.getKey(), name, when).isEqualTo(subscribers.rows(table.getValue()));
            }
        }
    }

    // ---- what is written ----

    private static int transaction(Connection connection, RandomGenerator random) throws SQLException {
        boolean alone = random.nextInt(3) == 0;
        connection.setAutoCommit(alone);
        int statements = 1 + random.nextInt(alone ? 2 : 6);
        for (int i = 0; i < statements; i++) {
            Savepoint savepoint = alone || i == 0 ? null : connection.setSavepoint();
            try {
                statement(connection, random);
            } catch (SQLException refused) {
                if (refused.getSQLState() == null || !refused.getSQLState().startsWith("23")) {
                    assertThat(refused.getMessage()).as(refused.toString()).containsIgnoringCase("constraint");
                }
                if (savepoint != null) {
                    connection.rollback(savepoint);
                } else if (!alone) {
                    connection.rollback();
                    break; // SQLite would begin the next savepoint outside of a transaction
                }
            }
        }
        if (!alone && random.nextInt(6) == 0) {
            connection.rollback();
        } else if (!alone) {
            connection.commit();
        }
        connection.setAutoCommit(true);
        return statements;
    }

    private static void statement(Connection connection, RandomGenerator random) throws SQLException {
        int customer = random.nextInt(14);
        int other = random.nextInt(14);
        int id = random.nextInt(30);
        String rep = "abcd".substring(random.nextInt(4)).substring(0, 1);
        switch (random.nextInt(16)) {
            case 0, 1 -> say(connection, "INSERT INTO customer VALUES (" + customer + ", 'new')");
            case 2, 3 -> prepared(connection, "INSERT INTO rep (id, customer, rep, active) VALUES (?, ?, ?, ?)", id, customer, rep, random.nextInt(4) == 0 ? 0 : 1);
            case 4, 5 -> prepared(connection, "INSERT INTO orders (id, customer, note) VALUES (?, ?, ?)", id, random.nextInt(8) == 0 ? null : customer, "note");
            case 6 -> batch(connection, id, random.nextInt(5));
            case 7 -> say(connection, "UPDATE rep SET rep = '" + rep + "', active = 1 WHERE customer = " + customer + " OR id = " + id);
            case 8 -> say(connection, "UPDATE rep SET customer = " + other + " WHERE customer = " + customer);
            case 9 -> say(connection, "UPDATE rep SET active = 1 - active WHERE id BETWEEN " + id + " AND " + (id + 5));
            case 10 -> say(connection, "UPDATE orders SET customer = " + other + ", note = 'moved' WHERE customer = " + customer);
            case 11 -> say(connection, "UPDATE customer SET name = 'renamed' WHERE id <= " + customer);
            case 12 -> say(connection, "DELETE FROM rep WHERE customer = " + customer);
            case 13 -> say(connection, "DELETE FROM orders WHERE customer = " + customer + " OR id = " + id);
            case 14 -> say(connection, "INSERT INTO visit VALUES (" + id + ", " + customer + ")");
            default -> say(connection, "DELETE FROM customer WHERE id = " + customer);
        }
    }

    private static void batch(Connection connection, int order, int items) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item (orders, n, goods) VALUES (?, ?, 'goods')")) {
            for (int i = 0; i <= items; i++) {
                insert.setInt(1, order);
                insert.setInt(2, i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void prepared(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    static void say(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
