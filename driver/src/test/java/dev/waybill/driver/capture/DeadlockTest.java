// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database may end a transaction with an error of its own; what was captured in it goes with it. */
class DeadlockTest {

    /** The published table's statement is the victim, or one on a table that nobody captures. */
    @ParameterizedTest
    @ValueSource(strings = {"UPDATE t SET v = 9 WHERE id = 2", "UPDATE u SET v = 9 WHERE id = 2"})
    void victimOfADeadlockIsNotCapturedEvenWhenTheApplicationGoesOnAndCommits(String second) throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Twins twins = Twins.of("t", "CREATE TABLE t (id INT PRIMARY KEY, v INT)", "CREATE TABLE u (id INT PRIMARY KEY, v INT)"); Connection other = twins.captured();
                Connection connection = twins.captured(); Statement statement = connection.createStatement(); Statement others = other.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1, 0), (2, 0)");
            statement.execute("INSERT INTO u VALUES (1, 0), (2, 0)");
            statement.execute("SET LOCK_TIMEOUT 60000");
            others.execute("SET LOCK_TIMEOUT 60000");
            connection.setAutoCommit(false);
            other.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (3, 3)");
            others.execute("INSERT INTO t VALUES (4, 4)");
            statement.execute(second.replace("id = 2", "id = 1"));
            others.execute(second);
            Future<Boolean> waiting = threads.submit(() -> isVictim(others, second.replace("id = 2", "id = 1")));
            awaitBlocked(twins);
            boolean isVictim = isVictim(statement, second);
            assertThat(waiting.get()).as("one of the two is the victim").isNotEqualTo(isVictim);
            statement.execute("INSERT INTO t VALUES (5, 5)");
            connection.commit();
            others.execute("INSERT INTO t VALUES (6, 6)");
            other.commit();
            assertThat(twins.complete().transactions()).hasSize(3);
        } finally {
            threads.shutdown();
        }
    }

    private static boolean isVictim(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return false;
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isEqualTo(40001);
            return true;
        }
    }

    private static void awaitBlocked(Twins twins) throws SQLException {
        try (Connection raw = twins.raw(); Statement statement = raw.createStatement()) {
            while (true) {
                try (var row = statement.executeQuery("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL")) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        return;
                    }
                }
            }
        }
    }
}
