// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every way to write on MariaDB, seen by the application as on the bare driver, and captured whole or refused. */
class MariaDbWaysToWriteTest {

    private static final String TABLE = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) DEFAULT 'none', amount DECIMAL(10, 2), code VARCHAR(20) UNIQUE, twice INT AS (amount * 2) STORED,"
            + " f FLOAT, at TIMESTAMP(3) NULL)";

    @Test
    void plainStatementsAreCaptured() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    plain(witness);
                }
                connection.commit();
                witness.execute("DELETE FROM t");
                connection.rollback();
                witness.query("SELECT id, name, amount, twice, code, f, at FROM t ORDER BY id");
            }, "warnings .* more");
        }
    }

    private static void plain(Twins.Witness witness) {
        witness.execute("DELETE FROM t");
        witness.execute("INSERT INTO t (name) VALUES ('a'), ('b'), ('c')");
        witness.query("SELECT LAST_INSERT_ID() > 0");
        witness.execute("INSERT INTO t () VALUES ()");
        witness.execute("INSERT t SET name = 'set', amount = 3, f = 1.1, at = '2026-01-02 03:04:05.678'");
        witness.execute("INSERT IGNORE INTO t (id, name) VALUES (1000, 'x'), (1000, 'y')");
        witness.execute("INSERT INTO t (name, amount) SELECT name, 7 FROM t WHERE name IN ('a', 'b')");
        witness.execute("UPDATE t SET amount = id * 1.5, name = CONCAT('x', name) WHERE name <> 'none' ORDER BY id; ");
        witness.execute("UPDATE t AS a SET amount = 5 WHERE a.name = 'xb' OR a.name IN (SELECT 'xc')");
        witness.execute("UPDATE t SET amount = 5 WHERE name = 'xb'");
        witness.execute("UPDATE t SET amount = 0 WHERE id = 99999");
        witness.execute("INSERT INTO t (id, code, amount) VALUES (2000, 'k', 1) ON DUPLICATE KEY UPDATE amount = amount + 1");
        witness.execute("INSERT INTO t (id, code, amount) VALUES (2000, 'k', 1) ON DUPLICATE KEY UPDATE amount = amount + 1");
        witness.execute("INSERT INTO t (id, code, amount) VALUES (2000, 'k', 1) ON DUPLICATE KEY UPDATE amount = amount");
        witness.execute("DELETE FROM t WHERE name = 'xa' ORDER BY id LIMIT 1");
        witness.execute("DELETE FROM t WHERE id = 99999");
        witness.execute("INSERT INTO t (id) VALUES (1000)");
        witness.execute("INSERT INTO nowhere VALUES (3)");
        witness.execute("INSERT INTO t (name) VALUES ('it\\'s # no -- comment'), (\"b\\\"\")");
        witness.query("SELECT name, amount, code FROM t ORDER BY name, code");
    }

    @Test
    void preparedStatementsBatchesAndKeysAreCaptured() throws Exception {
        for (String options : new String[] {"", "&useServerPrepStmts=true"}) {
            try (Twins twins = Twins.onMariaDb(options, WaybillSettings.DEFAULTS, "t", TABLE)) {
                twins.same((connection, witness) -> {
                    for (boolean autoCommit : new boolean[] {true, false}) {
                        connection.setAutoCommit(autoCommit);
                        prepared(connection, witness);
                    }
                    connection.commit();
                });
            }
        }
    }

    private static void prepared(Connection connection, Twins.Witness witness) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (name, amount) VALUES (?, ?), ('two', 2)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, "p");
            insert.setInt(2, 5);
            witness.see("keys", insert::executeUpdate);
            witness.see("the keys", insert::getGeneratedKeys);
            insert.addBatch();
            insert.setString(1, "q");
            insert.addBatch();
            witness.see("batch", insert::executeBatch);
            witness.see("the batch's keys", insert::getGeneratedKeys);
        }
        witness.query("SELECT MAX(id) - LAST_INSERT_ID() FROM t");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?)", new String[] {"id"})) {
            insert.setInt(1, connection.getAutoCommit() ? 5000 : 6000);
            insert.setString(2, "given");
            witness.see("given", insert::executeUpdate);
            witness.see("the given key", insert::getGeneratedKeys);
            witness.see("twice", insert::executeUpdate);
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET name = ?, amount = amount + ? WHERE id > ? AND name = ?")) {
            for (String name : new String[] {"p", "q"}) {
                update.setString(1, name + name);
                update.setBigDecimal(2, BigDecimal.ONE);
                update.setInt(3, 0);
                update.setString(4, name);
                update.addBatch();
            }
            witness.see("updates", update::executeLargeBatch);
            witness.see("again", update::executeUpdate);
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM t WHERE name = ? LIMIT ?")) {
            delete.setString(1, "two");
            delete.setInt(2, 2);
            witness.see("delete", delete::execute);
            witness.see("deleted", delete::getUpdateCount);
        }
        try (PreparedStatement replace = connection.prepareStatement("REPLACE INTO t (id, name, code) VALUES (?, ?, ?)")) {
            for (int i = 0; i < 3; i++) {
                replace.setInt(1, 7000 + i % 2);
                replace.setString(2, "r" + i);
                replace.setString(3, "same");
                witness.see("replace " + i, replace::executeUpdate);
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO t (name) VALUES ('plain')");
            statement.addBatch("UPDATE t SET amount = 1 WHERE name = 'plain'");
            statement.addBatch("DELETE FROM t WHERE name = 'nobody'");
            witness.see("plain batch", statement::executeBatch);
        }
    }

    @Test
    void whatCannotBeToldIsRefusedAndDoesNothing() throws Exception {
        String[] statements = {"UPDATE t SET id = LENGTH(UUID())", "UPDATE IGNORE t SET id = id + 1", "UPDATE t SET amount = 2, id = amount", "UPDATE t JOIN u ON u.id = t.id SET t.id = 7", "UPDATE t SET amount = ROW_COUNT()",
            "UPDATE t SET amount = 1 WHERE id IN (SELECT id FROM u UNION SELECT 2)", "DELETE IGNORE FROM t RETURNING id", "UPDATE t PARTITION (p0) SET amount = 1", "SET sql_select_limit = 1", "DELETE parent, t FROM parent, t",
            "REPLACE INTO t SELECT * FROM t", "REPLACE INTO t (name) VALUES ('x') RETURNING id", "INSERT INTO t (name) VALUES ('x') ON DUPLICATE KEY UPDATE id = 5", "LOAD DATA LOCAL INFILE '/dev/null' INTO TABLE t", "LOCK TABLES t WRITE",
            "XA START 'x'", "PREPARE s FROM 'DELETE FROM t'", "EXECUTE IMMEDIATE 'DELETE FROM t'", "BEGIN NOT ATOMIC DELETE FROM t; END", "CALL writes()", "{call writes()}", "SELECT f()", "DO f()", "SET @x = f()",
            "INSERT INTO v (name) VALUES ('x')", "DELETE FROM v", "UPDATE v, t SET v.name = 'x'", "INSERT INTO trig VALUES (1)", "/*! DELETE FROM t */", "SET STATEMENT max_statement_time = 1 FOR DELETE FROM t",
            "ANALYZE DELETE FROM t", "DROP TABLE t", "ALTER TABLE t DROP COLUMN name", "ALTER TABLE t ADD COLUMN c INT, DROP COLUMN name", "RENAME TABLE t TO s", "RENAME TABLE u TO s, t TO s2", "CREATE TEMPORARY TABLE t (id INT)",
            "DELETE FROM waybill_outbox", "DELETE o FROM waybill_outbox o JOIN t ON TRUE", "DROP TABLE waybill_journal", "REPLACE INTO parent VALUES (1)", "TRUNCATE parent", "WITH q AS (SELECT 1) DELETE FROM t", "nonsense"};
        try (Twins twins = twins(); Connection connection = twins.captured()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO t (id, name) VALUES (1, 'a')");
            }
            for (boolean autoCommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autoCommit);
                for (String sql : statements) {
                    try (Statement statement = connection.createStatement()) {
                        SQLException refused = catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
                        assertThat((Throwable) refused).as(sql).isNotNull();
                        assertThat(WaybillError.UNCAPTURED.is(refused) || WaybillError.OWN_TABLE.is(refused) || WaybillError.PUBLISHED_SHAPE.is(refused)).as(sql + ": " + refused).isTrue();
                    }
                    if (!autoCommit) {
                        connection.rollback();
                    }
                }
            }
            connection.rollback();
            twins.complete();
        }
    }

    private static Twins twins() throws SQLException {
        return Twins.onMariaDb("t, parent, child", TABLE, "CREATE TABLE u (id INT PRIMARY KEY, name VARCHAR(20))", "CREATE PROCEDURE writes() DELETE FROM t", "CREATE FUNCTION f() RETURNS INT MODIFIES SQL DATA BEGIN DELETE FROM t; RETURN 1; END",
                "CREATE VIEW v AS SELECT * FROM t", "CREATE TABLE trig (id INT)", "CREATE TRIGGER tr AFTER INSERT ON trig FOR EACH ROW DELETE FROM t", "CREATE TABLE parent (id INT PRIMARY KEY)",
                "CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)");
    }

    @Test
    void whatTouchesNothingPublishedPasses() throws Exception {
        try (Twins twins = twins()) {
            twins.same((connection, witness) -> {
                for (String sql : List.of("INSERT INTO u VALUES (1, 'x'), (2, 'y') ON DUPLICATE KEY UPDATE name = 'z'", "UPDATE u SET id = id + 10", "DELETE u FROM u WHERE id = 11", "REPLACE INTO u SELECT id, 'r' FROM u",
                        "CREATE TEMPORARY TABLE tmp AS SELECT 1 AS one", "DELETE FROM tmp", "SELECT * FROM t FOR UPDATE", "SHOW TABLES LIKE 'u'", "SET @a := 1", "ALTER TABLE t ADD INDEX (amount)", "TRUNCATE u", "SELECT 'a' /* it's */ # it's\n")) {
                    witness.execute(sql);
                }
            }, "Tables_in_\\w+");
        }
    }

    @Test
    void transactionsEndAsTheDatabaseEndsThem() throws Exception {
        try (Twins twins = twins()) {
            twins.same((connection, witness) -> {
                witness.execute("START TRANSACTION");
                witness.execute("INSERT INTO t (id, name) VALUES (1, 'text')");
                witness.execute("SAVEPOINT one");
                witness.execute("INSERT INTO t (id, name) VALUES (2, 'gone')");
                witness.execute("ROLLBACK TO one");
                witness.execute("COMMIT");
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t (id, name) VALUES (3, 'by a definition')");
                witness.execute("CREATE TABLE u (id INT)");
                witness.execute("INSERT INTO t (id, name) VALUES (4, 'by begin')");
                witness.execute("BEGIN");
                witness.execute("INSERT INTO t (id, name) VALUES (5, 'not at all')");
                connection.rollback();
                witness.execute("INSERT INTO t (id, name) VALUES (6, 'kept')");
                Savepoint point = connection.setSavepoint();
                witness.execute("UPDATE t SET name = 'undone'");
                connection.rollback(point);
                witness.execute("UPDATE t SET name = 'kept too' WHERE id = 4");
                witness.execute("SET autocommit = 1");
                witness.execute("INSERT INTO t (id, name) VALUES (7, 'alone')");
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO t (id, name) VALUES (8, 'by the mode')");
                connection.setAutoCommit(true);
                witness.query("SELECT id, name FROM t ORDER BY id");
            });
        }
    }

    /** At REPEATABLE READ a write acts upon rows that the snapshot does not show. */
    @Test
    void rowsThatTheSnapshotDoesNotShowAreCapturedToo() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE); Connection one = twins.captured(); Connection other = twins.captured(); Statement statement = one.createStatement(); Statement others = other.createStatement()) {
            one.setAutoCommit(false);
            statement.executeQuery("SELECT * FROM t").close();
            others.execute("INSERT INTO t (id, name, amount) VALUES (1, 'new', 1), (2, 'same', 5)");
            assertThat(statement.executeUpdate("UPDATE t SET amount = 5")).isEqualTo(2);
            assertThat(statement.executeUpdate("DELETE FROM t WHERE id = 1")).isEqualTo(1);
            one.commit();
            twins.complete();
        }
    }

    @Test
    void rowsWrittenByAResultSetAreCaptured() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE)) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("DELETE FROM t");
                    witness.execute("INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')");
                    try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE); ResultSet rows = statement.executeQuery("SELECT name, amount, id AS number FROM t AS x ORDER BY id")) {
                        rows.next();
                        rows.updateString(1, "changed");
                        rows.updateRow();
                        rows.updateInt("number", 100);
                        rows.updateRow();
                        witness.see("moved", () -> rows.getInt(3));
                        rows.next();
                        rows.deleteRow();
                        rows.absolute(2);
                        rows.moveToInsertRow();
                        rows.updateString(1, "new");
                        rows.insertRow();
                        rows.updateString(1, "newer");
                        rows.insertRow();
                        rows.moveToCurrentRow();
                        witness.see("where", rows::getRow);
                        witness.see("what", () -> rows.getString(1));
                    }
                    witness.query("SELECT name FROM t ORDER BY name");
                }
                connection.commit();
            });
        }
    }

    @Test
    void aResultSetWithoutTheKeyCannotChangeRows() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE); Connection connection = twins.captured(); Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
            statement.execute("INSERT INTO t (id, name) VALUES (1, 'a')");
            try (ResultSet rows = statement.executeQuery("SELECT id, name FROM t")) {
                rows.next();
                rows.moveToInsertRow();
                rows.updateString(2, "b");
                assertThatThrownBy(rows::insertRow).hasMessageContaining("UNCAPTURED");
            }
            twins.complete();
        }
    }

    @Test
    void quotesAreReadAsTheSessionHasThem() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE)) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t (name) VALUES (\"text; DELETE FROM t\")");
                witness.execute("SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES,NO_BACKSLASH_ESCAPES')");
                witness.execute("INSERT INTO \"t\" (\"name\") VALUES ('back\\'), ('slash')");
                witness.execute("UPDATE t SET name = 'a\\' WHERE name = 'slash'");
                witness.query("SELECT name FROM t ORDER BY id");
            });
        }
    }

    @Test
    void anotherDatabaseThatPublishesIsNotWrittenPast() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE); Twins others = Twins.onMariaDb("", "CREATE TABLE t (id INT PRIMARY KEY)"); Connection raw = twins.raw(); Connection connection = others.captured(); Statement statement = connection.createStatement()) {
            String database = raw.getCatalog();
            for (String sql : new String[] {"INSERT INTO " + database + ".t (name) VALUES ('x')", "DELETE FROM `" + database + "`.t", "UPDATE t a, " + database + ".t b SET b.name = 'x'", "USE " + database}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).hasMessageContaining("UNCAPTURED");
            }
            assertThatThrownBy(() -> connection.setCatalog(database)).hasMessageContaining("UNCAPTURED");
            statement.execute("INSERT INTO t VALUES (1)");
        }
    }
}
