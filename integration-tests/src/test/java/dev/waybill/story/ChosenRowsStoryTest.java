// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A branch gets the rows of its own region alone, by a publication with WHERE, while several threads move rows in and out of it. Told with every product as head office; imports nothing of Waybill.
 *
 * <p>At any time the branch sees whole transactions: as many seats are in the region as there have always been, since each transaction that takes one away brings another. In the end it has what the same condition finds at head office.
 */
class ChosenRowsStoryTest {

    private static final String CONDITION = "(place IN ('north', 'west') OR place = 'south' AND amount > 60) AND NOT closed = 1 AND due IS NOT NULL";
    private static final String STOCK = "SELECT id, place, amount, note FROM stock WHERE " + CONDITION;
    private static final int SEATS = 20;
    private static final int THREADS = 3;

    @TempDir
    private Path directory;

    @Test
    void h2KeepsItAtH2() throws Exception {
        keep(h2("hq"), h2("branch"), "VARCHAR(20)", 80);
    }

    @Test
    void postgresKeepsItAtH2() throws Exception {
        keep(PostgresServer.running().freshDatabase().url(), h2("branch"), "VARCHAR(20)", 40);
    }

    @Test
    @Tag("extended")
    void h2KeepsItAtPostgres() throws Exception {
        keep(h2("hq"), PostgresServer.running().freshDatabase().url(), "VARCHAR(20)", 60);
    }

    @Test
    @Tag("extended")
    void mariaDbKeepsItAtH2() throws Exception {
        keep(MariaDbServer.running().freshDatabase().url(), h2("branch"), "VARCHAR(20) COLLATE utf8mb4_bin", 30);
    }

    @Test
    void sqliteKeepsItAtH2() throws Exception {
        keep("jdbc:sqlite:" + directory.resolve("hq.db") + "?foreign_keys=on&busy_timeout=20000", h2("branch"), "VARCHAR(20)", 30);
    }

    @Test
    @Tag("extended")
    void hsqldbKeepsItAtH2() throws Exception {
        keep("jdbc:hsqldb:file:" + directory.resolve("db-hq").resolve("db") + ";hsqldb.tx=mvcc;hsqldb.write_delay=false", h2("branch"), "VARCHAR(20)", 30);
    }

    private String h2(String name) {
        return "jdbc:h2:file:" + directory.resolve(name) + ";LOCK_TIMEOUT=2000";
    }

