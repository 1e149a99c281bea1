// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.driver.setting.WaybillSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Statements of MariaDB whose rows nobody tells: which rows they change, and what foreign keys change with them, is captured whole, and the application sees what the bare driver shows. */
class MariaDbRowsTest {

    private static final String TABLE = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50), n INT, code VARCHAR(20) UNIQUE)";
    private static final String PAIR = "CREATE TABLE pair (a VARCHAR(10), b DECIMAL(8, 2), n INT, PRIMARY KEY (a, b))";
    private static final String OTHER = "CREATE TABLE u (x INT, y VARCHAR(20))";

    private static void both(Twins.Story story, String published, String... tables) throws Exception {
        try (Twins twins = Twins.onMariaDb(published, tables)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    story.run(connection, witness);
                }
                connection.commit();
            }, "warnings .* more");
        }
    }

    @Test
    void changesOfKeysTravelAsSuch() throws Exception {
        both((connection, witness) -> {
            for (String sql : new String[] {"DELETE FROM t", "INSERT INTO t (id, name, n) VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', 30)", "UPDATE t SET id = id + 1", "UPDATE t SET id = id + 1 ORDER BY id DESC",
                "UPDATE t SET id = id * 100, n = id WHERE id < 4", "UPDATE t x SET x.n = 5, x.id = x.id + 7 WHERE x.name IN (SELECT 'a') OR x.name = (SELECT MAX('b'))", "UPDATE t SET id = 5 WHERE name = 'c'", "UPDATE t SET id = id WHERE n > 0",
                "UPDATE t SET id = CASE id WHEN 5 THEN 6 ELSE id + 1000 END, name = 'case' ORDER BY id DESC", "UPDATE t SET id = 6 LIMIT 3", "UPDATE t SET id = -id ORDER BY n LIMIT 2", "DELETE FROM pair",
                "INSERT INTO pair VALUES ('x', 1, 1), ('y', 2, 2)", "UPDATE pair SET a = CONCAT(a, a), b = b + 0.25", "UPDATE pair SET b = 7 WHERE (a, n) = ('xx', 1)"}) {
                witness.execute(sql);
            }
            try (PreparedStatement update = connection.prepareStatement("UPDATE t SET id = ?, name = ? WHERE id = ?")) {
                update.setInt(1, 777);
                update.setString(2, "moved");
                update.setInt(3, 6);
                witness.see("prepared", update::executeUpdate);
                witness.see("again", update::executeUpdate);
            }
            witness.query("SELECT * FROM t ORDER BY id");
            witness.query("SELECT * FROM pair ORDER BY a, b");
        }, "t, pair", TABLE, PAIR);
    }

    @Test
    void rowsThatCannotBeChosenTwiceAreChosenOnce() throws Exception {
        both((connection, witness) -> {
            for (String sql : new String[] {"DELETE FROM t", "DELETE FROM u", "INSERT INTO t (id, n) SELECT seq, seq MOD 7 FROM seq_1_to_40", "INSERT INTO u VALUES (3, 'three'), (5, 'five')", "UPDATE t SET n = 100 ORDER BY id LIMIT 3",
                "UPDATE t SET n = n + 1 WHERE n < 5 ORDER BY id DESC LIMIT 2", "UPDATE t SET n = (SELECT MAX(x) FROM u) WHERE id IN (SELECT x FROM u)", "UPDATE t SET name = 'newest' WHERE n = (SELECT MAX(x) FROM u WHERE x IN (SELECT x FROM u))",
                "SET @i := 0", "UPDATE t SET n = (@i := @i + 1) ORDER BY id", "UPDATE t SET name = 'x' WHERE MOD(id, 9) = 0 AND UPPER('a') = 'A'", "UPDATE IGNORE t SET code = 'same' WHERE id < 5 ORDER BY id", "DELETE IGNORE FROM t WHERE id = 39",
                "DELETE FROM t ORDER BY id DESC LIMIT 2", "DELETE FROM t WHERE id IN (SELECT x FROM u) RETURNING id, n + 1 AS more", "DELETE FROM t WHERE id = -1", "DELETE FROM t WHERE id = 11 RETURNING *"}) {
                witness.execute(sql);
            }
            witness.query("SELECT * FROM t ORDER BY id");
            witness.execute("UPDATE t SET n = 9 WHERE RAND() < 0.00001 - 1");
            connection.createStatement().executeUpdate("UPDATE t SET name = UUID() WHERE RAND() < 0.5");
            connection.createStatement().executeUpdate("DELETE FROM t WHERE RAND() < 0.5 LIMIT 5");
            connection.createStatement().executeUpdate("DELETE FROM t LIMIT 3");
            connection.createStatement().executeUpdate("UPDATE t SET n = RAND() * 100 LIMIT 7");
        }, "t", TABLE, OTHER);
    }

    @Test
    void statementsOfSeveralTablesAreCaptured() throws Exception {
        both((connection, witness) -> {
            for (String sql : new String[] {"DELETE FROM t", "DELETE FROM pair", "DELETE FROM u", "INSERT INTO t (id, n) VALUES (1, 10), (2, 20), (3, 30), (4, 40)", "INSERT INTO u VALUES (1, 'one'), (2, 'two'), (9, 'nine'), (2, 'twice')",
                "INSERT INTO pair VALUES ('x', 1, 1), ('y', 2, 2)", "UPDATE t JOIN u ON u.x = t.id SET t.name = u.y WHERE u.y <> 'twice'", "UPDATE t, u SET n = n + 1, u.y = 'both' WHERE x = id", "UPDATE t LEFT JOIN u ON u.x = t.id SET t.n = 0, u.y = 'left'",
                "UPDATE t a INNER JOIN pair AS p ON p.n = a.id SET a.name = p.a, p.n = a.n + 50", "UPDATE t a JOIN t b ON b.id = a.id + 1 SET a.n = 7, b.name = 'next'", "UPDATE t JOIN (SELECT x FROM u) q ON q.x = t.id SET t.code = t.id",
                "UPDATE (t JOIN u ON u.x = t.id), pair SET pair.n = pair.n + 1 WHERE pair.n > 0", "UPDATE t NATURAL JOIN u SET n = 1 WHERE 1 = 0", "DELETE t FROM t JOIN u ON u.x = t.id WHERE u.x = 1", "DELETE FROM a, p USING t AS a JOIN pair AS p ON p.a = a.name",
                "DELETE t.*, u FROM t LEFT JOIN u ON u.x = t.id WHERE t.id = 2", "DELETE a, b FROM t a JOIN t b ON b.id > a.id", "UPDATE u SET y = 'alone'", "DELETE u FROM u JOIN t ON t.id = u.x"}) {
                witness.execute(sql);
            }
            try (PreparedStatement update = connection.prepareStatement("UPDATE pair JOIN u ON u.x > ? SET pair.n = ? WHERE pair.a <> ?")) {
                update.setInt(1, 0);
                update.setInt(2, 99);
                update.setString(3, "nobody");
                witness.see("prepared", update::executeUpdate);
            }
            witness.query("SELECT * FROM t ORDER BY id");
            witness.query("SELECT * FROM pair ORDER BY a");
            witness.query("SELECT * FROM u ORDER BY x, y");
        }, "t, pair", TABLE, PAIR, OTHER);
    }

    @Test
    void whatForeignKeysChangeIsCapturedChildrenFirst() throws Exception {
        both((connection, witness) -> {
            for (String sql : new String[] {"INSERT INTO root VALUES (1), (2), (3)", "INSERT INTO parent VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 3, 3)", "INSERT INTO child VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 3, 4), (5, NULL, NULL)",
                "INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2), (4, 1)", "DELETE FROM root WHERE id = 1", "UPDATE parent SET id = id + 10 ORDER BY id DESC", "DELETE FROM parent WHERE id = 13", "UPDATE root SET id = 20 WHERE id = 2",
                "DELETE FROM node WHERE id = 1", "DELETE p FROM parent p JOIN root r ON r.id = p.r", "SET foreign_key_checks = 0", "DELETE FROM root", "SET foreign_key_checks = 1", "DELETE FROM child", "DELETE FROM node", "DELETE FROM parent", "DELETE FROM root"}) {
                witness.execute(sql);
                witness.query("SELECT * FROM parent ORDER BY id");
                witness.query("SELECT * FROM child ORDER BY id");
            }
        }, "parent, child, node", "CREATE TABLE root (id INT PRIMARY KEY)", "CREATE TABLE parent (id INT PRIMARY KEY, r INT, u INT, FOREIGN KEY (r) REFERENCES root (id) ON DELETE CASCADE ON UPDATE CASCADE)",
                "CREATE TABLE child (id INT PRIMARY KEY, p INT, q INT, FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE, FOREIGN KEY (q) REFERENCES parent (id) ON DELETE SET NULL ON UPDATE CASCADE)",
                "CREATE TABLE node (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES node (id) ON DELETE CASCADE)");
    }

    @Test
    void upsertsReplacesAndReturningAreCaptured() throws Exception {
        both((connection, witness) -> {
            for (String sql : new String[] {"DELETE FROM t", "DELETE FROM plain", "INSERT INTO t (id, n, code) VALUES (1, 10, 'a'), (2, 20, 'b') RETURNING id, code", "INSERT INTO t (id, n, code) SELECT id, n, code FROM t ON DUPLICATE KEY UPDATE n = t.n + 1",
                "INSERT INTO t (id, n, code) VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c') ON DUPLICATE KEY UPDATE code = CONCAT(t.code, t.code)", "INSERT INTO t (n, code) VALUES (5, 'c') ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), n = 77",
                "SELECT LAST_INSERT_ID()", "INSERT INTO t (id, n) VALUES (2, 5) ON DUPLICATE KEY UPDATE n = 6 RETURNING id, n", "INSERT IGNORE INTO t (id, n) VALUES (1, 0), (60, 0), (NULL, 0)", "INSERT IGNORE INTO t (id) VALUES (1) RETURNING *",
                "INSERT INTO plain VALUES (1, 'a'), (2, 'b')", "REPLACE INTO plain SELECT id, 'again' FROM plain", "REPLACE INTO plain VALUES (1 + 1, 'computed'), (3, 'new')", "REPLACE INTO plain VALUES (1, 'shown') RETURNING id, name",
                "INSERT INTO plain SELECT id + 10, name FROM plain RETURNING name"}) {
                witness.execute(sql);
            }
            connection.createStatement().executeUpdate("REPLACE INTO plain SELECT * FROM plain"); // an equal row counts once on the bare driver
            witness.query("SELECT n, code FROM t WHERE id < 60 ORDER BY id");
            witness.query("SELECT * FROM plain ORDER BY id");
            for (String sql : new String[] {"INSERT IGNORE INTO t (id, n) VALUES (1, 1), (61, 61)", "INSERT INTO t (id) VALUES (62)", "UPDATE t SET n = 1 WHERE id = 62", "DELETE FROM t WHERE id = 62", "UPDATE t SET n = 3 LIMIT 1"}) {
                try (Statement statement = connection.createStatement()) {
                    witness.see(sql, () -> statement.executeUpdate(sql, Statement.RETURN_GENERATED_KEYS));
                    witness.see("the keys", statement::getGeneratedKeys);
                }
            }
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM plain WHERE id > ? RETURNING name, id")) {
                delete.setInt(1, 1);
                try (ResultSet rows = delete.executeQuery()) {
                    int count = 0;
                    while (rows.next()) {
                        assertThat(rows.getString("name")).isNotNull();
                        count++;
                    }
                    int found = count;
                    witness.see("rows", () -> found);
                }
            }
        }, "t, plain", TABLE, "CREATE TABLE plain (id INT PRIMARY KEY, name VARCHAR(20))");
    }

    @Test
    void truncateIsTheDeletionOfEveryRowAndCountsAnew() throws Exception {
        both((connection, witness) -> {
            for (String sql : new String[] {"INSERT INTO t (n) VALUES (1), (2), (3)", "TRUNCATE t", "INSERT INTO t (n) VALUES (4)", "SELECT LAST_INSERT_ID()", "TRUNCATE TABLE t", "INSERT INTO t (n) VALUES (5)"}) {
                witness.execute(sql);
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            witness.query("SELECT id, n FROM t");
        }, "t", TABLE);
    }

    @Test
    void severalStatementsInOneTextAreEachCaptured() throws Exception {
        try (Twins twins = Twins.onMariaDb("&allowMultiQueries=true", WaybillSettings.DEFAULTS, "t", TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    for (String sql : new String[] {"INSERT INTO t (n) VALUES (1); UPDATE t SET n = n + 1", "DELETE FROM t; INSERT INTO t (id, n) VALUES (1, 1); INSERT INTO t (id, n) VALUES (1, 2); INSERT INTO t (id, n) VALUES (3, 3)",
                        "UPDATE t SET n = 4; SELECT n FROM t; DELETE FROM t WHERE n = 5"}) {
                        try (Statement statement = connection.createStatement()) {
                            witness.see(sql, () -> Twins.Witness.after(executed(statement, sql)).replaceAll("keys .* warnings", "warnings"));
                        }
                    }
                    witness.query("SELECT id, n FROM t");
                }
                connection.commit();
            });
        }
        both((connection, witness) -> witness.execute("INSERT INTO t (n) VALUES (1); DELETE FROM t"), "t", TABLE);
    }

    private static Statement executed(Statement statement, String sql) throws SQLException {
        statement.execute(sql);
        return statement;
    }

    /** A query inside of a locking read shows the snapshot, one inside of an UPDATE what is there now: these were others, and as many. */
    @Test
    void rowsChosenByAQueryAreThoseOfNow() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE, OTHER); Connection one = twins.captured(); Connection other = twins.captured(); Statement statement = one.createStatement(); Statement others = other.createStatement()) {
            others.execute("INSERT INTO t (id, n) VALUES (1, 1), (2, 2)");
            others.execute("INSERT INTO u VALUES (1, '')");
            for (int level : new int[] {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_READ_COMMITTED}) {
                others.execute("UPDATE u SET x = 1");
                one.setTransactionIsolation(level);
                one.setAutoCommit(false);
                statement.executeQuery("SELECT * FROM u").close();
                others.execute("UPDATE u SET x = 2");
                assertThat(statement.executeUpdate("UPDATE t SET n = n + 100 WHERE id = (SELECT MAX(x) FROM u)")).isEqualTo(1);
                assertThat(statement.executeUpdate("UPDATE t JOIN u ON u.x = t.id SET t.name = 'now'")).isEqualTo(1);
                one.commit();
                one.setAutoCommit(true);
                twins.complete();
            }
            try (ResultSet row = statement.executeQuery("SELECT n FROM t WHERE id = 2 AND name = 'now'")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(202);
            }
        }
    }

    @Test
    void manyRowsAreNamedAPartAtATime() throws Exception {
        try (Twins twins = Twins.onMariaDb("&useAffectedRows=true", WaybillSettings.DEFAULTS, "t", TABLE)) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t (id, n) SELECT seq, 1 FROM seq_1_to_2500");
                witness.execute("UPDATE t SET n = 2 WHERE id > 10");
                witness.execute("UPDATE t SET n = 2");
                witness.execute("UPDATE t SET id = id + 5000");
                witness.execute("DELETE FROM t WHERE id > 6000");
            });
        }
    }
}
