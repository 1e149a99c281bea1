// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tables of PostgreSQL's own kinds: partitioned, with foreign keys that act, with triggers, with every type, with names of every kind. */
class PostgresTablesTest {

    @Test
    void foreignKeysOwnActionsAreCaptured() throws Exception {
        try (Twins twins = Twins.onPostgres("a, b, c", "CREATE TABLE a (id UUID PRIMARY KEY, code TEXT UNIQUE)", "CREATE TABLE b (id INT PRIMARY KEY, a UUID REFERENCES a ON DELETE CASCADE, code TEXT REFERENCES a (code) ON UPDATE CASCADE ON DELETE SET NULL)",
                "CREATE TABLE c (id INT PRIMARY KEY, b INT REFERENCES b ON DELETE CASCADE, d INT)", "CREATE TABLE d (id INT PRIMARY KEY)", "ALTER TABLE c ADD FOREIGN KEY (d) REFERENCES d ON DELETE SET NULL")) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("INSERT INTO a VALUES ('00000000-0000-0000-0000-000000000001', 'x'), ('00000000-0000-0000-0000-000000000002', 'y')");
                    witness.execute("INSERT INTO b VALUES (1, '00000000-0000-0000-0000-000000000001', 'y'), (2, '00000000-0000-0000-0000-000000000002', 'y')");
                    witness.execute("INSERT INTO d VALUES (1)");
                    witness.execute("INSERT INTO c VALUES (1, 1, 1), (2, 2, 1), (3, 2, NULL)");
                    witness.execute("UPDATE a SET code = 'z' WHERE code = 'y'");
                    witness.query("SELECT * FROM b ORDER BY id");
                    witness.execute("DELETE FROM d");
                    witness.query("SELECT * FROM c ORDER BY id");
                    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM a AS parent USING (SELECT CAST(? AS TEXT) AS code) AS s WHERE parent.code = s.code RETURNING parent.code")) {
                        delete.setString(1, "z");
                        witness.see("delete", delete::executeQuery);
                    }
                    witness.query("SELECT * FROM b ORDER BY id");
                    witness.query("SELECT * FROM c ORDER BY id");
                    witness.execute("TRUNCATE a CASCADE");
                    witness.execute("TRUNCATE d, c RESTART IDENTITY");
                    witness.execute("TRUNCATE a");
                }
                connection.commit();
            });
        }
    }

    @Test
    void partitionsAreCapturedAsTheTableThatTheyArePartOf() throws Exception {
        try (Twins twins = Twins.onPostgres("p", "CREATE TABLE p (id INT, region TEXT, name TEXT, PRIMARY KEY (id, region)) PARTITION BY LIST (region)", "CREATE TABLE p_a PARTITION OF p FOR VALUES IN ('a')",
                "CREATE TABLE p_b (name TEXT, region TEXT NOT NULL, id INT NOT NULL)", "ALTER TABLE p ATTACH PARTITION p_b FOR VALUES IN ('b')")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO p VALUES (1, 'a', 'x'), (2, 'b', 'y')");
                witness.execute("INSERT INTO p_b VALUES ('z', 'b', 3)");
                witness.execute("UPDATE p_b SET name = name || '!' RETURNING *");
                witness.execute("UPDATE p SET region = 'b' WHERE id = 1");
                witness.execute("UPDATE p_b SET region = 'a' WHERE id = 1");
                witness.execute("DELETE FROM p_b WHERE id = 2");
                witness.execute("CREATE TABLE p_c PARTITION OF p FOR VALUES IN ('c')");
                witness.execute("INSERT INTO p_c VALUES (4, 'c', 'new')");
                witness.execute("TRUNCATE p_b");
                witness.query("SELECT * FROM p ORDER BY id");
                witness.execute("TRUNCATE p");
                witness.execute("INSERT INTO p VALUES (5, 'c', 'last')");
            });
        }
    }

    @Test
    void triggersBeforeARowAreSeenInWhatItReturns() throws Exception {
        try (Twins twins = Twins.onPostgres("t", "CREATE TABLE t (id INT PRIMARY KEY, name TEXT, changes INT DEFAULT 0)",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.name = ''skip'' THEN RETURN NULL; END IF; NEW.changes := COALESCE(NEW.changes, 0) + 1; IF NEW.name = ''move'' THEN NEW.id := NEW.id + 100; END IF; RETURN NEW; END'",
                "CREATE TRIGGER before BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()")) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name"); PreparedStatement plain = connection.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?)")) {
                        for (String name : new String[] {"a", "skip", "move"}) {
                            insert.setInt(1, autoCommit ? 1 : 2);
                            insert.setString(2, name);
                            insert.setNull(3, Types.INTEGER);
                            insert.addBatch();
                        }
                        witness.see("upserts", insert::executeBatch);
                        plain.setInt(1, autoCommit ? 5 : 6);
                        plain.setString(2, "plain");
                        witness.see("plain", plain::executeUpdate);
                    }
                    witness.execute("UPDATE t SET name = 'move' WHERE id = " + (autoCommit ? 5 : 6));
                }
                connection.commit();
                witness.query("SELECT * FROM t ORDER BY id");
            });
        }
    }

    @Test
    void valuesOfEveryTypeAreCaptured() throws Exception {
        try (Twins twins = Twins.onPostgres("t", "CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN even AS INT CHECK (VALUE % 2 = 0)",
                "CREATE TABLE t (id BIGINT PRIMARY KEY, i2 SMALLINT, n NUMERIC(8, 3), any_n NUMERIC, r REAL, d DOUBLE PRECISION, b BOOLEAN, c CHAR(5), v VARCHAR(20), x TEXT, y BYTEA, da DATE, ti TIME, tz TIME WITH TIME ZONE, ts TIMESTAMP(3), tt TIMESTAMPTZ,"
                        + " u UUID, j JSON, jb JSONB, a INT[], ta TEXT[], m mood, e even, iv INTERVAL, ip INET)")) {
            twins.same((connection, witness) -> {
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::json, ?::jsonb, ?, ?, ?::mood, ?, ?::interval, ?::inet)");
                            PreparedStatement few = connection.prepareStatement("INSERT INTO t (id, i2, n, any_n, r, d, b, v, x, y, da, ts, u) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                        insert(connection, insert, witness, autoCommit ? 1 : 2);
                        for (int i = 0; i < 3; i++) {
                            few.setLong(1, (autoCommit ? 10 : 20) + i);
                            few.setShort(2, (short) i);
                            few.setBigDecimal(3, new BigDecimal("1.500"));
                            few.setBigDecimal(4, new BigDecimal("1.5000"));
                            few.setFloat(5, 1.5f);
                            few.setDouble(6, -0.25);
                            few.setBoolean(7, true);
                            few.setString(8, "v ");
                            few.setString(9, "text \u00e9\ud83d\ude00");
                            few.setBytes(10, new byte[] {1, 2, 3});
                            few.setObject(11, LocalDate.of(2020, 2, 29));
                            few.setObject(12, LocalDateTime.of(2020, 2, 29, 23, 59, 59, i == 0 ? 123_000_000 : 123_456_789));
                            few.setObject(13, new UUID(1, i));
                            few.addBatch();
                        }
                        witness.see("few", few::executeBatch);
                        few.setLong(1, autoCommit ? 100 : 200);
                        few.setTimestamp(12, Timestamp.valueOf("2021-03-04 05:06:07.1234567"));
                        witness.see("timestamp", few::executeUpdate);
                    }
                    witness.execute("UPDATE t SET a = a || 7, jb = jb || '{\"b\": [1, null]}', y = y || '\\x00'::bytea, m = 'ok', tt = tt + INTERVAL '1 hour' WHERE a IS NOT NULL");
                }
                connection.commit();
                witness.query("SELECT * FROM t ORDER BY id");
            });
        }
    }

    private static void insert(Connection connection, PreparedStatement insert, Twins.Witness witness, int id) throws Exception {
        insert.setLong(1, id);
        insert.setShort(2, (short) -3);
        insert.setBigDecimal(3, new BigDecimal("12345.678"));
        insert.setBigDecimal(4, new BigDecimal("1E+30"));
        insert.setFloat(5, Float.MIN_VALUE);
        insert.setDouble(6, Double.POSITIVE_INFINITY);
        insert.setBoolean(7, false);
        insert.setString(8, "ab");
        insert.setString(9, "v");
        insert.setCharacterStream(10, new StringReader("streamed"));
        insert.setBinaryStream(11, new ByteArrayInputStream(new byte[100_000]));
        insert.setDate(12, Date.valueOf("1999-12-31"));
        insert.setObject(13, LocalTime.of(1, 2, 3, 456_000));
        insert.setObject(14, OffsetTime.parse("10:00:00+02:00"));
        insert.setTimestamp(15, Timestamp.valueOf("2021-03-04 05:06:07.891"));
        insert.setObject(16, OffsetDateTime.parse("2021-03-04T05:06:07.891234Z"));
        insert.setObject(17, UUID.nameUUIDFromBytes(new byte[] {9}));
        insert.setString(18, "{\"a\" : 1}");
        insert.setString(19, "{\"a\" : 1}");
        insert.setArray(20, connection.createArrayOf("int4", new Integer[] {1, null, 3}));
        insert.setArray(21, connection.createArrayOf("text", new String[] {"x", null, "\"q\""}));
        insert.setString(22, "sad");
        insert.setInt(23, 4);
        insert.setString(24, "1 day 02:00:00");
        insert.setString(25, "10.0.0.1/8");
        witness.see("all types", insert::executeUpdate);
    }

    @Test
    void quotedAndQualifiedNamesAreUnderstood() throws Exception {
        try (Twins twins = Twins.onPostgres("\"My Schema\".\"T\"\"x\"", "CREATE SCHEMA \"My Schema\"", "CREATE TABLE \"My Schema\".\"T\"\"x\" (\"Id\" INT PRIMARY KEY, \"select\" TEXT, na\u00efve INT)")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO \"My Schema\".\"T\"\"x\" VALUES (1, 'a', 1) RETURNING \"Id\", Na\u00efve");
                connection.setSchema("My Schema");
                witness.execute("UPDATE \"T\"\"x\" SET \"select\" = 'b', \"Id\" = 2 /* ; */ -- ;\n WHERE \"Id\" = 1;");
                witness.execute("UPDATE U&\"T\\0022x\" SET na\u00efve = 5");
                try (PreparedStatement keyed = connection.prepareStatement("INSERT INTO \"T\"\"x\" VALUES (?, ?, ?)", new String[] {"select", "Id"})) {
                    keyed.setInt(1, 3);
                    keyed.setString(2, "c");
                    keyed.setInt(3, 0);
                    witness.see("keyed", keyed::executeUpdate);
                    witness.see("keys", keyed::getGeneratedKeys);
                }
                witness.execute("DELETE FROM \"T\"\"x\" \"old\" WHERE \"old\".\"Id\" = 3 RETURNING \"old\".\"select\"");
                witness.query("SELECT * FROM \"T\"\"x\" ORDER BY 1");
            });
        }
    }

    @Test
    void writesThroughResultSetsAreCaptured() throws Exception {
        try (Twins twins = Twins.onPostgres("t", "CREATE TABLE t (id INT PRIMARY KEY, name TEXT DEFAULT 'd', n INT)", "CREATE TABLE u (id INT PRIMARY KEY)")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
                witness.execute("INSERT INTO u VALUES (1)");
                for (boolean autoCommit : new boolean[] {true, false}) {
                    connection.setAutoCommit(autoCommit);
                    try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE); ResultSet rows = statement.executeQuery("SELECT id, name, n FROM t ORDER BY id")) {
                        rows.next();
                        rows.updateString(2, "updated");
                        rows.updateRow();
                        rows.next();
                        rows.updateInt(1, autoCommit ? 20 : 30);
                        rows.updateRow();
                        rows.next();
                        rows.deleteRow();
                        witness.see("row", rows::getRow);
                        rows.moveToInsertRow();
                        rows.updateInt(1, autoCommit ? 7 : 8);
                        rows.updateInt(3, 9);
                        rows.insertRow();
                        witness.see("inserted", () -> rows.getString(1) + rows.getString(2) + rows.getString(3));
                        rows.moveToCurrentRow();
                        witness.see("last", () -> rows.last() + " " + rows.getInt(1) + rows.getString(2));
                    }
                    try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE); ResultSet rows = statement.executeQuery("SELECT * FROM u")) {
                        rows.next();
                        rows.deleteRow();
                        rows.moveToInsertRow();
                        rows.updateInt(1, 1);
                        rows.insertRow();
                    }
                    witness.execute("INSERT INTO t VALUES (100, 'x', 1)");
                }
                connection.commit();
                witness.query("SELECT * FROM t ORDER BY id");
            });
        }
    }
}
