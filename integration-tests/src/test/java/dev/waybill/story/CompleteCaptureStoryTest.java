// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code waybill.capture=complete} half of the writers use the bare driver, in all ways that there are, and the replica is the source all the same. */
class CompleteCaptureStoryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final Properties NONE = new Properties();

    @TempDir
    private Path directory;

    @Test
    void theReplicaIsTheSourceThoughHalfOfTheWritersUseTheBareDriver() throws Exception {
        try (HeadOfficeAndBranch sites = onPostgres(PostgresServer.running().freshDatabase().url()).setAtHq("waybill.capture", "complete")) {
            trade(sites, 4, 25);
        }
    }

    @Test
    @Tag("extended")
    void theSameForManyWritersForLonger() throws Exception {
        try (HeadOfficeAndBranch sites = onPostgres(PostgresServer.running().freshDatabase().url()).setAtHq("waybill.capture", "complete")) {
            trade(sites, 8, 100);
        }
    }

    @Test
    @Tag("extended")
    void theSameForAReplicaOnH2() throws Exception {
        try (HeadOfficeAndBranch sites = onPostgres("jdbc:h2:file:" + directory.resolve("branch")).setAtHq("waybill.capture", "complete")) {
            trade(sites, 4, 60);
        }
    }

    @Test
    @Tag("extended")
    void aDatabaseBecomesCompleteWhileItIsWrittenTo() throws Exception {
        becomesComplete(PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url());
    }

    @Test
    void aDatabaseOfMariaDbBecomesCompleteWhileItIsWrittenTo() throws Exception {
        becomesComplete(MariaDbServer.running().freshDatabase().url(), MariaDbServer.running().freshDatabase().url());
    }

    private void becomesComplete(String hq, String branch) throws Exception {
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, hq, branch); Connection bare = DriverManager.getConnection(sites.rawHq())) {
            HeadOfficeAndBranch.execute(bare, Posters.TABLE);
            Path stop = directory.resolve("stop of posters");
            try (Posters one = new Posters(sites.hq(), 1, stop)) {
                sites.setUp("CREATE PUBLICATION posts (TABLE post)", "posts");
                awaitPosts(bare, 2, 20);
                Properties complete = new Properties();
                complete.setProperty("waybill.capture", "complete");
                DriverManager.getConnection(sites.hq(), complete).close();
                try (Posters other = new Posters(sites.rawHq(), 2, stop)) {
                    awaitPosts(bare, 4, Integer.parseInt(HeadOfficeAndBranch.text(bare, "SELECT MAX(n) FROM post")) + 20);
                    Files.createFile(stop);
                    other.join();
                }
                one.join();
            }
            sites.awaitQuiet(PATIENCE);
            sites.assertReplicaEquals(List.of("post"));
        }
    }

    private HeadOfficeAndBranch onPostgres(String branch) throws SQLException {
        return new HeadOfficeAndBranch(directory, PostgresServer.running().freshDatabase().url(), branch);
    }

    private static void awaitPosts(Connection bare, int writers, int n) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> HeadOfficeAndBranch.number(bare, "SELECT COUNT(*) FROM (SELECT writer FROM post GROUP BY writer HAVING MAX(n) > " + n + ") beyond") >= writers);
    }

    private void trade(HeadOfficeAndBranch sites, int people, int deeds) throws Exception {
        Path stop = directory.resolve("stop");
        try (Connection bare = DriverManager.getConnection(sites.rawHq()); Tradespeople writers = new Tradespeople(stop)) {
            HeadOfficeAndBranch.execute(bare, Tradespeople.SHOP);
            for (int i = 0; i < people; i++) {
                writers.begin(i % 2 == 0 ? sites.rawHq() : sites.hq(), NONE, i);
            }
            awaitEveryone(bare, people, 5);
            sites.setUp("CREATE PUBLICATION shop (" + Tradespeople.PUBLISHED.stream().map(table -> "TABLE " + table).collect(Collectors.joining(", ")) + ")", "shop");
            long last = HeadOfficeAndBranch.number(bare, "SELECT MAX(many) FROM (SELECT count(*) AS many FROM entry GROUP BY writer) e");
            awaitWholly(sites, bare, people, last + deeds);
            Files.createFile(stop);
            writers.join();
            sites.awaitQuiet(PATIENCE);
            assertWhole(sites);
            sites.assertReplicaEquals(Tradespeople.PUBLISHED);
            assertThat(HeadOfficeAndBranch.number(bare, "SELECT count(*) FROM waybill.trigger_row")).isZero();
            assertThat(HeadOfficeAndBranch.text(bare, "SELECT report FROM waybill.capture_report WHERE table_name = 'orders'")).contains("what any program writes to it is captured");
        }
    }

    private static void awaitEveryone(Connection bare, int writers, long entries) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> beyond(bare, entries) >= writers);
    }

    /** Meanwhile the replica only ever shows whole transactions, in order. */
    private static void awaitWholly(HeadOfficeAndBranch sites, Connection bare, int writers, long entries) throws SQLException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (beyond(bare, entries) < writers) {
            assertThat(System.nanoTime()).as("patience").isLessThan(until);
            assertWhole(sites);
        }
    }

    private static long beyond(Connection bare, long entries) throws SQLException {
        return HeadOfficeAndBranch.number(bare, "SELECT COUNT(*) FROM (SELECT writer FROM entry GROUP BY writer HAVING COUNT(*) > " + entries + ") beyond");
    }

    private static void assertWhole(HeadOfficeAndBranch sites) throws SQLException {
        String tables = "SELECT COUNT(*) FROM information_schema.tables WHERE lower(table_name) = 'entry'";
        if (HeadOfficeAndBranch.number(sites.atBranch(), tables) > 0) {
            assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT coalesce(max(n), 0) - (SELECT count(*) FROM entry) FROM counter")).isEqualTo("0");
        }
    }
}
