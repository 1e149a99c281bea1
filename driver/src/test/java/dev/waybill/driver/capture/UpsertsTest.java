// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What MySQL's words for "insert or update" do on H2 is captured. */
class UpsertsTest {

    private static final String[] TABLES = {"CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(9) UNIQUE, n INT DEFAULT 0, at TIMESTAMP DEFAULT TIMESTAMP '2026-01-02 03:04:05')",
        "CREATE TABLE c (a INT, b INT DEFAULT 1, n INT, PRIMARY KEY (a, b))", "CREATE TABLE p (k VARCHAR(9) PRIMARY KEY, n INT)"};

    private static Twins twins() throws SQLException {
        return Twins.of(";MODE=MySQL", WaybillSettings.DEFAULTS, "t, c, p", TABLES);
    }

    @Test
    void insertedAndUpdatedRowsAreCaptured() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = twins()) {
                twins.same((connection, witness) -> {
                    connection.setAutoCommit(autoCommit);
                    witness.execute("INSERT INTO t (code, n) VALUES ('a', 1) ON DUPLICATE KEY UPDATE n = n + 1");
                    witness.execute("INSERT INTO t (code, n) VALUES ('a', 1) ON DUPLICATE KEY UPDATE n = n + 1");
                    witness.execute("INSERT INTO t (code, n) VALUES ('a', 1), ('b', 1), ('b', 7), (NULL, 8), ('c', -2) ON DUPLICATE KEY UPDATE n = n + VALUES(n), at = NULL");
                    witness.execute("INSERT INTO t (id, code, n) VALUES (1, 'z', 5) ON DUPLICATE KEY UPDATE code = VALUES(code), n = VALUES(n)");
                    witness.execute("INSERT INTO t (id, code) VALUES (1, 'c') ON DUPLICATE KEY UPDATE n = 77");
                    witness.execute("INSERT INTO t SET code = 'c', n = 3 ON DUPLICATE KEY UPDATE n = n * 2");
                    witness.execute("INSERT INTO t (code, n) VALUES ('x', 1) ON DUPLICATE KEY UPDATE n = 1 / 0");
                    witness.execute("INSERT INTO t (code, n) VALUES ('x', 1) ON DUPLICATE KEY UPDATE n = 1 / 0");
                    witness.execute("INSERT INTO p VALUES ('k', 1), ('l', 2), ('k', 3) ON DUPLICATE KEY UPDATE k = VALUES(k), n = n + VALUES(n)");
                    witness.execute("INSERT INTO c (a, n) VALUES (1, 1), (2, 2)");
                    witness.execute("INSERT INTO c (a, b, n) VALUES (1, 2, 1), (1, 1, 10) ON DUPLICATE KEY UPDATE n = n + VALUES(n)");
                    witness.execute("INSERT INTO c (a, n) VALUES (1, 5) ON DUPLICATE KEY UPDATE n = 99");
                    witness.execute("REPLACE INTO t (id, code, n) VALUES (1, 'q', 4), (90, 'r', 5)");
                    witness.execute("REPLACE INTO t (id, code) VALUES (1, 'r')");
                    witness.execute("REPLACE INTO p SELECT k, n + 100 FROM p");
                    witness.execute("INSERT IGNORE INTO t (id, code) VALUES (1, 'q'), (60, 'sixty')");
                    witness.query("SELECT * FROM t ORDER BY id");
                    witness.query("SELECT * FROM c ORDER BY a, b");
                    witness.query("SELECT * FROM p ORDER BY k");
                });
            }
        }
    }

    @Test
    void preparedOnesAndBatchesAreCaptured() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = twins()) {
                twins.same((connection, witness) -> {
                    connection.setAutoCommit(autoCommit);
                    try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO t (n, code) VALUES (?, ?), (?, 'fixed') ON DUPLICATE KEY UPDATE n = n + VALUES(n) + ?", Statement.RETURN_GENERATED_KEYS)) {
                        for (int i = 0; i < 4; i++) {
                            bind(upsert, i);
                            witness.see("once", () -> upsert.executeUpdate() + Twins.Witness.after(upsert));
                        }
                        for (int i = 3; i < 7; i++) {
                            bind(upsert, i);
                            upsert.addBatch();
                        }
                        witness.see("batch", upsert::executeBatch);
                        witness.see("keys", upsert::getGeneratedKeys);
                    }
                    witness.query("SELECT * FROM t ORDER BY id");
                });
            }
        }
    }

    private static void bind(PreparedStatement upsert, int i) throws SQLException {
        upsert.setInt(1, i);
        upsert.setString(2, "c" + i % 3);
        upsert.setInt(3, 10 * i);
        upsert.setInt(4, 1000);
    }

    @Test
    void thoseWhoseRowsCannotBeFoundAreRefused() throws Exception {
        try (Twins twins = twins(); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t (id, code) VALUES (1, 'a'), (2, 'b')");
            for (String sql : new String[] {"INSERT INTO t (id, code) VALUES (1, 'c') ON DUPLICATE KEY UPDATE id = 5", "INSERT INTO t (id, code) VALUES (5, 'a') ON DUPLICATE KEY UPDATE id = VALUES(id)",
                "INSERT INTO t (code, n) VALUES (LOWER('A'), 1) ON DUPLICATE KEY UPDATE n = 2", "INSERT INTO t (code) SELECT 'a' ON DUPLICATE KEY UPDATE n = 2", "INSERT INTO t (id, code) VALUES (1, 'b'), (2, 'a') ON DUPLICATE KEY UPDATE code = VALUES(code)"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).as(sql + refused).isTrue());
            }
            twins.complete();
        }
    }
}
