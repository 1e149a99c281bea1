// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Writes through updatable result sets are captured, or refused. */
class UpdatableRowsTest {

    private static final String T = "CREATE TABLE t (id INT PRIMARY KEY, v INT UNIQUE NOT NULL, n VARCHAR(9) DEFAULT 'd')";

    @Test
    void updatedAndDeletedRowsAreCaptured() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = Twins.of("t", T)) {
                twins.same((connection, witness) -> {
                    witness.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c'), (4, 4, 'd')");
                    connection.setAutoCommit(autoCommit);
                    try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE); ResultSet rows = statement.executeQuery("SELECT n, id FROM t ORDER BY id")) {
                        rows.next();
                        rows.updateString(1, "new");
                        rows.updateRow();
                        rows.next();
                        rows.updateInt("id", 22);
                        rows.updateRow();
                        witness.see("patched", () -> rows.getInt(2));
                        rows.next();
                        rows.deleteRow();
                        witness.see("gone", () -> {
                            rows.deleteRow();
                            return "done";
                        });
                        rows.next();
                        rows.updateInt(2, 1);
                        witness.see("duplicate", () -> {
                            rows.updateRow();
                            return "done";
                        });
                    }
                    witness.query("SELECT * FROM t ORDER BY id");
                });
            }
        }
    }

    @Test
    void rowsWithoutKnownKeyAreRefused() throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE TABLE u (i INT PRIMARY KEY)"); Connection connection = twins.captured();
                Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            statement.execute("INSERT INTO t VALUES (1, 1, 'a')");
            try (ResultSet rows = statement.executeQuery("SELECT id, v, n FROM t")) {
                rows.moveToInsertRow();
                rows.updateInt(1, 7);
                rows.updateInt(2, 7);
                refused(rows::insertRow);
            }
            try (ResultSet rows = statement.executeQuery("SELECT v, n FROM t")) {
                rows.next();
                rows.updateString(2, "x");
                refused(rows::updateRow);
                refused(rows::deleteRow);
            }
            try (ResultSet rows = statement.executeQuery("SELECT * FROM u")) {
                rows.moveToInsertRow();
                rows.updateInt(1, 7);
                rows.insertRow();
            }
            assertThat(connection.getAutoCommit()).isTrue();
            twins.complete();
        }
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable write) {
        assertThatThrownBy(write).isInstanceOfSatisfying(SQLException.class, failed -> assertThat(WaybillError.UNCAPTURED.is(failed)).isTrue());
    }
}
