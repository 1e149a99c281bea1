// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** H2 undoes a DELETE that fails, but not a data change table that fails: the rows would be gone, uncaptured. */
class FailedDeletesTest {

    private static final String[] TABLES = {"CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p)",
        "CREATE TABLE g (id INT PRIMARY KEY, c INT REFERENCES c ON DELETE CASCADE)"};

    @Test
    void deleteThatFailsInATransactionLeavesEveryRow() throws Exception {
        try (Twins twins = Twins.of("p, c, g", TABLES)) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO p VALUES (1), (2), (3)");
                witness.execute("INSERT INTO c VALUES (1, 3), (2, NULL)");
                witness.execute("INSERT INTO g VALUES (1, 2)");
                witness.see("delete", () -> executed(connection, "DELETE FROM p WHERE id > 0"));
                witness.query("SELECT * FROM p ORDER BY id");
                witness.see("again", () -> executed(connection, "DELETE FROM p WHERE id > 1"));
                witness.execute("DELETE FROM p WHERE id = 1");
                connection.commit();
                witness.query("SELECT * FROM p ORDER BY id");
            });
        }
    }

    @Test
    void cascadeThatFailsInATransactionLeavesEveryRow() throws Exception {
        try (Twins twins = Twins.of("p, c, g", "CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE)", "CREATE TABLE g (id INT PRIMARY KEY, c INT REFERENCES c)")) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO p VALUES (1), (2)");
                witness.execute("INSERT INTO c VALUES (1, 1), (2, 2)");
                witness.execute("INSERT INTO g VALUES (1, 2)");
                witness.see("delete", () -> executed(connection, "DELETE FROM p WHERE id > 0"));
                witness.query("SELECT * FROM p ORDER BY id");
                witness.query("SELECT * FROM c ORDER BY id");
                connection.commit();
            });
        }
    }

    /** The bare driver leaves the rows half-changed here (H2 2.5.252); with capture they are as before the statement. */
    @Test
    void dataChangeTableThatFailsChangesNothing() throws Exception {
        try (Twins twins = Twins.of("p, c, g", TABLES)) {
            try (Connection connection = twins.captured()) {
                executed(connection, "INSERT INTO p VALUES (1), (2), (3)");
                executed(connection, "INSERT INTO c VALUES (1, 3)");
                connection.setAutoCommit(false);
                assertThat(executed(connection, "SELECT * FROM OLD TABLE (DELETE FROM p WHERE id > 0)")).isEqualTo("23503");
                assertThat(executed(connection, "SELECT * FROM FINAL TABLE (INSERT INTO p VALUES (4), (1))")).isEqualTo("23505");
                connection.commit();
            }
            twins.complete();
            try (Connection raw = twins.raw(); Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM p")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(3);
            }
        }
    }

    private static String executed(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return "done";
        } catch (SQLException refused) {
            return refused.getSQLState();
        }
    }
}
