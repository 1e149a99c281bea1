// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent on MariaDB, with itself and with others. */
class ReplicationOnMariaDbTest {

    @TempDir
    Path folder;

    @Test
    void mariaDbBecomesAndStaysTheReplicaOfMariaDb() throws Exception {
        bothWays(mariaDb(), mariaDb());
    }

    @Test
    void mariaDbBecomesAndStaysTheReplicaOfH2() throws Exception {
        bothWays(h2(), mariaDb());
    }

    @Test
    void h2BecomesAndStaysTheReplicaOfMariaDb() throws Exception {
        bothWays(mariaDb(), h2());
    }

    @Test
    void postgresBecomesAndStaysTheReplicaOfMariaDb() throws Exception {
        bothWays(mariaDb(), postgres());
    }

    @Test
    void mariaDbBecomesAndStaysTheReplicaOfPostgres() throws Exception {
        bothWays(postgres(), mariaDb());
    }

    private void bothWays(String hq, String branch) throws Exception {
        BothWays.between(hq, branch, folder);
    }

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String mariaDb() throws SQLException {
        return MariaDbServer.running().freshDatabase().url();
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }
}
