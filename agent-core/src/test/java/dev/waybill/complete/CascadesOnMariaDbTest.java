// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What foreign keys of MariaDB do by themselves, for which it runs no trigger, is captured by triggers of the tables from which they do it. All writers use the bare driver. */
class CascadesOnMariaDbTest {

    private static final String[] SHOP = {"CREATE TABLE top (id INT PRIMARY KEY)", "CREATE TABLE stock (id INT PRIMARY KEY, of_top INT, FOREIGN KEY (of_top) REFERENCES top (id) ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE leaf (id INT PRIMARY KEY, of_mid INT, note VARCHAR(20), FOREIGN KEY (of_mid) REFERENCES stock (id) ON DELETE CASCADE)",
            "CREATE TABLE loose (id INT PRIMARY KEY, of_mid INT, doubled INT AS (of_mid * 2), FOREIGN KEY (of_mid) REFERENCES stock (id) ON DELETE SET NULL)"};

    private static final String[] ROWS = {"INSERT INTO top VALUES (1), (2), (3)", "INSERT INTO stock VALUES (10, 1), (11, 1), (20, 2)", "INSERT INTO leaf VALUES (100, 10, 'a'), (101, 10, 'b'), (110, 11, 'c'), (200, 20, 'd')",
            "INSERT INTO loose (id, of_mid) VALUES (1, 10), (2, 11), (3, 20), (4, NULL)"};

