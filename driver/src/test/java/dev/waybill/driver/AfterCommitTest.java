// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** START AFTER COMMIT as an application says it, on H2. */
class AfterCommitTest {

    @TempDir
    private Path directory;
    private JobDesk desk;

    @BeforeEach
    void open() throws SQLException {
        desk = new JobDesk("jdbc:waybill:h2:" + directory.resolve("desk") + ";LOCK_TIMEOUT=100");
    }

    @AfterEach
    void close() throws SQLException {
        desk.close();
    }

    @Test
    void jobRunsWhenItsTransactionHasCommittedAndNotBefore() throws SQLException {
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.say(connection, "INSERT INTO news VALUES (1, 'first')");
            long job = JobDesk.start(connection, "NONUNIQUE INSERT INTO news SELECT 10 + COUNT(*), 'seen' FROM news");
            desk.awaitAll();
            assertThat(desk.texts("SELECT id FROM news")).isEmpty();
            connection.commit();
            desk.awaitState(job, "DONE");
            assertThat(desk.texts("SELECT id FROM news ORDER BY id")).containsExactly("1", "11");
        }
    }

    @Test
    void idIsShownAsOneRowOfOneColumnByEveryWayToExecute() throws SQLException {
        String sql = "START AFTER COMMIT UNIQUE DELETE FROM log";
        try (Connection connection = desk.connect(); Statement statement = connection.createStatement(); PreparedStatement prepared = connection.prepareStatement(sql)) {
            assertThat(statement.execute(sql)).isTrue();
            try (ResultSet row = statement.getResultSet()) {
                assertThat(row.getMetaData().getColumnCount()).isEqualTo(1);
                assertThat(row.getMetaData().getColumnLabel(1)).isEqualToIgnoringCase("job_id");
                assertThat(row.next()).isTrue();
                assertThat(row.getLong("job_id")).isPositive();
                assertThat(row.next()).isFalse();
            }
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(-1);
            for (int i = 0; i < 2; i++) {
                try (ResultSet row = prepared.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getLong(1)).isPositive();
                }
            }
            assertThat(statement.executeUpdate(sql)).isZero();
            assertThat(prepared.executeUpdate()).isZero();
            prepared.addBatch();
            prepared.addBatch();
            assertThat(prepared.executeBatch()).containsExactly(0, 0);
        }
        assertThat(desk.text("SELECT COUNT(*) FROM waybill.after_commit_job")).isEqualTo("7");
    }

    @Test
    void whatIsRolledBackNeverRuns() throws SQLException {
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('rolled back')");
            connection.rollback();
            JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('before the savepoint')");
            Savepoint savepoint = connection.setSavepoint();
            JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('behind the savepoint')");
            connection.rollback(savepoint);
            connection.commit();
            JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('of a connection that was lost')");
        }
        desk.awaitAll();
        assertThat(desk.texts("SELECT entry FROM log")).containsExactly("before the savepoint");
    }

    @Test
    void whatAJobWritesIsCaptured() throws SQLException {
        desk.awaitState(desk.start("NONUNIQUE INSERT INTO news VALUES (7, 'of a job')"), "DONE");
        await().atMost(Duration.ofSeconds(120)).until(() -> desk.text("SELECT SUM(transactions) FROM waybill.journal"), "1"::equals);
    }

    @Test
    void jobKnowsAnOffsetAtOrBehindThatOfItsTransaction() throws SQLException {
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.say(connection, "INSERT INTO news VALUES (1, 'one')");
            long job = JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('ran')");
            connection.commit();
            desk.awaitState(job, "DONE");
            assertThat(Long.parseLong(desk.text("SELECT log_offset FROM waybill.after_commit_job WHERE job_id = " + job))).isPositive()
                    .isGreaterThanOrEqualTo(Long.parseLong(desk.text("SELECT MIN(log_offset) FROM waybill.journal")));
        }
    }

    @Test
    void oneRunDoesForAllUniqueOnesThatWaitedAndForNoneThatCommittedLater() throws SQLException {
        String same = "UNIQUE INSERT INTO log VALUES ('refreshed')";
        try (Connection open = desk.connect()) {
            desk.say("PAUSE AFTER COMMIT");
            for (int i = 0; i < 3; i++) {
                desk.awaitState(desk.start(same), "PENDING");
            }
            open.setAutoCommit(false);
            long late = JobDesk.start(open, same);
            desk.say("RESUME AFTER COMMIT");
            desk.awaitAll();
            assertThat(desk.texts("SELECT entry FROM log")).hasSize(1);
            assertThat(desk.texts("SELECT state FROM waybill.after_commit_job WHERE is_unique ORDER BY state")).containsExactly("DONE", "JOINED", "JOINED");
            open.commit();
            desk.awaitState(late, "DONE");
            assertThat(desk.texts("SELECT entry FROM log")).as("the wake-up of the last commit").hasSize(2);
        }
    }

    @Test
    void eachNonuniqueOneRuns() throws SQLException {
        desk.say("PAUSE AFTER COMMIT");
        desk.start("NONUNIQUE INSERT INTO log VALUES ('each')");
        desk.start("NONUNIQUE INSERT INTO log VALUES ('each')");
        desk.say("RESUME AFTER COMMIT");
        desk.awaitAll();
        assertThat(desk.texts("SELECT entry FROM log")).containsExactly("each", "each");
    }

    @Test
    void jobRunsOnceForEveryReplicaThatTheConditionChooses() throws SQLException {
        desk.say("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'");
        for (String replica : new String[] {"berlin", "paris", "tokyo", "oslo"}) {
            desk.say("GRANT REMOTE TO " + replica + " TYPE FILE ADDRESS '" + replica + "' SEND EVERY '01:00:00'");
        }
        desk.say("SET SYNC PROPERTY region = 'EU' FOR REPLICA berlin", "SET SYNC PROPERTY region = 'EU' FOR REPLICA paris", "SET SYNC PROPERTY region = 'ASIA' FOR REPLICA tokyo",
                "SET SYNC PROPERTY size = '100%' FOR REPLICA paris", "SET SYNC PROPERTY size = 'gone' FOR REPLICA berlin", "SET SYNC PROPERTY size = NONE FOR REPLICA berlin");
        assertThat(chosen("region = 'EU'")).containsExactly("berlin", "paris");
        assertThat(chosen("region <> 'EU'")).as("oslo has no region, which is not known to be another one").containsExactly("tokyo");
        assertThat(chosen("NOT (region = 'EU' AND size LIKE '1__!%' ESCAPE '!')")).containsExactly("tokyo");
        assertThat(chosen("name >= 'oslo' AND name < 'tokyo' OR region > 'ASIA' AND name <= 'berlin'")).containsExactly("berlin", "oslo", "paris");
        assertThat(chosen("name NOT LIKE '%o' AND name LIKE '%'")).containsExactly("berlin", "paris");
        assertThat(chosen("region = 'MARS'")).isEmpty();
    }

    private List<String> chosen(String condition) throws SQLException {
        long parent = desk.start("FOR EACH REPLICA WHERE " + condition + " RETRY 1, 3 NONUNIQUE DELETE FROM log");
        desk.awaitState(parent, "EXPANDED");
        desk.awaitAll();
        assertThat(desk.texts("SELECT DISTINCT state FROM waybill.after_commit_job WHERE parent_id = " + parent)).isSubsetOf("DONE");
        return desk.texts("SELECT replica FROM waybill.after_commit_job WHERE parent_id = " + parent + " ORDER BY replica");
    }

    @Test
    void propertiesBelongToTheTransactionThatSetsThemAndToReplicasOnly() throws SQLException {
        desk.say("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO berlin TYPE FILE ADDRESS 'berlin' SEND EVERY '01:00:00'");
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.say(connection, "SET SYNC PROPERTY region = 'EU' FOR REPLICA berlin");
            connection.rollback();
            assertThat(desk.texts("SELECT setting FROM waybill.replica_property")).isEmpty();
            JobDesk.say(connection, "SET SYNC PROPERTY region = 'EU' FOR REPLICA berlin");
            connection.commit();
        }
        assertThat(desk.texts("SELECT setting FROM waybill.replica_property")).containsExactly("EU");
        refused("SET SYNC PROPERTY name = 'x' FOR REPLICA berlin", WaybillError.PROPERTY_IMPLICIT);
        refused("SET SYNC PROPERTY region = 'x' FOR REPLICA nobody", WaybillError.USER_UNKNOWN);
        desk.say("REVOKE REMOTE FROM berlin");
        assertThat(desk.texts("SELECT setting FROM waybill.replica_property")).isEmpty();
    }

    @Test
    void failureIsOnRecordWithItsStateAndText() throws SQLException {
        long job = desk.start("NONUNIQUE INSERT INTO nowhere VALUES (1)");
        desk.awaitState(job, "FAILED");
        assertThat(desk.text("SELECT error_state FROM waybill.after_commit_job WHERE job_id = " + job)).isEqualTo("42S02");
        assertThat(desk.text("SELECT id || ' ' || stmt || ' ' || error_code FROM waybill.sys_backgroundjob_info")).isEqualTo(job + " INSERT INTO nowhere VALUES (1) 42102");
        desk.say("ADMIN COMMAND 'cleanbgjobinfo'");
        assertThat(desk.texts("SELECT id FROM waybill.sys_backgroundjob_info")).isEmpty();
    }

    @Test
    void whatPassesByItselfIsTriedAgainAsOftenAsRetrySays() throws SQLException {
        desk.say("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO berlin TYPE FILE ADDRESS 'berlin' SEND EVERY '01:00:00'", "INSERT INTO log VALUES ('locked')");
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.say(connection, "UPDATE log SET entry = 'by the one who locks it'");
            long never = desk.start("FOR EACH REPLICA WHERE name = 'berlin' NONUNIQUE DELETE FROM log WHERE entry <> 'x'");
            long twice = desk.start("FOR EACH REPLICA WHERE name = 'berlin' RETRY 0, 2 NONUNIQUE DELETE FROM log WHERE entry <> 'y'");
            desk.awaitAll();
            assertThat(desk.text("SELECT state || ' ' || attempts FROM waybill.after_commit_job WHERE parent_id = " + never)).isEqualTo("FAILED 1");
            assertThat(desk.text("SELECT state || ' ' || attempts FROM waybill.after_commit_job WHERE parent_id = " + twice)).isEqualTo("FAILED 3");
        }
    }

    @Test
    void onlyWhatWaitsIsCancelled() throws SQLException {
        desk.say("PAUSE AFTER COMMIT");
        long job = desk.start("NONUNIQUE INSERT INTO log VALUES ('cancelled')");
        desk.say("CANCEL AFTER COMMIT JOB " + job, "RESUME AFTER COMMIT");
        desk.awaitAll();
        assertThat(desk.texts("SELECT entry FROM log")).isEmpty();
        assertThat(desk.state(job)).isEqualTo("CANCELLED");
        refused("CANCEL AFTER COMMIT JOB " + job, WaybillError.JOB_NOT_WAITING);
        refused("CANCEL AFTER COMMIT JOB 1", WaybillError.JOB_NOT_WAITING);
        assertThat(desk.text("SELECT what FROM waybill.audit WHERE subject = '" + job + "'")).isEqualTo("CANCEL AFTER COMMIT JOB");
    }

    @Test
    void asManyAsMayWaitAreDefinedAndNoMore() throws SQLException {
        desk.say("PAUSE AFTER COMMIT");
        try (Connection bare = DriverManager.getConnection("jdbc:h2:" + directory.resolve("desk"))) {
            JobDesk.say(bare, "INSERT INTO waybill.after_commit_job (job_id, state, statement, is_unique, is_transient, retry_seconds, retry_count, schema_name, defined_at)"
                    + " SELECT x, 'PENDING', 'x', FALSE, FALSE, 0, 0, '', CURRENT_TIMESTAMP FROM SYSTEM_RANGE(1, 9999)");
        }
        desk.start("NONUNIQUE DELETE FROM log");
        refused("START AFTER COMMIT NONUNIQUE DELETE FROM log", WaybillError.JOBS_FULL);
    }

    @Test
    void jobOfAnotherUserIsNotRunWithTheRightsOfTheAgent() throws SQLException {
        desk.say("CREATE USER clerk PASSWORD ''", "GRANT SELECT ON SCHEMA waybill TO clerk", "GRANT INSERT ON waybill.after_commit_job TO clerk");
        try (Connection clerk = DriverManager.getConnection("jdbc:waybill:h2:" + directory.resolve("desk"), "clerk", "")) {
            long job = JobDesk.start(clerk, "NONUNIQUE CREATE USER mine PASSWORD '' ADMIN");
            desk.awaitState(job, "FAILED");
            assertThat(desk.text("SELECT error_text FROM waybill.after_commit_job WHERE job_id = " + job)).startsWith("JOB_DEFINER").contains("CLERK");
        }
        assertThat(desk.texts("SELECT user_name FROM information_schema.users WHERE user_name = 'MINE'")).isEmpty();
    }

    @Test
    void namesMeanWhatTheyMeantToWhoeverDefinedTheJob() throws SQLException {
        desk.say("CREATE SCHEMA other", "CREATE TABLE other.log (entry VARCHAR(200))");
        try (Connection connection = desk.connect()) {
            connection.setSchema("OTHER");
            desk.awaitState(JobDesk.start(connection, "NONUNIQUE INSERT INTO log VALUES ('there')"), "DONE");
        }
        assertThat(desk.texts("SELECT entry FROM other.log")).containsExactly("there");
    }

    @Test
    void transactionThatDefinedAJobIsNotCommittedByAStatementOfTheCatalogue() throws SQLException {
        try (Connection connection = desk.connect()) {
            connection.setAutoCommit(false);
            JobDesk.start(connection, "NONUNIQUE DELETE FROM log");
            assertThatThrownBy(() -> JobDesk.say(connection, "CREATE PUBLICATION q (TABLE news)")).isInstanceOfSatisfying(SQLException.class, once -> assertThat(once.getSQLState()).isEqualTo("25001"));
            assertThatThrownBy(() -> JobDesk.say(connection, "PAUSE AFTER COMMIT")).isInstanceOfSatisfying(SQLException.class, once -> assertThat(once.getSQLState()).isEqualTo("25001"));
        }
    }

    @Test
    void databaseWithoutAPublisherSaysSo() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:bare" + System.nanoTime()); Statement statement = connection.createStatement()) {
            for (String sql : new String[] {"START AFTER COMMIT UNIQUE SELECT 1", "PAUSE AFTER COMMIT", "CANCEL AFTER COMMIT JOB 1"}) {
                assertThatThrownBy(() -> statement.execute(sql)).isInstanceOfSatisfying(SQLException.class, once -> assertThat(WaybillError.PUBLISHER_MISSING.is(once)).as(once.toString()).isTrue());
            }
        }
    }

    private void refused(String sql, WaybillError why) {
        assertThatThrownBy(() -> desk.say(sql)).isInstanceOfSatisfying(SQLException.class, once -> assertThat(why.is(once)).as(once.toString()).isTrue());
    }
}
