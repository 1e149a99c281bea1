// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.journal.LogOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every type of H2, by statements and by a snapshot. */
class AppliedTypesTest {

    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, c CHAR(5), v VARCHAR(100), vi VARCHAR_IGNORECASE(20), cl CLOB, b BINARY(4), vb VARBINARY(100), bl BLOB, bo BOOLEAN, ti TINYINT,"
            + " si SMALLINT, i INTEGER, bi BIGINT, n NUMERIC(30, 10), r REAL, d DOUBLE PRECISION, df DECFLOAT(20), da DATE, tm TIME(9), tz TIME(9) WITH TIME ZONE, ts TIMESTAMP(9),"
            + " tsz TIMESTAMP(9) WITH TIME ZONE, u UUID, j JSON, a INTEGER ARRAY, av VARCHAR(10) ARRAY[5], iv INTERVAL DAY TO SECOND, iy INTERVAL YEAR TO MONTH, g GEOMETRY, e ENUM('red', 'green'), jo JAVA_OBJECT(1000),"
            + " rw ROW(x INTEGER, y VARCHAR(10)))";
    private static final String[] ROWS = {
        "(1, 'ab', 'text ☃ 𝄞', 'MiXed', 'clob', X'01020304', X'00FF', X'0102', TRUE, -128, -32768, -2147483648, -9223372036854775808, 12345678901234567890.0123456789, 1.5, 4.9E-324, 1.234567890123456789E30,"
                + " DATE '-0044-03-15', TIME '23:59:59.123456789', TIME WITH TIME ZONE '10:00:00.5+05:30', TIMESTAMP '9999-12-31 23:59:59.999999999', TIMESTAMP WITH TIME ZONE '2026-11-21 10:00:00.000000001-03:30',"
                + " UUID '01234567-89ab-cdef-0123-456789abcdef', JSON '{\"a\": [1, null, \"x\"]}', ARRAY[1, NULL, 3], ARRAY['a', ''], INTERVAL '-1 02:03:04.5' DAY TO SECOND, INTERVAL '5-3' YEAR TO MONTH,"
                + " 'POINT (1 2)', 'green', X'aced000574000161', (1, 'y'))",
        "(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        "(3, '', '', '', REPEAT('ä', 300000), X'00000000', X'', CAST(REPEAT(X'00ff', 200000) AS BLOB), FALSE, 127, 32767, 2147483647, 9223372036854775807, -0.0000000001, CAST('NaN' AS REAL), CAST('-Infinity' AS DOUBLE PRECISION),"
                + " CAST('-Infinity' AS DECFLOAT), DATE '1582-10-15', TIME '00:00:00', TIME WITH TIME ZONE '00:00:00+18:00', TIMESTAMP '0001-01-01 00:00:00', TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00:00',"
                + " UUID '00000000-0000-0000-0000-000000000000', JSON 'null', ARRAY[], ARRAY[], INTERVAL '0 00:00:00' DAY TO SECOND, INTERVAL '-0-1' YEAR TO MONTH, 'LINESTRING (0 0, 1 1)', 'red', NULL, (NULL, ''))"};

    @Test
    void everyTypeIsAppliedExactly() throws Exception {
        try (TestDatabase source = new TestDatabase(); TestDatabase replica = new TestDatabase(); TestDatabase snapshot = new TestDatabase()) {
            HeadOffice hq = new HeadOffice(source);
            source.execute(TABLE);
            replica.execute(TABLE);
            for (TestDatabase branch : List.of(replica, snapshot)) {
                branch.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
            }
            Source statements = new Source(source);
            for (String row : ROWS) {
                statements.insert("T", "INSERT INTO t VALUES " + row);
            }
            statements.update("T", "UPDATE t SET v = v || '!', cl = cl || '!' WHERE id = 3");
            receive(replica, List.of(statements.commit()));
            assertThat(Contents.of(replica.connection(), "SELECT * FROM t")).hasSize(3).isEqualTo(Contents.of(source.connection(), "SELECT * FROM t"));

            hq.publish("p", "t");
            hq.synchronize("p");
            hq.takeSnapshots();
            receive(snapshot, hq.journal(LogOffset.ZERO));
            assertThat(Contents.of(snapshot.connection(), "SELECT * FROM t")).isEqualTo(Contents.of(source.connection(), "SELECT * FROM t"));
            assertThat(columns(snapshot)).isEqualTo(columns(source));
        }
    }

    private static String columns(TestDatabase database) throws Exception {
        return database.text("SELECT LISTAGG(column_name || ' ' || data_type || ' ' || COALESCE(character_maximum_length, numeric_precision, datetime_precision, 0) || ' ' || COALESCE(numeric_scale, 0) || is_nullable, ', ')"
                + " WITHIN GROUP (ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'T'");
    }

    private static void receive(TestDatabase replica, List<ReceivedTransaction> transactions) throws Exception {
        PlainAgentDatabase agent = new PlainAgentDatabase(replica);
        Applier applier = new Applier(replica.dialect());
        applier.prepare(agent, transactions);
        agent.transact(DurableStep.APPLY, raw -> applier.apply(raw, "hq", transactions));
    }
}