    private static CompleteDatabase shop(String published, String... more) throws SQLException {
        CompleteDatabase site = CompleteDatabase.onMariaDb(Stream.concat(Arrays.stream(SHOP), Arrays.stream(more)).toArray(String[]::new)).publishing(published);
        site.execute(ROWS);
        return site;
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> last(List<List<Change>> journal) {
        return journal.get(journal.size() - 1).stream().map(change -> change.operation() + " " + change.table().name()).toList();
    }

    @Test
    void childrenGoBeforeTheirParentsAndOthersLoseTheirReference() throws Exception {
        try (CompleteDatabase site = shop("TABLE top, TABLE stock, TABLE leaf, TABLE loose")) {
            site.execute("DELETE FROM top WHERE id = 1");
            assertThat(last(site.assertCaptured())).containsSubsequence("DELETE leaf", "DELETE leaf", "DELETE leaf", "DELETE stock", "DELETE stock", "DELETE top").containsOnlyOnce("DELETE top")
                    .filteredOn(change -> change.equals("UPDATE loose")).hasSize(2);
            site.execute("UPDATE top SET id = 7 WHERE id = 2");
            assertThat(last(site.assertCaptured())).containsExactly("UPDATE top", "UPDATE stock");
            site.execute("DELETE FROM stock");
            assertThat(last(site.assertCaptured())).containsExactlyInAnyOrder("DELETE leaf", "UPDATE loose", "DELETE stock").endsWith("DELETE stock");
        }
    }

    @Test
    void whatAnUnpublishedParentTakesAlongIsCapturedOverUnpublishedTablesToo() throws Exception {
        try (CompleteDatabase site = shop("TABLE leaf, TABLE loose (id, of_mid)")) {
            site.execute("DELETE FROM top WHERE id = 1", "DELETE FROM top");
            List<List<Change>> journal = site.assertCaptured();
            assertThat(last(journal)).containsExactlyInAnyOrder("DELETE leaf", "UPDATE loose");
        }
    }

    @Test
    void statementsThatReadTheChildrenThemselvesWork() throws Exception {
        try (CompleteDatabase site = shop("TABLE stock, TABLE leaf, TABLE loose")) {
            site.execute("DELETE FROM top WHERE id NOT IN (SELECT of_top FROM stock JOIN leaf ON leaf.of_mid = stock.id WHERE leaf.note <> 'd')", "DELETE leaf, stock FROM leaf JOIN stock ON leaf.of_mid = stock.id WHERE stock.id = 10", "DELETE FROM top");
            site.assertCaptured();
            assertThat(site.text("SELECT COUNT(*) FROM leaf")).isEqualTo("0");
        }
    }

    @Test
    @Tag("extended")
    void keysThatAreChangedByForeignKeysTravelAsChangesOfKeys() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE p (name VARCHAR(10) COLLATE utf8mb4_general_ci PRIMARY KEY)",
                "CREATE TABLE c (p VARCHAR(10) COLLATE utf8mb4_general_ci, n INT, PRIMARY KEY (p, n), FOREIGN KEY (p) REFERENCES p (name) ON UPDATE CASCADE ON DELETE CASCADE)",
                "CREATE TABLE g (id INT PRIMARY KEY, p VARCHAR(10) COLLATE utf8mb4_general_ci, n INT, FOREIGN KEY (p, n) REFERENCES c (p, n) ON UPDATE CASCADE ON DELETE SET NULL)").publishing("TABLE p, TABLE c, TABLE g")) {
            site.execute("INSERT INTO p VALUES ('a'), ('b')", "INSERT INTO c VALUES ('A', 1), ('a', 2), ('b', 1)", "INSERT INTO g VALUES (7, 'a', 2), (8, 'A', 1)", "UPDATE p SET name = 'x' WHERE name = 'a'");
            List<List<Change>> journal = site.assertCaptured();
            assertThat(last(journal)).containsExactly("UPDATE p", "UPDATE c", "UPDATE c", "UPDATE g", "UPDATE g");
            assertThat(journal.get(journal.size() - 1)).filteredOn(change -> change.table().name().equals("c")).allMatch(change -> change.oldKey() != null);
            site.execute("UPDATE p SET name = UPPER(name)", "UPDATE p SET name = CONCAT(name, '!') ORDER BY name", "DELETE FROM c WHERE n = 2", "INSERT INTO p VALUES ('b!') ON DUPLICATE KEY UPDATE name = 'c'", "REPLACE INTO p VALUES ('c')", "DELETE FROM p");
            site.assertCaptured();
        }
    }

    @Test
    @Tag("extended")
    void treesGoWithTheirRootHoweverDeep() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE node (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES node (id) ON DELETE CASCADE)",
                "CREATE TABLE tag (id INT PRIMARY KEY, of_node INT, FOREIGN KEY (of_node) REFERENCES node (id) ON DELETE CASCADE)").publishing("TABLE node, TABLE tag")) {
            site.execute("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 4), (6, NULL), (7, 6)", "INSERT INTO tag VALUES (1, 5), (2, 3), (3, 6)", "DELETE FROM node WHERE id = 1");
            List<String> last = last(site.assertCaptured());
            assertThat(last).containsExactly("DELETE tag", "DELETE tag", "DELETE node", "DELETE node", "DELETE node", "DELETE node", "DELETE node");
            StringBuilder chain = new StringBuilder("INSERT INTO node VALUES (100, NULL)");
            for (int i = 101; i < 140; i++) {
                chain.append(", (").append(i).append(", ").append(i - 1).append(")");
            }
            site.execute(chain.toString(), "INSERT INTO tag VALUES (10, 139)");
            List<Integer> refused = new ArrayList<>();
            for (int from : new int[] {100, 120, 122, 123, 124, 125, 126, 127}) {
                try {
                    site.execute("DELETE FROM node WHERE id = " + from);
                } catch (SQLException tooDeep) {
                    assertThat(tooDeep.getErrorCode()).isEqualTo(1296);
                    refused.add(from);
                }
                site.assertCaptured();
            }
            assertThat(refused).as("deeper than InnoDB goes").contains(100).doesNotContain(127);
        }
    }

    @Test
    @Tag("extended")
    void rowsThatAreMetOnTwoWaysAreToldOnceAndAsTheyAreThen() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE)",
                "CREATE TABLE d (id INT PRIMARY KEY, a INT, b INT, other INT, FOREIGN KEY (a) REFERENCES a (id) ON DELETE SET NULL, FOREIGN KEY (b) REFERENCES b (id) ON DELETE CASCADE, FOREIGN KEY (other) REFERENCES a (id) ON DELETE SET NULL ON UPDATE CASCADE)",
                "CREATE TABLE friend (one INT, other INT, PRIMARY KEY (one, other), FOREIGN KEY (one) REFERENCES a (id) ON UPDATE CASCADE ON DELETE CASCADE, FOREIGN KEY (other) REFERENCES a (id) ON UPDATE CASCADE ON DELETE CASCADE)")
                .publishing("TABLE a, TABLE b, TABLE d, TABLE friend")) {
            site.execute("INSERT INTO a VALUES (1), (2), (3)", "INSERT INTO b VALUES (1, 1), (2, 2)", "INSERT INTO d VALUES (1, 1, 1, 1), (2, 1, NULL, 1), (3, 2, 1, NULL), (4, 1, 2, 1)", "INSERT INTO friend VALUES (1, 2), (2, 1), (3, 1), (2, 3)");
            site.execute("DELETE FROM a WHERE id = 1");
            assertThat(last(site.assertCaptured())).containsExactlyInAnyOrder("DELETE d", "DELETE d", "UPDATE d", "UPDATE d", "DELETE friend", "DELETE friend", "DELETE friend", "DELETE b", "DELETE a");
            site.execute("UPDATE a SET id = 30 WHERE id = 3");
            site.assertCaptured();
        }
    }

    @Test
    void whatStaysIsNotTold() throws Exception {
        try (CompleteDatabase site = shop("TABLE top, TABLE stock, TABLE leaf, TABLE loose", "CREATE TABLE holds (id INT PRIMARY KEY, of_top INT, FOREIGN KEY (of_top) REFERENCES top (id))")) {
            site.execute("INSERT INTO holds VALUES (1, 1)", "DELETE IGNORE FROM top", "UPDATE IGNORE top SET id = id + 1", "UPDATE IGNORE leaf SET id = id + 1, of_mid = 11 ORDER BY id", "UPDATE IGNORE leaf SET of_mid = 99", "SET STATEMENT foreign_key_checks = 0 FOR DELETE FROM top WHERE id = 1", "INSERT INTO top VALUES (1)", "UPDATE stock SET of_top = of_top");
            site.assertCaptured();
            assertThat(site.text("SELECT COUNT(*) FROM leaf")).isEqualTo("3");
            try (Connection bare = site.connect()) {
                bare.setAutoCommit(false);
                run(bare, "DELETE FROM holds", "SAVEPOINT a", "DELETE FROM top", "ROLLBACK TO a", "DELETE FROM top WHERE id = 3");
                bare.commit();
                run(bare, "DELETE FROM top");
                bare.rollback();
                run(bare, "INSERT INTO leaf VALUES (1, NULL, 'later')", "DELETE FROM top");
                bare.commit();
            }
            site.assertCaptured();
            run(site.agent(), "INSERT INTO top VALUES (50)", "INSERT INTO stock VALUES (50, 50)", "DELETE FROM top WHERE id = 50");
            site.agent().commit();
            site.assertCaptured();
        }
    }

    /** Between what our trigger reads and what the foreign keys do, other sessions come: here as long as a trigger that runs in between waits. */
    @Test
    void nobodyAddsRowsThatGoUnseen() throws Exception {
        for (int isolation : List.of(Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ)) {
            try (CompleteDatabase site = shop("TABLE leaf", "CREATE TABLE node (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES node (id) ON DELETE CASCADE)"); Connection gate = site.connect(); Connection other = site.connect()) {
                site.say(false, "CREATE PUBLICATION trees (TABLE node)");
                site.execute("INSERT INTO node VALUES (1, NULL), (2, 1), (3, NULL)", "CREATE TRIGGER gate BEFORE DELETE ON top FOR EACH ROW SET @gate = GET_LOCK('gate', 60), @gate = RELEASE_LOCK('gate')",
                        "CREATE TRIGGER gate_of_nodes BEFORE DELETE ON node FOR EACH ROW SET @gate = GET_LOCK('gate', 60), @gate = RELEASE_LOCK('gate')");
                other.setTransactionIsolation(isolation);
                run(other, "SET innodb_lock_wait_timeout = 0");
                for (String[] deed : new String[][] {{"DELETE FROM top WHERE id = 1", "INSERT INTO leaf VALUES (1, 10, 'unseen')", "UPDATE leaf SET of_mid = 11 WHERE id = 200"}, {"DELETE FROM node WHERE id = 1", "INSERT INTO node VALUES (9, 2)", "UPDATE node SET up = 2 WHERE id = 3"}}) {
                    run(gate, "DO GET_LOCK('gate', 60)");
                    CompletableFuture<Void> deleting = CompletableFuture.runAsync(() -> delete(site, isolation, deed[0]));
                    awaitOneWaiting(gate);
                    for (String adding : List.of(deed[1], deed[2])) {
                        assertThatThrownBy(() -> run(other, adding)).as(adding).hasMessageContaining("Lock wait timeout");
                    }
                    run(other, "INSERT INTO leaf VALUES (" + (1000 + deed[0].length()) + ", 20, 'seen')");
                    run(gate, "DO RELEASE_LOCK('gate')");
                    deleting.get(1, TimeUnit.MINUTES);
                    assertThatThrownBy(() -> run(other, deed[1])).hasMessageContaining("foreign key constraint fails");
                }
                site.assertCaptured();
            }
        }
    }

    private static void delete(CompleteDatabase site, int isolation, String sql) {
        try (Connection bare = site.connect()) {
            bare.setTransactionIsolation(isolation);
            run(bare, sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void awaitOneWaiting(Connection gate) throws SQLException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (Statement statement = gate.createStatement()) {
            while (true) {
                try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM INFORMATION_SCHEMA.PROCESSLIST WHERE STATE = 'User lock' AND DB = DATABASE()")) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        return;
                    }
                }
                assertThat(System.nanoTime()).isLessThan(until);
            }
        }
    }

    @Test
    void triggersThatChangeTheSameRowsInBetweenAreRefused() throws Exception {
        try (CompleteDatabase site = shop("TABLE stock, TABLE leaf")) {
            site.execute("CREATE TRIGGER between_them BEFORE DELETE ON top FOR EACH ROW DELETE FROM leaf WHERE of_mid IN (SELECT id FROM stock WHERE of_top = OLD.id)");
            assertThatThrownBy(() -> site.execute("DELETE FROM top WHERE id = 1")).hasMessageContaining("by another trigger in between");
            site.execute("DROP TRIGGER between_them", "CREATE TRIGGER behind AFTER DELETE ON top FOR EACH ROW INSERT INTO leaf VALUES (-OLD.id, NULL, 'gone')", "DELETE FROM top");
            site.assertCaptured();
        }
        try (CompleteDatabase site = shop("TABLE stock", "CREATE TRIGGER before_ours BEFORE DELETE ON top FOR EACH ROW DELETE FROM leaf WHERE of_mid IN (SELECT id FROM stock WHERE of_top = OLD.id)")) {
            site.say(false, "CREATE PUBLICATION leaves (TABLE leaf)");
            site.execute("INSERT INTO leaf VALUES (1, 10, 'x')", "DELETE FROM top");
            assertThat(site.text("SELECT COUNT(*) FROM leaf")).isEqualTo("0");
        }
    }

    @Test
    @Tag("extended")
    void manyWritersAtOnceStandInAnOrderInWhichTheyCanBeRepeated() throws Exception {
        try (CompleteDatabase site = shop("TABLE top, TABLE stock, TABLE leaf, TABLE loose")) {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int writer = w;
                writers.add(CompletableFuture.runAsync(() -> write(site, writer), task -> new Thread(task, "writer" + writer).start()));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
            while (!all.isDone()) {
                site.sequence();
            }
            all.get(1, TimeUnit.MINUTES);
            site.assertCaptured();
        }
    }

    private static void write(CompleteDatabase site, int writer) {
        Random random = new Random(writer);
        try (Connection bare = site.connect()) {
            bare.setTransactionIsolation(writer % 2 == 0 ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED);
            bare.setAutoCommit(false);
            for (int n = 0; n < 60; n++) {
                int top = random.nextInt(3);
                int mid = random.nextInt(6);
                List<String> deeds = List.of("INSERT IGNORE INTO top VALUES (" + top + ")", "INSERT IGNORE INTO stock VALUES (" + mid + ", " + top + ")", "INSERT IGNORE INTO leaf VALUES (" + (100 * n + writer) + ", " + mid + ", 'x')",
                        "INSERT IGNORE INTO loose (id, of_mid) VALUES (" + (100 * n + writer) + ", " + mid + ")", "DELETE FROM top WHERE id = " + top, "UPDATE IGNORE top SET id = id + 1 WHERE id = " + top, "UPDATE IGNORE leaf SET of_mid = " + mid + " WHERE id % 7 = " + top,
                        "DELETE FROM stock WHERE id = " + mid);
                try {
                    run(bare, deeds.get(random.nextInt(deeds.size())), deeds.get(random.nextInt(4)), deeds.get(random.nextInt(4)));
                    bare.commit();
                } catch (SQLException failed) {
                    if (!List.of(1213, 1020, 1205).contains(failed.getErrorCode())) {
                        throw failed;
                    }
                    bare.rollback();
                }
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    @Tag("extended")
    void triggersOnParentsComeAndGoWithPublications() throws Exception {
        String ours = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE 'waybill%\\_on\\_%'";
        String tables = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'waybill\\_cascade%'";
        try (CompleteDatabase site = shop("TABLE leaf")) {
            String made = site.text(ours);
            assertThat(Integer.parseInt(made)).isPositive();
            assertThat(site.text(tables)).isEqualTo("1");
            site.say(false, "CREATE PUBLICATION more (TABLE top, TABLE leaf)");
            assertThat(site.text(ours)).isEqualTo(made);
            site.say(false, "DROP PUBLICATION everything", "DROP PUBLICATION more");
            assertThat(site.text(ours)).isEqualTo("0");
            assertThat(site.text(tables)).isEqualTo("0");
            site.say(true, "CREATE PUBLICATION everything (TABLE leaf, TABLE loose)");
            site.uninstall();
            assertThat(site.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'waybill%'")).isEqualTo("0");
            assertThat(site.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE 'waybill%'")).isEqualTo("0");
            site.execute("DELETE FROM top");
        }
    }

    @Test
    @Tag("extended")
    void tablesOnMoreWaysThanCanBeFollowedAreRefused() throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE node (id INT PRIMARY KEY, one INT, two INT, FOREIGN KEY (one) REFERENCES node (id) ON DELETE CASCADE, FOREIGN KEY (two) REFERENCES node (id) ON DELETE CASCADE)")) {
            assertThatThrownBy(() -> site.say(true, "CREATE PUBLICATION everything (TABLE node)")).satisfies(error -> assertThat(WaybillError.CAPTURE_IMPOSSIBLE.is((SQLException) error)).isTrue()).hasMessageContaining("more than 64 ways");
            assertThat(site.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()")).isEqualTo("0");
        }
    }
}
