// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of jobs on the other products: defined, rolled back, run, captured, chosen for replicas, failed, cancelled. */
@Tag("extended")
class AfterCommitOnAllTest {

    @TempDir
    private Path directory;

    @Test
    void jobsLiveOnPostgres() throws SQLException {
        live("jdbc:waybill:" + PostgresServer.running().freshDatabase().url().substring("jdbc:".length()));
    }

    @Test
    void jobsLiveOnMariaDb() throws SQLException {
        live("jdbc:waybill:" + MariaDbServer.running().freshDatabase().url().substring("jdbc:".length()));
    }

    @Test
    void jobsLiveOnSqlite() throws SQLException {
        live("jdbc:waybill:sqlite:" + directory.resolve("desk.db") + "?busy_timeout=60000");
    }

    @Test
    void jobsLiveOnHsqldb() throws SQLException {
        live("jdbc:waybill:hsqldb:file:" + directory.resolve("desk") + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true");
    }

    private static void live(String url) throws SQLException {
        try (JobDesk desk = new JobDesk(url)) {
            committedAndRolledBack(desk);
            prepared(desk);
            unique(desk);
            replicas(desk);
            failedAndCancelled(desk);
        }
    }

    private static void committedAndRolledBack(JobDesk desk) throws SQLException {
        long job;
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('rolled back')");
            connection.rollback();
            JobDesk.say(connection, "INSERT INTO news VALUES (1, 'by the application')");
            job = JobDesk.start(connection, "NONUNIQUE INSERT INTO news VALUES (2, 'by the job')");
            connection.commit();
        }
        desk.awaitState(job, "DONE");
        assertThat(desk.texts("SELECT id FROM news ORDER BY id")).containsExactly("1", "2");
        await().atMost(Duration.ofSeconds(120)).until(() -> desk.text("SELECT SUM(transactions) FROM waybill.journal"), "2"::equals);
        desk.awaitAll();
        assertThat(desk.texts("SELECT entry FROM log")).isEmpty();
    }

    private static void prepared(JobDesk desk) throws SQLException {
        try (Connection connection = desk.connect(); PreparedStatement statement = connection.prepareStatement("START AFTER COMMIT NONUNIQUE INSERT INTO log VALUES ('prepared')")) {
            for (boolean autoCommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autoCommit);
                try (ResultSet row = statement.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getLong(1)).isPositive();
                    assertThat(row.next()).isFalse();
                }
            }
            connection.commit();
        }
        desk.awaitAll();
        assertThat(desk.texts("SELECT entry FROM log")).containsExactly("prepared", "prepared");
    }

    private static void unique(JobDesk desk) throws SQLException {
        desk.say("DELETE FROM log", "PAUSE AFTER COMMIT");
        desk.awaitState(desk.start("UNIQUE INSERT INTO log VALUES ('refreshed')"), "PENDING");
        desk.awaitState(desk.start("UNIQUE INSERT INTO log VALUES ('refreshed')"), "PENDING");
        try (Connection open = desk.connect()) {
            open.setAutoCommit(false);
            long late = desk.isAlone() ? 0 : JobDesk.start(open, "UNIQUE INSERT INTO log VALUES ('refreshed')");
            desk.say("RESUME AFTER COMMIT");
            await().atMost(Duration.ofSeconds(120)).until(() -> desk.texts("SELECT entry FROM log").size() == 1);
            if (late == 0) {
                late = JobDesk.start(open, "UNIQUE INSERT INTO log VALUES ('refreshed')");
            }
            open.commit();
            desk.awaitState(late, "DONE");
        }
        assertThat(desk.texts("SELECT entry FROM log")).hasSize(2);
        assertThat(desk.text("SELECT COUNT(*) FROM waybill.after_commit_job WHERE state = 'JOINED'")).isEqualTo("1");
    }

    private static void replicas(JobDesk desk) throws SQLException {
        desk.say("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO berlin TYPE FILE ADDRESS 'berlin' SEND EVERY '01:00:00'", "GRANT REMOTE TO tokyo TYPE FILE ADDRESS 'tokyo' SEND EVERY '01:00:00'",
                "SET SYNC PROPERTY region = 'EU' FOR REPLICA berlin", "SET SYNC PROPERTY region = 'AS' FOR REPLICA tokyo", "SET SYNC PROPERTY region = 'ASIA' FOR REPLICA tokyo");
        desk.awaitState(desk.start("FOR EACH REPLICA WHERE region LIKE 'A_IA' RETRY 1, 1 UNIQUE DELETE FROM log"), "EXPANDED");
        desk.awaitAll();
        assertThat(desk.texts("SELECT replica FROM waybill.after_commit_job WHERE replica <> ''")).containsExactly("tokyo");
    }

    private static void failedAndCancelled(JobDesk desk) throws SQLException {
        long failing = desk.start("NONUNIQUE INSERT INTO nowhere VALUES (1)");
        desk.awaitState(failing, "FAILED");
        assertThat(desk.text("SELECT error_text FROM waybill.sys_backgroundjob_info WHERE id = " + failing)).isNotEmpty();
        desk.say("PAUSE AFTER COMMIT");
        long waiting = desk.start("NONUNIQUE INSERT INTO log VALUES ('cancelled')");
        desk.say("CANCEL AFTER COMMIT JOB " + waiting, "RESUME AFTER COMMIT");
        desk.awaitAll();
        assertThat(desk.texts("SELECT entry FROM log")).isEmpty();
        assertThatThrownBy(() -> desk.say("CANCEL AFTER COMMIT JOB " + waiting)).isInstanceOf(SQLException.class).hasMessageContaining("CANCELLED");
        desk.say("ADMIN COMMAND 'cleanbgjobinfo'");
        assertThat(desk.texts("SELECT id FROM waybill.sys_backgroundjob_info")).isEmpty();
    }
}
