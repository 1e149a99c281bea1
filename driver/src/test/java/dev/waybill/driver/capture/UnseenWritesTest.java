// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.h2.api.Trigger;
import org.junit.jupiter.api.Test;

/** Ways by which a published table could change without anybody seeing it: each is captured or refused. */
class UnseenWritesTest {

    private static final String T = "CREATE TABLE t (id INT PRIMARY KEY, v INT)";
    private static final String WRITER = " FOR 'dev.waybill.driver.capture.UnseenWritesTest$Code.write'";

    /** What the database calls. */
    public static final class Code {
        private Code() {}

        public static int write(Connection connection, int id) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("INSERT INTO t VALUES (" + id + ", -1)");
            }
        }

        public static int next() {
            return 5;
        }
    }

    /** INSTEAD OF INSERT. */
    public static final class Redirect implements Trigger {
        @Override
        public void fire(Connection connection, Object[] before, Object[] after) throws SQLException {
            Code.write(connection, (Integer) after[0]);
        }
    }

    @Test
    void othersNamesForAPublishedTableAreSeen() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = Twins.of("t, \"Mixed Case\", other.t", T, "CREATE SYNONYM s FOR t", "CREATE SCHEMA other", "CREATE TABLE other.t (id INT PRIMARY KEY, v INT)", "CREATE TABLE \"Mixed Case\" (\"Id\" INT PRIMARY KEY, \"t\" INT)")) {
                twins.same((connection, witness) -> {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("INSERT INTO s VALUES (1, 1), (2, 2)");
                    witness.execute("MERGE INTO s VALUES (2, 22), (3, 3)");
                    witness.execute("INSERT INTO s SELECT id + 10, v FROM s");
                    witness.execute("MERGE INTO s AS m USING (VALUES (1)) x (i) ON m.id = x.i WHEN MATCHED THEN DELETE");
                    witness.execute("UPDATE s SET id = 99 WHERE id = 2");
                    witness.execute("DELETE FROM s WHERE id = 3");
                    witness.execute("INSERT INTO \"Mixed Case\" VALUES (1, 1), (2, 2)");
                    witness.execute("UPDATE \"Mixed Case\" SET \"Id\" = \"Id\" + 5 WHERE \"t\" = 2");
                    witness.execute("DELETE FROM \"Mixed Case\" WHERE \"Id\" = 1");
                    witness.query("SELECT * FROM public.t ORDER BY id");
                    witness.query("SELECT * FROM other.t ORDER BY id");
                });
            }
        }
    }

    @Test
    void codeThatWritesIsRefusedWhereverItStands() throws Exception {
        List<String> missed = new ArrayList<>();
        try (Twins twins = Twins.of("t", T, "CREATE TABLE p (id INT PRIMARY KEY, v INT)",
                "CREATE VIEW w AS SELECT id FROM p", "CREATE TRIGGER redirect INSTEAD OF INSERT ON w FOR EACH ROW CALL 'dev.waybill.driver.capture.UnseenWritesTest$Redirect'",
                "CREATE ALIAS writes" + WRITER, "CREATE ALIAS lies DETERMINISTIC" + WRITER, "CREATE TABLE d (id INT PRIMARY KEY, v INT DEFAULT writes(300))", "CREATE TABLE e (id INT PRIMARY KEY, v INT DEFAULT lies(301))",
                "CREATE VIEW hidden AS SELECT writes(302) AS x FROM p", "CREATE TABLE f (id INT PRIMARY KEY, v INT CHECK (lies(400 + v) = 1))", "INSERT INTO p VALUES (1, 1)");
                Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (String sql : new String[] {"INSERT INTO w VALUES (1)", "CALL writes(2)", "CALL lies(3)", "SELECT lies(4)", "SELECT lies(5) FROM p", "INSERT INTO p SELECT lies(6), 0", "INSERT INTO p VALUES (7, lies(7))",
                "INSERT INTO p SELECT id + 10, writes(8) FROM p", "INSERT INTO t SELECT 9, lies(109)", "INSERT INTO d (id) VALUES (10)", "INSERT INTO e (id) VALUES (11)", "SELECT * FROM hidden", "INSERT INTO f VALUES (12, 12)",
                "UPDATE p SET v = lies(13)", "CREATE TABLE c AS SELECT lies(14) AS x", "CREATE TABLE h AS SELECT * FROM hidden", "SET @x = lies(15)", "EXPLAIN ANALYZE SELECT lies(16)", "{? = call lies(17)}", "{call lies(18)}"}) {
                long before = count(twins);
                String outcome = "ran";
                try {
                    if (sql.startsWith("{?")) {
                        try (CallableStatement call = connection.prepareCall(sql)) {
                            call.registerOutParameter(1, Types.INTEGER);
                            call.execute();
                        }
                    } else {
                        statement.execute(sql);
                    }
                } catch (SQLException refused) {
                    outcome = WaybillError.UNCAPTURED.is(refused) ? "refused" : refused.toString();
                }
                long rows = count(twins) - before;
                if (rows != 0 || outcome.startsWith("org")) {
                    missed.add(sql + " " + outcome + " " + rows);
                }
            }
        }
        assertThat(missed).isEmpty();
    }

    private static long count(Twins twins) throws SQLException {
        try (Connection raw = twins.raw(); Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT (SELECT COUNT(*) FROM t)")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void aPublishedNameDoesNotPassToAnotherTable() throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE TABLE p (id INT PRIMARY KEY, v INT)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1, 1)");
            for (String sql : new String[] {"CREATE TABLE t (id INT PRIMARY KEY)", "ALTER TABLE t RENAME TO q", "ALTER TABLE p RENAME TO t", "DROP TABLE t", "CREATE OR REPLACE VIEW t AS SELECT 1 AS x", "CREATE LOCAL TEMPORARY TABLE t (id INT PRIMARY KEY, v INT)"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOf(SQLException.class);
            }
            statement.execute("CREATE TABLE IF NOT EXISTS t AS SELECT 5 AS id");
            statement.execute("INSERT INTO public.t VALUES (78, 78)");
            twins.complete();
        }
    }

    @Test
    void aStatementPreparedUnderAnotherSchemaNeverWritesOneTableAndCapturesAnother() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            for (String sql : new String[] {"INSERT INTO t VALUES (?, 0)", "DELETE FROM t WHERE id = ?", "UPDATE t SET id = id + 1 WHERE id = ?"}) {
                try (Twins twins = Twins.of("t, other.t", T, "CREATE SCHEMA other", "CREATE TABLE other.t (id INT PRIMARY KEY, v INT)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO t VALUES (1, 1)");
                    statement.execute("INSERT INTO other.t VALUES (1, 1)");
                    connection.setAutoCommit(autoCommit);
                    try (PreparedStatement prepared = connection.prepareStatement(sql)) {
                        prepared.setInt(1, 1000);
                        prepared.executeUpdate();
                        connection.setSchema("OTHER");
                        prepared.setInt(1, 1);
                        assertThatThrownBy(prepared::executeUpdate).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.PREPARED_BEFORE_NAMES.is(refused)).isTrue());
                        prepared.setInt(1, 1001);
                        assertThat(prepared.executeUpdate()).isEqualTo(sql.startsWith("INSERT") ? 1 : 0);
                    }
                    if (!autoCommit) {
                        connection.commit();
                    }
                    twins.complete();
                }
            }
        }
    }

    @Test
    void functionsThatTakeNoConnectionMayStandInDefaults() throws Exception {
        try (Twins twins = Twins.of("t", "CREATE ALIAS next FOR 'dev.waybill.driver.capture.UnseenWritesTest$Code.next'", "CREATE TABLE t (id INT PRIMARY KEY, v INT DEFAULT next())")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO t (id) VALUES (1)");
                witness.query("SELECT * FROM t");
            });
        }
    }
}
