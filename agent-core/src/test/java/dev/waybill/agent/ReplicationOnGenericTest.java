// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

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
        try (TwoDatabases two = new TwoDatabases(hq, branch, folder, links -> links, links -> links)) {
            two.hq.insert(1, "one").insert(2, "two");
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            two.converge(60);
            two.hq.write(writes -> {
                writes.update(1, "eins");
                writes.delete(2);
                for (int id = 10; id < 200; id++) {
                    writes.insert(id, "name \"" + id + "\" \\ 'x'");
                }
            });
            two.hq.write(writes -> {
                for (int id = 10; id < 200; id += 2) {
                    writes.update(id, "other " + id);
                }
                writes.insert(1000, "x".repeat(150_000));
            });
            two.converge(60);
            assertThat(two.branch.rows("SELECT COUNT(*) FROM item")).isEqualTo("192\n");
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").insert(3, "three");
            two.converge(60);
            two.hq.write(writes -> {
                for (int id = 10; id < 200; id++) {
                    writes.delete(id);
                }
            });
            two.converge(60);
            assertThat(two.branch.rows("SELECT id FROM item ORDER BY id")).isEqualTo("1\n3\n1000\n");
        }
    }

    private static String h2() throws SQLException {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private String hsqldb(String name) {
        return "jdbc:hsqldb:file:" + folder.resolve("file-" + name) + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }
}
