// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Two databases (embedded H2 files unless said otherwise) and a shared folder in a directory, set up by nothing but SQL, each with its agent beside its connections. Imports nothing of Waybill: what it does, a user can do.
 */
final class HeadOfficeAndBranch implements AutoCloseable {

    final Path directory;
    private final String rawHq;
    private final String rawBranch;
    private final Properties settingsOfHq = new Properties();
    private Connection atBranch;
    private Connection atHq;

    /** @param options appended to both URLs, as {@code ;LOCK_TIMEOUT=300} */
    HeadOfficeAndBranch(Path directory, String options) {
        this(directory, "jdbc:h2:file:" + directory.resolve("hq") + options, "jdbc:h2:file:" + directory.resolve("branch") + options);
    }

    /** Of any two databases, by the URLs of their real drivers. */
    HeadOfficeAndBranch(Path directory, String rawHq, String rawBranch) {
        this.directory = directory;
        this.rawHq = rawHq;
        this.rawBranch = rawBranch;
    }

    String rawHq() {
        return rawHq;
    }

    String rawBranch() {
        return rawBranch;
    }

    String hq() {
        return "jdbc:waybill:" + rawHq().substring("jdbc:".length());
    }

    String branch() {
        return "jdbc:waybill:" + rawBranch().substring("jdbc:".length());
    }

    /** A setting of the connections to HQ that are made here. */
    HeadOfficeAndBranch setAtHq(String setting, String text) {
        settingsOfHq.setProperty(setting, text);
        return this;
    }

    /** The SQL of both sides as the README has it; the publication is given. */
    void setUp(String publication, String name) throws Exception {
        Path messages = Files.createDirectories(directory.resolve("messages"));
        atHq = DriverManager.getConnection(hq(), settingsOfHq);
        execute(atHq, "GRANT PUBLISH TO hq",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'",
                "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'",
                publication,
                "CREATE SUBSCRIPTION TO " + name + " FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO " + name + " FOR branch");
        atBranch = DriverManager.getConnection(branch());
        execute(atBranch, "GRANT PUBLISH TO branch",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'",
                "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    /** Opens both again after they were set up and closed (or killed). */
    void reopen() throws SQLException {
        atHq = DriverManager.getConnection(hq(), settingsOfHq);
        atBranch = DriverManager.getConnection(branch());
    }

    /** Waits until HQ has sequenced everything and the branch has confirmed it. */
    void awaitQuiet(Duration atMost) {
        Awaitility.await().atMost(atMost).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(number(atHq, "SELECT COUNT(*) FROM waybill.outbox")).as("outbox rows at hq").isZero();
            if (rawHq.startsWith("jdbc:mariadb:")) { // where no outbox row stands for what triggers wrote
                assertThat(number(atHq, "SELECT COUNT(*) FROM waybill.trigger_row WHERE writer > 0")).as("rows of triggers at hq").isZero();
            }
            assertThat(text(atBranch, "SELECT CONCAT(state, ' ', COALESCE(state_reason, '')) FROM waybill.remote_user")).as("state of hq at the branch").startsWith("ACTIVE");
            assertThat(number(atHq, "SELECT COUNT(*) FROM waybill.subscription WHERE state <> 'STARTED'")).as("subscriptions not started").isZero();
            assertThat(number(atHq, "SELECT (SELECT log_offset FROM waybill.journal_head) - log_scanned FROM waybill.remote_user")).as("bytes not scanned").isZero();
            assertThat(number(atHq, "SELECT log_sent - confirm_sent FROM waybill.remote_user")).as("bytes sent, not confirmed").isZero();
        });
    }

    /** Fails with what differs. */
    void assertReplicaEquals(List<String> tables) throws SQLException {
        try (Connection here = DriverManager.getConnection(rawHq(), new Properties()); Connection there = DriverManager.getConnection(rawBranch(), new Properties())) { // MariaDB's driver writes into them
            assertThat(TableComparison.differences(here, there, tables)).isEmpty();
        }
    }

    Connection atHq() {
        return atHq;
    }

    Connection atBranch() {
        return atBranch;
    }

    /** Everything that helps to see why they are not quiet. */
    String state() throws SQLException, IOException {
        var text = new StringBuilder();
        for (Connection connection : new Connection[] {atHq, atBranch}) {
            for (String table : List.of("remote_user", "subscription", "journal_head", "lease", "quarantine")) {
                text.append(table).append('\n');
                append(text, connection, local(connection, "SELECT * FROM waybill." + table));
            }
            text.append("staged\n");
            append(text, connection, local(connection, "SELECT sender, epoch, prev, this, cut, COUNT(*), MIN(sequence), MAX(sequence), MAX(total_bytes) FROM waybill.staged_part GROUP BY sender, epoch, prev, this, cut"));
        }
        try (Stream<Path> files = Files.walk(directory.resolve("messages"))) {
            files.sorted().limit(200).forEach(file -> text.append(directory.relativize(file)).append('\n'));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    text.append("  ").append(row.getMetaData().getColumnName(i)).append('=').append(row.getString(i));
                }
                text.append('\n');
            }
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Where a database has no schemas inside it, our tables have a prefix. */
    private static String local(Connection connection, String sql) throws SQLException {
        return List.of("SQLite", "MariaDB").contains(connection.getMetaData().getDatabaseProductName()) ? sql.replace("waybill.", "waybill_") : sql;
    }

    static long number(Connection connection, String sql) throws SQLException {
        return Long.parseLong(text(connection, sql));
    }

    static String text(Connection connection, String sql) throws SQLException {
        String local = local(connection, sql);
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(local)) {
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
        Agents.awaitEnd();
    }
}
