// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.capture.CaptureMatrixTest.Way;
import dev.waybill.driver.setting.Setting;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where triggers capture, the driver lets everything pass that does not harm them, and what its application sees is what the bare driver shows; {@code docs/capture-complete.md} has the table. */
class CompleteMatrixTest {

    private static final Path PAGE = Path.of("..", "docs", "capture-complete.md");

    private static WaybillSettings complete() throws SQLException {
        return WaybillSettings.of(Map.of(Setting.CAPTURE.key(), "complete"));
    }

    @Test
    @Tag("extended")
    void theTableSaysWhatBecomesOfEveryWayToWrite() throws Exception {
        List<String> postgres;
        try (Twins twins = Twins.onPostgres("", complete(), "t, parent, child, b, part", CaptureMatrixTest.all(CaptureMatrixTest.COMMON, CaptureMatrixTest.POSTGRES))) {
            postgres = CaptureMatrixTest.outcomes(twins, Way::postgres);
        }
        List<String> mariaDb;
        try (Twins twins = onMariaDb("t, parent, child, b, part, two")) {
            mariaDb = CaptureMatrixTest.outcomes(twins, Way::mariaDb);
        }
        List<String> table = new ArrayList<>(List.of("| way to write | PostgreSQL, complete | MariaDB, complete |", "|---|---|---|"));
        for (int i = 0; i < postgres.size(); i++) {
            if (!postgres.get(i).equals("–") || !mariaDb.get(i).equals("–")) {
                table.add("| " + CaptureMatrixTest.WAYS.get(i).name() + " | " + postgres.get(i) + " | " + mariaDb.get(i) + " |");
            }
        }
        assertThat(Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("|"))).containsExactlyElementsOf(table);
    }

    private static Twins onMariaDb(String published) throws SQLException {
        return Twins.onMariaDb("&allowMultiQueries=true&allowLocalInfile=true", complete(), published, CaptureMatrixTest.MARIADB);
    }

    @Test
    void anApplicationOnMariaDbSeesWhatTheBareDriverShows() throws Exception {
        try (Twins twins = onMariaDb("t, b")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO b (n) VALUES (1)");
                witness.execute("SELECT LAST_INSERT_ID()");
                witness.execute("INSERT INTO t (name) VALUES ('x'), (DEFAULT)");
                witness.execute("SELECT LAST_INSERT_ID()");
                witness.see("CALL, which counts what triggers write", () -> connection.createStatement().execute("CALL p()"));
                witness.execute("SELECT writes()");
                connection.setAutoCommit(false);
                witness.execute("UPDATE t SET n = n + 1");
                witness.execute("INSERT INTO t (id) VALUES (100)");
                witness.execute("SELECT 1");
                connection.rollback();
                witness.execute("DELETE FROM t; SELECT count(*) FROM t");
                witness.see("commit", () -> {
                    connection.commit();
                    return "";
                });
            });
        }
    }

    @Test
    void triggersOfOursAreNotTakenAwayThroughTheDriverNorPassedByOnMariaDb() throws Exception {
        try (Twins twins = onMariaDb("t"); Connection connection = twins.captured(); Statement statement = connection.createStatement(); Connection raw = twins.raw(); Statement bare = raw.createStatement()) {
            String trigger;
            try (ResultSet row = bare.executeQuery("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 't' AND EVENT_MANIPULATION = 'INSERT'")) {
                row.next();
                trigger = row.getString(1);
            }
            for (String sql : List.of("DROP TRIGGER " + trigger, "DROP TRIGGER IF EXISTS `" + trigger + "`", "CREATE OR REPLACE TRIGGER " + trigger + " AFTER INSERT ON t FOR EACH ROW SET @x = 1", "ALTER TABLE t RENAME COLUMN name TO other", "DROP TABLE t")) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).satisfies(error -> assertThat(WaybillError.PUBLISHED_SHAPE.is((SQLException) error)).isTrue());
            }
            for (String sql : List.of("TRUNCATE t", "TRUNCATE TABLE t")) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).hasMessageContaining("MariaDB runs no trigger for TRUNCATE");
            }
            statement.execute("CREATE TRIGGER own AFTER UPDATE ON t FOR EACH ROW INSERT INTO u (id) VALUES (NEW.id)");
            statement.execute("DROP TRIGGER own");
            statement.execute("TRUNCATE u");
            statement.execute("ALTER TABLE t ADD COLUMN later INT");
            statement.execute("INSERT INTO t (name) VALUES ('x')");
            twins.complete();
            assertThat(report(statement)).contains("captured by triggers").contains("TRUNCATE by other programs");
            bare.execute("DROP TRIGGER " + trigger);
            statement.execute("CREATE TABLE another (id INT)");
            statement.execute("INSERT INTO another VALUES (1)");
            assertThat(report(statement)).contains("NOTHING that is written to it is captured");
        }
    }

    @Test
    void aForeignKeyThatOpensAnotherWayToPublishedRowsOfMariaDbIsRefused() throws Exception {
        try (Twins twins = Twins.onMariaDb("", complete(), "child", "CREATE TABLE top (id INT PRIMARY KEY)", "CREATE TABLE parent (id INT PRIMARY KEY, of_top INT)",
                "CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("ALTER TABLE parent ADD FOREIGN KEY (of_top) REFERENCES top (id) ON DELETE CASCADE")).hasMessageContaining("drop that publication before");
            assertThatThrownBy(() -> statement.execute("ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES top (id) ON DELETE CASCADE")).satisfies(error -> assertThat(WaybillError.PUBLISHED_SHAPE.is((SQLException) error)).isTrue());
            statement.execute("ALTER TABLE top ADD COLUMN other INT");
            statement.execute("CREATE TABLE besides (id INT PRIMARY KEY, of_top INT, FOREIGN KEY (of_top) REFERENCES top (id) ON DELETE CASCADE)");
            statement.execute("INSERT INTO parent VALUES (1, NULL)");
            statement.execute("INSERT INTO child VALUES (1, 1)");
            statement.execute("DELETE FROM parent");
            assertThat(twins.complete().transactions()).hasSize(2);
        }
    }

    private static String report(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT report FROM waybill.capture_report WHERE table_name = 't'")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aConnectionThatAsksMakesMariaDbCompleteAndOthersFollow() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", CaptureMatrixTest.MARIADB); Connection earlier = twins.captured(); Statement statement = earlier.createStatement()) {
            earlier.setAutoCommit(false);
            statement.execute("INSERT INTO t (name) VALUES ('by the driver')");
            earlier.commit();
            twins.captured(complete()).close();
            statement.execute("INSERT INTO t (name) VALUES ('by triggers')");
            earlier.commit();
            try (Connection raw = twins.raw(); Statement bare = raw.createStatement()) {
                bare.execute("INSERT INTO t (name) VALUES ('by triggers, too')");
            }
            assertThat(twins.complete().transactions()).hasSize(3);
        }
    }

    @Test
    void anApplicationSeesWhatTheBareDriverShows() throws Exception {
        try (Twins twins = Twins.onPostgres("", complete(), "t, b", CaptureMatrixTest.all(CaptureMatrixTest.COMMON, CaptureMatrixTest.POSTGRES))) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO b (n) VALUES (1)");
                witness.execute("SELECT lastval()");
                witness.execute("INSERT INTO t (name) VALUES ('x'), (DEFAULT) RETURNING *");
                witness.execute("SELECT lastval()");
                witness.execute("CALL p()");
                witness.execute("INSERT INTO t (id) VALUES (100)");
                connection.setAutoCommit(false);
                witness.execute("UPDATE v SET n = n + 1");
                witness.execute("INSERT INTO t (id) VALUES (100)");
                witness.execute("SELECT 1");
                connection.rollback();
                witness.execute("DELETE FROM t; SELECT count(*) FROM t");
                witness.see("commit", () -> {
                    connection.commit();
                    return "";
                });
            });
        }
    }

    @Test
    void triggersOfOursAreNotTakenAwayThroughTheDriver() throws Exception {
        try (Twins twins = Twins.onPostgres("", complete(), "t, part", CaptureMatrixTest.all(CaptureMatrixTest.COMMON, CaptureMatrixTest.POSTGRES)); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (String sql : List.of("ALTER TABLE t DISABLE TRIGGER ALL", "ALTER TABLE t ENABLE TRIGGER USER", "ALTER TABLE ONLY public.t DISABLE TRIGGER \"!waybill\"", "DROP TRIGGER \"!waybill\" ON t", "ALTER TRIGGER \"!waybill\" ON t RENAME TO other",
                    "ALTER TABLE t RENAME COLUMN name TO other", "DROP TABLE t")) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).satisfies(error -> assertThat(WaybillError.PUBLISHED_SHAPE.is((SQLException) error)).isTrue());
            }
            statement.execute("CREATE TRIGGER own AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tf()");
            statement.execute("ALTER TABLE t DISABLE TRIGGER own");
            statement.execute("ALTER TABLE t ADD COLUMN later INT");
            statement.execute("INSERT INTO t (name) VALUES ('x')");
            twins.complete();
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM waybill.capture_report WHERE report LIKE '%captured by triggers%'")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(2);
            }
            try (Connection raw = twins.raw(); Statement bare = raw.createStatement()) {
                bare.execute("ALTER TABLE t DISABLE TRIGGER ALL");
            }
            statement.execute("CREATE TABLE another (id INT)");
            statement.execute("INSERT INTO part VALUES (1, 'x')");
            try (ResultSet row = statement.executeQuery("SELECT report FROM waybill.capture_report WHERE table_name = 't'")) {
                row.next();
                assertThat(row.getString(1)).contains("NOTHING that is written to it is captured");
            }
        }
    }

    @Test
    void aConnectionThatAsksMakesTheDatabaseCompleteAndOthersFollow() throws Exception {
        try (Twins twins = Twins.onPostgres("t", CaptureMatrixTest.COMMON); Connection earlier = twins.captured(); Statement statement = earlier.createStatement()) {
            earlier.setAutoCommit(false);
            statement.execute("INSERT INTO t (name) VALUES ('by the driver')");
            earlier.commit();
            try (Connection raw = twins.raw(); Statement sequence = raw.createStatement(); ResultSet row = sequence.executeQuery("SELECT count(*) FROM waybill.outbox WHERE octet_length(payload) > 27")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(1);
            }
            twins.captured(complete()).close();
            statement.execute("INSERT INTO t (name) VALUES ('by triggers')");
            earlier.commit();
            try (Connection raw = twins.raw(); Statement bare = raw.createStatement()) {
                bare.execute("INSERT INTO t (name) VALUES ('by triggers, too')");
            }
            assertThat(twins.complete().transactions()).hasSize(3);
        }
    }

    @Test
    void completeCaptureIsRefusedWhereThereIsNone() throws Exception {
        try (Twins twins = Twins.of("t", CaptureMatrixTest.COMMON)) {
            assertThatThrownBy(() -> twins.captured(complete())).satisfies(error -> assertThat(WaybillError.CAPTURE_NOT_OFFERED.is((SQLException) error)).isTrue());
        }
    }
}
