// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.setting.WaybillSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What PostgreSQL keeps of a transaction, and nothing else, is captured, however the transaction ends. */
class PostgresTransactionEdgesTest {

    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, name TEXT)";

    @Test
    void savepointsTakeBackWhatTheyTakeBackOnTheServer() throws Exception {
        for (String options : new String[] {"", "&autosave=always", "&autosave=conservative"}) {
            try (Twins twins = Twins.onPostgres(options, WaybillSettings.DEFAULTS, "t", TABLE)) {
                twins.same((connection, witness) -> {
                    connection.setAutoCommit(false);
                    witness.execute("INSERT INTO t VALUES (1, 'kept')");
                    Savepoint one = connection.setSavepoint();
                    witness.execute("INSERT INTO t VALUES (2, 'gone')");
                    Savepoint two = connection.setSavepoint("two");
                    witness.execute("INSERT INTO t VALUES (3, 'gone')");
                    connection.rollback(two);
                    connection.rollback(one);
                    witness.execute("INSERT INTO t VALUES (4, 'kept')");
                    witness.execute("SAVEPOINT s");
                    witness.execute("UPDATE t SET name = 'first'");
                    witness.execute("SAVEPOINT s");
                    witness.execute("UPDATE t SET name = 'second'");
                    witness.execute("ROLLBACK TO s");
                    witness.execute("RELEASE s");
                    witness.execute("INSERT INTO t VALUES (5, 'gone')");
                    witness.execute("ROLLBACK TRANSACTION TO SAVEPOINT s");
                    witness.execute("INSERT INTO t VALUES (6, 'kept')");
                    witness.execute("INSERT INTO t VALUES (6, 'twice')");
                    witness.execute("SELECT 1");
                    witness.execute("ROLLBACK TO s");
                    witness.execute("INSERT INTO t VALUES (7, 'kept')");
                    connection.releaseSavepoint(one);
                    witness.see("commit", () -> {
                        connection.commit();
                        return null;
                    });
                    witness.query("SELECT * FROM t ORDER BY id");
                });
            }
        }
    }

    @Test
    void aFailedTransactionCommitsNothingAndSaysWhatTheServerSays() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE)) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (1, 'gone')");
                witness.execute("INSERT INTO t VALUES (1, 'twice')");
                witness.execute("INSERT INTO t VALUES (2, 'gone')");
                try (PreparedStatement late = connection.prepareStatement("INSERT INTO t VALUES (?, 'late')")) {
                    late.setInt(1, 9);
                    witness.see("prepared late", late::executeUpdate);
                }
                witness.see("commit", () -> {
                    connection.commit();
                    return null;
                });
                witness.execute("INSERT INTO t VALUES (3, 'kept')");
                connection.commit();
                witness.execute("INSERT INTO t VALUES (3, 'twice')");
                witness.execute("COMMIT");
                witness.execute("INSERT INTO t VALUES (4, 'gone')");
                witness.execute("INSERT INTO t VALUES (4, 'twice')");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (5, 'kept')");
                witness.see("mode", () -> {
                    connection.setAutoCommit(true);
                    return null;
                });
                witness.query("SELECT * FROM t ORDER BY id");
            });
        }
    }

    @Test
    void transactionsBegunAndEndedAsTextAreCaptured() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE)) {
            twins.same((connection, witness) -> {
                witness.execute("BEGIN");
                witness.execute("INSERT INTO t VALUES (1, 'gone')");
                witness.execute("ROLLBACK");
                witness.execute("START TRANSACTION ISOLATION LEVEL REPEATABLE READ");
                witness.execute("INSERT INTO t VALUES (2, 'kept')");
                witness.execute("SAVEPOINT a");
                witness.execute("DELETE FROM t");
                witness.execute("ROLLBACK TO a");
                witness.execute("END");
                witness.execute("BEGIN WORK");
                witness.execute("INSERT INTO t VALUES (3, 'kept')");
                witness.execute("COMMIT AND CHAIN");
                witness.execute("INSERT INTO t VALUES (4, 'gone')");
                witness.execute("ABORT");
                witness.execute("BEGIN");
                witness.execute("INSERT INTO t VALUES (5, 'prepared')");
                witness.execute("PREPARE TRANSACTION 'p" + connection.getMetaData().getURL().hashCode() + "'");
                witness.execute("COMMIT PREPARED 'p" + connection.getMetaData().getURL().hashCode() + "'");
                witness.query("SELECT * FROM t ORDER BY id");
            }, "p-?\\d+");
        }
    }

    @Test
    void aCommitThatADeferredConstraintRefusesLeavesNothing() throws Exception {
        try (Twins twins = Twins.onPostgres("t, c", TABLE, "CREATE TABLE c (id INT PRIMARY KEY, t INT REFERENCES t DEFERRABLE INITIALLY DEFERRED)")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO c VALUES (0, 0)");
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO c VALUES (1, 1)");
                witness.see("commit", () -> {
                    connection.commit();
                    return null;
                });
                witness.execute("INSERT INTO c VALUES (2, 2)");
                witness.execute("INSERT INTO t VALUES (2, 'parent')");
                witness.see("commit", () -> {
                    connection.commit();
                    return null;
                });
                witness.execute("INSERT INTO c VALUES (3, 3)");
                witness.execute("COMMIT");
                witness.see("autocommit", connection::getAutoCommit);
                witness.query("SELECT * FROM c");
            });
        }
    }

    @Test
    void namesMeanWhatTheyMeanUntilTheTransactionTakesThemBack() throws Exception {
        try (Twins twins = Twins.onPostgres("t, other.t", TABLE, "CREATE SCHEMA other", "CREATE TABLE other.t (id INT PRIMARY KEY, name TEXT)", "CREATE SCHEMA third", "CREATE TABLE third.t (id INT PRIMARY KEY, name TEXT)")) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'by name')")) {
                    insert.setInt(1, 1);
                    witness.see("public", insert::executeUpdate);
                    witness.execute("SET LOCAL search_path = other, public");
                    witness.execute("INSERT INTO t VALUES (2, 'other')");
                    connection.rollback();
                    witness.execute("INSERT INTO t VALUES (3, 'public')");
                    witness.execute("SET search_path = third");
                    connection.rollback();
                    witness.execute("INSERT INTO t VALUES (4, 'public')");
                    connection.commit();
                    connection.setSchema("other");
                    witness.execute("INSERT INTO t VALUES (5, 'other')");
                    witness.execute("SELECT set_config('search_path', 'third', false)");
                    witness.execute("INSERT INTO t VALUES (6, 'third')");
                    connection.commit();
                    witness.execute("RESET search_path");
                    witness.execute("CREATE TEMP TABLE t (id INT PRIMARY KEY, name TEXT)");
                    witness.execute("INSERT INTO t VALUES (7, 'temporary')");
                    connection.rollback();
                    witness.execute("INSERT INTO t VALUES (8, 'public')");
                    connection.commit();
                }
                witness.query("SELECT 'p', * FROM public.t UNION ALL SELECT 'o', * FROM other.t UNION ALL SELECT 't', * FROM third.t ORDER BY 1, 2");
            });
        }
    }

    @Test
    void definitionsInATransactionAreSeenByItAndByOthersAfterIt() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE); Connection connection = twins.captured(); Connection other = twins.captured(); Statement statement = connection.createStatement(); Statement others = other.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; END'");
            assertThatThrownBy(() -> statement.execute("SELECT f()")).isInstanceOf(SQLException.class).hasMessageContaining("function");
            others.execute("INSERT INTO t VALUES (1, 'while it is defined')");
            connection.commit();
            assertThatThrownBy(() -> others.execute("SELECT f()")).isInstanceOf(SQLException.class).hasMessageContaining("function");
            statement.execute("CREATE TRIGGER a AFTER INSERT ON t FOR EACH ROW WHEN (false) EXECUTE FUNCTION suppress_redundant_updates_trigger()");
            connection.rollback();
            others.execute("INSERT INTO t VALUES (2, 'afterwards')");
            twins.complete();
        }
    }

    @Test
    void aVictimOfSerializationOrDeadlockLeavesNothing() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE); Connection connection = twins.captured(); Connection other = twins.captured(); Statement statement = connection.createStatement(); Statement others = other.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            other.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(false);
            other.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM t WHERE name = 'a'").close();
            others.executeQuery("SELECT count(*) FROM t WHERE name = 'b'").close();
            statement.execute("INSERT INTO t VALUES (3, 'b')");
            others.execute("INSERT INTO t VALUES (4, 'a')");
            connection.commit();
            assertThatThrownBy(other::commit).isInstanceOfSatisfying(SQLException.class, failed -> assertThat(failed.getSQLState()).isEqualTo("40001"));
            others.execute("INSERT INTO t VALUES (5, 'again')");
            other.commit();
            twins.complete();
        }
    }

    @Test
    void aLargeTransactionGoesInPartsAndTakesThemBackWithASavepoint() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE)) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(1, 6000) AS g");
                Savepoint before = connection.setSavepoint();
                witness.execute("UPDATE t SET name = repeat('y', 120)");
                connection.rollback(before);
                witness.execute("UPDATE t SET id = id + 6000 WHERE id > 3000");
                witness.execute("DELETE FROM t WHERE id <= 1000");
                connection.commit();
                witness.query("SELECT count(*), sum(id), min(name) FROM t");
            });
        }
    }

    @Test
    void aConnectionThatIsClosedOrLostCommitsNothing() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE)) {
            try (Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (1, 'closed')");
            }
            try (Connection lost = twins.captured(); Statement statement = lost.createStatement(); Connection killer = twins.raw(); Statement kill = killer.createStatement()) {
                lost.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (2, 'lost')");
                kill.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()");
                assertThatThrownBy(lost::commit).isInstanceOf(SQLException.class);
            }
            assertThat(twins.complete().transactions()).isEmpty();
        }
    }

    @Test
    void aDeferredUniqueKeyIsLookedAtBeforeTheOutboxPartIsWritten() throws Exception {
        try (Twins twins = Twins.onPostgres("t", "CREATE TABLE t (id INT PRIMARY KEY, v INT UNIQUE DEFERRABLE INITIALLY DEFERRED)")) {
            Replayer replayer = twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t VALUES (3, 3), (2, 2), (1, 1)");
                witness.execute("UPDATE t SET v = 4 - v");
                witness.execute("UPDATE t SET id = id + 1, v = v + 1");
                witness.execute("INSERT INTO t VALUES (9, 2)");
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (10, 2)");
                witness.execute("UPDATE t SET v = 10 WHERE id = 4");
                witness.see("commit", () -> {
                    connection.commit();
                    return null;
                });
                witness.execute("INSERT INTO t VALUES (11, 3)");
                witness.see("commit of a twin", () -> {
                    connection.commit();
                    return null;
                });
                witness.execute("INSERT INTO t VALUES (12, 4)");
                witness.execute("COMMIT");
                witness.query("SELECT * FROM t ORDER BY id");
            });
            assertThat(replayer.transactions()).hasSize(4);
        }
    }

    /** Inside of a transaction the server refuses it, in autocommit mode it runs by itself. */
    @Test
    void aProcedureThatCommitsDoesSoAsOnTheBareDriver() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE, "CREATE TABLE u (id INT)", "CREATE PROCEDURE twice() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO u VALUES (1); COMMIT; INSERT INTO u VALUES (2); ROLLBACK; END $$")) {
            Replayer replayer = twins.same((connection, witness) -> {
                witness.execute("CALL twice()");
                witness.query("SELECT id FROM u");
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t VALUES (1, 'gone')");
                witness.execute("CALL twice()");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (2, 'kept')");
                connection.commit();
                witness.query("SELECT * FROM t");
            });
            assertThat(replayer.transactions()).hasSize(1);
        }
    }
}
