// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.dialect.Dialects;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is captured is committed with its transaction, however it ends; and nothing else is. */
class TransactionEdgesTest {

    private static final String T = "CREATE TABLE t (id INT PRIMARY KEY, v INT)";

    @Test
    void changesBetweenSavepointsGoAndStayWithThem() throws Exception {
        try (Twins twins = Twins.of("t", T)) {
            Replayer replayer = twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                Savepoint first = connection.setSavepoint();
                witness.execute("INSERT INTO t VALUES (1, 1)");
                connection.rollback(first);
                witness.execute("INSERT INTO t VALUES (2, 2)");
                Savepoint second = connection.setSavepoint("second");
                witness.execute("INSERT INTO t VALUES (3, 3)");
                witness.execute("SAVEPOINT third");
                witness.execute("INSERT INTO t VALUES (4, 4)");
                witness.execute("ROLLBACK TO SAVEPOINT third");
                witness.execute("INSERT INTO t VALUES (5, 5)");
                connection.rollback(second);
                witness.execute("INSERT INTO t VALUES (6, 6)");
                witness.execute("INSERT INTO t VALUES (7, 7)");
                Savepoint fourth = connection.setSavepoint();
                witness.execute("DELETE FROM t WHERE id = 2");
                connection.rollback(fourth);
                connection.releaseSavepoint(second);
                witness.see("rollback to a released one", () -> {
                    connection.rollback(second);
                    return "done";
                });
                witness.query("SELECT * FROM t ORDER BY id");
                connection.commit();
            });
            assertThat(replayer.transactions()).hasSize(1);
        }
    }

    @Test
    void savepointsThatAreOverAreReleasedAsOnTheBareDriver() throws Exception {
        try (Twins twins = Twins.of("t", "CREATE TABLE t (id INT PRIMARY KEY)")) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                Savepoint[] points = {connection.setSavepoint(), connection.setSavepoint("named")};
                witness.execute("INSERT INTO t VALUES (1)");
                for (int round = 0; round < 3; round++) {
                    for (Savepoint point : points) {
                        witness.see("release " + round, () -> {
                            connection.releaseSavepoint(point);
                            return "released";
                        });
                    }
                    if (round == 1) {
                        connection.commit();
                    }
                }
            });
        }
    }

    @Test
    void savepointThatARollbackHasDestroyedIsRefused() throws Exception {
        try (Twins twins = Twins.of("t", T); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1, 1)");
            statement.execute("SAVEPOINT a");
            statement.execute("INSERT INTO t VALUES (2, 1)");
            statement.execute("SAVEPOINT b");
            Savepoint c = connection.setSavepoint();
            statement.execute("ROLLBACK TO SAVEPOINT a");
            statement.execute("INSERT INTO t VALUES (4, 1)");
            assertThatThrownBy(() -> statement.execute("ROLLBACK TO SAVEPOINT b")).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("3B001"));
            assertThatThrownBy(() -> connection.rollback(c)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("3B001"));
            statement.execute("SAVEPOINT b");
            statement.execute("INSERT INTO t VALUES (5, 1)");
            statement.execute("ROLLBACK TO SAVEPOINT b");
            connection.commit();
            assertThat(twins.complete().tables().get("PUBLIC.T")).hasSize(2);
        }
    }

    @Test
    void everyWayToCommitTakesTheChangesAlong() throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE TABLE other (i INT)")) {
            Replayer replayer = twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (1, 1)");
                connection.setAutoCommit(true);
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (2, 1)");
                witness.execute("COMMIT");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (3, 1)");
                witness.execute("CREATE TABLE other (i INT)");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (4, 1)");
                witness.execute("CREATE TABLE another (i INT)");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (5, 1)");
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (6, 1)");
                witness.execute("SET AUTOCOMMIT TRUE");
                witness.execute("BEGIN");
                witness.execute("INSERT INTO t VALUES (7, 1)");
                witness.execute("COMMIT WORK");
                witness.see("mode", connection::getAutoCommit);
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (8, 1)");
                witness.execute("DROP TABLE nowhere");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (9, 1)");
                witness.execute("TRUNCATE TABLE other");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (10, 1)");
                witness.execute("ANALYZE TABLE t");
                connection.rollback();
                witness.query("SELECT * FROM t ORDER BY id");
            });
            assertThat(replayer.transactions()).hasSize(10);
        }
    }

    @Test
    void whatDoesNotCommitKeepsTheTransactionWhole() throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE SEQUENCE s")) {
            Replayer replayer = twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (1, 1)");
                witness.execute("no statement at all");
                witness.execute("ALTER SEQUENCE s RESTART WITH 5");
                witness.execute("SET @x = 5");
                witness.execute("TRUNCATE TABLE nowhere");
                witness.execute("INSERT INTO t VALUES (2, @x)");
                witness.execute("CREATE LOCAL TEMPORARY TABLE mine (i INT) TRANSACTIONAL");
                witness.execute("INSERT INTO mine VALUES (1)");
                witness.execute("INSERT INTO t SELECT 3, i FROM mine");
                connection.commit();
                witness.execute("INSERT INTO t VALUES (4, 1)");
                witness.execute("ALTER SEQUENCE s RESTART WITH 7");
                witness.execute("ROLLBACK");
                witness.query("SELECT * FROM t ORDER BY id");
            });
            assertThat(replayer.transactions()).hasSize(1);
        }
    }

    @Test
    void severalStatementsInOneTextAreEachCaptured() throws Exception {
        try (Twins twins = Twins.of("t", T)) {
            for (boolean autoCommit : new boolean[] {true, false}) {
                twins.same((connection, witness) -> {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("DELETE FROM t; INSERT INTO t VALUES (1, 1), (2, 2); UPDATE t SET v = 9 WHERE id = 1");
                    witness.execute("SELECT 5; INSERT INTO t VALUES (4, 4);");
                    witness.execute("INSERT INTO t VALUES (5, 5); INSERT INTO nowhere VALUES (1); INSERT INTO t VALUES (6, 6)");
                    witness.execute("INSERT INTO t VALUES (7, 7); -- the end");
                    witness.see("update", () -> {
                        try (Statement statement = connection.createStatement()) {
                            return statement.executeUpdate("DELETE FROM t WHERE id = 1; DELETE FROM t WHERE id = 2");
                        }
                    });
                    witness.see("prepared", () -> {
                        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO t VALUES (8, 8); INSERT INTO t VALUES (9, 9)")) {
                            return statement.executeUpdate();
                        }
                    });
                    witness.query("SELECT * FROM t ORDER BY id");
                });
            }
        }
    }

    @Test
    void closingWithoutCommitWritesNothing() throws Exception {
        try (Twins twins = Twins.of("t", T)) {
            try (Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (1, 1)");
            }
            assertThat(twins.complete().transactions()).isEmpty();
        }
    }

    @Test
    void batchesOfTextsKeepTheOutcomeOfEachElement() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = Twins.of("t", T)) {
                twins.same((connection, witness) -> {
                    connection.setAutoCommit(autoCommit);
                    try (Statement statement = connection.createStatement()) {
                        statement.addBatch("INSERT INTO t VALUES (1, 1)");
                        statement.addBatch("INSERT INTO t VALUES (1, 2)");
                        statement.addBatch("UPDATE t SET v = 5");
                        statement.addBatch("SELECT 1");
                        statement.addBatch("CREATE TABLE made (i INT)");
                        statement.addBatch("INSERT INTO made VALUES (1)");
                        statement.addBatch("INSERT INTO t VALUES (2, 2), (3, 3)");
                        statement.addBatch("DELETE FROM t WHERE id = 2");
                        witness.see("batch", statement::executeBatch);
                        witness.see("after", statement::getGeneratedKeys);
                        witness.see("nothing left", statement::executeBatch);
                    }
                    witness.query("SELECT * FROM t ORDER BY id");
                });
            }
        }
    }

    @Test
    void whatWasWrittenBeforeItsTableWasPublishedCannotBeCommitted() throws Exception {
        try (Twins twins = Twins.of("", T); Connection writer = twins.captured(); Connection announcer = twins.captured()) {
            writer.setAutoCommit(false);
            try (Statement statement = writer.createStatement(); PreparedStatement old = writer.prepareStatement("INSERT INTO t VALUES (?, 1)")) {
                statement.execute("INSERT INTO t VALUES (1, 1)");
                try (Statement other = announcer.createStatement()) {
                    other.execute("CREATE PUBLICATION p (TABLE t)");
                }
                assertThatThrownBy(writer::commit).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.WRITTEN_BEFORE_PUBLISHED.is(refused)).isTrue());
                statement.execute("INSERT INTO t VALUES (1, 1)");
                writer.commit();
                old.setInt(1, 2);
                assertThatThrownBy(old::executeUpdate).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.PREPARED_BEFORE_PUBLISHED.is(refused)).isTrue());
                writer.rollback();
                old.setInt(1, 2);
                old.executeUpdate();
                writer.commit();
            }
            assertThat(twins.complete().transactions()).hasSize(2);
        }
    }

    @Test
    void namesMeanWhatTheConnectionSays() throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE SCHEMA other", "CREATE TABLE other.t (id INT PRIMARY KEY, v INT)", "CREATE SYNONYM syn FOR t")) {
            Replayer replayer = twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t VALUES (1, 1)");
                witness.execute("SET SCHEMA other");
                witness.execute("INSERT INTO t VALUES (2, 2)");
                witness.execute("INSERT INTO public.t VALUES (3, 3)");
                witness.execute("SET SCHEMA PUBLIC");
                witness.execute("INSERT INTO syn VALUES (4, 4)");
                connection.setSchema("OTHER");
                witness.execute("INSERT INTO \"T\" VALUES (5, 5)");
                connection.setSchema("PUBLIC");
                witness.execute("INSERT INTO `t` VALUES (6, 6)");
                witness.execute("CREATE SCHEMA empty");
                connection.setSchema("EMPTY");
                witness.execute("SET SCHEMA_SEARCH_PATH PUBLIC");
                witness.execute("UPDATE t SET v = 0 WHERE id = 1");
                witness.execute("CREATE LOCAL TEMPORARY TABLE t (id INT PRIMARY KEY, v INT)");
                witness.execute("INSERT INTO t VALUES (7, 7)");
                witness.execute("DROP TABLE t");
                witness.execute("INSERT INTO t VALUES (8, 8)");
                witness.query("SELECT * FROM public.t ORDER BY id");
            });
            assertThat(replayer.tables().keySet()).containsExactly("PUBLIC.T");
        }
    }

    @Test
    void definitionsThatWouldBreakTheStreamAreRefused() throws Exception {
        try (Twins twins = Twins.of("t", T); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (String sql : new String[] {"DROP TABLE t", "DROP TABLE IF EXISTS nowhere, public.t CASCADE", "ALTER TABLE t DROP COLUMN v", "ALTER TABLE t ALTER COLUMN v BIGINT", "ALTER TABLE t RENAME TO u",
                "ALTER TABLE t ALTER COLUMN v RENAME TO w", "DROP SCHEMA public CASCADE", "DROP ALL OBJECTS", "ALTER TABLE t DROP PRIMARY KEY"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql)
                        .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.PUBLISHED_SHAPE.is(refused)).isTrue());
            }
            for (String sql : new String[] {"ALTER TABLE t ADD COLUMN extra INT", "CREATE INDEX i ON t (v)", "ALTER TABLE t ALTER COLUMN v SET DEFAULT 5", "ALTER TABLE t DROP COLUMN extra", "COMMENT ON TABLE t IS 'x'"}) {
                statement.execute(sql);
            }
            statement.execute("INSERT INTO t (id) VALUES (1)");
            twins.complete();
        }
    }

    @Test
    void whatCannotBeCapturedIsRefusedUnlessAllowed() throws Exception {
        String alias = "CREATE ALIAS writes AS 'int writes(java.sql.Connection c) throws Exception { return c.createStatement().executeUpdate(\"INSERT INTO t VALUES (100, 1)\"); }'";
        try (Twins twins = Twins.of("t", T, alias, "CREATE TABLE u (i INT)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (String sql : new String[] {"CALL writes()", "SELECT writes()", "INSERT INTO u VALUES (writes())", "EXECUTE IMMEDIATE 'DELETE FROM t'", "EXPLAIN ANALYZE DELETE FROM t", "RUNSCRIPT FROM 'nowhere.sql'",
                "CREATE TABLE x AS SELECT id FROM OLD TABLE (DELETE FROM t)", "CREATE TABLE x AS SELECT writes() AS w", "ALTER TABLE u ADD COLUMN w INT DEFAULT writes()", "PREPARE COMMIT x"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
            }
            statement.execute("SELECT COUNT(*) FROM FINAL TABLE (INSERT INTO u VALUES (1))");
            statement.execute("EXPLAIN ANALYZE SELECT * FROM t");
            twins.complete();
            WaybillSettings allow = WaybillSettings.of(Map.of("waybill.uncaptured", "allow"));
            try (Connection careless = twins.captured(allow); Statement free = careless.createStatement()) {
                assertThat(free.execute("CALL writes()")).isTrue();
                careless.setAutoCommit(false);
                free.execute("EXECUTE IMMEDIATE 'DELETE FROM t'");
                careless.rollback();
                try (ResultSet counted = free.executeQuery("SELECT subject, total FROM waybill.counter WHERE name = 'uncaptured' AND subject LIKE 'CALL%' OR subject LIKE 'EXECUTE%' ORDER BY subject")) {
                    assertThat(Twins.Witness.rows(counted, false)).isEqualTo("[(CALL writes() 2 )(EXECUTE IMMEDIATE 'DELETE FROM t' 2 )]");
                }
            }
        }
    }

    /** H2 tells generated keys to whoever may insert; what has to be read is refused by it. */
    @Test
    void aUserWhoMayOnlyInsertMissesNothing() throws Exception {
        try (Twins twins = Twins.of("t", T); Connection owner = twins.raw(); Statement grants = owner.createStatement()) {
            grants.execute("CREATE USER porter PASSWORD ''");
            for (String sql : Dialects.of(owner).grantStatements("PORTER")) {
                grants.execute(sql);
            }
            grants.execute("GRANT INSERT ON t TO porter");
            try (Connection porter = twins.capturedAs("porter"); Statement statement = porter.createStatement(); PreparedStatement known = porter.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                statement.execute("INSERT INTO t VALUES (1, 1 + 1)");
                porter.setAutoCommit(false);
                known.setInt(1, 2);
                known.setInt(2, 3);
                known.executeUpdate();
                porter.commit();
                assertThatThrownBy(() -> statement.execute("DELETE FROM t")).isInstanceOf(SQLException.class).hasMessageContaining("Not enough rights");
                porter.rollback();
            }
            assertThat(twins.complete().transactions()).hasSize(2);
        }
    }
}
