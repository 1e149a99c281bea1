// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static dev.waybill.driver.capture.WayToWrite.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.error.WaybillError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table in {@code docs/capture-matrix-sqlite.md}, as {@link CaptureMatrixTest} does it: every way to write on SQLite, on a database that has triggers of the application's and on one that has none. */
class SqliteMatrixTest {

    private static final Path PAGE = Path.of("..", "docs", "capture-matrix-sqlite.md");

    private static final String[] SCHEMA = {
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) DEFAULT 'none', n INT)", "CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)",
        "CREATE TABLE child (id INT NOT NULL PRIMARY KEY, p INT REFERENCES parent ON DELETE CASCADE)", "CREATE TABLE u (id INT, name VARCHAR(20))", "CREATE TABLE b (id INTEGER PRIMARY KEY, n INT)", "CREATE TABLE trig (id INT)",
        "CREATE VIEW v AS SELECT * FROM t", "CREATE TRIGGER trg AFTER INSERT ON trig BEGIN DELETE FROM t; END", "CREATE TRIGGER bt AFTER INSERT ON b BEGIN UPDATE b SET n = 77 WHERE id = new.id; END",
        "CREATE TRIGGER vt INSTEAD OF UPDATE ON v BEGIN UPDATE t SET n = new.n WHERE id = old.id; END"};

    @TempDir
    Path folder;

    private record Way(String name, boolean needsTriggers, WayToWrite deed) {}

    private static Way way(String name, String... texts) {
        return new Way(name, false, text(texts));
    }

    private static final List<Way> WAYS = List.of(
            way("INSERT of one row", "INSERT INTO t (id, name) VALUES (5, 'x')"),
            way("INSERT of several rows, DEFAULT VALUES", "INSERT INTO t (n) VALUES (1), (2)", "INSERT INTO t DEFAULT VALUES"),
            way("INSERT … SELECT", "INSERT INTO t (id, name) SELECT id + 10, name FROM t"),
            new Way("INSERT prepared, keys asked for", false, WayToWrite::keys),
            new Way("INSERT in a batch, executeLargeBatch", false, WayToWrite::batch),
            new Way("a plain batch of several kinds", false, WayToWrite::plainBatch),
            way("INSERT OR IGNORE, ON CONFLICT DO NOTHING", "INSERT OR IGNORE INTO t (id, name) VALUES (1, 'x'), (7, 'y')", "INSERT INTO t (id) VALUES (1), (8) ON CONFLICT DO NOTHING"),
            way("INSERT OR REPLACE, REPLACE", "INSERT OR REPLACE INTO t (id, name) VALUES (1, 'x'), (8, 'y')", "REPLACE INTO t (id) VALUES (2)"),
            way("ON CONFLICT DO UPDATE, of the key too", "INSERT INTO t (id, name) VALUES (1, 'x'), (7, 'y') ON CONFLICT (id) DO UPDATE SET id = t.id + 50, name = excluded.name"),
            way("UPDATE by expressions, from a query, … FROM", "UPDATE t SET n = id * 2, name = name || '!'", "UPDATE t SET n = (SELECT max(id) FROM t)", "UPDATE t SET name = s.name || '?' FROM t s WHERE s.id = t.id"),
            way("UPDATE of no row, or of nothing", "UPDATE t SET n = 1 WHERE id = 999", "UPDATE t SET n = n"),
            way("UPDATE of keys, all rows", "UPDATE t SET id = id + 1000", "UPDATE t SET id = -id"),
            way("UPDATE OR REPLACE of keys", "UPDATE OR REPLACE t SET id = 2 WHERE id = 1"),
            way("DELETE, all rows or some, with LIMIT", "DELETE FROM t ORDER BY id LIMIT 1", "DELETE FROM t"),
            way("DELETE that cascades", "DELETE FROM parent"),
            way("RETURNING of the application", "UPDATE t SET n = 3 RETURNING id"),
            way("a WITH before a write", "WITH d AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM d)"),
            new Way("several statements in one text (executeUpdate runs all of them)", false, connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate("UPDATE t SET n = 4; DELETE FROM t WHERE id = 1");
                }
            }),
            new Way("a trigger that writes elsewhere", true, text("INSERT INTO trig VALUES (1)")),
            new Way("a trigger that changes the row", true, text("INSERT INTO b (n) VALUES (1)")),
            new Way("through a view", true, text("UPDATE v SET n = 3")),
            new Way("BEGIN … COMMIT as text", false, SqliteMatrixTest::transactionText),
            new Way("SAVEPOINT … RELEASE as text, with no BEGIN", false, SqliteMatrixTest::savepointText),
            way("a query", "SELECT * FROM t"),
            way("a table that is not published", "INSERT INTO u VALUES (1, 'x')"),
            way("a temporary table", "CREATE TEMP TABLE IF NOT EXISTS tmp (id INT)", "INSERT INTO tmp VALUES (1)"),
            way("a column added, and dropped again", "ALTER TABLE t ADD COLUMN more INT", "ALTER TABLE t DROP COLUMN more"),
            way("a captured column dropped", "ALTER TABLE t DROP COLUMN n"),
            way("a captured column, or the table, renamed", "ALTER TABLE t RENAME TO t2"),
            way("a published table dropped", "DROP TABLE t"),
            way("Waybill's own tables", "DELETE FROM waybill_outbox"),
            way("Waybill's own triggers", "DROP TRIGGER temp.waybill_i0"),
            way("PRAGMA foreign_keys, user_version and the like", "PRAGMA user_version = 7"),
            way("PRAGMA writable_schema, schema_version, temp_store", "PRAGMA temp_store = MEMORY"),
            way("PRAGMA recursive_triggers = OFF", "PRAGMA recursive_triggers = OFF"),
            way("restore from a file", "restore from 'nowhere.db'"),
            new Way("the database attached by another name", false, SqliteMatrixTest::attached));

    @Test
    void theTableSaysWhatBecomesOfEveryWayToWrite() throws Exception {
        List<String> without;
        List<String> with;
        try (Twins twins = Twins.onSqlite(Files.createDirectory(folder.resolve("none")), "?foreign_keys=on", "t, parent, child, b", Arrays.stream(SCHEMA).filter(sql -> !sql.startsWith("CREATE TRIGGER")).toArray(String[]::new))) {
            without = outcomes(twins, false);
        }
        try (Twins twins = Twins.onSqlite(Files.createDirectory(folder.resolve("triggers")), "?foreign_keys=on", "t, parent, child, b", SCHEMA)) {
            with = outcomes(twins, true);
        }
        List<String> table = new ArrayList<>(List.of("| way to write | SQLite | with triggers of the application |", "|---|---|---|"));
        for (int i = 0; i < WAYS.size(); i++) {
            table.add("| " + WAYS.get(i).name + " | " + without.get(i) + " | " + with.get(i) + " |");
        }
        assertThat(String.join("\n", Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("|")).toList())).isEqualTo(String.join("\n", table));
    }

    private List<String> outcomes(Twins twins, boolean triggers) throws Exception {
        List<String> outcomes = new ArrayList<>();
        try (Connection connection = twins.captured()) {
            for (Way way : WAYS) {
                boolean exists = triggers || !way.needsTriggers;
                String alone = exists ? outcome(twins, connection, way.deed, true) : "–";
                outcomes.add(alone);
                if (exists) {
                    assertThat(outcome(twins, connection, way.deed, false)).as(way.name + " in a transaction").isEqualTo(alone);
                }
            }
        }
        return outcomes;
    }

    private static String outcome(Twins twins, Connection connection, WayToWrite deed, boolean autoCommit) throws Exception {
        connection.setAutoCommit(true);
        twins.empty("t", "child", "parent", "b", "waybill_outbox");
        text("INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b')", "INSERT INTO parent VALUES (1)", "INSERT INTO child VALUES (1, 1)").run(connection);
        int before = twins.complete().transactions().size();
        connection.setAutoCommit(autoCommit);
        try {
            deed.run(connection);
        } catch (SQLException refused) {
            if (!autoCommit) {
                connection.rollback();
            }
            assertThat(WaybillError.UNCAPTURED.is(refused) || WaybillError.OWN_TABLE.is(refused) || WaybillError.PUBLISHED_SHAPE.is(refused)).as(refused.toString()).isTrue();
            assertThat(twins.complete().transactions()).hasSize(before);
            return "refused";
        }
        if (!autoCommit) {
            connection.commit();
        }
        return twins.complete().transactions().size() > before ? "captured" : "passes";
    }

    private static void transactionText(Connection connection) throws Exception {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        text("BEGIN", "INSERT INTO t (id) VALUES (50)", "COMMIT").run(connection);
        connection.setAutoCommit(autoCommit);
    }

    private static void savepointText(Connection connection) throws Exception {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        text("SAVEPOINT s", "INSERT INTO t (id) VALUES (50)", "RELEASE s").run(connection);
        connection.setAutoCommit(autoCommit);
    }

    /** What is refused is the next write: the file that is attached is not known before. */
    private static void attached(Connection connection) throws Exception {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        String file;
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT file FROM pragma_database_list WHERE name = 'main'")) {
            file = row.getString(1);
        }
        text("ATTACH '" + file + "' AS twin").run(connection);
        try {
            text("DELETE FROM twin.t").run(connection);
        } finally {
            text("DETACH twin").run(connection);
            connection.setAutoCommit(autoCommit);
        }
    }
}
