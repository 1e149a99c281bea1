// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent on PostgreSQL, with itself and with H2. */
class ReplicationOnPostgresTest {

    @TempDir
    Path folder;

    @Test
    void postgresBecomesAndStaysTheReplicaOfPostgres() throws Exception {
        bothWays(postgres(), postgres());
    }

    @Test
    void postgresBecomesAndStaysTheReplicaOfH2() throws Exception {
        bothWays(h2(), postgres());
    }

    @Test
    void h2BecomesAndStaysTheReplicaOfPostgres() throws Exception {
        bothWays(postgres(), h2());
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
}
