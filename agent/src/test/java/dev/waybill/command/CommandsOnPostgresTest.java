// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.databases.PostgresDatabase;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command on PostgreSQL, by the URL that its own driver takes. */
class CommandsOnPostgresTest {

    @TempDir
    private Path directory;
    private PostgresDatabase hq;
    private PostgresDatabase branch;

    @BeforeEach
    void makeDatabases() throws SQLException {
        hq = PostgresServer.running().freshDatabase();
        branch = PostgresServer.running().freshDatabase();
        hq.execute("CREATE TABLE artist (id INT PRIMARY KEY, name TEXT)", "INSERT INTO artist VALUES (1, 'Bach')");
    }

    private void setUp() {
        String messages = directory.resolve("messages").toString();
        Outcome.done("sql", hq.url(), "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + messages + "'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'",
                "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
        Outcome.done("sql", branch.url(), "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq'");
    }

    @Test
    void batchesOfTwoAgentsKeepTheReplica() throws SQLException {
        setUp();
        for (int round = 0; round < 2; round++) {
            Outcome.done("agent", hq.url(), "--once");
            Outcome.done("agent", branch.url(), "--once");
        }
        assertThat(branch.text("SELECT name FROM artist WHERE id = 1")).isEqualTo("Bach");
        Outcome.done("sql", hq.url(), "INSERT INTO artist VALUES (2, 'Ravel')", "UPDATE artist SET name = 'J. S. Bach' WHERE id = 1");
        Outcome.done("agent", hq.url(), "--once");
        Outcome.done("agent", branch.url(), "--once");
        assertThat(branch.text("SELECT string_agg(name, ', ' ORDER BY id) FROM artist")).isEqualTo("J. S. Bach, Ravel");
        assertThat(Outcome.done("status", hq.url()).out()).contains("branch");
    }

    @Test
    @Tag("extended")
    void jobWhoseAgentIsKilledIsRunByTheNext() throws Exception {
        hq.execute("CREATE TABLE ran (what TEXT)");
        Outcome.done("sql", hq.url(), "GRANT PUBLISH TO hq");
        try (Connection gate = hq.connect(); Statement statement = gate.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(7)");
            Outcome.done("sql", hq.url(), "START AFTER COMMIT NONUNIQUE WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(7)) INSERT INTO ran SELECT 'it' FROM held");
            try (OtherProcess killed = OtherProcess.start(directory.resolve("killed.txt"), Main.class, "agent", hq.url())) {
                awaitText("SELECT state || ' ' || attempts FROM waybill.after_commit_job", "RUNNING 1");
                assertThat(killed.process().isAlive()).isTrue();
            }
            try (OtherProcess next = OtherProcess.start(directory.resolve("next.txt"), Main.class, "agent", hq.url())) {
                awaitText("SELECT state || ' ' || attempts FROM waybill.after_commit_job", "RUNNING 2");
                statement.execute("SELECT pg_advisory_unlock(7)");
                awaitText("SELECT state || ' ' || attempts FROM waybill.after_commit_job", "DONE 2");
                assertThat(next.terminate()).isTrue();
            }
        }
        assertThat(Integer.parseInt(hq.text("SELECT count(*) FROM ran"))).isPositive();
    }

    private void awaitText(String query, String wanted) {
        await().atMost(Duration.ofSeconds(120)).until(() -> hq.text(query), wanted::equals);
    }

    @Test
    void installAndUninstallLeaveNothingBehind() throws SQLException {
        String clerk = PostgresServer.running().freshName("clerk");
        hq.execute("CREATE ROLE " + clerk + " LOGIN", "GRANT SELECT, INSERT, UPDATE, DELETE ON artist TO " + clerk);
        assertThat(Outcome.done("install", hq.url(), "--grant", clerk).out()).contains("Installed").contains("Granted to " + clerk);
        Outcome.done("sql", hq.url(), "GRANT PUBLISH TO hq", "CREATE PUBLICATION music (TABLE artist)");
        Outcome.done("sql", hq.urlAs(clerk), "INSERT INTO artist VALUES (3, 'Satie')");
        assertThat(hq.text("SELECT count(*) FROM waybill.outbox")).isEqualTo("1");
        assertThat(Outcome.done("uninstall", hq.url(), "--yes").out()).contains("Removed");
        assertThat(hq.text("SELECT count(*) FROM pg_namespace WHERE nspname = 'waybill'")).isEqualTo("0");
    }
}
