// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every type that can travel arrives as the same value, at the same product and at another one. */
class TypesAcrossProductsTest {

    private static final String POSTGRES_TABLE = "CREATE TABLE every (id INT PRIMARY KEY, i2 SMALLINT, i8 BIGINT, n NUMERIC, n102 NUMERIC(10, 2), r REAL, d DOUBLE PRECISION, t TEXT, v VARCHAR(20), c CHAR(5), b BYTEA,"
            + " bo BOOLEAN, da DATE, ti TIME, tz TIMETZ, ts TIMESTAMP, tsz TIMESTAMPTZ, ts3 TIMESTAMP(3), u UUID, j JSON, jb JSONB, e mood, dm short, iv INTERVAL, ip INET, cd CIDR, m MACADDR, bi BIT(3), vb BIT VARYING(8), x XML,"
            + " po POINT, ra INT4RANGE, ai INT[], at TEXT[], an NUMERIC(8, 3)[], ats TIMESTAMP[], am mood[], ai2 INT[][], aip INET[], co pair, q \"char\", ab BYTEA[])";

    private static final String[] ROWS = {
        "INSERT INTO every (id) VALUES (1)",
        "INSERT INTO every VALUES (2, -32768, -9223372036854775808, 'NaN', 'NaN', 'NaN', 'NaN', '', '', '', '', false, 'infinity', '24:00', '00:00+15:59', 'infinity', 'infinity', '-infinity', '00000000-0000-0000-0000-000000000000',"
            + " '{}', '{}', 'sad', '', '0', '0.0.0.0/0', '0.0.0.0/0', '00:00:00:00:00:00', B'000', B'', '', '(0,0)', 'empty', '{}', '{}', '{}', '{}', '{}', '{}', '{}', ROW(NULL, ''), 'a', '{}')",
        "INSERT INTO every VALUES (3, 32767, 9223372036854775807, 'Infinity', 99999999.99, 'Infinity', '-Infinity', 'ü€😀 \"quoted\" ''it'' \\ {a,b} NULL', 'NULL', 'ab', '\\x00ff7f', true, '-infinity', '23:59:59.999999', '12:34:56.789-03:30', '-infinity', '-infinity',"
            + " 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '{\"b\": 1,  \"a\": [1, 2.50, null]}', '{\"b\": 1,  \"a\": [1, 2.50, null]}', 'so \"so\"', 'abcdef', '-1 year 2 mons -3 days 04:05:06.789', '::1/64', '10.1.0.0/16', '08:00:2b:01:02:03', B'101',"
            + " B'1010101', '<a b=\"c\">d</a>', '(1.5,-2.25)', '[1,10)', '{1,NULL,-3}', ARRAY['a\"b', NULL, 'NULL', 'x,y', '{z}', '\\', ''], '{1.500,NaN,NULL}', '{2020-02-29 12:34:56.789,infinity,NULL}', ARRAY['happy', NULL, 'so \"so\"']::mood[], '{{1,2},{3,4}}',"
            + " '{10.0.0.1,::1}', ROW(7, 'a,\"b'), 'Z', ARRAY['\\x00ff'::bytea, NULL])",
        "INSERT INTO every VALUES (4, 0, 0, 123456789012345678901234567890.123456789012345678901234567890, -0.01, 1.17549435e-38, 4.9e-324, repeat('x', 40000), 'v', 'abcde', decode(repeat('ab', 40000), 'hex'), NULL, '0044-03-15 BC', '00:00', '12:00+00',"
            + " '0044-03-15 12:00:00.000001 BC', '0044-03-15 12:00:00+00 BC', '12345-01-01 00:00:00.123', gen_random_uuid(), 'null', 'null', 'happy', 'x', '1 day', '192.168.0.1', '192.168.0.0/24', 'ff:ff:ff:ff:ff:ff', B'111', B'1', '<a/>', '(1e300,1e-300)', '(,5]',"
            + " '{2147483647}', '{a}', '{0}', '{4713-01-01 00:00:00 BC}', '{sad}', '{{1},{2}}', NULL, NULL, NULL, NULL)",
        "INSERT INTO every (id, d, n, tsz) VALUES (5, 0.1, 1e-10, '2020-01-01 00:00:00+05:30')",
        "INSERT INTO every (id, d, n, da) VALUES (6, 1e308, 1e20, '5874897-12-31')"};

