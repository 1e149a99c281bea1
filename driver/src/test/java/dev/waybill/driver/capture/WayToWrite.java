// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A way to write to the table {@code t (id, name, n)} of the matrices, whatever the product; and those that are the same on all of them. */
interface WayToWrite {

    void run(Connection connection) throws Exception;

    /** Plain texts, one after the other. */
    static WayToWrite text(String... texts) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String sql : texts) {
                    statement.execute(sql);
                }
            }
        };
    }

    static void keys(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (name) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, "keyed");
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
            }
        }
    }

    static void batch(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?)")) {
            for (int i = 10; i < 20; i++) {
                insert.setInt(1, i);
                insert.setString(2, "batch");
                insert.addBatch();
            }
            insert.executeLargeBatch();
        }
    }

    static void plainBatch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO t (id) VALUES (30)");
            statement.addBatch("UPDATE t SET n = 5");
            statement.addBatch("DELETE FROM t WHERE id = 1");
            statement.executeBatch();
        }
    }
}
