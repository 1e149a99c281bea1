// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** One embedded H2 file of a story, by URL and SQL alone, with the agent beside its connections. */
final class Site implements AutoCloseable {

    private static final AtomicInteger OPEN = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    final String name;
    private final Path folder;
    private final Properties settings = new Properties();
    private Connection connection;

    Site(Path folder, String name) {
        OPEN.incrementAndGet();
        this.folder = folder;
        this.name = name;
        settings.setProperty("waybill.patience", "300ms");
        settings.setProperty("waybill.poll", "50ms");
    }

    Site set(String setting, String text) {
        settings.setProperty(setting, text);
        return this;
    }

    /** The file without its ending. */
    Path file() {
        return folder.resolve(name);
    }

    /** Another connection through the driver. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:waybill:h2:file:" + file() + ";LOCK_TIMEOUT=500", settings);
    }

    /** A connection through the bare driver. */
    Connection bare() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:" + file() + ";LOCK_TIMEOUT=500");
    }

    /** The connection that keeps the database and its agent. */
    Connection connection() throws SQLException {
        if (connection == null) {
            connection = connect();
        }
        return connection;
    }

    Site say(String... statements) throws SQLException {
        HeadOfficeAndBranch.execute(connection(), statements);
        return this;
    }

    /** Says who it is and where messages lie. */
    Site publisher() throws SQLException {
        return say("GRANT PUBLISH TO " + name, "CREATE REMOTE MESSAGE TYPE FILE ADDRESS '" + name + "'", "SET REMOTE FILE OPTION directory = '" + folder.resolve("messages") + "'");
    }

    Site above(String remote) throws SQLException {
        return say("GRANT REMOTE TO " + remote + " TYPE FILE ADDRESS '" + remote + "' SEND EVERY '00:00:00'");
    }

    Site below(String consolidated) throws SQLException {
        return say("GRANT CONSOLIDATE TO " + consolidated + " TYPE FILE ADDRESS '" + consolidated + "' SEND EVERY '00:00:00'");
    }

    long number(String sql) throws SQLException {
        return HeadOfficeAndBranch.number(connection(), sql);
    }

    String text(String sql) throws SQLException {
        return HeadOfficeAndBranch.text(connection(), sql);
    }

    private boolean has(List<String> tables) throws SQLException {
        for (String table : tables) {
            if (text("SELECT 1 FROM information_schema.tables WHERE table_schema = 'PUBLIC' AND table_name = UPPER('" + table + "')").equals("no row")) {
                return false;
            }
        }
        return true;
    }

    /** Waits until the tables are here, as they are there, and nothing is unconfirmed. */
    void awaitEqual(Site source, String... tables) {
        List<String> names = List.of(tables);
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(25)).untilAsserted(() -> {
            assertThat(has(names)).as("tables at " + name).isTrue();
            // read, not counted: of a database that was killed H2 may count rows that nobody can see
            assertThat(source.number("SELECT COALESCE(SUM(OCTET_LENGTH(payload)), 0) FROM waybill.outbox")).as("bytes in the outbox at " + source.name).isZero();
            assertThat(source.number("SELECT COUNT(*) FROM waybill.subscription WHERE state LIKE 'SYNCHRONIZ%' AND user_name = '" + name + "'")).as("snapshots under way").isZero();
            assertThat(source.number("SELECT log_sent - confirm_sent FROM waybill.remote_user WHERE user_name = '" + name + "'")).as("unconfirmed").isZero();
            assertThat(source.number("SELECT (SELECT log_offset FROM waybill.journal_head) - log_scanned FROM waybill.remote_user WHERE user_name = '" + name + "'")).as("not scanned").isZero();
            try (Connection here = bare(); Connection there = source.bare()) {
                assertThat(TableComparison.differences(there, here, names)).isEmpty();
            }
        });
    }

    /** Lets go of the database; the next statement opens it again. */
    void leave() throws SQLException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public void close() throws SQLException {
        leave();
        if (OPEN.decrementAndGet() == 0) {
            Agents.awaitEnd();
        }
    }
}
