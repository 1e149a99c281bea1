// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent beside an application begins and ends with what the application does, and a setting turns it off. */
class AgentBesideTest {

    @TempDir
    private Path directory;

    @Test
    void committedChangesAreSequencedByTheAgentBesideTheApplication() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url())) {
            publish(connection);
            await().atMost(Duration.ofSeconds(120)).until(() -> journalLength(connection) == 1);
        }
    }

    @Test
    void embeddedDatabaseIsFreeWhenTheApplicationHasLetGo() throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(url())) {
            publish(connection);
        }
        try (FileChannel file = FileChannel.open(directory.resolve("orders.mv.db"), StandardOpenOption.WRITE); FileLock lock = file.tryLock()) {
            assertThat(lock).as("H2 locks its file while the database is open").isNotNull();
        }
    }

    @Test
    void agentOfAnApplicationThatBeginsToWriteAtOnceLeavesOthersTheFile() throws SQLException {
        String url = "sqlite:" + directory.resolve("orders.db") + "?transaction_mode=IMMEDIATE&busy_timeout=60000";
        try (Connection connection = DriverManager.getConnection("jdbc:waybill:" + url); Connection bare = DriverManager.getConnection("jdbc:" + url); Statement statement = bare.createStatement()) {
            publish(connection);
            await().atMost(Duration.ofSeconds(120)).until(() -> journalLength(connection) == 1);
            statement.executeUpdate("INSERT INTO artist VALUES (2, 'of a program without Waybill')");
        }
    }

    @Test
    void withoutAnAgentNothingIsSequenced() throws SQLException {
        Properties off = new Properties();
        off.setProperty("waybill.agent", "off");
        try (Connection connection = DriverManager.getConnection(url(), off)) {
            publish(connection);
            assertThat(journalLength(connection)).isZero();
            assertThat(agents()).isZero();
        }
    }

    @Test
    void agentStartsWithThePublisherAndNotBefore() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url()); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY, name VARCHAR(50))");
            assertThat(agents()).isZero();
            statement.execute("GRANT PUBLISH TO hq");
            assertThat(agents()).isPositive();
        }
    }

    @Test
    void readOnlyConnectionsHaveNoAgent() throws SQLException {
        Properties off = new Properties();
        off.setProperty("waybill.agent", "off");
        try (Connection connection = DriverManager.getConnection(url(), off)) {
            publish(connection);
        }
        try (Connection connection = DriverManager.getConnection(url() + ";ACCESS_MODE_DATA=r"); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT name FROM artist")) {
            assertThat(connection.isReadOnly()).isTrue();
            assertThat(rows.next()).isTrue();
            assertThat(journalLength(connection)).isZero();
            assertThat(agents()).isZero();
        }
    }

    /** H2 takes setReadOnly for a hint: the connection can still write, and says so; what it writes is sent. */
    @Test
    void connectionThatOnlyWasAskedToBeReadOnlyHasOne() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url())) {
            connection.setReadOnly(true);
            assertThat(connection.isReadOnly()).isFalse();
            publish(connection);
            await().atMost(Duration.ofSeconds(120)).until(() -> journalLength(connection) == 1);
        }
    }

    private static long agents() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("waybill-agent")).count();
    }

    private String url() {
        return "jdbc:waybill:h2:" + directory.resolve("orders");
    }

    private static void publish(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY, name VARCHAR(50))");
            statement.execute("GRANT PUBLISH TO hq");
            statement.execute("CREATE PUBLICATION music (TABLE artist)");
            statement.execute("INSERT INTO artist VALUES (1, 'Bach')");
        }
    }

    private static int journalLength(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet count = statement.executeQuery("SELECT count(*) FROM waybill.journal")) {
            count.next();
            return count.getInt(1);
        }
    }
}
