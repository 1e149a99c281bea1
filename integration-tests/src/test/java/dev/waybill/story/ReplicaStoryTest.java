// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job: an application's database gets a replica that becomes and stays equal. */
class ReplicaStoryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final List<String> CHINOOK =
            List.of("album", "artist", "customer", "employee", "genre", "invoice", "invoice_line", "media_type", "playlist", "playlist_track", "track");

    @TempDir
    private Path directory;

    @Test
    void replicaBecomesAndStaysEqualWhileThreadsWork() throws Exception {
        try (var sites = new HeadOfficeAndBranch(directory, ";LOCK_TIMEOUT=200")) {
            try (Connection before = DriverManager.getConnection(sites.rawHq())) {
                Harbour.createTables(before);
                Harbour.fill(before, 1);
            }
            sites.setUp(Harbour.publication(), "harbour");
            Harbour.workConcurrently(() -> DriverManager.getConnection(sites.hq()), 2, 4, 250);
            sites.awaitQuiet(PATIENCE);
            sites.assertReplicaEquals(Harbour.TABLES);
            assertThat(TableComparison.count(sites.atBranch(), Harbour.TABLES)).isGreaterThan(1000);
        }
    }

    @Test
    void everythingWrittenThroughTheDriverReachesAnEmptyReplica() throws Exception {
        try (var sites = new HeadOfficeAndBranch(directory, ";LOCK_TIMEOUT=200")) {
            try (Connection before = DriverManager.getConnection(sites.hq())) {
                Harbour.createTables(before);
            }
            sites.setUp(Harbour.publication(), "harbour");
            try (Connection connection = DriverManager.getConnection(sites.hq())) {
                Harbour.fill(connection, 3);
            }
            sites.awaitQuiet(PATIENCE);
            sites.assertReplicaEquals(Harbour.TABLES);
        }
    }

    @Test
    void chinookLoadedThroughTheDriverIsReplicated() throws Exception {
        Path script = Path.of(System.getProperty("waybill.test.root", "..")).resolve("../shared/data/chinook.sql").normalize();
        assumeThat(script).as("the Chinook script beside the checkout (skipped: it is not there)").exists();
        List<String> statements = statements(Files.readString(script, StandardCharsets.UTF_8));
        try (var sites = new HeadOfficeAndBranch(directory, ";LOCK_TIMEOUT=200")) {
            try (Connection connection = DriverManager.getConnection(sites.hq())) {
                execute(connection, statements.stream().filter(sql -> !sql.startsWith("INSERT")).toList());
            }
            sites.setUp("CREATE PUBLICATION music (TABLE " + String.join(", TABLE ", CHINOOK) + ")", "music");
            try (Connection connection = DriverManager.getConnection(sites.hq())) {
                execute(connection, inParentOrder(statements.stream().filter(sql -> sql.startsWith("INSERT")).toList()));
            }
            ChinookWork.workConcurrently(() -> DriverManager.getConnection(sites.hq()), 5, 4, 250);
            sites.awaitQuiet(PATIENCE);
            sites.assertReplicaEquals(CHINOOK);
            assertThat(TableComparison.count(sites.atBranch(), CHINOOK)).isGreaterThan(15_000);
        }
    }

    private static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The script inserts table by table before it adds foreign keys; here they exist already. */
    static List<String> inParentOrder(List<String> inserts) {
        List<String> order = List.of("genre", "media_type", "artist", "album", "track", "employee", "customer", "invoice", "invoice_line", "playlist", "playlist_track");
        List<String> sorted = new ArrayList<>();
        for (String table : order) {
            inserts.stream().filter(sql -> sql.matches("(?s)INSERT INTO " + table + "\\b.*")).forEach(sorted::add);
        }
        assertThat(sorted).hasSameSizeAs(inserts);
        return sorted;
    }

    /** The statements of the script: comments dropped, cut at semicolons that end a line (no literal of the script does). */
    static List<String> statements(String script) {
        String plain = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL).matcher(script).replaceAll("");
        return Pattern.compile(";\\s*$", Pattern.MULTILINE).splitAsStream(plain).map(String::strip).filter(sql -> !sql.isEmpty()).toList();
    }
}
