// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** REFRESH at a replica, between two databases on H2. */
class RefreshTest {

    @TempDir
    private Path directory;

    private static List<String> news(Couple couple) throws SQLException {
        return Couple.rows(couple.branch, "SELECT id || ' ' || text FROM news ORDER BY id");
    }

    @Test
    void replicaThatIsSentToOnRequestOnlyHasAllThatWasCommittedWhenRefreshReturnsAndNothingBefore() throws SQLException {
        try (Couple couple = Couple.onH2(directory, "SEND ON REQUEST")) {
            Couple.say(couple.hq, "GRANT REFRESH ON PUBLICATION p TO branch", "INSERT INTO news VALUES (1, 'first')");
            Couple.say(couple.branch, "REFRESH p TIMEOUT 100");
            assertThat(news(couple)).containsExactly("1 first");
            assertThat(Couple.rows(couple.hq, "SELECT user_name FROM waybill.subscription")).as("registered by its first refresh").containsExactly("branch");
            for (int i = 2; i < 12; i++) {
                Couple.say(couple.hq, "INSERT INTO news VALUES (" + i + ", 'later')", "UPDATE news SET text = 'changed " + i + "' WHERE id = 1");
                assertThat(news(couple)).as("nobody asked").hasSize(i - 1);
                Couple.say(couple.branch, "REFRESH p");
                assertThat(news(couple)).hasSize(i).contains("1 changed " + i);
            }
            Couple.say(couple.branch, "REFRESH p", "REFRESH p TIMEOUT FOREVER");
            Couple.say(couple.branch, "DELETE FROM news");
            Couple.say(couple.branch, "REFRESH p FULL");
            assertThat(news(couple)).as("all of it again").hasSize(11);
        }
    }

    @Test
    void manyAtATimeAreServedByFewMessages() throws Exception {
        try (Couple couple = Couple.onH2(directory, "SEND EVERY '01:00:00'")) {
            Couple.say(couple.hq, "CREATE SUBSCRIPTION TO p FOR branch", "SYNCHRONIZE SUBSCRIPTION TO p FOR branch");
            Couple.say(couple.branch, "REFRESH p");
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    int id = i;
                    all.add(threads.submit(() -> {
                        try (Connection hq = couple.anotherAtHq(); Connection branch = couple.anotherAtBranch()) {
                            Couple.say(hq, "INSERT INTO news VALUES (" + id + ", 'x')");
                            Couple.say(branch, "REFRESH p");
                            assertThat(Couple.rows(branch, "SELECT id FROM news WHERE id = " + id)).as("what was committed before").hasSize(1);
                        }
                        return null;
                    }));
                }
                for (Future<?> one : all) {
                    one.get();
                }
            } finally {
                threads.shutdown();
            }
            assertThat(Couple.rows(couple.branch, "SELECT COUNT(*) FROM waybill.remote_call")).containsExactly("0");
        }
    }

    @Test
    void whoWasGivenNoRightIsRefused() throws SQLException {
        try (Couple couple = Couple.onH2(directory, "SEND ON REQUEST")) {
            Couple.say(couple.hq, "INSERT INTO news VALUES (1, 'secret')");
            SQLException denied = catchThrowableOfType(SQLException.class, () -> Couple.say(couple.branch, "REFRESH p"));
            assertThat((Throwable) denied).hasMessageContaining(WaybillError.CALL_DENIED.name()).hasMessageContaining("REFRESH ON PUBLICATION p");
            assertThat(denied.getSQLState()).isEqualTo("42501");
            Couple.say(couple.hq, "GRANT REFRESH ON PUBLICATION p ('north') TO branch");
            assertThat((Throwable) catchThrowableOfType(SQLException.class, () -> Couple.say(couple.branch, "REFRESH p"))).hasMessageContaining(WaybillError.CALL_DENIED.name());
            assertThat((Throwable) catchThrowableOfType(SQLException.class, () -> Couple.say(couple.branch, "REFRESH p ('north')"))).as("it has no parts").hasMessageContaining(WaybillError.SUBSCRIPTION_VALUE.name());
            assertThat(WaybillError.CALL_NODE.is(catchThrowableOfType(SQLException.class, () -> Couple.say(couple.hq, "REFRESH p")))).as("there is nobody above").isTrue();
        }
    }

    /** The recipe of docs/refresh.md. */
    @Test
    void commitAtTheMasterLetsReplicasOfTheRegionRefresh() throws SQLException {
        try (Couple couple = Couple.onH2(directory, "SEND ON REQUEST")) {
            Couple.say(couple.hq, "GRANT REFRESH ON PUBLICATION p TO branch", "SET SYNC PROPERTY region = 'EU' FOR REPLICA branch", "INSERT INTO news VALUES (1, 'first')");
            Couple.say(couple.branch, "REFRESH p", "CREATE REMOTE PROCEDURE news_came AS REFRESH p", "GRANT EXECUTE ON REMOTE PROCEDURE news_came TO hq");
            couple.hq.setAutoCommit(false);
            Couple.say(couple.hq, "INSERT INTO news VALUES (2, 'rolled back')", "START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' RETRY 10, 60 UNIQUE CALL news_came AT DEFAULT");
            couple.hq.rollback();
            Couple.say(couple.hq, "INSERT INTO news VALUES (3, 'for Europe')", "START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' RETRY 10, 60 UNIQUE CALL news_came AT DEFAULT");
            couple.hq.commit();
            couple.hq.setAutoCommit(true);
            Couple.awaitRows(() -> news(couple), "1 first", "3 for Europe");
            Couple.awaitRows(() -> Couple.rows(couple.hq, "SELECT state FROM waybill.after_commit_job WHERE replica = 'branch'"), "DONE");
        }
    }
}
