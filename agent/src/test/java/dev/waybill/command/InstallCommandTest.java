// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallCommandTest {

    private static final String USERS = "SELECT user_name FROM INFORMATION_SCHEMA.USERS ORDER BY 1";

    @TempDir
    private Path directory;
    private Database hq;

    @BeforeEach
    void makeDatabase() throws SQLException {
        hq = Database.at(directory, "hq").bare("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'Bach')",
                "CREATE USER app PASSWORD 'app'", "GRANT SELECT, INSERT, UPDATE, DELETE ON artist TO app");
    }

    @Test
    void installMayBeRepeated() throws SQLException {
        assertThat(Outcome.done("install", hq.url()).out()).contains("Installed").contains("GRANT PUBLISH TO name");
        List<String> once = hq.script();
        assertThat(Outcome.done("install", "jdbc:waybill:" + hq.url().substring("jdbc:".length())).out()).contains("Nothing to do");
        assertThat(hq.script()).isEqualTo(once);
    }

    @Test
    void printedStatementsInstallWhenRunByHand() throws SQLException {
        List<String> before = hq.script();
        String printed = Outcome.done("install", hq.url(), "--print", "--grant", "app").out();
        assertThat(hq.script()).as("printing changes nothing").isEqualTo(before);
        hq.bare("RUNSCRIPT FROM '" + write(printed) + "'");
        assertThat(Outcome.done("install", hq.url()).out()).contains("Nothing to do");
        assertApplicationWrites();
    }

    @Test
    void grantLetsAnApplicationWriteThroughTheDriverAndNoMore() throws SQLException {
        assertThat(Outcome.done("install", hq.url(), "--grant", "app").out()).contains("Granted to app");
        assertApplicationWrites();
        try (Connection app = DriverManager.getConnection(hq.url(), "app", "app"); Statement statement = app.createStatement()) {
            for (String forbidden : List.of("DELETE FROM waybill.outbox", "UPDATE waybill.outbox SET payload = X'01'", "INSERT INTO waybill.journal SELECT * FROM waybill.journal", "DELETE FROM waybill.journal",
                    "UPDATE waybill.catalogue SET version = 7", "UPDATE waybill.lease SET token = 7", "UPDATE waybill.remote_user SET log_sent = 0", "DELETE FROM waybill.counter", "DROP SCHEMA waybill CASCADE",
                    "CREATE TABLE waybill.mine (id INT)")) {
                assertThatThrownBy(() -> statement.execute(forbidden)).as(forbidden).isInstanceOf(SQLException.class).hasMessageContaining("ights");
            }
        }
    }

    private void assertApplicationWrites() throws SQLException {
        hq.say("GRANT PUBLISH TO hq", "CREATE PUBLICATION music (TABLE artist)");
        String url = "jdbc:waybill:" + hq.url().substring("jdbc:".length()) + ";USER=app;PASSWORD=app";
        Outcome.done("sql", url, "INSERT INTO artist VALUES (2, 'Ravel')", "UPDATE artist SET name = 'J. S. Bach' WHERE id = 1", "DELETE FROM artist WHERE id = 2");
        assertThat(hq.rows("SELECT COUNT(DISTINCT SUBSTRING(payload FROM 7 FOR 16)) FROM waybill.outbox")).containsExactly("3");
        assertThat(hq.rows("SELECT name FROM artist")).containsExactly("J. S. Bach");
    }

    @Test
    void withoutTheGrantAnApplicationIsRefusedAndNothingIsWritten() throws SQLException {
        Outcome.done("install", hq.url());
        hq.say("GRANT PUBLISH TO hq", "CREATE PUBLICATION music (TABLE artist)");
        Outcome refused = Outcome.of("sql", hq.url() + ";USER=app;PASSWORD=app", "INSERT INTO artist VALUES (2, 'Ravel')");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("rights");
        assertThat(hq.rows("SELECT name FROM artist")).containsExactly("Bach");
    }

    @Test
    void uninstallLeavesNoTrace() throws SQLException {
        List<String> before = hq.script();
        Outcome.done("install", hq.url(), "--grant", "app");
        hq.say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'",
                "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
        Outcome.done("agent", hq.url(), "--once");
        Outcome asked = Outcome.of("uninstall", hq.url());
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(asked.out()).contains("Publisher hq").contains("branch: ").contains("not confirmed").contains("--yes");
        assertThat(hq.rows("SELECT publisher FROM waybill.catalogue")).containsExactly("hq");
        assertThat(Outcome.done("uninstall", hq.url(), "--yes").out()).contains("Removed");
        assertThat(hq.script()).isEqualTo(before);
        assertThat(hq.rows(USERS)).containsExactly("", "APP");
        assertThat(Outcome.done("uninstall", hq.url(), "--yes").out()).contains("Nothing to do");
    }

    @Test
    void foreignSchemaOfOurNameIsLeftAlone() throws SQLException {
        hq.bare("CREATE SCHEMA waybill", "CREATE TABLE waybill.freight (id INT PRIMARY KEY)");
        List<String> before = hq.script();
        for (Outcome outcome : List.of(Outcome.of("install", hq.url()), Outcome.of("uninstall", hq.url(), "--yes"))) {
            assertThat(outcome.all()).containsAnyOf("not of Waybill", "not installed");
            assertThat(hq.script()).isEqualTo(before);
        }
    }

    private Path write(String text) {
        try {
            return Files.writeString(directory.resolve("install.sql"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
