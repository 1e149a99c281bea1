// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Values of every type are captured as the database holds them; transactions of any size in bounded memory. */
class ValuesTest {

    @Test
    void everyColumnTypeIsCaptured() throws Exception {
        String[] types = {"CHAR(5)", "VARCHAR(20)", "VARCHAR_IGNORECASE(20)", "CLOB", "BINARY(4)", "VARBINARY(20)", "BLOB", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "NUMERIC(20, 5)", "REAL", "DOUBLE PRECISION",
            "DECFLOAT(20)", "DATE", "TIME(9)", "TIME(3) WITH TIME ZONE", "TIMESTAMP(9)", "TIMESTAMP(9) WITH TIME ZONE", "UUID", "JSON", "INTEGER ARRAY", "INTERVAL DAY TO SECOND", "ENUM('a', 'b')", "ROW(a INTEGER, b VARCHAR(5))"};
        String[] values = {"'ab'", "'äöü ☃'", "'MiXed'", "REPEAT('long ', 20000)", "X'01020304'", "X'00FF'", "CAST(REPEAT('ab', 50000) AS VARBINARY(100000))", "TRUE", "-128", "32767", "2147483647", "-9223372036854775808", "12345.67891", "1.5", "-1e300",
            "1.20E+5", "DATE '-0044-03-15'", "TIME '23:59:59.123456789'", "TIME '10:00:00.123+02:00'", "TIMESTAMP '1582-10-10 00:00:00.000000001'", "TIMESTAMP '2020-01-01 00:00:00.5-05:30'", "RANDOM_UUID()", "JSON '{\"a\": [1, null]}'",
            "ARRAY[1, NULL, 3]", "INTERVAL '3 04:05:06.789' DAY TO SECOND", "'b'", "(1, 'x')"};
        StringBuilder table = new StringBuilder("CREATE TABLE t (id INT PRIMARY KEY");
        for (int i = 0; i < types.length; i++) {
            table.append(", c").append(i).append(' ').append(types[i]);
        }
        try (Twins twins = Twins.of("t", table.append(')').toString()); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t (id) VALUES (0)");
            statement.execute("INSERT INTO t VALUES (1, " + String.join(", ", values) + ")");
            for (int i = 0; i < types.length; i++) {
                statement.execute("UPDATE t SET c" + i + " = " + values[i] + " WHERE id = 0");
            }
            twins.complete();
        }
    }

    @Test
    void keysOfEveryKindAreFoundAgain() throws Exception {
        try (Twins twins = Twins.of("u, d, m", "CREATE TABLE u (k UUID DEFAULT RANDOM_UUID() PRIMARY KEY, v INT)", "CREATE TABLE d (k TIMESTAMP(9) WITH TIME ZONE, n NUMERIC(9, 3), v INT, PRIMARY KEY (n, k))",
                "CREATE TABLE m (v INT, \"the Key\" VARCHAR(9) NOT NULL UNIQUE)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO u (v) VALUES (1), (2), (3)");
            statement.execute("UPDATE u SET k = RANDOM_UUID() WHERE v = 2");
            statement.execute("DELETE FROM u WHERE v = 1");
            statement.execute("INSERT INTO d VALUES (TIMESTAMP '2020-01-01 10:00:00+02:00', 1.5, 1), (TIMESTAMP '2020-01-02 10:00:00+02:00', 2.125, 2)");
            statement.execute("UPDATE d SET n = n * 2, k = k + INTERVAL '1' DAY");
            statement.execute("DELETE FROM d WHERE v = 1");
            statement.execute("INSERT INTO m VALUES (1, 'a'), (2, 'b')");
            statement.execute("UPDATE m SET \"the Key\" = 'c' WHERE v = 1");
            statement.execute("DELETE FROM m WHERE v = 2");
            twins.complete();
        }
    }

    @Test
    void largeTransactionsLeaveInPartsAsTheyGo() throws Exception {
        try (Twins twins = Twins.of("t", "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200), b BLOB)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t SELECT x, REPEAT('x', 100), NULL FROM SYSTEM_RANGE(1, 20000)");
            assertThat(parts(connection)).as("parts written before the commit").isGreaterThan(5);
            byte[] large = new byte[1_500_000];
            new Random(7).nextBytes(large);
            try (PreparedStatement update = connection.prepareStatement("UPDATE t SET b = ? WHERE id = ?")) {
                update.setBytes(1, large);
                update.setInt(2, 3);
                update.executeUpdate();
            }
            Savepoint before = connection.setSavepoint();
            statement.execute("UPDATE t SET v = 'gone'");
            connection.rollback(before);
            statement.execute("DELETE FROM t WHERE id > 10000");
            connection.commit();
            assertThat(twins.complete().transactions()).hasSize(1);
        }
    }

    @Test
    void streamsAreBoundAgainWhateverTheirSize() throws Exception {
        try (Twins twins = Twins.of("t", "CREATE TABLE t (id INT PRIMARY KEY, c CLOB, b BLOB)")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t VALUES (1, 'a', X'01'), (2, 'b', X'02')");
                witness.see("key change", () -> {
                    try (PreparedStatement update = connection.prepareStatement("UPDATE t SET c = ?, b = ?, id = id + 10 WHERE id = ?")) {
                        update.setCharacterStream(1, new StringReader("long".repeat(1_000_000)), 3_999_999);
                        update.setBinaryStream(2, new ByteArrayInputStream(new byte[3_000_000]));
                        update.setInt(3, 1);
                        return update.executeUpdate();
                    }
                });
                witness.query("SELECT id, LENGTH(c), LENGTH(b) FROM t ORDER BY id");
            });
        }
    }

    private static int parts(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM waybill.outbox")) {
            row.next();
            return row.getInt(1);
        }
    }
}
