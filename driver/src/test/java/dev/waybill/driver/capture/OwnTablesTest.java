// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is Waybill's own can be read by applications, and changed by nobody but Waybill. */
class OwnTablesTest {

    private static final String T = "CREATE TABLE t (id INT PRIMARY KEY, v INT)";
    private static final String[] FORBIDDEN = {
        "INSERT INTO waybill.counter VALUES ('x', 'y', 1, CURRENT_TIMESTAMP)", "UPDATE Waybill.catalogue SET version = version", "DELETE FROM \"WAYBILL\".outbox WHERE FALSE", "TRUNCATE TABLE waybill.outbox",
        "MERGE INTO waybill.counter (name, subject, total, last_at) KEY (name, subject) VALUES ('x', 'y', 1, CURRENT_TIMESTAMP)", "SELECT * FROM OLD TABLE (DELETE FROM waybill.outbox)", "DROP TABLE waybill.outbox",
        "DROP TABLE IF EXISTS t2, waybill.journal CASCADE", "DROP SCHEMA waybill CASCADE", "DROP SCHEMA IF EXISTS \"WAYBILL\" RESTRICT", "ALTER SCHEMA waybill RENAME TO other", "ALTER TABLE waybill.journal ADD COLUMN x INT",
        "ALTER TABLE IF EXISTS waybill.journal RENAME TO j", "CREATE TABLE waybill.mine (x INT)", "CREATE INDEX i ON waybill.outbox (payload)", "CREATE TRIGGER g AFTER INSERT ON waybill.outbox FOR EACH ROW CALL 'x.Y'",
        "CREATE TABLE child (x BIGINT REFERENCES waybill.journal (log_offset))", "SELECT 1; DELETE FROM waybill.outbox"};

    @Test
    void ownTablesAreReadButNeverChanged() throws Exception {
        for (String published : new String[] {"", "t"}) {
            for (String policy : new String[] {"refuse", "allow"}) {
                try (Twins twins = Twins.of("", settings(policy), published, T); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
                    for (String sql : FORBIDDEN) {
                        refused(sql, () -> statement.execute(sql));
                    }
                    refused("prepared", () -> connection.prepareStatement("DELETE FROM waybill.outbox WHERE payload = ?"));
                    statement.execute("CREATE TABLE copy AS SELECT * FROM waybill.catalogue");
                    statement.execute("CREATE SYNONYM caught FOR waybill.outbox");
                    statement.execute("CREATE VIEW seen AS SELECT * FROM waybill.journal");
                    statement.execute("CREATE TABLE waybill_notes (id INT PRIMARY KEY)");
                    statement.execute("INSERT INTO waybill_notes VALUES (1)");
                    statement.execute("DROP TABLE waybill_notes");
                    try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM copy, waybill.remote_user RIGHT JOIN waybill.catalogue ON TRUE")) {
                        rows.next();
                        assertThat(rows.getInt(1)).isOne();
                    }
                    twins.complete();
                }
            }
        }
    }

    /** Published tables are named first where there are some. */
    @Test
    void everythingIsNotDroppedTogetherWithWhatIsOurs() throws Exception {
        try (Twins twins = Twins.of("", T); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            refused("all objects", () -> statement.execute("DROP ALL OBJECTS"));
        }
    }

    @Test
    void ownTablesAreKnownByOtherNames() throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE TABLE catalogue (version INT)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE SYNONYM caught FOR waybill.outbox");
            refused("by synonym", () -> statement.execute("DELETE FROM caught"));
            statement.execute("DELETE FROM catalogue");
            connection.setSchema("WAYBILL");
            refused("in our schema", () -> statement.execute("DELETE FROM catalogue"));
            refused("drop in our schema", () -> statement.execute("DROP TABLE IF EXISTS journal"));
            refused("alter in our schema", () -> statement.execute("ALTER TABLE journal ADD x INT"));
        }
    }

    /** There is nothing of ours then, so the name is free. */
    @Test
    void withoutAPublisherTheSchemaIsTheApplications() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:", new Properties()); Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA waybill");
            statement.execute("CREATE TABLE waybill.own (id INT)");
            statement.execute("INSERT INTO waybill.own VALUES (1)");
            statement.execute("DROP SCHEMA waybill CASCADE");
        }
    }

    private static WaybillSettings settings(String policy) throws SQLException {
        return WaybillSettings.of(Map.of("waybill.uncaptured", policy));
    }

    private static void refused(String what, ThrowableAssert.ThrowingCallable write) {
        assertThatThrownBy(write).as(what).isInstanceOfSatisfying(SQLException.class, failed -> assertThat(WaybillError.OWN_TABLE.is(failed)).as(failed.toString()).isTrue());
    }
}