    private void keep(String hq, String branch, String text, int transactionsEach) throws Exception {
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, hq, branch)) {
            try (Connection before = connection(hq)) {
                open(before, text);
            }
            sites.setUp("CREATE PUBLICATION near (TABLE stock (id, place, amount, note) WHERE " + CONDITION + ", TABLE seat WHERE place = 'north')", "near");
            sites.awaitQuiet(Duration.ofSeconds(120));
            assertSame(sites);
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService watch = Executors.newSingleThreadExecutor();
            Future<Integer> looks = watch.submit(() -> look(sites.rawBranch(), done));
            try {
                concurrently(() -> DriverManager.getConnection(sites.hq()), transactionsEach);
                sites.awaitQuiet(Duration.ofSeconds(120));
            } catch (Throwable late) {
                throw new AssertionError(sites.state(), late);
            } finally {
                done.set(true);
                watch.shutdown();
            }
            assertThat(looks.get()).as("looks at the branch").isPositive();
            assertSame(sites);
            assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM waybill.counter WHERE name = 'uncaptured'")).isZero();
        }
    }

    private static Connection connection(String raw) throws SQLException {
        return DriverManager.getConnection(raw, new Properties());
    }

    private static void open(Connection connection, String text) throws SQLException {
        HeadOfficeAndBranch.execute(connection, "CREATE TABLE stock (id INT NOT NULL PRIMARY KEY, place " + text + ", amount INT NOT NULL, note VARCHAR(200), due INT, closed INT NOT NULL)",
                "CREATE TABLE seat (id INT NOT NULL PRIMARY KEY, place " + text + " NOT NULL, taken INT NOT NULL)");
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 40; i++) {
            run(connection, "INSERT INTO stock (id, place, amount, note, due, closed) VALUES (?, ?, ?, ?, ?, ?)", i, place(random), random.nextInt(100), "first", due(random), random.nextInt(4) / 3);
        }
        for (int i = 0; i < 2 * SEATS; i++) {
            run(connection, "INSERT INTO seat (id, place, taken) VALUES (?, ?, 0)", i, i < SEATS ? "north" : "south");
        }
    }

    /** How often it looked before all was done; every look has to find all seats. */
    private static int look(String branch, AtomicBoolean done) throws SQLException {
        int looks = 0;
        try (Connection connection = connection(branch); Statement statement = connection.createStatement()) {
            while (!done.get()) {
                try (ResultSet row = statement.executeQuery("SELECT COUNT(*), COUNT(DISTINCT id), MIN(place), MAX(place) FROM seat")) {
                    row.next();
                    assertThat(row.getInt(1) + " " + row.getInt(2) + " " + row.getString(3) + " " + row.getString(4)).isEqualTo(SEATS + " " + SEATS + " north north");
                }
                looks++;
                Thread.yield();
            }
        }
        return looks;
    }

    private static void assertSame(HeadOfficeAndBranch sites) throws SQLException {
        try (Connection hq = connection(sites.rawHq()); Connection branch = connection(sites.rawBranch())) {
            assertThat(rows(branch, "SELECT id, place, amount, note FROM stock")).isEqualTo(rows(hq, STOCK)).isNotEmpty();
            assertThat(rows(branch, "SELECT id, place, taken FROM seat")).isEqualTo(rows(hq, "SELECT id, place, taken FROM seat WHERE place = 'north'")).hasSize(SEATS);
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql + " ORDER BY id")) {
            while (row.next()) {
                rows.add(row.getString(1) + "|" + row.getString(2) + "|" + row.getString(3) + (row.getMetaData().getColumnCount() > 3 ? "|" + row.getString(4) : ""));
            }
        }
        return rows;
    }

    // ---- work ----

    private static void concurrently(Callable<Connection> connections, int transactionsEach) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            SplittableRandom random = new SplittableRandom(transactionsEach);
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom own = random.split();
                int first = 1_000 * (i + 1);
                all.add(executor.submit(() -> {
                    try (Connection connection = connections.call()) {
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
        connection.setAutoCommit(random.nextInt(5) == 0);
        try {
            if (connection.getAutoCommit()) {
                stock(connection, random, fresh);
                return;
            }
            for (int i = random.nextInt(3); i >= 0; i--) {
                stock(connection, random, fresh + 100_000 * i);
            }
            if (random.nextBoolean()) {
                exchange(connection, random);
            }
            if (random.nextInt(10) == 0) {
                Savepoint savepoint = connection.setSavepoint();
                run(connection, "UPDATE stock SET place = 'north'");
                connection.rollback(savepoint);
            }
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                connection.commit();
            }
        } catch (SQLException e) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            String state = String.valueOf(e.getSQLState());
            boolean busy = e.getMessage() != null && e.getMessage().contains("SQLITE_BUSY");
            if (!(busy || state.startsWith("40") || state.startsWith("23") || state.equals("HYT00") || state.equals("HY000") || state.equals("55P03"))) {
                throw e;
            }
        }
    }

    /** One seat leaves the region and another one comes: each is taken in hand before it is known whether it is where it is believed to be. */
    private static void exchange(Connection connection, RandomGenerator random) throws SQLException {
        int leaves = run(connection, "UPDATE seat SET place = 'south', taken = taken + 1 WHERE place = 'north' AND id = ?", random.nextInt(2 * SEATS));
        int comes = run(connection, "UPDATE seat SET place = 'north', taken = taken + 1 WHERE place = 'south' AND id = ?", random.nextInt(2 * SEATS));
        if (leaves != comes) {
            throw new SQLException("not one for one", "40001");
        }
    }

    private static void stock(Connection connection, RandomGenerator random, int fresh) throws SQLException {
        int id = random.nextInt(40);
        switch (random.nextInt(11)) {
            case 0 -> run(connection, "INSERT INTO stock (id, place, amount, note, due, closed) VALUES (?, ?, ?, ?, ?, ?)", fresh, place(random), random.nextInt(100), "new", due(random), random.nextInt(4) / 3);
            case 1 -> run(connection, "DELETE FROM stock WHERE id > 100 AND amount < ?", random.nextInt(60));
            case 2, 3 -> run(connection, "UPDATE stock SET place = ? WHERE id = ?", place(random), id);
            case 4 -> run(connection, "UPDATE stock SET note = ? WHERE id = ?", "note " + random.nextInt(), id);
            case 5 -> run(connection, "UPDATE stock SET amount = ?, closed = 1 - closed WHERE id BETWEEN ? AND ?", random.nextInt(100), id, id + 5);
            case 6 -> run(connection, "UPDATE stock SET due = ? WHERE place = ?", due(random), place(random));
            case 7 -> batch(connection, random);
            case 8 -> run(connection, "UPDATE stock SET id = ?, place = ? WHERE id = ?", fresh + 500, place(random), 1_000 + random.nextInt(200));
            case 9 -> run(connection, "UPDATE stock SET place = CASE WHEN place = 'north' THEN 'south' ELSE 'north' END, note = 'turned' WHERE id = ?", id);
            default -> run(connection, "DELETE FROM stock WHERE id = ?", 1_000 + random.nextInt(200));
        }
    }

    private static void batch(Connection connection, RandomGenerator random) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE stock SET place = ?, amount = amount + 1 WHERE id = ?")) {
            for (int i = 0; i < 5; i++) {
                update.setString(1, place(random));
                update.setInt(2, random.nextInt(40));
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    private static String place(RandomGenerator random) {
        return List.of("north", "south", "west", "North", "north ", "east").get(random.nextInt(6));
    }

    private static Object due(RandomGenerator random) {
        return random.nextInt(4) == 0 ? null : Integer.valueOf(random.nextInt(9));
    }

    private static int run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                if (values[i] == null) {
                    statement.setNull(i + 1, Types.INTEGER);
                } else {
                    statement.setObject(i + 1, values[i]);
                }
            }
            return statement.executeUpdate();
        }
    }
}
