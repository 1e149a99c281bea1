// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.extraction.Extraction;
import dev.waybill.extraction.ExtractionHandler;
import dev.waybill.extraction.Place;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every product as head office and as branch: several write without a pause, an agent works beside them, and a branch is extracted meanwhile. */
@Tag("extended")
class ExtractionOnAllTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int WRITERS = 3;
    private static final int TRANSACTIONS = 60;

    @TempDir
    private Path directory;

    private final ExecutorService beside = Executors.newCachedThreadPool();
    private final AtomicInteger sales = new AtomicInteger();

    @AfterEach
    void end() {
        beside.shutdown();
    }

    private String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }

    private String mariaDb() throws SQLException {
        return MariaDbServer.running().freshDatabase().url();
    }

    private String sqlite(String name) {
        return "jdbc:sqlite:" + directory.resolve(name + ".db") + "?busy_timeout=60000&transaction_mode=IMMEDIATE";
    }

    private String hsqldb(String name) {
        return "jdbc:hsqldb:file:" + directory.resolve(name) + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }

    private String h2(String name) {
        return "jdbc:h2:file:" + directory.resolve(name) + ";LOCK_TIMEOUT=10000";
    }

    @Test
    void postgresFromPostgresInParallel() throws Exception {
        assertThat(extracted(postgres(), postgres())).anyMatch(said -> said.contains("3 connections read the tables"));
    }

    @Test
    void postgresFromH2() throws Exception {
        assertThat(extracted(h2("hq"), postgres())).anyMatch(said -> said.contains("connections to h2 cannot share a snapshot"));
    }

    @Test
    void mariaDbFromPostgres() throws Exception {
        extracted(postgres(), mariaDb());
    }

    @Test
    void sqliteFromMariaDb() throws Exception {
        extracted(mariaDb(), sqlite("shop1"));
    }

    @Test
    void hsqldbFromSqlite() throws Exception {
        extracted(sqlite("hq"), hsqldb("shop1"));
    }

    @Test
    void h2FromHsqldb() throws Exception {
        extracted(hsqldb("hq"), h2("shop1"));
    }

    private List<String> extracted(String hqUrl, String shopUrl) throws Exception {
        List<String> said = new ArrayList<>();
        try (Connection hq = site(hqUrl, "auto"); Connection shopHeld = DriverManager.getConnection(shopUrl)) {
            setUp(hq);
            CountDownLatch begun = new CountDownLatch(WRITERS);
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(beside.submit(() -> {
                    write(hqUrl, begun);
                    return null;
                }));
            }
            begun.await();
            extract(hqUrl, shopUrl, said);
            for (Future<?> writer : writers) {
                writer.get();
            }
            try (Connection shop = site(shopUrl, "auto")) {
                awaitEqual(hqUrl, shopUrl);
                execute(shop, "INSERT INTO sale VALUES (100000, 2, 7)", "UPDATE clerk SET full_name = 'Cyrus' WHERE id = 3");
                await().atMost(PATIENCE).until(() -> rows(hqUrl, "SELECT full_name FROM clerk WHERE id = 3").equals(List.of("Cyrus")));
                awaitEqual(hqUrl, shopUrl);
                assertThat(shopHeld.isClosed()).isFalse();
            }
        }
        return said;
    }

    private void setUp(Connection hq) throws SQLException {
        execute(hq, "CREATE TABLE clerk (id INT PRIMARY KEY, full_name VARCHAR(50), boss INT, FOREIGN KEY (boss) REFERENCES clerk (id))",
                "CREATE TABLE sale (id INT PRIMARY KEY, clerk INT NOT NULL, amount INT, FOREIGN KEY (clerk) REFERENCES clerk (id))",
                "INSERT INTO clerk VALUES (3, 'Cy', NULL)", "INSERT INTO clerk VALUES (1, 'Ada', 3)", "INSERT INTO clerk VALUES (2, 'Ben', 1)",
                "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'",
                "CREATE PUBLICATION shop (TABLE clerk, TABLE sale)", "GRANT REMOTE TO shop1 TYPE FILE ADDRESS 'shop1' SEND EVERY '00:00:00'", "CREATE SUBSCRIPTION TO shop FOR shop1");
        for (int i = 0; i < 50; i++) {
            execute(hq, "INSERT INTO sale VALUES (" + sales.incrementAndGet() + ", 1, 5)");
        }
    }

    /** Until its transactions are committed, however often the database wants one repeated. */
    private void write(String url, CountDownLatch begun) throws SQLException {
        try (Connection connection = site(url, "off"); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int done = 0; done < TRANSACTIONS; ) {
                int id = sales.incrementAndGet();
                try {
                    statement.executeUpdate("INSERT INTO sale VALUES (" + id + ", " + (1 + id % 3) + ", " + id + ")");
                    statement.executeUpdate("UPDATE sale SET amount = amount + 1 WHERE id = " + id / 2);
                    if (id % 3 == 0) {
                        statement.executeUpdate("DELETE FROM sale WHERE id = " + id);
                    }
                    connection.commit();
                    if (++done == 3) {
                        begun.countDown();
                    }
                } catch (SQLTransientException again) {
                    connection.rollback();
                } catch (SQLException failed) {
                    connection.rollback();
                    if (!"40001".equals(failed.getSQLState()) && !"40P01".equals(failed.getSQLState())) {
                        throw failed;
                    }
                }
            }
        }
    }

    private void extract(String hqUrl, String shopUrl, List<String> said) throws Exception {
        ExtractionHandler handler = new ExtractionHandler() {
            @Override
            public void said(String sentence) {
                said.add(sentence);
            }

            @Override
            public void went(String what, int done, int all, long rows) {
                said.add(what + " " + done + "/" + all);
            }
        };
        Place hq = Place.of(() -> DriverManager.getConnection(hqUrl));
        Place shop = Place.of(() -> DriverManager.getConnection(shopUrl));
        new Extraction(hq, directory.resolve("spool"), new Extraction.Choices(Map.of(), true, false, 3, false), beside, InstantSource.system(), handler).run(Map.of("shop1", shop));
    }

    private static void awaitEqual(String hqUrl, String shopUrl) {
        String clerks = "SELECT id, full_name, boss FROM clerk ORDER BY id";
        String sold = "SELECT id, clerk, amount FROM sale ORDER BY id";
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(rows(shopUrl, sold)).hasSizeGreaterThan(100).isEqualTo(rows(hqUrl, sold));
            assertThat(rows(shopUrl, clerks)).isEqualTo(rows(hqUrl, clerks));
        });
    }

    private static Connection site(String url, String agent) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("waybill.agent", agent);
        settings.setProperty("waybill.poll", "50ms");
        settings.setProperty("waybill.patience", "300ms");
        return DriverManager.getConnection("jdbc:waybill:" + url.substring("jdbc:".length()), settings);
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> rows(String url, String query) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                StringBuilder text = new StringBuilder();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    text.append(column == 1 ? "" : " ").append(rows.getString(column));
                }
                texts.add(text.toString());
            }
            return texts;
        }
    }
}
