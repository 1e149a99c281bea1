// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of remote procedures, refresh and its recipe on the other products. */
@Tag("extended")
class CallOnAllTest {

    @TempDir
    private Path directory;

    @Test
    void neighboursAskOneAnotherOnPostgres() throws SQLException {
        ask("jdbc:waybill:" + PostgresServer.running().freshDatabase().url().substring("jdbc:".length()), "jdbc:waybill:" + PostgresServer.running().freshDatabase().url().substring("jdbc:".length()), "?");
    }

    @Test
    void neighboursAskOneAnotherOnMariaDb() throws SQLException {
        ask("jdbc:waybill:" + MariaDbServer.running().freshDatabase().url().substring("jdbc:".length()), "jdbc:waybill:" + MariaDbServer.running().freshDatabase().url().substring("jdbc:".length()), "?");
    }

    @Test
    void neighboursAskOneAnotherOnSqlite() throws SQLException {
        ask("jdbc:waybill:sqlite:" + directory.resolve("hq.db") + "?busy_timeout=60000", "jdbc:waybill:sqlite:" + directory.resolve("branch.db") + "?busy_timeout=60000", "?");
    }

    @Test
    void neighboursAskOneAnotherOnHsqldb() throws SQLException {
        String options = "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
        ask("jdbc:waybill:hsqldb:file:" + directory.resolve("hq") + options, "jdbc:waybill:hsqldb:file:" + directory.resolve("branch") + options, "CAST(? AS INTEGER)");
    }

    @Test
    void databasesOfDifferentProductsAskOneAnother() throws SQLException {
        ask("jdbc:waybill:" + PostgresServer.running().freshDatabase().url().substring("jdbc:".length()), "jdbc:waybill:h2:" + directory.resolve("branch"), "?");
    }

    private void ask(String hqUrl, String branchUrl, String parameter) throws SQLException {
        try (Couple couple = new Couple(hqUrl, branchUrl, directory.resolve("messages"), "SEND ON REQUEST")) {
            Couple.say(couple.hq, "GRANT REFRESH ON PUBLICATION p TO branch", "SET SYNC PROPERTY region = 'EU' FOR REPLICA branch", "INSERT INTO news VALUES (1, 'first')", "CREATE TABLE price (id INT PRIMARY KEY, amount NUMERIC(10, 2))",
                    "INSERT INTO price VALUES (1, 12.50)", "CREATE REMOTE PROCEDURE price_of AS SELECT id, amount, NULL AS not_there FROM price WHERE id = ?", "CREATE REMOTE PROCEDURE put AS INSERT INTO news VALUES (?, ?)",
                    "CREATE REMOTE PROCEDURE bad AS INSERT INTO nowhere VALUES (1)", "GRANT EXECUTE ON REMOTE PROCEDURE price_of TO branch", "GRANT EXECUTE ON REMOTE PROCEDURE put TO branch", "GRANT EXECUTE ON REMOTE PROCEDURE bad TO branch");
            Couple.say(couple.branch, "REFRESH p TIMEOUT 100");
            assertThat(Couple.rows(couple.branch, "SELECT id FROM news")).containsExactly("1");
            try (PreparedStatement call = couple.branch.prepareStatement("CALL price_of(" + parameter + ") AT hq TIMEOUT 100")) {
                call.setInt(1, 1);
                for (int i = 0; i < 2; i++) {
                    try (ResultSet row = call.executeQuery()) {
                        assertThat(row.next()).isTrue();
                        assertThat(row.getInt(1)).isEqualTo(1);
                        assertThat(row.getBigDecimal("amount")).isEqualByComparingTo(new BigDecimal("12.50"));
                        assertThat(row.getString(3)).isNull();
                        assertThat(row.next()).isFalse();
                    }
                }
                call.setInt(1, 99);
                try (ResultSet none = call.executeQuery()) {
                    assertThat(none.next()).isFalse();
                }
            }
            Couple.say(couple.branch, "CALL put(2, 'from the branch') AT DEFAULT TIMEOUT 100", "REFRESH p TIMEOUT 100");
            assertThat(Couple.rows(couple.branch, "SELECT text FROM news WHERE id = 2")).containsExactly("from the branch");
            assertThatThrownBy(() -> Couple.say(couple.branch, "CALL bad AT hq TIMEOUT 100")).isInstanceOf(SQLException.class).hasMessageContaining("bad failed at hq");
            Couple.say(couple.branch, "CREATE REMOTE PROCEDURE news_came AS REFRESH p", "GRANT EXECUTE ON REMOTE PROCEDURE news_came TO hq");
            Couple.say(couple.hq, "INSERT INTO news VALUES (3, 'for Europe')", "START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' RETRY 1, 60 UNIQUE CALL news_came AT DEFAULT");
            Couple.awaitRows(() -> Couple.rows(couple.branch, "SELECT id FROM news ORDER BY id"), "1", "2", "3");
            Couple.awaitRows(() -> Couple.rows(couple.hq, "SELECT state FROM waybill.after_commit_job WHERE replica = 'branch'"), "DONE");
            Couple.say(couple.branch, "DELETE FROM news WHERE id > 1", "REFRESH p FULL TIMEOUT 100");
            assertThat(Couple.rows(couple.branch, "SELECT id FROM news ORDER BY id")).containsExactly("1", "2", "3");
            assertThat(Couple.rows(couple.branch, "SELECT COUNT(*) FROM waybill.remote_call")).containsExactly("0");
        }
    }
}
