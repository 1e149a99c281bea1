// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What may write to a published table and cannot be captured is refused; what does not, passes, whether we can read it or not. */
class PostgresRareStatementsTest {

    private static final String[] TABLES = {
        "CREATE TABLE t (id INT PRIMARY KEY, name TEXT)", "CREATE TABLE u (id INT PRIMARY KEY, name TEXT)", "INSERT INTO u VALUES (1, 'a')",
        "CREATE VIEW v AS SELECT * FROM t", "CREATE VIEW w AS SELECT * FROM v WHERE id > 0", "CREATE VIEW uv AS SELECT * FROM u", "CREATE TABLE r (id INT)", "CREATE RULE r_r AS ON INSERT TO r DO ALSO DELETE FROM t",
        "CREATE FUNCTION writes() RETURNS INT LANGUAGE plpgsql AS 'BEGIN UPDATE t SET name = name; RETURN 1; END'", "CREATE FUNCTION calls() RETURNS INT LANGUAGE sql AS 'SELECT writes()'",
        "CREATE FUNCTION dynamic(s TEXT) RETURNS INT LANGUAGE plpgsql AS 'BEGIN EXECUTE s; RETURN 1; END'", "CREATE FUNCTION reads() RETURNS BIGINT LANGUAGE sql AS 'SELECT count(*) FROM t'",
        "CREATE FUNCTION atomic() RETURNS INT LANGUAGE sql BEGIN ATOMIC UPDATE t SET name = name RETURNING id; END",
        "CREATE FUNCTION audits() RETURNS INT LANGUAGE plpgsql AS 'BEGIN INSERT INTO u SELECT max(id) + 1, ''audit'' FROM u; RETURN 1; END'",
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN DELETE FROM t WHERE id = 99; END'", "CREATE PROCEDURE harmless() LANGUAGE plpgsql AS 'BEGIN DELETE FROM u WHERE id = 99; END'",
        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM t WHERE id = NEW.id; RETURN NEW; END'", "CREATE TABLE trig (id INT)", "CREATE TRIGGER trg AFTER INSERT ON trig FOR EACH ROW EXECUTE FUNCTION tf()",
        "CREATE TABLE defaulted (id INT DEFAULT writes(), x INT)"};

