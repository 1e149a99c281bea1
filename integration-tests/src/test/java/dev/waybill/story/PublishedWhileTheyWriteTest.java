// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several pools and processes write to one database when a table of it is published: no write falls between. */
@Tag("extended")
class PublishedWhileTheyWriteTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    @Test
    void poolsOfOneProcessMissNoPublicationOnH2() throws Exception {
        publish(new HeadOfficeAndBranch(directory, ";LOCK_TIMEOUT=2000"), false);
    }

    @Test
    void poolsAndProcessesMissNoPublicationOnPostgres() throws Exception {
        publish(new HeadOfficeAndBranch(directory, PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url()), true);
    }

    @Test
    void poolsAndProcessesMissNoPublicationOnMariaDb() throws Exception {
        publish(new HeadOfficeAndBranch(directory, MariaDbServer.running().freshDatabase().url(), MariaDbServer.running().freshDatabase().url()), true);
    }

    @Test
    void poolsOfOneProcessMissNoPublicationOnSqlite() throws Exception {
        String options = "?busy_timeout=60000&transaction_mode=IMMEDIATE&journal_mode=WAL";
        publish(new HeadOfficeAndBranch(directory, "jdbc:sqlite:" + directory.resolve("hq.db") + options, "jdbc:sqlite:" + directory.resolve("branch.db") + options), false);
    }

    @Test
    void poolsOfOneProcessMissNoPublicationOnHsqldb() throws Exception {
        publish(new HeadOfficeAndBranch(directory, hsqldb("hq"), hsqldb("branch")), false);
    }

    private String hsqldb(String name) {
        return "jdbc:hsqldb:file:" + directory.resolve("db-" + name).resolve("db") + ";hsqldb.tx=mvcc;hsqldb.write_delay=false";
    }

    private void publish(HeadOfficeAndBranch opened, boolean withAProcess) throws Exception {
        Path stop = directory.resolve("stop");
        try (HeadOfficeAndBranch sites = opened; Connection bare = DriverManager.getConnection(sites.rawHq())) {
            HeadOfficeAndBranch.execute(bare, Posters.TABLE);
            Process process = withAProcess ? process(sites.hq(), stop) : null;
            try (Posters one = new Posters(sites.hq(), 1, stop); Posters other = new Posters(sites.hq(), 2, stop)) {
                int writers = withAProcess ? 6 : 4;
                List<Posters> posters = List.of(one, other);
                awaitMoreOfEveryone(posters, process, bare, writers);
                sites.setUp("CREATE PUBLICATION posts (TABLE post)", "posts");
                awaitMoreOfEveryone(posters, process, bare, writers);
                Files.createFile(stop);
                one.join();
                other.join();
                if (process != null) {
                    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
                    assertThat(process.exitValue()).isZero();
                }
            } finally {
                if (process != null) {
                    process.destroyForcibly();
                }
            }
            sites.awaitQuiet(PATIENCE);
            sites.assertReplicaEquals(List.of("post"));
        }
    }

    /** Each by himself: one of another process may be far behind the fastest. */
    private void awaitMoreOfEveryone(List<Posters> posters, Process process, Connection bare, int writers) throws SQLException {
        Map<Integer, Integer> before = posts(bare);
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            posters.forEach(Posters::check);
            if (process != null && !process.isAlive()) {
                throw new AssertionError("the other process ended: " + Files.readString(directory.resolve("process.log")));
            }
            return posts(bare).entrySet().stream().filter(writer -> writer.getValue() > before.getOrDefault(writer.getKey(), 0) + 20).count() >= writers;
        });
    }

    /** How far each writer has come. */
    private static Map<Integer, Integer> posts(Connection bare) throws SQLException {
        Map<Integer, Integer> posts = new HashMap<>();
        try (Statement statement = bare.createStatement(); ResultSet row = statement.executeQuery("SELECT writer, MAX(n) FROM post GROUP BY writer")) {
            while (row.next()) {
                posts.put(row.getInt(1), row.getInt(2));
            }
        }
        return posts;
    }

    private static Process process(String url, Path stop) throws Exception {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp", System.getProperty("java.class.path"), Posters.class.getName(), url, "0", stop.toString())
                .redirectErrorStream(true).redirectOutput(stop.resolveSibling("process.log").toFile()).start();
    }
}
