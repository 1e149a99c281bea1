// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What foreign keys do by themselves is captured as changes of the children. */
class CascadesTest {

    private static final String[] FAMILY = {
        "CREATE TABLE a (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE)",
        "CREATE TABLE b (id INT PRIMARY KEY, a INT REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, v INT)",
        "CREATE TABLE c (id INT PRIMARY KEY, b INT REFERENCES b ON DELETE CASCADE, code VARCHAR(10) REFERENCES a (code) ON DELETE SET NULL ON UPDATE CASCADE)",
        "CREATE TABLE d (id INT PRIMARY KEY, c INT DEFAULT 7 REFERENCES c ON DELETE SET DEFAULT)",
        "CREATE TABLE tree (id INT PRIMARY KEY, parent INT REFERENCES tree ON DELETE CASCADE)"};
    private static final String[] ROWS = {
        "INSERT INTO a VALUES (1, 'one'), (2, 'two'), (3, 'three')",
        "INSERT INTO b VALUES (10, 1, 0), (11, 1, 0), (20, 2, 0), (30, NULL, 0)",
        "INSERT INTO c VALUES (7, NULL, NULL), (100, 10, 'two'), (101, 10, 'one'), (102, 11, NULL), (200, 20, 'one'), (300, 30, 'one')",
        "INSERT INTO d VALUES (1000, 100), (1001, 101), (2000, 200), (3000, NULL)",
        "INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, 2), (6, NULL), (7, 6), (8, 8)"};

    @Test
    void cascadesReachThreeLevelsDeepChildrenFirst() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = Twins.of("a, b, c, d, tree", FAMILY)) {
                Replayer replayer = twins.same((connection, witness) -> {
                    for (String rows : ROWS) {
                        witness.execute(rows);
                    }
                    connection.setAutoCommit(autoCommit);
                    witness.execute("DELETE FROM a WHERE id = 1");
                    witness.execute("DELETE FROM a AS x WHERE x.code = 'two'");
                    witness.execute("DELETE FROM tree WHERE id IN (2, 3, 8)");
                    witness.see("prepared", () -> {
                        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM tree WHERE id = ? OR id = ?")) {
                            delete.setInt(1, 6);
                            delete.setInt(2, 99);
                            return delete.executeUpdate();
                        }
                    });
                    witness.execute("DELETE FROM d");
                    for (String table : List.of("a", "b", "c", "d", "tree")) {
                        witness.query("SELECT * FROM " + table + " ORDER BY id");
                    }
                });
                assertThat(replayer.transactions().stream().flatMap(List::stream).map(Change::notes).filter(notes -> !notes.isEmpty())).hasSizeGreaterThan(5);
            }
        }
    }

    @Test
    void childrenOfSomeRowsGoWithTheseAlone() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = Twins.of("a, b, c, d", FAMILY)) {
                twins.same((connection, witness) -> {
                    for (String rows : ROWS) {
                        witness.execute(rows);
                    }
                    connection.setAutoCommit(autoCommit);
                    witness.execute("DELETE FROM a WHERE id > 1 FETCH FIRST ROW ONLY");
                    witness.see("prepared", () -> {
                        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM b WHERE id >= ? LIMIT ?")) {
                            delete.setInt(1, 11);
                            delete.setInt(2, 1);
                            return delete.executeUpdate();
                        }
                    });
                    witness.execute("INSERT INTO a SELECT x, NULL FROM SYSTEM_RANGE(1000, 4000)");
                    witness.execute("INSERT INTO b SELECT x, x, 0 FROM SYSTEM_RANGE(1000, 4000)");
                    witness.execute("DELETE FROM a WHERE id >= 1000 LIMIT 1500");
                    for (String table : List.of("a", "b", "c", "d")) {
                        witness.query("SELECT * FROM " + table + " ORDER BY id");
                    }
                });
            }
        }
    }

    @Test
    void newValuesReachTheChildren() throws Exception {
        try (Twins twins = Twins.of("a, b, c, d", FAMILY)) {
            twins.same((connection, witness) -> {
                for (String rows : ROWS) {
                    witness.execute(rows);
                }
                witness.execute("UPDATE a SET id = id + 100");
                witness.execute("UPDATE a SET code = code || '!' WHERE id > 101");
                witness.execute("UPDATE a SET code = 'x', id = 500 WHERE id = 101");
                for (String table : List.of("a", "b", "c")) {
                    witness.query("SELECT * FROM " + table + " ORDER BY id");
                }
            });
        }
    }

    @Test
    void childrenOfAParentThatIsNotPublishedAreCaptured() throws Exception {
        try (Twins twins = Twins.of("c", FAMILY)) {
            twins.same((connection, witness) -> {
                for (String rows : ROWS) {
                    witness.execute(rows);
                }
                witness.execute("DELETE FROM a WHERE id = 1");
                witness.execute("UPDATE a SET code = 'zwei' WHERE id = 2");
                witness.see("batch", () -> {
                    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM b WHERE id = ?")) {
                        for (int id : new int[] {20, 20, 30}) {
                            delete.setInt(1, id);
                            delete.addBatch();
                        }
                        return delete.executeBatch();
                    }
                });
                witness.query("SELECT * FROM c ORDER BY id");
            });
        }
    }

    @Test
    void whatCannotBeWorkedOutIsRefused() throws Exception {
        try (Twins twins = Twins.of("c", "CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE c (p INT REFERENCES p ON UPDATE CASCADE ON DELETE CASCADE, n INT, PRIMARY KEY (p, n))");
                Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO p VALUES (1), (2)");
            statement.execute("INSERT INTO c VALUES (1, 1), (2, 2)");
            for (String sql : new String[] {"UPDATE p SET id = 3 WHERE id = 1", "DELETE FROM p LIMIT 1", "MERGE INTO p VALUES (1)"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
            }
            statement.execute("DELETE FROM p WHERE id = 1");
            twins.complete();
        }
    }
}
