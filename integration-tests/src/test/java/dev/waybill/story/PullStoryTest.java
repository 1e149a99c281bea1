// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.databases.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office on PostgreSQL with {@code ./waybill agent} in a process of its own, which is killed again and again, and a branch on H2 with its agent beside the application: calls both ways, pull, and the recipe. */
@Tag("extended")
class PullStoryTest {

    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    @Test
    void branchCallsAndRefreshesWhileTheAgentOfTheOfficeIsKilledAgainAndAgain() throws Exception {
        String office = PostgresServer.running().freshDatabase().url();
        try (Connection hq = connect("jdbc:waybill:" + office.substring("jdbc:".length()), "off"); Connection branch = connect("jdbc:waybill:h2:" + folder.resolve("branch"), "auto")) {
            say(hq, "CREATE TABLE price (id INT PRIMARY KEY, amount INT)", "CREATE TABLE orders (id INT)", "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + folder.resolve("messages") + "'",
                    "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND ON REQUEST", "CREATE PUBLICATION prices (TABLE price)", "GRANT REFRESH ON PUBLICATION prices TO branch", "CREATE REMOTE PROCEDURE take_order AS INSERT INTO orders VALUES (?)",
                    "GRANT EXECUTE ON REMOTE PROCEDURE take_order TO branch", "SET SYNC PROPERTY region = 'EU' FOR REPLICA branch");
            say(branch, "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + folder.resolve("messages") + "'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'",
                    "CREATE REMOTE PROCEDURE prices_came AS REFRESH prices", "GRANT EXECUTE ON REMOTE PROCEDURE prices_came TO hq");
            int called = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                Process agent = agent(office);
                try {
                    say(hq, "INSERT INTO price VALUES (" + round + ", " + round + ")");
                    say(branch, "REFRESH prices TIMEOUT 120");
                    assertThat(number(branch, "SELECT COUNT(*) FROM price")).isEqualTo(round + (round - 1));
                    say(branch, "CALL take_order(" + ++called + ") AT hq TIMEOUT 120");
                    assertThat(number(hq, "SELECT COUNT(*) FROM orders")).isEqualTo(called);
                    say(hq, "START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' RETRY 1, 600 UNIQUE CALL prices_came AT DEFAULT TIMEOUT 120");
                } finally {
                    agent.destroyForcibly().waitFor(); // perhaps in the middle of the job
                }
                int id = 100 + round;
                Process next = agent(office);
                try {
                    say(hq, "INSERT INTO price VALUES (" + id + ", 0)", "START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' RETRY 1, 600 UNIQUE CALL prices_came AT DEFAULT TIMEOUT 120");
                    await().atMost(Duration.ofSeconds(240)).pollInterval(Duration.ofMillis(50)).until(() -> number(branch, "SELECT COUNT(*) FROM price WHERE id = " + id) == 1);
                } finally {
                    next.destroyForcibly().waitFor();
                }
            }
            assertThat(number(hq, "SELECT COUNT(DISTINCT id) FROM orders")).isEqualTo(number(hq, "SELECT COUNT(*) FROM orders")).isEqualTo(ROUNDS);
            await().atMost(Duration.ofSeconds(240)).pollInterval(Duration.ofMillis(50)).until(() -> number(branch, "SELECT COUNT(*) FROM waybill.remote_call") == 0); // of jobs that the killed agents began
        }
        Agents.awaitEnd();
    }

    private Process agent(String office) throws IOException {
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.waybill.command.Main", "agent", office);
        File log = folder.resolve("agents.log").toFile();
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
    }

    private static Connection connect(String url, String agent) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("waybill.agent", agent);
        return DriverManager.getConnection(url, properties);
    }

    private static void say(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
