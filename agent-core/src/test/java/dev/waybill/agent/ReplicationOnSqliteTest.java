// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

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
