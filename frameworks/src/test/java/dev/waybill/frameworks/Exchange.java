// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * The database of an application and its replica, set up by nothing but URLs and SQL, with a folder between them; whatever a framework writes to a published table has to arrive. Imports nothing of Waybill.
 */
final class Exchange implements AutoCloseable {

    /** The products that the stories are told on. */
    enum Product { H2, POSTGRESQL }

    private final Path directory;
    private final String rawHq;
    private final String rawBranch;
    private Connection atHq;
    private Connection atBranch;

    private Exchange(Path directory, String rawHq, String rawBranch) {
        this.directory = directory;
        this.rawHq = rawHq;
        this.rawBranch = rawBranch;
    }

    static Exchange on(Product product, Path directory) throws SQLException {
        return product == Product.H2 ? new Exchange(directory, h2(directory, "hq"), h2(directory, "branch")) : new Exchange(directory, postgres(), postgres());
    }

    private static String h2(Path directory, String name) {
        return "jdbc:h2:file:" + directory.resolve(name) + ";LOCK_TIMEOUT=2000";
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }

    /** What the application is given: its URL, changed. */
    String url() {
        return changed(rawHq);
    }

    /** What it had before. */
    String rawUrl() {
        return rawHq;
    }

    private static String changed(String raw) {
        return raw.replaceFirst("^jdbc:", "jdbc:waybill:");
    }

    /** Before anybody else is there, past Waybill. */
    Exchange made(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(rawHq)) {
            execute(connection, statements);
        }
        return this;
    }

    /** From now on these tables have a replica. */
    Exchange publish(String... tables) throws Exception {
        Path messages = Files.createDirectories(directory.resolve("messages"));
        atHq = DriverManager.getConnection(changed(rawHq));
        execute(atHq, "GRANT PUBLISH TO hq",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'",
                "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'",
                "CREATE PUBLICATION everything (TABLE " + String.join(", TABLE ", tables) + ")",
                "CREATE SUBSCRIPTION TO everything FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO everything FOR branch");
        atBranch = DriverManager.getConnection(changed(rawBranch));
        execute(atBranch, "GRANT PUBLISH TO branch",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'",
                "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
        return this;
    }

    /** Waits until everything has been sent and confirmed; then the replica has what the source has, and the first of these tables has at least so many rows. */
    void assertReplicated(int atLeast, String... tables) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(text(atHq, "SELECT COUNT(*) FROM waybill.outbox")).as("outbox rows").isEqualTo("0");
            assertThat(text(atHq, "SELECT COUNT(*) FROM waybill.subscription WHERE state <> 'STARTED'")).as("subscriptions not started").isEqualTo("0");
            assertThat(text(atHq, "SELECT (SELECT log_offset FROM waybill.journal_head) - log_scanned FROM waybill.remote_user")).as("bytes not scanned").isEqualTo("0");
            assertThat(text(atHq, "SELECT log_sent - confirm_sent FROM waybill.remote_user")).as("bytes not confirmed").isEqualTo("0");
            assertThat(text(atBranch, "SELECT state || ' ' || COALESCE(state_reason, '') FROM waybill.remote_user")).startsWith("ACTIVE");
            try (Connection here = DriverManager.getConnection(rawHq); Connection there = DriverManager.getConnection(rawBranch)) {
                for (String table : tables) {
                    assertThat(rows(there, table)).as(table).isEqualTo(rows(here, table));
                }
                assertThat(rows(there, tables[0])).hasSizeGreaterThanOrEqualTo(atLeast);
            }
        });
    }

    private static List<String> rows(Connection connection, String table) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    text.append(row.getMetaData().getColumnName(i)).append('=').append(row.getString(i)).append(' ');
                }
                rows.add(text.toString());
            }
        }
        Collections.sort(rows);
        return rows;
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "no row";
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : new Connection[] {atHq, atBranch}) {
            if (connection != null) {
                connection.close();
            }
        }
    }
}
