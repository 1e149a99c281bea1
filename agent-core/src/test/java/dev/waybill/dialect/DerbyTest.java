// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why Apache Derby has no dialect, as it was measured (10.16); and that it is refused. */
class DerbyTest {

    private static final String LOCK_TIMEOUT = "40XL1";

    @TempDir
    Path folder;

    private Connection open(String url) throws SQLException {
        System.setProperty("derby.stream.error.file", folder.resolve("derby.log").toString());
        return DriverManager.getConnection(url);
    }

    /** So the sequencer would stand behind an idle transaction; what reads past the locks (WITH UR) cannot tell what is committed. */
    @Test
    void readersOnDerbyWaitForRowsThatAreNotCommitted() throws SQLException {
        String url = "jdbc:derby:memory:" + UUID.randomUUID();
        try (Connection idle = open(url + ";create=true"); Statement writes = idle.createStatement(); Connection agent = open(url); Statement reads = agent.createStatement()) {
            writes.execute("CREATE TABLE outbox (entry_id BIGINT PRIMARY KEY)");
            writes.execute("CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.locks.waitTimeout', '1')");
            idle.setAutoCommit(false);
            writes.execute("INSERT INTO outbox VALUES (1)");
            assertThatThrownBy(() -> reads.executeQuery("SELECT entry_id FROM outbox ORDER BY entry_id").next()).satisfies(error -> assertThat(((SQLException) error).getSQLState()).isEqualTo(LOCK_TIMEOUT));
            try (ResultSet row = reads.executeQuery("SELECT entry_id FROM outbox ORDER BY entry_id WITH UR")) {
                assertThat(row.next()).as("a row that is not committed").isTrue();
            }
            idle.rollback();
        }
    }

    @Test
    void derbyIsRefused() throws SQLException {
        try (Connection derby = open("jdbc:derby:memory:" + UUID.randomUUID() + ";create=true")) {
            assertThatThrownBy(() -> Dialects.of(derby)).satisfies(error -> assertThat(WaybillError.PRODUCT_UNKNOWN.is((SQLException) error)).isTrue());
            assertThatThrownBy(() -> Dialects.of("jdbc:derby:somewhere")).satisfies(error -> assertThat(WaybillError.PRODUCT_UNKNOWN.is((SQLException) error)).isTrue());
        }
    }
}
