// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.h2.api.Trigger;
import org.junit.jupiter.api.Test;

/** What the driver does not see of a published table stands in {@code waybill.capture_report}, in words, as it is now. */
class CaptureReportTest {

    private static final String PROGRAMS = "programs Published table %1$s: what programs write to it that do not use this driver is not seen.";

    /** What the database calls. */
    public static final class Writes implements Trigger {
        public static int write(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("INSERT INTO other VALUES (1)");
            }
        }

        @Override
        public void fire(Connection connection, Object[] before, Object[] after) throws SQLException {
            write(connection);
        }
    }

    @Test
    void onH2TriggersAndFunctionsAreNamedAndForgottenWhenTheyAreGone() throws Exception {
        try (Twins twins = Twins.of("t, u", "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)", "CREATE TABLE other (id INT)",
                        "CREATE ALIAS writes FOR 'dev.waybill.driver.capture.CaptureReportTest$Writes.write'",
                        "CREATE TRIGGER trg AFTER INSERT ON t FOR EACH ROW CALL 'dev.waybill.driver.capture.CaptureReportTest$Writes'");
                Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO u VALUES (1)");
            assertThat(report(statement)).containsExactlyInAnyOrder(PROGRAMS.formatted("PUBLIC.T"), PROGRAMS.formatted("PUBLIC.U"),
                    "table Published table PUBLIC.T cannot be written to without perhaps writing unseen: PUBLIC.T has a trigger, or a default, a check or a generated column that calls code of its own."
                            + " Such statements follow waybill.uncaptured.",
                    "routines 1 routine(s) may write to published tables: WRITES. Statements that call them follow waybill.uncaptured.");
            statement.execute("DROP TRIGGER trg");
            statement.execute("DROP ALIAS writes");
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1)");
            connection.commit();
            assertThat(report(statement)).containsExactlyInAnyOrder(PROGRAMS.formatted("PUBLIC.T"), PROGRAMS.formatted("PUBLIC.U"));
        }
    }

    @Test
    void onPostgresViewsRulesAndTriggersAreNamed() throws Exception {
        try (Twins twins = Twins.onPostgres("t", "CREATE TABLE t (id INT PRIMARY KEY, name TEXT)", "CREATE VIEW v AS SELECT * FROM t", "CREATE TABLE other (id INT)", "CREATE TABLE r (id INT)", "CREATE RULE rule AS ON INSERT TO r DO ALSO DELETE FROM t",
                        "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM t WHERE id = NEW.id - 1; RETURN NEW; END'", "CREATE TRIGGER trg AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf()");
                Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO other VALUES (1)");
            assertThat(report(statement)).containsExactlyInAnyOrder(PROGRAMS.formatted("public.t"),
                    "table Published table public.t cannot be written to without perhaps writing unseen: table public.t has a trigger that may write to published tables. Such statements follow waybill.uncaptured.",
                    "public.v Published table public.t can be written to by way of another: public.v is a view or has a rule by which published tables can be written to. Statements that write to that follow waybill.uncaptured.",
                    "public.r Published table public.t can be written to by way of another: public.r is a view or has a rule by which published tables can be written to. Statements that write to that follow waybill.uncaptured.",
                    "routines 1 routine(s) may write to published tables: TF. Statements that call them follow waybill.uncaptured.");
        }
    }

    @Test
    void aReportThatCannotBeWrittenKeepsNobodyFromHisWork() throws Exception {
        try (Twins twins = Twins.of("t", "CREATE TABLE t (id INT PRIMARY KEY)"); Connection raw = twins.raw(); Statement bare = raw.createStatement(); Connection connection = twins.captured();
                Statement statement = connection.createStatement()) {
            bare.execute("DROP TABLE waybill.capture_report");
            statement.execute("CREATE ALIAS writes FOR 'dev.waybill.driver.capture.CaptureReportTest$Writes.write'");
            assertThat(statement.executeUpdate("INSERT INTO t VALUES (1)")).isEqualTo(1);
            connection.setAutoCommit(false);
            assertThat(statement.executeUpdate("INSERT INTO t VALUES (2)")).isEqualTo(1);
            connection.commit();
            assertThat(twins.complete().transactions()).hasSize(2);
        }
    }

    private static List<String> report(Statement statement) throws SQLException {
        List<String> report = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT subject, report FROM waybill.capture_report ORDER BY since, table_name, subject")) {
            while (row.next()) {
                report.add(row.getString(1) + " " + row.getString(2));
            }
        }
        return report;
    }
}
