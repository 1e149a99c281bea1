// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to write on SQLite, seen by the application as on the bare driver, and captured whole. */
class SqliteWaysToWriteTest {

    private static final String TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(50) DEFAULT 'none' COLLATE NOCASE UNIQUE, amount NUMERIC(10, 2), twice INT GENERATED ALWAYS AS (id * 2) STORED)";

    /** Rows of RETURNING in autocommit mode are kept and shown again: their values, but not what the driver knows of their tables. */
    private static final String KEPT_ROWS = ":\\w+:t?(?= |$)|keys \\[[^\\]]*] warnings null more false -1$";

    @TempDir
    Path folder;

    private Twins twins(String... statements) throws Exception {
        return Twins.onSqlite(folder, "", "t", statements);
    }

    @Test
    void plainStatementsAreCaptured() throws Exception {
        try (Twins twins = twins(TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    plain(witness, connection);
                }
                connection.commit();
                witness.execute("DELETE FROM t");
                connection.rollback();
                witness.query("SELECT id, name, amount, twice FROM t ORDER BY id");
            }, KEPT_ROWS);
        }
    }

    private static void plain(Twins.Witness witness, Connection connection) throws Exception {
        witness.execute("DELETE FROM t");
        witness.execute("INSERT INTO t (name) VALUES ('a'), ('b'), ('c')");
        witness.execute("INSERT INTO t (id) VALUES (50)");
        witness.execute("INSERT INTO t DEFAULT VALUES");
        witness.execute("INSERT INTO main.t AS x (id, name) VALUES (1000, 'over') ON CONFLICT DO NOTHING");
        witness.execute("INSERT OR IGNORE INTO t (id, name) VALUES (1000, 'again'), (1001, 'new'), (1002, 'A')");
        witness.execute("INSERT OR REPLACE INTO t (id, name) VALUES (1003, 'a'), (1001, 'b')");
        witness.execute("REPLACE INTO [t] (id, name) VALUES (1003, 'B')");
        witness.execute("INSERT INTO t (name, amount) SELECT name || '2', 7 FROM t WHERE name IN ('b', 'c')");
        witness.execute("UPDATE t SET amount = id * 1.5, name = 'x' || name WHERE name <> 'none'; ");
        witness.execute("UPDATE `t` AS a SET amount = b.amount + 1 FROM t b WHERE a.id = b.id AND a.name = 'xc' RETURNING a.id, amount");
        witness.execute("UPDATE t SET amount = 0 WHERE id = 99999");
        witness.execute("UPDATE t SET name = name");
        witness.execute("UPDATE t SET id = id + 5000 WHERE name = 'xc'");
        witness.execute("UPDATE t SET id = -id");
        witness.execute("UPDATE t SET id = -id");
        witness.execute("UPDATE OR REPLACE t SET name = 'same' WHERE id < 1003");
        witness.execute("UPDATE OR IGNORE t SET name = 'same'");
        witness.execute("UPDATE OR FAIL t SET id = id + 1");
        witness.execute("INSERT OR FAIL INTO t (id) VALUES (7000), (7001), (7000)");
        witness.execute("INSERT INTO t (id) VALUES (7002), (7003), (7000)");
        witness.execute("WITH q AS (SELECT 'same' AS name) UPDATE t SET (amount, name) = (1, 'y') FROM q WHERE q.name = t.name");
        witness.execute("INSERT INTO t (id, name) VALUES (1000, 'again'), (1004, 'more') ON CONFLICT (id) DO UPDATE SET name = excluded.name ON CONFLICT (name) DO UPDATE SET amount = 3 RETURNING name");
        witness.execute("INSERT INTO t (id, name) VALUES (1000, 'again') ON CONFLICT (id) DO UPDATE SET id = t.id + 10");
        witness.execute("DELETE FROM t WHERE id = 1004 RETURNING *");
        witness.execute("DELETE FROM t WHERE id = 99999");
        witness.execute("DELETE FROM t ORDER BY id DESC LIMIT 1");
        witness.execute("WITH d AS (SELECT 50 AS id) DELETE FROM t WHERE id IN (SELECT id FROM d)");
        witness.query("INSERT INTO t (name) VALUES ('as a query')");
        witness.query("INSERT INTO t (name) VALUES ('as a query', 1)");
        witness.query("INSERT INTO t (name) VALUES ('as a query 2') RETURNING name, id > 0 AS good");
        for (String sql : new String[] {"INSERT INTO t (name) VALUES ('u1')", "INSERT INTO t (name) VALUES ('u2') RETURNING id", "INSERT INTO t (name) VALUES ('u3'); UPDATE t SET amount = 9 WHERE name = 'u3'", "DELETE FROM t WHERE name LIKE 'u%'"}) {
            witness.see("update " + sql, () -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate(sql);
                }
            });
        }
        witness.query("SELECT last_insert_rowid()");
        witness.query("SELECT id, name, amount, twice FROM t ORDER BY id");
    }

    @Test
    void preparedStatementsKeysAndBatchesAreCaptured() throws Exception {
        try (Twins twins = twins(TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    prepared(witness, connection, autoCommit ? 0 : 500);
                }
                connection.commit();
                connection.setAutoCommit(true);
                witness.query("SELECT id, name, amount FROM t ORDER BY id");
            });
        }
    }

    private static void prepared(Twins.Witness witness, Connection connection, int from) throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, name, amount) VALUES (?, ?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 1; i <= 3; i++) {
                insert.setInt(1, from + i);
                insert.setString(2, "p" + (from + i));
                insert.setBigDecimal(3, new java.math.BigDecimal("1.10"));
                witness.see("insert", insert::executeUpdate);
                witness.see("keys", insert::getGeneratedKeys);
            }
            witness.see("again", insert::executeUpdate);
            for (int i = 10; i <= 14; i++) {
                insert.setInt(1, from + (i == 13 ? 1 : i));
                insert.setString(2, "b" + (from + i));
                insert.addBatch();
            }
            witness.see("batch", insert::executeBatch);
            for (int i = 20; i <= 24; i++) {
                insert.setInt(1, from + i);
                insert.setString(2, "l" + (from + i));
                insert.addBatch();
            }
            witness.see("large batch", insert::executeLargeBatch);
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET amount = ?2 WHERE name = ?1")) {
            update.setString(1, "p" + (from + 1));
            update.setDouble(2, 2.5);
            witness.see("update", update::execute);
            witness.see("count", update::getUpdateCount);
        }
        try (PreparedStatement returning = connection.prepareStatement("DELETE FROM t WHERE id = ? RETURNING id, name")) {
            returning.setInt(1, from + 2);
            witness.see("returning", () -> returning.executeQuery().getString("name"));
            witness.see("returning as update", returning::executeUpdate);
        }
        try (Statement batch = connection.createStatement()) {
            batch.addBatch("INSERT INTO t (id) VALUES (" + (from + 40) + ")");
            batch.addBatch("UPDATE t SET amount = 7 WHERE id >= " + from);
            batch.addBatch("DELETE FROM t WHERE id = " + (from + 3));
            witness.see("plain batch", batch::executeBatch);
            batch.addBatch("INSERT INTO t (id, name) VALUES (" + (from + 41) + ", 'x" + from + "')");
            batch.addBatch("INSERT INTO t (id, name) VALUES (" + (from + 41) + ", 'y')");
            batch.addBatch("INSERT INTO t (id, name) VALUES (" + (from + 42) + ", 'z')");
            witness.see("failing batch", batch::executeBatch);
        }
    }

    @Test
    void transactionsAsTextAndSavepointsAreFollowed() throws Exception {
        try (Twins twins = twins(TABLE)) {
            twins.same((connection, witness) -> {
                for (String sql : new String[] {"BEGIN", "INSERT INTO t (id, name) VALUES (1, 'a')", "SAVEPOINT one", "UPDATE t SET name = 'b'", "ROLLBACK TO one", "UPDATE t SET amount = 1", "RELEASE one", "END", "BEGIN IMMEDIATE",
                    "DELETE FROM t", "ROLLBACK", "SAVEPOINT outer", "INSERT INTO t (id, name) VALUES (2, 'c')", "SAVEPOINT inner", "INSERT INTO t (id, name) VALUES (3, 'd')", "RELEASE inner", "RELEASE outer", "BEGIN", "INSERT OR ROLLBACK INTO t (id) VALUES (9), (2)",
                    "INSERT INTO t (id, name) VALUES (4, 'e')", "COMMIT"}) {
                    witness.execute(sql);
                }
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t (id, name) VALUES (10, 'j')");
                Savepoint point = connection.setSavepoint();
                witness.execute("UPDATE t SET id = id + 100");
                connection.rollback(point);
                witness.execute("INSERT INTO t (id, name) VALUES (11, 'k')");
                connection.commit();
                witness.execute("INSERT INTO t (id, name) VALUES (12, 'l')");
                connection.setAutoCommit(true);
                witness.query("SELECT id, name, amount FROM t ORDER BY id");
            });
        }
    }

    @Test
    void cascadesTriggersAndViewsAreCaptured() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "?foreign_keys=on", "t, parent, child", TABLE, "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)",
                "CREATE TABLE child (a TEXT, b INT, p INT REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, PRIMARY KEY (a, b)) WITHOUT ROWID",
                "CREATE TRIGGER logs AFTER INSERT ON parent BEGIN INSERT INTO t (name) VALUES ('parent ' || new.id); UPDATE parent SET name = upper(name) WHERE id = new.id; END",
                "CREATE VIEW v AS SELECT * FROM child", "CREATE TRIGGER through INSTEAD OF INSERT ON v BEGIN INSERT INTO child VALUES (new.a, new.b, new.p); END")) {
            Replayer replayer = twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("INSERT INTO parent VALUES (1, 'one'), (2, 'two')");
                    witness.execute("INSERT INTO v VALUES ('x', 1, 1), ('y', 1, 2), ('z', 2, 2)");
                    witness.execute("UPDATE parent SET id = 20 WHERE id = 2");
                    witness.execute("DELETE FROM parent WHERE id = 1");
                    witness.execute("DELETE FROM child");
                    witness.execute("DELETE FROM parent");
                    witness.execute("DELETE FROM t");
                }
            });
            assertThat(replayer.transactions()).isNotEmpty();
        }
    }

    @Test
    void childrenOfAParentThatIsNotPublishedAreCaptured() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "?foreign_keys=on", "child", "CREATE TABLE parent (id INTEGER PRIMARY KEY)", "CREATE TABLE child (id INTEGER PRIMARY KEY, p INT REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE)")) {
            Replayer replayer = twins.same((connection, witness) -> {
                witness.execute("INSERT INTO parent VALUES (1), (2), (3)");
                witness.execute("INSERT INTO child VALUES (1, 1), (2, 2), (3, 3)");
                witness.execute("DELETE FROM parent WHERE id = 1");
                witness.execute("UPDATE parent SET id = id + 10");
                witness.query("SELECT * FROM child");
            });
            assertThat(replayer.transactions()).hasSize(3);
        }
    }

    @Test
    void commitThatFailsLeavesTheTransactionOpen() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "?foreign_keys=on", "t, child", TABLE, "CREATE TABLE child (id INTEGER PRIMARY KEY, p INT REFERENCES t DEFERRABLE INITIALLY DEFERRED)")) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO child VALUES (1, 5)");
                witness.see("commit", () -> {
                    connection.commit();
                    return "done";
                });
                witness.execute("INSERT INTO t (id) VALUES (5)");
                witness.see("commit", () -> {
                    connection.commit();
                    return "done";
                });
                witness.query("SELECT * FROM child");
            });
        }
    }

    @Test
    void definitionsAndTemporaryTablesAreAsOnTheBareDriver() throws Exception {
        try (Twins twins = twins(TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("CREATE TABLE other" + autoCommit + " AS SELECT * FROM t");
                    witness.execute("INSERT INTO t (name) VALUES ('x" + autoCommit + "')");
                    witness.execute("CREATE TEMP TABLE IF NOT EXISTS tt (id INTEGER PRIMARY KEY)");
                    witness.execute("INSERT INTO temp.tt VALUES (" + (autoCommit ? 1 : 2) + ")");
                    witness.execute("ALTER TABLE t ADD COLUMN more" + autoCommit + " TEXT");
                    witness.execute("INSERT INTO t (name, more" + autoCommit + ") VALUES ('y" + autoCommit + "', 'm')");
                    witness.execute("CREATE INDEX ix" + autoCommit + " ON t (amount)");
                    witness.execute("DROP TABLE other" + autoCommit);
                }
                connection.commit();
                connection.setAutoCommit(true);
                witness.execute("VACUUM");
                witness.execute("CREATE TEMP TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
                witness.execute("INSERT INTO t VALUES (1, 'mine alone')");
                witness.execute("INSERT INTO main.t (id, name) VALUES (77, 'theirs')");
                witness.query("SELECT id, name FROM main.t ORDER BY id");
            });
        }
    }

    @Test
    void rowsOfReturningOutliveTheirTransaction() throws Exception {
        try (Twins twins = twins(TABLE); Connection connection = twins.captured(); PreparedStatement insert = connection.prepareStatement("INSERT INTO t (name) VALUES ('a'), ('b') RETURNING id, name"); ResultSet rows = insert.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(twins.complete().transactions()).hasSize(1);
            assertThat(rows.getString("name")).isEqualTo("a");
            assertThat(rows.next()).isTrue();
            assertThat(rows.next()).isFalse();
        }
    }
}
