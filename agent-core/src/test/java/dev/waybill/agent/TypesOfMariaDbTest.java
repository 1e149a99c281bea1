// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every type of a column that MariaDB has arrives as the same value, at MariaDB and at other products, or is refused by its name. */
class TypesOfMariaDbTest {

    private static final String TABLE = "CREATE TABLE every (id INT PRIMARY KEY, bo BOOLEAN, ti1 TINYINT, tu TINYINT UNSIGNED, s2 SMALLINT, su SMALLINT UNSIGNED, m3 MEDIUMINT, mu MEDIUMINT UNSIGNED, iu INT UNSIGNED, z INT(6) ZEROFILL, i8 BIGINT, bu BIGINT UNSIGNED,"
            + " de DECIMAL(65, 30), d102 DECIMAL(10, 2), f FLOAT, d DOUBLE, b1 BIT(1), b64 BIT(64), y YEAR, da DATE, t0 TIME, t6 TIME(6), dt DATETIME, dt6 DATETIME(6), ts TIMESTAMP NULL, ts3 TIMESTAMP(3) NULL, c CHAR(5), v VARCHAR(20), tt TINYTEXT, tx TEXT,"
            + " mt MEDIUMTEXT, lt LONGTEXT, bi BINARY(4), vb VARBINARY(20), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB, j JSON, u UUID, i4 INET4, i6 INET6, e ENUM('red', 'it''s', 'ü'), se SET('x', 'yy', 'z'), gs INT AS (id * 2) STORED, gv INT AS (id * 3) VIRTUAL,"
            + " `Mixed Name` INT, l1 VARCHAR(20) CHARACTER SET latin1)";

    private static final String[] ROWS = {
        "INSERT INTO every (id) VALUES (1)",
        "INSERT INTO every (id, bo, ti1, tu, s2, su, m3, mu, iu, z, i8, bu, de, d102, f, d, b1, b64, y, da, t0, t6, dt, dt6, ts, ts3, c, v, tt, tx, mt, lt, bi, vb, tb, bl, mb, lb, j, u, i4, i6, e, se, `Mixed Name`, l1) VALUES (2, TRUE, -128, 255, -32768, 65535,"
            + " -8388608, 16777215, 4294967295, 42, -9223372036854775808, 18446744073709551615, 99999999999999999999999999999999999.999999999999999999999999999999, -0.01, 3.4028234e38, 1.7976931348623157e308, b'1', X'FFFFFFFFFFFFFFFF', 2155, '9999-12-31', '23:59:59',"
            + " '23:59:59.999999', '9999-12-31 23:59:59', '2020-02-29 12:34:56.789012', '2038-01-19 03:14:07', '1970-01-01 00:00:01.001', 'ab', 'ü€😀 \"q\" \\\\ \\'', 'tiny', REPEAT('x', 40000), 'medium\\n\\t', REPEAT('ü', 50000), X'00FF', X'', X'0102', REPEAT('ab', 20000),"
            + " 'm', REPEAT(X'00FF27', 30000), '{\"b\": 1,  \"a\": [1, 2.50, null]}', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '10.1.2.3', '2001:db8::ff00:42:8329', 'it''s', 'x,z', 7, 'café')",
        "INSERT INTO every (id, bo, b1, b64, y, da, t0, dt, ts, c, v, j, u, i4, i6, e, se, f, d, de, l1) VALUES (3, FALSE, b'0', 1, 0, '0001-01-01', '00:00:00', '0001-01-01 00:00:00', '1970-01-01 00:00:01', '', '', 'null', '00000000-0000-0000-0000-000000000000',"
            + " '0.0.0.0', '::', 'ü', '', 1.1754944e-38, 5e-324, -0.000000000000000000000000000001, '')",
        "INSERT INTO every (id, f, d, bu, v, dt6) VALUES (4, 0.1, 0.1, 9223372036854775808, 'trailing  ', '1000-01-01 00:00:00.000001')"};

    private static final String ALL = "SELECT e.*, HEX(b1), HEX(b64), HEX(bi), HEX(c), HEX(v), HEX(l1), CAST(f AS DOUBLE), UNIX_TIMESTAMP(ts3) FROM every e ORDER BY id";