    @TempDir
    Path folder;

    @Test
    void everyTypeOfPostgresArrivesAtPostgres() throws Exception {
        try (TwoDatabases two = new TwoDatabases(postgres(), postgres(), folder, links -> links, links -> links).started()) {
            send(two);
            String all = "SELECT every::text, xmin IS NULL FROM every ORDER BY id";
            assertThat(two.branch.rows(all)).isEqualTo(two.hq.rows(all));
            String types = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'every'::regclass AND attnum > 0 AND attname <> 'dm' ORDER BY attnum";
            assertThat(two.branch.rows(types)).isEqualTo(two.hq.rows(types));
            assertThat(two.branch.rows("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'every'::regclass AND attname = 'dm'")).isEqualTo("character varying(6)\n");
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO types FOR branch");
            await(two, "SELECT state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE p.publication_name = 'types'", "STARTED\n");
            assertThat(two.branch.rows(all)).as("installed again over what is there").isEqualTo(two.hq.rows(all));
        }
    }

    @Test
    void everyTypeOfPostgresArrivesAtH2AsItsNearest() throws Exception {
        try (TwoDatabases two = new TwoDatabases(postgres(), h2(), folder, links -> links, links -> links).started()) {
            two.hq.say("CREATE TYPE mood AS ENUM ('sad', 'so \"so\"', 'happy')", "CREATE TYPE pair AS (a INT, b TEXT)", "CREATE DOMAIN short AS VARCHAR(6)", POSTGRES_TABLE);
            two.hq.say(ROWS[0], ROWS[3]);
            two.hq.say("INSERT INTO every (id, n, n102, e, iv, ai, ai2, jb, tsz, ip) VALUES (7, 'NaN', 12.30, 'so \"so\"', '1 day', '{1,NULL}', '{{1,2},{3,4}}', '{\"a\": 1}', '2020-01-01 00:00:00+05:30', '10.0.0.1')");
            publish(two);
            assertThat(two.branch.rows("SELECT COUNT(*) FROM every")).isEqualTo("3\n");
            assertThat(two.branch.rows("SELECT n, n102, CAST(e AS VARCHAR), iv, ip, tsz AT TIME ZONE '+00:00' FROM every WHERE id = 7")).isEqualTo("NaN|12.30|so \"so\"|1 day|10.0.0.1|2019-12-31 18:30:00+00\n");
            assertThat(two.branch.rows("SELECT ai, ai2[2][1] FROM every WHERE id = 7")).isEqualTo("[1, null]|3\n");
            assertThat(two.branch.rows("SELECT id, n, LENGTH(t), LENGTH(b), ra, da FROM every WHERE id = 4")).isEqualTo("4|123456789012345678901234567890.12345678901234567890123456789|40000|40000|(,6)|-0043-03-15\n");
        }
    }

