// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent on SQLite, with itself and with others. */
class ReplicationOnSqliteTest {

    @TempDir
    Path folder;

    @Test
    void sqliteBecomesAndStaysTheReplicaOfSqlite() throws Exception {
        bothWays(sqlite("hq"), sqlite("branch"));
    }

    @Test
    void sqliteBecomesAndStaysTheReplicaOfH2() throws Exception {
        bothWays(h2(), sqlite("branch"));
    }

    @Test
    void h2BecomesAndStaysTheReplicaOfSqlite() throws Exception {
        bothWays(sqlite("hq"), h2());
    }

    @Test
    void sqliteBecomesAndStaysTheReplicaOfPostgres() throws Exception {
        bothWays(postgres(), sqlite("branch"));
    }

    @Test
    void postgresBecomesAndStaysTheReplicaOfSqlite() throws Exception {
        bothWays(sqlite("hq"), postgres());
    }

    private void bothWays(String hq, String branch) throws Exception {
        BothWays.between(hq, branch, folder);
    }

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }

    private String sqlite(String name) {
        return "jdbc:sqlite:" + folder.resolve(name + ".db");
    }
}