    @TempDir
    Path folder;

    /** Types of MariaDB's own that others would not know become the next ones there, at MariaDB too: their values are the same. */
    @Test
    void everyTypeArrivesAtMariaDb() throws Exception {
        try (TwoDatabases two = new TwoDatabases(mariaDb(), mariaDb(), folder, links -> links, links -> links).started()) {
            two.branch.say(TABLE);
            two.hq.say(TABLE).say(ROWS);
            publish(two);
            assertThat(two.branch.rows(ALL)).isEqualTo(two.hq.rows(ALL));
        }
    }

    /** Whatever the writer's session has set. */
    @Test
    void everyTypeComesThroughTriggersAsItIs() throws Exception {
        try (TwoDatabases two = new TwoDatabases(mariaDb(), mariaDb(), folder, links -> links, links -> links).started()) {
            two.branch.say(TABLE);
            two.hq.complete().say(TABLE);
            publish(two);
            two.hq.say(ROWS);
            two.hq.say("SET SESSION sql_mode = 'ANSI,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES', time_zone = '-11:30', collation_connection = 'latin1_german2_ci', div_precision_increment = 0",
                    "INSERT INTO every (id) VALUES (5)",
                    "UPDATE every SET id = id + 100 WHERE id < 4", "UPDATE every SET f = f / 3, d = d / 3, c = 'x', ts3 = '2020-10-25 02:30:00.125' WHERE id > 3", "DELETE FROM every WHERE id = 101", "SET SESSION sql_mode = DEFAULT, time_zone = DEFAULT, collation_connection = 'utf8mb4_general_ci'");
            two.converge(60);
            assertThat(two.hq.rows("SELECT COUNT(*) FROM every")).isEqualTo("4\n");
            assertThat(two.branch.rows(ALL)).isEqualTo(two.hq.rows(ALL));
            assertThatThrownBy(() -> two.hq.say("SET SESSION sql_mode = ''", "UPDATE every SET da = '2020-00-00' WHERE id = 4")).hasMessageContaining("Column da of the published table every would hold a date or a time that no other database has");
            assertThatThrownBy(() -> two.hq.say("UPDATE every SET t6 = '-01:00:00' WHERE id = 4")).hasMessageContaining("Column t6");
            assertThatThrownBy(() -> two.hq.say("UPDATE every SET ts = 0 WHERE id = 4")).hasMessageContaining("Column ts");
        }
    }

    @Test
    @Tag("extended")
    void aTableThatIsMadeThereTakesEveryValueToo() throws Exception {
        try (TwoDatabases two = new TwoDatabases(mariaDb(), mariaDb(), folder, links -> links, links -> links).started()) {
            two.hq.say(TABLE).say(ROWS);
            publish(two);
            String same = "SELECT id, bo, ti1, tu, s2, su, m3, mu, iu, i8, bu, de, d102, f, d, da, t0, t6, dt, dt6, ts, ts3, c, v, tt, tx, mt, lt, HEX(bi), HEX(vb), tb, bl, mb, HEX(lb), j, u, i4, i6, e, se, gs, gv, `Mixed Name`, l1, CAST(f AS DOUBLE) FROM every ORDER BY id";
            assertThat(two.branch.rows(same)).isEqualTo(two.hq.rows(same));
        }
    }

    @Test
    @Tag("extended")
    void commonTypesArriveAtH2AndPostgresAsTheirNearest() throws Exception {
        for (String branch : new String[] {h2(), postgres()}) {
            try (TwoDatabases two = new TwoDatabases(mariaDb(), branch, folder.resolve(branch.substring(5, 7)), links -> links, links -> links).started()) {
                two.hq.say(TABLE).say(ROWS);
                publish(two);
                String same = "SELECT id, tu, su, mu, iu, i8, bu, de, d102, da, v, tx, lt, i4, i6, e, se, gs, l1 FROM every ORDER BY id";
                assertThat(two.branch.rows(same)).isEqualTo(two.hq.rows(same));
                assertThat(two.branch.rows("SELECT y, t0, t6, c FROM every WHERE id IN (2, 3) ORDER BY id")).isEqualTo("2155|23:59:59|23:59:59.999999|ab   \n0|00:00:00|null|     \n");
                assertThat(two.branch.rows("SELECT CAST(u AS VARCHAR(36)), dt6, CAST(ts AS DATE) FROM every WHERE id = 2")).startsWith("ffffffff-ffff-ffff-ffff-ffffffffffff|2020-02-29 12:34:56.789012|2038-01-19");
            }
        }
    }