    @Test
    void everyTypeOfH2ArrivesAtPostgresAsItsNearest() throws Exception {
        try (TwoDatabases two = new TwoDatabases(h2(), postgres(), folder, links -> links, links -> links).started()) {
            two.hq.say("CREATE TABLE every (id INT PRIMARY KEY, ty TINYINT, n NUMERIC(10, 2), df DECFLOAT(20), r REAL, d DOUBLE PRECISION, c CHAR(5), v VARCHAR(20), vi VARCHAR_IGNORECASE(20), cl CLOB, bi BINARY(4), vb VARBINARY(20), bl BLOB,"
                    + " bo BOOLEAN, da DATE, ti TIME(6), tz TIME(6) WITH TIME ZONE, ts TIMESTAMP(6), ts9 TIMESTAMP(9), tsz TIMESTAMP WITH TIME ZONE, u UUID, j JSON, e ENUM('red', 'green'), iv INTERVAL DAY TO SECOND, ai INT ARRAY, av VARCHAR(10) ARRAY[5],"
                    + " g BIGINT GENERATED ALWAYS AS (id * 2), \"Mixed\" INT, \"quoted small\" INT, serial BIGINT GENERATED BY DEFAULT AS IDENTITY)",
                    "INSERT INTO every (id, ty, n, df, r, d, c, v, vi, cl, bi, vb, bl, bo, da, ti, tz, ts, ts9, tsz, u, j, e, iv, ai, av, \"Mixed\", \"quoted small\", serial) VALUES (1, -128, -0.01, 'NaN', 'NaN', 'Infinity', 'ab', 'v', 'I', REPEAT('c', 50000), X'00FF',"
                    + " X'', CAST(REPEAT('AB', 25000) AS BLOB), TRUE, '-0043-03-15', '12:34:56.789', '12:34:56+02:00', '2020-02-29 12:34:56.789012', '2020-01-01 00:00:00.123456789', '2020-01-01 00:00:00+05:30', RANDOM_UUID(), JSON '{\"a\": [1, 2]}', 'green',"
                    + " INTERVAL '1 02:03:04.5' DAY TO SECOND, ARRAY[1, NULL, 3], ARRAY['a', 'b\"c'], 5, 6, 41)");
            for (int id = 2; id < 8; id++) {
                two.hq.say("INSERT INTO every (id) VALUES (" + id + ")");
            }
            publish(two);
            assertThat(two.branch.rows("SELECT ty, n, df, r, d, c, v, vi, length(cl), bi, vb, length(bl), bo FROM every WHERE id = 1")).isEqualTo("-128|-0.01|NaN|NaN|Infinity|ab   |v|I|50000|\\x00ff0000|\\x|50000|t\n");
            assertThat(two.branch.rows("SELECT da, ti, tz, ts, ts9, tsz AT TIME ZONE 'UTC', j, e, iv, ai, av, g, \"Mixed\", \"quoted small\" FROM every WHERE id = 1"))
                    .isEqualTo("0044-03-15 BC|12:34:56.789|12:34:56+02|2020-02-29 12:34:56.789012|2020-01-01 00:00:00.123457|2019-12-31 18:30:00|{\"a\": [1, 2]}|green|1 02:03:04.5|{1,NULL,3}|{a,\"b\\\"c\"}|2|5|6\n");
            two.branch.say("INSERT INTO every (id) VALUES (100)");
            assertThat(two.branch.rows("SELECT serial > 41 FROM every WHERE id = 100")).as("the identity goes on past what was received").isEqualTo("t\n");
            assertThat(two.branch.rows("SELECT subject FROM waybill.counter WHERE name = 'left_out' AND subject LIKE '%ts9%'")).contains("is created as TIMESTAMP(6), at the sender it is TIMESTAMP(9)");
        }
    }

    private void send(TwoDatabases two) throws SQLException {
        two.hq.say("CREATE TYPE mood AS ENUM ('sad', 'so \"so\"', 'happy')", "CREATE TYPE pair AS (a INT, b TEXT)", "CREATE DOMAIN short AS VARCHAR(6)", POSTGRES_TABLE).say(ROWS);
        two.branch.say("CREATE TYPE pair AS (a INT, b TEXT)");
        publish(two);
    }

    private static void publish(TwoDatabases two) throws SQLException {
        two.hq.say("CREATE PUBLICATION types (TABLE every)", "CREATE SUBSCRIPTION TO types FOR branch", "SYNCHRONIZE SUBSCRIPTION TO types FOR branch");
        await(two, "SELECT state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE p.publication_name = 'types'", "STARTED\n");
    }

    private static void await(TwoDatabases two, String query, String expected) throws SQLException {
        for (int round = 0; round < 60; round++) {
            two.turn(Duration.ofMillis(250));
            if (two.hq.rows(query).equals(expected)) {
                return;
            }
        }
        throw new AssertionError(two.branch.rows("SELECT receive_state, receive_reason FROM waybill.remote_user") + two.hq.rows(query) + two.hq.rows("SELECT state, state_reason FROM waybill.remote_user"));
    }

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }
}