    @Test
    void whatMayWriteUnseenIsRefusedAndDoesNothing() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLES); Connection connection = twins.captured(); Statement first = connection.createStatement()) {
            first.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
            for (String sql : new String[] {
                "INSERT INTO v VALUES (3, 'c')", "UPDATE w SET name = 'x'", "DELETE FROM w", "MERGE INTO v USING u ON v.id = u.id WHEN MATCHED THEN DELETE", "INSERT INTO r VALUES (1)", "TRUNCATE r, t",
                "SELECT writes()", "SELECT calls()", "SELECT dynamic('DELETE FROM t')", "SELECT atomic()", "CALL p()", "{call p()}", "INSERT INTO u VALUES (writes(), 'x')", "INSERT INTO u SELECT \"writes\"(), 'x'", "VALUES (public.writes())",
                "INSERT INTO trig VALUES (1)", "INSERT INTO defaulted (x) VALUES (1)",
                "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d", "WITH d AS (INSERT INTO u VALUES (50, 'x') RETURNING *) INSERT INTO t SELECT * FROM d",
                "WITH d AS (WITH e AS (SELECT 60 AS id) INSERT INTO t SELECT id, 'nested' FROM e RETURNING *) SELECT * FROM d", "EXPLAIN ANALYZE DELETE FROM t", "EXPLAIN (ANALYZE, VERBOSE) UPDATE t SET name = 'x'",
                "EXPLAIN ANALYZE WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "PREPARE q AS DELETE FROM t", "EXECUTE nothing", "DO $$ BEGIN DELETE FROM t; END $$", "DO $do$ BEGIN EXECUTE 'DELETE FROM t'; END $do$",
                "DO $$ BEGIN PERFORM writes(); END $$", "COPY t FROM '/dev/null'", "COPY (DELETE FROM t RETURNING *) TO STDOUT", "BEGIN; DELETE FROM t; COMMIT",
                "CREATE TABLE made AS WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "CREATE TABLE made AS EXECUTE q", "DROP FUNCTION reads() CASCADE", "UPDATE ONLY (t) SET name = 'x'",
                "CREATE FUNCTION g() RETURNS INT LANGUAGE sql AS 'SELECT 1'; WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "CREATE FUNCTION g() RETURNS INT LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; UPDATE v SET name = 'x'",
                "WITH update AS (SELECT 1) UPDATE v SET name = 'x'", "WITH RECURSIVE delete (n) AS NOT MATERIALIZED (SELECT 1), q AS (SELECT 2) DELETE FROM v"}) {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    try (Statement statement = connection.createStatement()) {
                        assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).as(sql + ": " + refused).isTrue());
                    }
                    if (!autoCommit) {
                        connection.rollback();
                    }
                }
            }
            connection.setAutoCommit(true);
            try (PreparedStatement batch = connection.prepareStatement("UPDATE v SET name = ?")) {
                batch.setString(1, "in a batch");
                batch.addBatch();
                assertThatThrownBy(batch::executeBatch).isInstanceOf(SQLException.class).hasMessageContaining("is a view");
            }
            assertThat(twins.complete().transactions()).hasSize(1);
        }
    }

    @Test
    void whatTakesAPublishedTableAwayIsRefused() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLES); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (String sql : new String[] {
                "DROP TABLE u, t", "DROP TABLE IF EXISTS public.t CASCADE", "ALTER TABLE t DROP COLUMN name", "ALTER TABLE t ADD COLUMN x INT, DROP COLUMN name", "ALTER TABLE t ALTER COLUMN name TYPE varchar(3)", "ALTER TABLE t RENAME TO z",
                "ALTER TABLE t RENAME COLUMN name TO z", "ALTER TABLE t RENAME name TO z", "ALTER TABLE t SET SCHEMA pg_temp", "DROP SCHEMA public CASCADE", "ALTER SCHEMA public RENAME TO z", "DROP OWNED BY CURRENT_USER", "ALTER TABLE u INHERIT t",
                "ALTER TABLE ONLY t ALTER name SET DATA TYPE varchar"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.PUBLISHED_SHAPE.is(refused)).as(sql + ": " + refused).isTrue());
            }
            for (String sql : new String[] {"ALTER TABLE t ADD COLUMN extra INT DEFAULT 3, ADD CHECK (id > 0)", "ALTER TABLE t ALTER COLUMN name SET DEFAULT 'd'", "ALTER TABLE t RENAME COLUMN extra TO more", "INSERT INTO t (id) VALUES (7)",
                "ALTER TABLE t DROP COLUMN more", "ALTER TABLE u DROP COLUMN name CASCADE", "DROP TABLE u CASCADE", "INSERT INTO t VALUES (8, 'still')"}) {
                assertThatCode(() -> statement.execute(sql)).as(sql).doesNotThrowAnyException();
            }
            twins.complete();
        }
    }

    @Test
    void whatIsOursIsRefusedWhateverIsPublished() throws Exception {
        for (String published : new String[] {"t", ""}) {
            try (Twins twins = Twins.onPostgres(published, "CREATE TABLE t (id INT PRIMARY KEY)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
                for (String sql : new String[] {"INSERT INTO waybill.outbox DEFAULT VALUES", "DELETE FROM waybill.catalogue", "UPDATE \"waybill\".catalogue SET version = 0", "TRUNCATE t, waybill.outbox", "COPY waybill.outbox FROM STDIN", "DROP SCHEMA waybill CASCADE",
                    "ALTER TABLE waybill.catalogue ADD x INT", "CREATE INDEX i ON waybill.outbox (payload)", "WITH d AS (DELETE FROM waybill.outbox RETURNING *) SELECT * FROM d"}) {
                    assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.OWN_TABLE.is(refused)).as(sql + ": " + refused).isTrue());
                }
                statement.executeQuery("SELECT * FROM waybill.remote_user").close();
            }
        }
    }

    @Test
    void whatWritesNothingPublishedPassesAsOnTheBareDriver() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLES)) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    for (String sql : new String[] {
                        "SELECT * FROM t WHERE id = 1 FOR UPDATE", "SELECT reads()", "SELECT audits()", "CALL harmless()", "INSERT INTO uv VALUES (30, 'view')", "WITH d AS (DELETE FROM u WHERE id = 30 RETURNING *) SELECT * FROM d",
                        "EXPLAIN (COSTS OFF) DELETE FROM t", "EXPLAIN (ANALYZE FALSE, COSTS OFF) DELETE FROM t", "UPDATE u SET name = t.name FROM t WHERE t.id = u.id", "INSERT INTO u VALUES (2, 'x'); DELETE FROM u WHERE id = 2; SELECT 5", "PREPARE s AS SELECT 1", "DEALLOCATE s",
                        "CREATE TEMP TABLE temporary AS SELECT * FROM t", "INSERT INTO temporary VALUES (9, 'x')", "DROP TABLE temporary", "SELECT * INTO TEMP made FROM t", "DELETE FROM made", "DROP TABLE made",
                        "DO $$ BEGIN DELETE FROM u WHERE id = 1000; END $$", "SELECT '{\"a\":1}'::jsonb ? 'a'", "SELECT $tag$ DELETE FROM t; $tag$", "SELECT E'it\\'s; DELETE FROM t'", "LOCK TABLE u IN SHARE MODE", "SET LOCAL lock_timeout = '5s'", "SHOW lock_timeout",
                        "NOTIFY n, 'x'", "LISTEN n", "UNLISTEN *", "DECLARE c CURSOR FOR SELECT * FROM t", "COMMENT ON TABLE t IS 'c'", "SELEC 1"}) {
                        if (autoCommit && sql.contains("LOCK TABLE")) {
                            continue;
                        }
                        witness.execute(sql);
                    }
                    if (!autoCommit) {
                        connection.rollback();
                    }
                }
                connection.setAutoCommit(true);
                witness.execute("VACUUM u");
                witness.execute("CREATE INDEX CONCURRENTLY ui ON u (name)");
                witness.execute("ANALYZE");
                witness.query("SELECT * FROM u ORDER BY id");
            });
        }
    }

    @Test
    void whatIsRefusedCanBeAllowedAndIsCounted() throws Exception {
        WaybillSettings allowed = WaybillSettings.of(Map.of("waybill.uncaptured", "allow"));
        try (Twins twins = Twins.onPostgres("", allowed, "t", TABLES); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("SELECT writes()");
            statement.execute("UPDATE v SET name = 'through a view'");
            try (PreparedStatement batch = connection.prepareStatement("UPDATE v SET name = ?")) {
                batch.setString(1, "in a batch");
                batch.addBatch();
                assertThat(batch.executeBatch()).hasSize(1);
            }
            try (ResultSet row = statement.executeQuery("SELECT sum(total) FROM waybill.counter WHERE name = 'uncaptured'")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(3);
            }
        }
    }
}