    @Test
    @Tag("extended")
    void commonTypesOfH2AndPostgresArriveAsTheirNearest() throws Exception {
        String columns = "id INT PRIMARY KEY, s SMALLINT, i BIGINT, n NUMERIC(30, 10), r REAL, d DOUBLE PRECISION, c CHAR(5), v VARCHAR(20), bo BOOLEAN, da DATE, ti TIME(6), ts TIMESTAMP(6), tz TIMESTAMP(6) WITH TIME ZONE, u UUID";
        for (String hq : new String[] {h2(), postgres()}) {
            try (TwoDatabases two = new TwoDatabases(hq, mariaDb(), folder.resolve(hq.substring(5, 7)), links -> links, links -> links).started()) {
                two.hq.say("CREATE TABLE every (" + columns + ")", "INSERT INTO every (id) VALUES (1)", "INSERT INTO every VALUES (2, -32768, 9223372036854775807, 12345678901234567890.0123456789, 0.1, 0.1, 'ab', 'ü€😀 \\ ''q''', TRUE, '2020-02-29', '23:59:59.999999',"
                        + " '9999-12-31 23:59:59.999999', '2020-01-01 00:00:00+05:30', 'ffffffff-ffff-ffff-ffff-ffffffffffff')");
                publish(two);
                assertThat(two.branch.rows("SELECT s, i, n, CAST(r AS CHAR), d, c, v, bo, da, ti, ts, tz, u FROM every WHERE id = 2"))
                        .isEqualTo("-32768|9223372036854775807|12345678901234567890.0123456789|0.1|0.1|ab|ü€😀 \\ 'q'|1|2020-02-29|23:59:59.999999|9999-12-31 23:59:59.999999|2019-12-31 18:30:00.000000|ffffffff-ffff-ffff-ffff-ffffffffffff\n");
                assertThat(two.branch.rows("SELECT COUNT(*) FROM every WHERE id = 1 AND COALESCE(s, i, n, r, d, c, v, bo, da, ti, ts, tz, u) IS NULL")).isEqualTo("1\n");
            }
        }
    }

    /** Where no value of the type could travel, the table cannot be published. */
    @Test
    void typesThatCannotTravelAreRefusedByName() throws Exception {
        try (TwoDatabases two = new TwoDatabases(mariaDb(), h2(), folder, links -> links, links -> links)) {
            two.hq.say("CREATE TABLE places (id INT PRIMARY KEY, at POINT)", "CREATE TABLE shapes (id INT PRIMARY KEY, at GEOMETRY)");
            assertThatThrownBy(() -> two.hq.say("CREATE PUBLICATION g (TABLE places)")).hasMessageContaining("places.at").hasMessageContaining("point");
            assertThatThrownBy(() -> two.hq.say("CREATE PUBLICATION g (TABLE shapes)")).hasMessageContaining("geometry");
        }
    }

    private static void publish(TwoDatabases two) throws SQLException {
        two.hq.say("CREATE PUBLICATION types (TABLE every)", "CREATE SUBSCRIPTION TO types FOR branch", "SYNCHRONIZE SUBSCRIPTION TO types FOR branch");
        String query = "SELECT state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE p.publication_name = 'types'";
        for (int round = 0; round < 60; round++) {
            two.turn(Duration.ofMillis(250));
            if (two.hq.rows(query).equals("STARTED\n")) {
                return;
            }
        }
        throw new AssertionError(two.branch.rows("SELECT receive_state, receive_reason FROM waybill.remote_user") + two.hq.rows(query) + two.hq.rows("SELECT state, state_reason FROM waybill.remote_user"));
    }

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String mariaDb() throws SQLException {
        return MariaDbServer.running().freshDatabase().url();
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }
}
