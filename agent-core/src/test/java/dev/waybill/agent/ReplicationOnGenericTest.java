// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent on products of the generic dialect, with themselves and with others. */
class ReplicationOnGenericTest {

    @TempDir
    Path folder;

    @Test
    void hsqldbBecomesAndStaysTheReplicaOfHsqldb() throws Exception {
        bothWays(hsqldb("hq"), hsqldb("branch"));
    }

    @Test
    void hsqldbBecomesAndStaysTheReplicaOfH2() throws Exception {
        bothWays(h2(), hsqldb("branch"));
    }

    @Test
    void h2BecomesAndStaysTheReplicaOfHsqldb() throws Exception {
        bothWays(hsqldb("hq"), h2());
    }

    @Test
    void hsqldbBecomesAndStaysTheReplicaOfPostgres() throws Exception {
        bothWays(PostgresServer.running().freshDatabase().url(), hsqldb("branch"));
    }

    private void bothWays(String hq, String branch) throws Exception {
        BothWays.between(hq, branch, folder);
    }

    private static String h2() throws SQLException {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private String hsqldb(String name) {
        return "jdbc:hsqldb:file:" + folder.resolve("file-" + name) + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }
}
