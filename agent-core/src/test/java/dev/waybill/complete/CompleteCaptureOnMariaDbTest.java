// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.Operation;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.databases.MariaDbServer;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@link CompleteCaptureTest} for MariaDB, which runs nothing at COMMIT; what foreign keys do, for which it runs no trigger, is {@link CascadesOnMariaDbTest}. */
class CompleteCaptureOnMariaDbTest {

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void everyWayToWriteIsCapturedWhoeverWrites() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE t (id INT PRIMARY KEY, n INT UNIQUE, name VARCHAR(20) DEFAULT 'none')", "CREATE TABLE u (id INT AUTO_INCREMENT PRIMARY KEY, of_t INT, doubled INT AS (of_t * 2) STORED, tripled INT AS (of_t * 3))",
                "CREATE TABLE `odd ``'name` (`the 'key` VARCHAR(9) PRIMARY KEY, plain TEXT)", "CREATE TABLE part (id INT PRIMARY KEY, note TEXT) PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (100), PARTITION high VALUES LESS THAN MAXVALUE)",
                "CREATE VIEW cheap AS SELECT * FROM t WHERE n < 5", "CREATE PROCEDURE buy(who INT) BEGIN INSERT INTO t (id, n) VALUES (who * 100, who * 100); COMMIT; INSERT INTO t (id, n) VALUES (who * 100 + 1, who * 100 + 1); END",
                "CREATE TRIGGER fill AFTER INSERT ON t FOR EACH ROW INSERT INTO u (of_t) VALUES (NEW.id)", "CREATE TRIGGER upper BEFORE INSERT ON t FOR EACH ROW SET NEW.name = UPPER(NEW.name)").publishing("TABLE t, TABLE u, TABLE \"odd `'name\", TABLE part")) {
            site.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, DEFAULT)", "CALL buy(1)", "INSERT INTO cheap VALUES (7, 4, 'seven')", "UPDATE cheap SET name = 'x' WHERE id = 7",
                    "INSERT INTO t VALUES (7, 4, 'y'), (8, 8, 'new') ON DUPLICATE KEY UPDATE name = CONCAT(name, VALUES(name))", "INSERT IGNORE INTO t VALUES (7, 4, 'z'), (9, 9, 'nine')", "REPLACE INTO t VALUES (9, 8, 'takes two')",
                    "UPDATE t SET n = n + 1000 ORDER BY n DESC", "UPDATE t SET name = name", "UPDATE t SET id = id + 1 WHERE id = 9", "UPDATE t, u SET t.name = 'joined', u.of_t = 5 WHERE t.id = u.of_t AND t.id < 3", "DELETE t, u FROM t JOIN u ON u.of_t = t.id WHERE t.id = 3",
                    "INSERT INTO u (of_t) SELECT id FROM t", "INSERT INTO `odd ``'name` VALUES ('k', 'v')", "UPDATE `odd ``'name` SET `the 'key` = '\\''", "INSERT INTO part VALUES (1, 'low'), (150, 'high')", "UPDATE part SET id = id + 100", "DELETE FROM part WHERE id = 101",
                    "BEGIN NOT ATOMIC INSERT INTO part VALUES (2, 'block'); UPDATE part SET note = 'again' WHERE id = 2; END", "SET STATEMENT foreign_key_checks = 0, unique_checks = 0 FOR INSERT INTO part VALUES (5, 'unchecked')", "DELETE FROM t WHERE id = 100");
            assertThatThrownBy(() -> site.execute("INSERT INTO t VALUES (50, 50, 'x'), (51, 50, 'same n')")).hasMessageContaining("Duplicate");
            try (Connection bare = site.connect()) {
                bare.setAutoCommit(false);
                run(bare, "INSERT INTO t VALUES (20, 20, 'x')", "SAVEPOINT a", "UPDATE t SET name = 'never' WHERE id = 20", "DELETE FROM t WHERE id = 1", "ROLLBACK TO a", "UPDATE t SET name = 'y' WHERE id = 20");
                bare.commit();
                run(bare, "DELETE FROM t");
                bare.rollback();
                run(bare, "SAVEPOINT a", "INSERT INTO part VALUES (77, 'never')", "ROLLBACK TO a");
                bare.commit();
            }
            List<List<Change>> journal = site.assertCaptured();
            assertThat(journal.get(0)).extracting(change -> change.table().name()).containsExactly("t", "u", "t", "u", "t", "u");
            site.execute("DELETE FROM t", "DELETE FROM u");
            site.assertCaptured();
        }
    }

    private interface Deed {
        void run(Connection connection, int n) throws SQLException;
    }

    /** Two-phase commit by XA, after which the server itself knows of no order. */
    private static void xa(Connection bare, int n) throws SQLException {
        bare.setAutoCommit(true);
        String id = "'" + Thread.currentThread().getName() + n + "'";
        run(bare, "XA START " + id);
        try {
            run(bare, "UPDATE t SET n = n + 1 WHERE id = " + n % 5);
        } catch (SQLException victim) {
            run(bare, "XA END " + id, "XA ROLLBACK " + id);
            return;
        }
        run(bare, "XA END " + id, "XA PREPARE " + id);
        run(bare, "XA COMMIT " + id);
    }

    @Test
    void writersOfAllKindsAtOnceStandInAnOrderInWhichTheyCanBeRepeated() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE t (id INT PRIMARY KEY, n INT)", "CREATE TABLE u (id INT PRIMARY KEY, s VARCHAR(200))", "INSERT INTO t VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0)", "DELETE FROM t").publishing("TABLE t, TABLE u")) {
            site.execute("INSERT INTO t VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0)");
            List<Deed> deeds = List.of((bare, n) -> run(bare, "UPDATE t SET n = n + 1 WHERE id = " + n % 5),
                    (bare, n) -> run(bare, "DELETE FROM t WHERE id = " + n % 5, "INSERT INTO t VALUES (" + n % 5 + ", " + n + ")"),
                    (bare, n) -> run(bare, "UPDATE t SET n = n + 1 WHERE id >= 3", "SAVEPOINT a", "DELETE FROM t WHERE id = 3", "ROLLBACK TO a", "REPLACE INTO u VALUES (" + n + ", 'x')"),
                    (bare, n) -> run(bare, "INSERT INTO u VALUES (" + n % 7 + ", 'y') ON DUPLICATE KEY UPDATE s = 'z', id = id + 100"),
                    (bare, n) -> run(bare, "UPDATE t, u SET t.n = t.n + 1, u.s = 'joined' WHERE t.id = u.id", "DELETE FROM u WHERE id > 50"), CompleteCaptureOnMariaDbTest::xa);
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int writer = w;
                writers.add(CompletableFuture.runAsync(() -> {
                    try (Connection bare = site.connect()) {
                        bare.setTransactionIsolation(writer % 2 == 0 ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED);
                        for (int n = 0; n < 40; n++) {
                            attempt(bare, deeds.get((n + writer) % deeds.size()), 10 * n + writer);
                        }
                    } catch (SQLException failed) {
                        throw new IllegalStateException(failed);
                    }
                }, task -> new Thread(task, "writer" + writer + "-").start()));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
            while (!all.isDone()) {
                site.sequence();
            }
            all.get(1, TimeUnit.MINUTES);
            site.assertCaptured();
            assertThat(site.text("SELECT SUM(n) FROM t")).isNotEqualTo("0");
        }
    }

    /** Whoever was the victim of a deadlock gives up. */
    private static void attempt(Connection bare, Deed deed, int n) throws SQLException {
        bare.setAutoCommit(false);
        try {
            deed.run(bare, n);
            if (!bare.getAutoCommit()) {
                if (n % 4 == 0) {
                    bare.rollback();
                } else {
                    bare.commit();
                }
            }
        } catch (SQLException failed) {
            if (!List.of(1213, 1020, 1205, 1614).contains(failed.getErrorCode())) {
                throw failed;
            }
            if (bare.getAutoCommit()) {
                throw new IllegalStateException("XA was refused", failed);
            }
            bare.rollback();
        }
    }

    @Test
    void longTransactionsAndMassesOfShortOnesComeInParts() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE t (id INT PRIMARY KEY, a MEDIUMTEXT)", "CREATE TABLE u (id INT PRIMARY KEY)").publishing("TABLE t, TABLE u"); Connection bare = site.connect()) {
            bare.setAutoCommit(false);
            run(bare, "INSERT INTO t SELECT seq, REPEAT('x', 20) FROM seq_1_to_2000", "INSERT INTO u SELECT seq FROM seq_1_to_50", "UPDATE t SET a = CONCAT(a, id) WHERE id % 2 = 0", "INSERT INTO t VALUES (0, REPEAT('y', 200000))");
            bare.commit();
            bare.setAutoCommit(true);
            try (PreparedStatement insert = bare.prepareStatement("INSERT INTO u VALUES (?)")) {
                for (int i = 0; i < 200; i++) {
                    insert.setInt(1, 1000 + i);
                    insert.executeUpdate();
                }
            }
            List<List<Change>> journal = site.assertCaptured();
            assertThat(journal).hasSize(201);
            assertThat(journal.get(0)).hasSize(3051).filteredOn(change -> change.operation() == Operation.UPDATE).hasSize(1000);
        }
    }

    @Test
    void aUserWithoutAnyRightInOurTablesIsCapturedAndOtherDatabasesToo() throws Exception {
        String user = MariaDbServer.running().freshName("insert_only");
        String other = MariaDbServer.running().freshName("other");
        String table = "t".repeat(64);
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE DATABASE " + other, "CREATE TABLE " + other + "." + table + " (id INT PRIMARY KEY, `" + "c".repeat(64) + "` TEXT)", "CREATE TABLE t (id INT PRIMARY KEY)")
                .publishing("TABLE t, TABLE " + other + "." + table)) {
            String home = site.text("SELECT DATABASE()");
            site.execute("CREATE USER " + user + "@'%'", "GRANT INSERT ON " + home + ".t TO " + user + "@'%'", "GRANT INSERT, UPDATE, SELECT ON " + other + ".* TO " + user + "@'%'");
            try (Connection bare = site.connectAs(user)) {
                run(bare, "INSERT INTO t VALUES (1), (2)", "INSERT INTO " + other + "." + table + " VALUES (1, 'x')", "UPDATE " + other + "." + table + " SET id = 2");
                assertThatThrownBy(() -> run(bare, "SELECT * FROM waybill_trigger_row")).hasMessageContaining("denied");
                assertThatThrownBy(() -> run(bare, "INSERT INTO waybill_trigger_mark (id) VALUES (7)")).hasMessageContaining("denied");
            }
            assertThat(site.assertCaptured()).hasSize(3);
            run(site.agent(), "INSERT INTO t VALUES (100)", "DELETE FROM t WHERE id = 100");
            site.agent().commit();
            assertThat(site.assertCaptured()).hasSize(3);
        }
    }

    private static final String OURS = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE 'waybill%'";

    @Test
    void triggersComeAndGoWithPublicationsAndNothingIsLeftOfTriesThatFail() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b TEXT)", "CREATE TABLE u (id INT PRIMARY KEY)"); Connection before = site.connect()) {
            before.setAutoCommit(false);
            run(before, "INSERT INTO t VALUES (1, 'a', 'b')");
            assertThatThrownBy(() -> site.say(true, Duration.ofSeconds(1), "CREATE PUBLICATION everything (TABLE u, TABLE t)")).satisfies(error -> assertThat(WaybillError.CAPTURE_BUSY.is((SQLException) error)).isTrue());
            before.commit();
            assertThat(site.text(OURS)).isEqualTo("0");
            assertThat(site.catalogue().publications()).isEmpty();
            site.execute("DELETE FROM t");
            site.say(true, "CREATE PUBLICATION everything (TABLE t (a))");
            assertThat(site.text(OURS)).isEqualTo("4");
            site.execute("INSERT INTO t VALUES (2, 'a', 'b')", "UPDATE t SET b = 'unseen'");
            site.say(false, "CREATE PUBLICATION more (TABLE t (b), TABLE u)");
            assertThat(site.text(OURS)).isEqualTo("7");
            site.execute("UPDATE t SET b = 'seen'", "INSERT INTO u VALUES (1)");
            assertThat(site.journal()).hasSize(3);
            site.say(false, "DROP PUBLICATION more");
            assertThat(site.text(OURS)).isEqualTo("4");
            site.execute("INSERT INTO u VALUES (2)", "INSERT INTO t VALUES (3, 'c', 'b')");
            assertThat(site.journal()).hasSize(4);
            site.say(false, "DROP PUBLICATION everything");
            assertThat(site.text(OURS)).isEqualTo("0");
            assertThat(site.catalogue().complete()).isFalse();
            site.say(true, "CREATE PUBLICATION everything (TABLE t)");
            site.uninstall();
            assertThat(site.text(OURS)).isEqualTo("0");
            assertThat(site.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'waybill%'")).isEqualTo("0");
            site.execute("INSERT INTO t VALUES (5, 'a', 'b')");
        }
    }
}
