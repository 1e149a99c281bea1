// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.dialect.Dialects;
import dev.waybill.driver.setting.WaybillSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MariaDB's own edges of transactions and of batches: what it undoes, and what it keeps, is what was captured. */
class MariaDbEdgesTest {

    private static final String TABLE = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n INT)";

    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void aDefinitionThatFailsCommitsWhatWasCapturedBefore() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE, "CREATE TABLE u (id INT)")) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t (id) VALUES (1)");
                witness.execute("CREATE TABLE u (id INT)");
                connection.rollback();
                witness.execute("INSERT INTO t (id) VALUES (2)");
                witness.execute("ALTER TABLE nowhere ADD x INT");
                connection.rollback();
                witness.execute("INSERT INTO t (id) VALUES (3)");
                witness.execute("CREATE TEMPORARY TABLE tmp (id INT)");
                connection.rollback();
                witness.query("SELECT id FROM t");
            });
        }
    }

    /** Error 1205 undoes the statement alone; what follows, and what was before, is committed. */
    @Test
    void aLockThatIsNotHadInTimeUndoesOneStatement() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE); Connection one = twins.captured(); Connection other = twins.captured()) {
            execute(other, "INSERT INTO t (id, n) VALUES (1, 1), (2, 2), (3, 3)");
            other.setAutoCommit(false);
            execute(other, "UPDATE t SET n = 20 WHERE id = 2");
            one.setAutoCommit(false);
            execute(one, "SET innodb_lock_wait_timeout = 1", "INSERT INTO t (id, n) VALUES (4, 4)");
            for (String sql : List.of("DELETE FROM t WHERE id > 1", "UPDATE t SET n = 5 ORDER BY id LIMIT 2", "INSERT INTO t (id) VALUES (9), (2)")) {
                SQLException late = catchThrowableOfType(SQLException.class, () -> execute(one, sql));
                assertThat(late.getErrorCode()).as(sql).isEqualTo(1205);
            }
            execute(one, "UPDATE t SET n = 10 WHERE id = 1");
            one.commit();
            other.rollback();
            twins.complete();
            assertThat(rows(twins)).containsExactly("1:10", "2:2", "3:3", "4:4");
        }
    }

    @Test
    void theVictimOfADeadlockLosesItsTransactionAndCanGoOn() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE); Connection one = twins.captured(); Connection other = twins.captured()) {
            execute(other, "INSERT INTO t (id, n) VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)");
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            execute(other, "UPDATE t SET n = 20 WHERE id IN (2, 3, 4, 5)");
            execute(one, "UPDATE t SET n = 10 WHERE id = 1");
            Future<SQLException> waiting = threads.submit(() -> failure(one, "UPDATE t SET n = 11 WHERE id = 2"));
            SQLException second = failure(other, "UPDATE t SET n = 21 WHERE id = 1");
            SQLException first = null;
            if (second != null) {
                other.rollback();
                first = waiting.get(60, TimeUnit.SECONDS);
            } else {
                first = waiting.get(60, TimeUnit.SECONDS);
            }
            assertThat((first == null) != (second == null)).isTrue();
            assertThat((first == null ? second : first).getErrorCode()).isEqualTo(1213);
            execute(first == null ? other : one, "INSERT INTO t (id, n) VALUES (9, 9)");
            one.commit();
            other.commit();
            twins.complete();
        }
    }

    private static SQLException failure(Connection connection, String sql) {
        try {
            execute(connection, sql);
            return null;
        } catch (SQLException failed) {
            return failed;
        }
    }

    private static List<String> rows(Twins twins) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection raw = twins.raw(); Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT id, n FROM t ORDER BY id")) {
            while (row.next()) {
                rows.add(row.getInt(1) + ":" + row.getInt(2));
            }
        }
        return rows;
    }

    @Test
    void batchesAreCapturedHoweverTheDriverSendsThem() throws Exception {
        for (String options : new String[] {"&useBulkStmts=true", "&rewriteBatchedStatements=true", "&useServerPrepStmts=true&useBulkStmts=true", "&useBulkStmtsForInserts=true"}) {
            try (Twins twins = Twins.onMariaDb(options, WaybillSettings.DEFAULTS, "t", TABLE); Connection connection = twins.captured()) {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    batches(connection, autoCommit ? 0 : 1000);
                }
                connection.commit();
                twins.complete();
                assertThat(rows(twins)).hasSize(24);
            }
        }
    }

    private static void batches(Connection connection, int from) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, n) VALUES (?, ?)"); PreparedStatement keyed = connection.prepareStatement("INSERT INTO t (n) VALUES (?)", Statement.RETURN_GENERATED_KEYS);
                PreparedStatement update = connection.prepareStatement("UPDATE t SET n = ? WHERE id = ? LIMIT 1")) {
            for (int i = 1; i <= 10; i++) {
                insert.setInt(1, from + i);
                insert.setInt(2, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(10);
            for (int i = 1; i <= 3; i++) {
                keyed.setInt(1, i);
                keyed.addBatch();
                update.setInt(1, -i);
                update.setInt(2, from + i);
                update.addBatch();
            }
            keyed.executeBatch();
            try (ResultSet keys = keyed.getGeneratedKeys()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(keys.next()).isTrue();
                }
            }
            assertThat(update.executeBatch()).containsExactly(1, 1, 1);
            insert.setInt(1, from + 1);
            insert.setInt(2, 0);
            insert.addBatch();
            assertThatThrownBy(insert::executeBatch).isInstanceOf(SQLException.class);
        }
        execute(connection, "DELETE FROM t WHERE n = -3");
    }

    @Test
    void lastInsertIdIsTheApplicationsOwn() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    for (String sql : List.of("INSERT INTO t (n) VALUES (1), (2)", "UPDATE t SET n = 3 LIMIT 1", "DELETE FROM t WHERE n = 2", "UPDATE t SET id = id + 1000 WHERE n = 3", "INSERT INTO t (n) SELECT n FROM t", "TRUNCATE t")) {
                        witness.execute(sql);
                        witness.query("SELECT LAST_INSERT_ID()");
                    }
                }
                connection.commit();
                witness.query("SELECT LAST_INSERT_ID()");
            });
        }
    }

    /** Under READ COMMITTED others commit between our read and the statement; whoever writes meanwhile, the outbox makes the tables. */
    @Test
    void writersSideBySideAreCapturedWhole() throws Exception {
        try (Twins twins = Twins.onMariaDb("t, parent, child", TABLE, "CREATE TABLE parent (id INT PRIMARY KEY, g INT)", "CREATE TABLE child (id INT AUTO_INCREMENT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE)")) {
            try (Connection first = twins.captured()) {
                execute(first, "INSERT INTO t (id, n) SELECT seq, seq MOD 5 FROM seq_1_to_20");
            }
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int writer = i;
                writers.add(threads.submit(() -> {
                    write(twins, writer);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(120, TimeUnit.SECONDS);
            }
            twins.complete();
        }
    }

    private static void write(Twins twins, int writer) throws SQLException {
        Random random = new Random(writer);
        String[] ways = {"INSERT INTO t (n) VALUES (%d)", "UPDATE t SET n = n + 1 WHERE n = %d MOD 5", "UPDATE t SET n = %d MOD 7 ORDER BY id DESC LIMIT 3", "DELETE FROM t WHERE n > 5 LIMIT 2", "UPDATE t JOIN (SELECT MAX(id) AS m FROM t) q ON q.m = t.id SET n = %d",
            "UPDATE t SET n = 1 WHERE id IN (SELECT p FROM child)", "INSERT INTO parent VALUES (%d, 1) ON DUPLICATE KEY UPDATE g = g + 1", "INSERT INTO child (p) SELECT id FROM parent ORDER BY id LIMIT 1", "DELETE FROM parent WHERE id < %d LIMIT 1",
            "UPDATE parent SET id = id + 50 WHERE id = %d", "UPDATE t SET id = id + 1000 WHERE id = %d"};
        try (Connection connection = twins.captured()) {
            connection.setTransactionIsolation(writer % 2 == 0 ? Connection.TRANSACTION_READ_COMMITTED : Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            for (int i = 0; i < 60; i++) {
                try {
                    execute(connection, String.format(ways[random.nextInt(ways.length)], random.nextInt(40)));
                    if (random.nextInt(3) == 0) {
                        connection.commit();
                    }
                } catch (SQLException refused) {
                    connection.rollback();
                }
            }
            connection.commit();
        }
    }

    /** It is refused where it may write; where that is allowed, what was written before it is captured before it commits. */
    @Test
    void aProcedureThatCommitsTakesWhatWasCapturedAlong() throws Exception {
        WaybillSettings allowed = WaybillSettings.of(Map.of("waybill.uncaptured", "allow"));
        try (Twins twins = Twins.onMariaDb("", allowed, "t", TABLE, "CREATE PROCEDURE ends() COMMIT")) {
            Replayer replayer = twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t (id, n) VALUES (1, 1)");
                witness.execute("CALL ends()");
                connection.rollback();
                witness.execute("INSERT INTO t (id, n) VALUES (2, 2)");
                connection.rollback();
                witness.query("SELECT * FROM t");
            });
            assertThat(replayer.transactions()).hasSize(1);
        }
    }

    /** Where rows are read back that the user may not read, the server refuses that, and nothing of the statement stays. */
    @Test
    void aUserWhoMayOnlyInsertMissesNothing() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE); Connection owner = twins.raw(); Statement grants = owner.createStatement()) {
            String user = MariaDbServer.running().freshName("porter");
            grants.execute("CREATE USER " + user + "@localhost");
            for (String sql : Dialects.of(owner).grantStatements(user + "@localhost")) {
                grants.execute(sql);
            }
            grants.execute("GRANT INSERT ON t TO " + user + "@localhost");
            try (Connection porter = twins.capturedAs(user); PreparedStatement insert = porter.prepareStatement("INSERT INTO t (n) VALUES (?)")) {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    porter.setAutoCommit(autoCommit);
                    insert.setInt(1, 5);
                    assertThatThrownBy(insert::executeUpdate).isInstanceOf(SQLException.class).hasMessageContaining("SELECT command denied");
                }
                porter.rollback();
            }
            try (ResultSet rows = grants.executeQuery("SELECT COUNT(*) FROM t")) {
                rows.next();
                assertThat(rows.getInt(1)).isZero();
            }
            twins.complete();
        }
    }
}
