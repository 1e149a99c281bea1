// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.waybill.call.RemoteProcedure;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CALL … AT as applications say it, between two databases on H2. */
class CallTest {

    @TempDir
    private static Path directory;
    private static Couple couple;

    @BeforeAll
    static void open() throws SQLException {
        couple = Couple.onH2(directory, "SEND EVERY '00:00:00'");
    }

    @AfterAll
    static void close() throws SQLException {
        couple.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        Couple.say(couple.hq, "DELETE FROM log");
        for (String procedure : Couple.rows(couple.hq, "SELECT procedure_name FROM waybill.remote_procedure")) {
            Couple.say(couple.hq, "DROP REMOTE PROCEDURE " + procedure);
        }
    }

    /** Doubles a number, and writes it down. */
    public static final class Doubling implements RemoteProcedure {
        @Override
        public Object call(Connection connection, List<Object> arguments) throws SQLException {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO log VALUES (?)")) {
                insert.setString(1, "doubled " + arguments.get(0));
                insert.executeUpdate();
            }
            if (arguments.get(0).equals(13L)) {
                throw new SQLException("not this one", "45000", 13);
            }
            return ((Long) arguments.get(0)) * 2;
        }
    }

    private void serve(String... procedures) throws SQLException {
        for (String procedure : procedures) {
            Couple.say(couple.hq, "CREATE REMOTE PROCEDURE " + procedure, "GRANT EXECUTE ON REMOTE PROCEDURE " + procedure.substring(0, procedure.indexOf(' ')) + " TO branch");
        }
    }

    @Test
    void whatAProcedureGivesComesBackTypedAndWhateverItsTransactionIs() throws SQLException {
        serve("fetch AS SELECT id, text, CAST(? AS DECIMAL(10, 2)) AS price, DATE '2026-11-22' AS on_day FROM news WHERE id <> ? ORDER BY id", "put AS INSERT INTO news VALUES (?, ?)", "nothing AS SELECT id FROM news WHERE 1 = 0",
                "twice CLASS '" + Doubling.class.getName() + "'");
        couple.branch.setAutoCommit(false);
        Couple.say(couple.branch, "INSERT INTO log VALUES ('mine')");
        try (PreparedStatement put = couple.branch.prepareStatement("CALL put(?, UPPER(?) || '!') AT hq"); Statement statement = couple.branch.createStatement()) {
            for (int i = 1; i <= 2; i++) {
                put.setInt(1, i);
                put.setString(2, "news " + i);
                assertThat(put.executeUpdate()).isEqualTo(1);
            }
            try (ResultSet rows = statement.executeQuery("CALL fetch(12.50, 2) AT DEFAULT TIMEOUT 100")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt("id")).isEqualTo(1);
                assertThat(rows.getString("text")).isEqualTo("NEWS 1!");
                assertThat(rows.getBigDecimal("price")).isEqualTo(new BigDecimal("12.50"));
                assertThat(rows.getObject("on_day", LocalDate.class)).isEqualTo(LocalDate.of(2026, 11, 22));
                assertThat(rows.next()).isFalse();
            }
            try (ResultSet none = statement.executeQuery("CALL nothing AT hq")) {
                assertThat(none.next()).isFalse();
            }
            try (ResultSet doubled = statement.executeQuery("CALL twice(21) AT hq")) {
                assertThat(doubled.next()).isTrue();
                assertThat(doubled.getLong(1)).isEqualTo(42);
            }
        }
        couple.branch.rollback();
        couple.branch.setAutoCommit(true);
        assertThat(Couple.rows(couple.branch, "SELECT entry FROM log")).as("the caller's own transaction").isEmpty();
        assertThat(Couple.rows(couple.hq, "SELECT entry FROM log")).as("the procedure's").containsExactly("doubled 21");
        assertThat(Couple.rows(couple.branch, "SELECT call_id FROM waybill.remote_call")).isEmpty();
    }

    @Test
    void errorTravelsBackWithItsStateCodeAndTextAndNothingOfItsTransactionStays() throws SQLException {
        serve("bad AS INSERT INTO nowhere VALUES (1)", "twice CLASS '" + Doubling.class.getName() + "'", "missing CLASS 'com.example.Missing'");
        SQLException bad = refused("CALL bad() AT hq");
        assertThat(bad.getSQLState()).isEqualTo("42S02");
        assertThat(bad.getErrorCode()).isEqualTo(42102);
        assertThat((Throwable) bad).hasMessageContaining("bad").hasMessageContaining("hq").hasMessageContaining("NOWHERE");
        SQLException mine = refused("CALL twice(13) AT hq");
        assertThat(mine.getSQLState() + mine.getErrorCode()).isEqualTo("4500013");
        assertThat(Couple.rows(couple.hq, "SELECT entry FROM log")).isEmpty();
        assertThat((Throwable) refused("CALL missing AT hq")).hasMessageContaining(WaybillError.PROCEDURE_CLASS.name());
    }

    @Test
    void onlyWhatIsRegisteredAndGrantedRuns() throws SQLException {
        Couple.say(couple.hq, "CREATE REMOTE PROCEDURE wipe AS DELETE FROM news");
        assertThat((Throwable) refused("CALL wipe AT hq")).hasMessageContaining(WaybillError.CALL_DENIED.name());
        assertThat(refused("CALL wipe AT hq").getSQLState()).isEqualTo("42501");
        assertThat((Throwable) refused("CALL never_registered AT hq")).hasMessageContaining(WaybillError.PROCEDURE_UNKNOWN.name());
        Couple.say(couple.hq, "GRANT EXECUTE ON REMOTE PROCEDURE wipe TO branch");
        Couple.say(couple.branch, "CALL wipe AT hq");
        Couple.say(couple.hq, "REVOKE EXECUTE ON REMOTE PROCEDURE wipe FROM branch");
        assertThat((Throwable) refused("CALL wipe AT hq")).hasMessageContaining(WaybillError.CALL_DENIED.name());
        assertThat(WaybillError.CALL_NODE.is(refused("CALL wipe AT nobody"))).isTrue();
        assertThat(WaybillError.CALL_NODE.is(catchThrowableOfType(SQLException.class, () -> Couple.say(couple.hq, "CALL wipe AT DEFAULT")))).isTrue();
        assertThat(Couple.rows(couple.hq, "SELECT what FROM waybill.audit ORDER BY audit_id")).contains("CREATE REMOTE PROCEDURE", "GRANT EXECUTE", "REVOKE EXECUTE");
    }

    @Test
    void callThatIsNotAnsweredInTimeLeavesNothingBehind() throws SQLException {
        Couple.say(couple.hq, "GRANT REMOTE TO nobody_there TYPE FILE ADDRESS 'nobody_there' SEND EVERY '00:00:00'");
        SQLException late = refusedAt(couple.hq, "CALL anything(1) AT nobody_there TIMEOUT 1");
        assertThat(WaybillError.CALL_TIMEOUT.is(late)).as(late.toString()).isTrue();
        assertThat((Throwable) late).isInstanceOf(SQLTransientException.class);
        assertThat(Couple.rows(couple.hq, "SELECT call_id FROM waybill.remote_call WHERE node = 'nobody_there'")).isEmpty();
    }

    @Test
    void procedureRunsAsTheUserThatItsRightNames() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "secret\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Couple.say(couple.hq, "CREATE USER clerk PASSWORD 'secret'", "GRANT SELECT ON news TO clerk", "GRANT SELECT ON SCHEMA waybill TO clerk", "GRANT INSERT ON waybill.after_commit_job TO clerk", "CREATE TABLE his (who VARCHAR(20))", "GRANT INSERT ON his TO clerk", "CREATE SYNC USER 'CLERK' PASSWORD 'file:" + password + "'", "CREATE REMOTE PROCEDURE me AS SELECT CURRENT_USER AS who",
                "CREATE REMOTE PROCEDURE wipe AS DELETE FROM log", "GRANT EXECUTE ON REMOTE PROCEDURE me TO branch AS 'CLERK'", "GRANT EXECUTE ON REMOTE PROCEDURE wipe TO branch AS 'CLERK'");
        assertThat(Couple.rows(couple.branch, "CALL me AT hq")).containsExactly("CLERK");
        assertThat(refused("CALL wipe AT hq").getSQLState()).isEqualTo("90096");
        try (Connection clerk = couple.atHqAs("clerk", "secret")) {
            Couple.say(clerk, "START AFTER COMMIT NONUNIQUE INSERT INTO his VALUES (CURRENT_USER)");
        }
        Couple.awaitRows(() -> Couple.rows(couple.hq, "SELECT who FROM his"), "CLERK");
        Couple.say(couple.hq, "DROP SYNC USER 'CLERK'");
        assertThat((Throwable) refused("CALL me AT hq")).hasMessageContaining(WaybillError.SYNC_USER_UNKNOWN.name());
        assertThat((Throwable) refusedAt(couple.hq, "CREATE SYNC USER 'other' PASSWORD 'the password itself'")).hasMessageContaining(WaybillError.SYNC_USER_SECRET.name()).hasMessageNotContaining("the password itself");
    }

    @Test
    void jobRunsAtEachReplicaThatIsMeantAndIsTriedAgainWhileThatIsAway() throws SQLException {
        Couple.say(couple.branch, "CREATE REMOTE PROCEDURE note AS INSERT INTO log VALUES (?)", "GRANT EXECUTE ON REMOTE PROCEDURE note TO hq");
        Couple.say(couple.hq, "GRANT REMOTE TO away TYPE FILE ADDRESS 'away' SEND EVERY '00:00:00'", "START AFTER COMMIT FOR EACH REPLICA WHERE name = 'branch' RETRY 1, 5 UNIQUE CALL note('of a job') AT DEFAULT",
                "START AFTER COMMIT FOR EACH REPLICA WHERE name = 'away' RETRY 0, 1 UNIQUE CALL note('of a job') AT DEFAULT TIMEOUT 1");
        Couple.awaitRows(() -> Couple.rows(couple.branch, "SELECT entry FROM log"), "of a job");
        Couple.awaitRows(() -> Couple.rows(couple.hq, "SELECT replica || ' ' || state || ' ' || attempts FROM waybill.after_commit_job WHERE replica <> '' ORDER BY replica"), "away FAILED 2", "branch DONE 1");
        assertThat(Couple.rows(couple.hq, "SELECT call_id FROM waybill.remote_call")).isEmpty();
    }

    @Test
    void failureOfAJobIsTold() throws SQLException {
        long job = JobDesk.start(couple.hq, "NONUNIQUE INSERT INTO nowhere VALUES (1)");
        await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(10)).until(() -> NotedFailures.TOLD.containsKey(job));
        assertThat(NotedFailures.TOLD.get(job)).isEqualTo("INSERT INTO nowhere VALUES (1) ");
        assertThat(Couple.rows(couple.hq, "SELECT state FROM waybill.after_commit_job WHERE job_id = " + job)).as("on record before").containsExactly("FAILED");
        long next = JobDesk.start(couple.hq, "NONUNIQUE DELETE FROM log");
        Couple.awaitRows(() -> Couple.rows(couple.hq, "SELECT state FROM waybill.after_commit_job WHERE job_id = " + next), "DONE");
    }

    @Test
    void whatIsTheDatabasesOwnStaysSo() throws SQLException {
        assertThat(Couple.rows(couple.branch, "CALL 1 + 1")).containsExactly("2");
        assertThat(Couple.rows(couple.branch, "CALL TIMESTAMP WITH TIME ZONE '2026-11-22 12:00:00+00' AT TIME ZONE 'UTC'")).hasSize(1);
        assertThat(Couple.rows(couple.branch, "CALL UPPER('at hq')")).containsExactly("AT HQ");
    }

    private SQLException refused(String sql) {
        return refusedAt(couple.branch, sql);
    }

    private static SQLException refusedAt(Connection connection, String sql) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> Couple.say(connection, sql));
        assertThat((Throwable) refused).as(sql).isNotNull();
        return refused;
    }
}
