// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.databases.MortalPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing more fits under the database itself: applications are told, and as soon as there is space again everything goes on, and nothing is lost, twice or half. On a small file system of the test's own, never the machine's. */
@Tag("extended")
class FullDiskUnderDatabaseTest {

    private static final Duration BY_ITSELF = Duration.ofSeconds(120);
    private static final int POSTGRES_MEGABYTES = 160;
    private static final int H2_MEGABYTES = 200;
    private static final String ENTRIES = "SELECT COUNT(*) || '/' || COALESCE(SUM(batch * 7 + part * 3 + amount), 0) FROM entry";

    @TempDir
    private Path directory;

    /** Both databases and the server's own log are on it: statements fail, or the whole server ends and does not come up before there is space. */
    @Test
    void postgresGoesOnWhenThereIsSpaceAgain() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("small"), POSTGRES_MEGABYTES)) {
            assumeTrue(disk != null, "this process may not mount a file system: not tried");
            try (MortalPostgres server = MortalPostgres.start(directory.resolve("small")); Ledger ledger = new Ledger(directory, server.database("hq").url(), server.database("branch").url(), 1)) {
                ledger.setUp(directory.resolve("messages"));
                ledger.keepRunning();
                ledger.awaitProgress(BY_ITSELF);
                for (int i = 0; i < 2; i++) {
                    int before = ledger.refused();
                    disk.fill();
                    Awaitility.await().atMost(BY_ITSELF).until(() -> ledger.refused() > before + 3);
                    disk.empty();
                    Awaitility.await().atMost(BY_ITSELF).ignoreExceptions().until(() -> !server.restartIfEnded() && Ledger.text(ledger.hqUrl(), "SELECT 1").equals("1"));
                    ledger.keepRunning();
                    ledger.awaitProgress(BY_ITSELF);
                }
                ledger.settle(BY_ITSELF);
            }
        }
    }

    /** H2 closes a file that it cannot write, once it has no space left inside it; what COMMIT returned for in its last half second may be gone with it, at both ends alike. */
    @Test
    void h2GoesOnWhenThereIsSpaceAgain() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("small"), H2_MEGABYTES)) {
            assumeTrue(disk != null, "this process may not mount a file system: not tried");
            String hq = "h2:file:" + directory.resolve("small").resolve("hq");
            String branch = "h2:file:" + directory.resolve("branch");
            setUp(hq, branch, Files.createDirectories(directory.resolve("messages")));
            AtomicInteger committed = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            Child replica = Child.start(AgentProcess.class, directory.resolve("branch.log"), line -> { }, "jdbc:" + branch, "2000");
            Child application = Child.start(LedgerProcess.class, directory.resolve("hq.log"), line -> (line.startsWith("lost") ? refused : committed).incrementAndGet(), "jdbc:waybill:" + hq, "0", "4711", "auto");
            try {
                awaitMore(committed, 30);
                disk.fill();
                awaitMore(refused, 1);
                disk.empty();
                awaitMore(committed, 30);
                application.end();
                replica.end();
            } finally {
                application.destroy();
                replica.destroy();
            }
            becomesEqual(hq, branch);
        }
    }

    private static void awaitMore(AtomicInteger count, int more) {
        int before = count.get();
        Awaitility.await().atMost(BY_ITSELF).until(() -> count.get() > before + more);
    }

    private static void setUp(String hq, String branch, Path messages) throws SQLException {
        Ledger.execute("jdbc:" + hq, LedgerProcess.SCHEMA);
        for (int i = 0; i < LedgerProcess.ACCOUNTS; i++) {
            Ledger.execute("jdbc:" + hq, "INSERT INTO account VALUES (" + i + ", 0, 0)");
        }
        Ledger.execute("jdbc:waybill:" + hq, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION ledger (TABLE account, TABLE entry)", "CREATE SUBSCRIPTION TO ledger FOR branch", "SYNCHRONIZE SUBSCRIPTION TO ledger FOR branch");
        Ledger.execute("jdbc:waybill:" + branch, "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    /** The judge, with agents beside it. */
    private static void becomesEqual(String hq, String branch) throws SQLException {
        try (Connection source = DriverManager.getConnection("jdbc:waybill:" + hq); Connection target = DriverManager.getConnection("jdbc:waybill:" + branch)) {
            try (Statement more = source.createStatement()) {
                more.execute("UPDATE account SET moved = -1 WHERE id = 0");
            }
            Awaitility.await().atMost(BY_ITSELF).ignoreExceptionsInstanceOf(SQLException.class).until(() -> one(target, "SELECT moved FROM account WHERE id = 0").equals("-1"));
            assertThat(one(target, ENTRIES)).isEqualTo(one(source, ENTRIES)).doesNotStartWith("0/");
            assertThat(one(target, "SELECT SUM(balance * (id + 1)) FROM account")).isEqualTo(one(source, "SELECT SUM(balance * (id + 1)) FROM account"));
            assertThat(one(source, "SELECT COUNT(*) FROM (SELECT batch FROM entry GROUP BY batch HAVING COUNT(*) <> MIN(parts)) AS halves")).as("batches that are not whole").isEqualTo("0");
            assertThat(one(source, "SELECT COUNT(*) FROM account a WHERE balance <> (SELECT COALESCE(SUM(amount), 0) FROM entry e WHERE e.part = a.id)")).as("accounts moved twice or not at all").isEqualTo("0");
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); var row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "no row";
        }
    }
}
