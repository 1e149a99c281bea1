// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbDatabase;
import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A transaction of a million rows, as many statements and as one, from an application to a replica by messages of 50,000 bytes through a shared folder: each of the two is a process whose heap has 256 megabytes, in which the database
 * is, too. (The bare driver needs as much for the same statements: it keeps what is not committed in its file.)
 */
class MillionStoryTest {

    private static final String ITEM = "CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR(100) NOT NULL, price NUMERIC(12, 2), changed INT)";

    private static final String SCORE = "CREATE TABLE score (id INT PRIMARY KEY, text CLOB, sound BLOB)";

    @TempDir
    private Path directory;

    /** What captures at HQ: the driver or triggers. */
    private String capturing = "driver";

    @ParameterizedTest
    @ValueSource(strings = "batches")
    @Tag("extended")
    void transactionOfAMillionRowsGoesThroughTwoHeapsOf256Megabytes(String what) throws Exception {
        replicate(what, Integer.getInteger("waybill.test.rows", 1_000_000), Integer.getInteger("waybill.test.heap", 256));
    }

    @ParameterizedTest
    @ValueSource(strings = {"statements", "insert", "update", "delete"})
    @Tag("long")
    void soDoTheOthers(String what) throws Exception {
        transactionOfAMillionRowsGoesThroughTwoHeapsOf256Megabytes(what);
    }

    /** Streamed from the parameter to the replica; values in the row itself are held whole, by H2 first of all. */
    @ParameterizedTest
    @ValueSource(ints = 100_000_000)
    @Tag("extended")
    void valuesOfAHundredMegabytesGoThroughTwoHeapsOf256Megabytes(int length) throws Exception {
        replicate("values", length, Integer.getInteger("waybill.test.heap", 256));
    }

    @Test
    @Tag("long")
    void valuesThatAreTogetherAsLargeAsTheHeapGoThrough() throws Exception {
        replicate("values", 64_000_000, 128);
    }

    /** The same in little: several parts, several messages, and more rows than H2 itself would hold. */
    @Test
    void transactionThatIsLargerThanItsHeapAllowsGoesThrough() throws Exception {
        replicate("delete", 20_000, 40);
    }

    /** Never held whole, by anybody. */
    @Test
    @Tag("extended")
    void largeObjectOfPostgresOfAHundredMegabytesGoesThroughTwoHeapsOf256Megabytes() throws Exception {
        var sites = new HeadOfficeAndBranch(directory, PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url());
        setUp(sites, "CREATE DOMAIN lo AS oid; CREATE TABLE score (id INT PRIMARY KEY, sound lo)", "score");
        replicate(sites, "object", Integer.getInteger("waybill.test.length", 100_000_000), 256);
    }

    /** Such a value is held whole by the drivers of these servers, and so by us: a hundred megabytes are a hundred in the row, as many in the journal, and what is being made of them. */
    @Test
    @Tag("extended")
    void valueOfAHundredMegabytesInARowOfPostgresGoesThroughTwoHeapsOfAGigabyte() throws Exception {
        var sites = new HeadOfficeAndBranch(directory, PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url());
        setUp(sites, "CREATE TABLE score (id INT PRIMARY KEY, sound BYTEA)", "score");
        replicate(sites, "value", Integer.getInteger("waybill.test.length", 100_000_000), 1_024);
    }

    @Test
    @Tag("long")
    void valueOfAHundredMegabytesInARowOfMariaDbGoesThroughTwoHeapsOfAGigabyte() throws Exception {
        MariaDbDatabase hq = MariaDbServer.running().freshDatabase();
        hq.execute("SET GLOBAL max_allowed_packet = 1073741824"); // the server's own limit is less
        var sites = new HeadOfficeAndBranch(directory, hq.url(), MariaDbServer.running().freshDatabase().url());
        setUp(sites, "CREATE TABLE score (id INT PRIMARY KEY, sound LONGBLOB)", "score");
        replicate(sites, "value", Integer.getInteger("waybill.test.length", 100_000_000), 1_024);
    }

    /** Written in batches, and deleted by one statement. */
    @ParameterizedTest
    @ValueSource(strings = {"PostgreSQL", "MariaDB"})
    @Tag("long")
    void transactionsOfAMillionRowsThatTriggersCaptureGoThroughTwoHeapsOf256Megabytes(String product) throws Exception {
        capturedByTriggers(product, Integer.getInteger("waybill.test.rows", 1_000_000), 256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PostgreSQL", "MariaDB"})
    @Tag("extended")
    void soDoThoseOfFortyThousandThroughHeapsThatDoNotHoldThem(String product) throws Exception {
        capturedByTriggers(product, 40_000, 48);
    }

    private void capturedByTriggers(String product, int rows, int heapMegabytes) throws Exception {
        boolean postgres = product.equals("PostgreSQL");
        var sites = new HeadOfficeAndBranch(directory, postgres ? PostgresServer.running().freshDatabase().url() : MariaDbServer.running().freshDatabase().url(),
                postgres ? PostgresServer.running().freshDatabase().url() : MariaDbServer.running().freshDatabase().url());
        capturing = "triggers";
        setUp(sites, ITEM, "item");
        replicate(sites, "batches", rows, heapMegabytes);
        replicate(sites, "delete", rows, heapMegabytes);
    }

    private void replicate(String what, int rows, int heapMegabytes) throws Exception {
        var sites = new HeadOfficeAndBranch(directory, "");
        boolean filled = what.equals("update") || what.equals("delete");
        setUp(sites, ITEM + ";" + SCORE + "; INSERT INTO item SELECT x, 'item number ' || x, x / 100.0, 0 FROM SYSTEM_RANGE(1, " + (filled ? rows : 0) + ")", "item, TABLE score");
        replicate(sites, what, rows, heapMegabytes);
    }

    private void replicate(HeadOfficeAndBranch sites, String what, int rows, int heapMegabytes) throws Exception {
        long start = System.nanoTime();
        Process agent = java(heapMegabytes, "dev.waybill.command.Main", "agent", sites.rawBranch());
        try {
            Process application = java(heapMegabytes, "dev.waybill.story.MillionProcess", sites.hq(), what, Integer.toString(rows), capturing);
            try {
                assertThat(application.waitFor(1_800, TimeUnit.SECONDS)).as(log()).isTrue();
                assertThat(application.exitValue()).as(log()).isZero();
            } finally {
                end(application);
            }
            assertThat(agent.isAlive()).as(log()).isTrue();
        } finally {
            end(agent);
        }
        System.out.println(what + " of " + rows + " rows, with processes, " + (System.nanoTime() - start) / 1_000_000 + " ms\n" + log());
        try (Connection here = DriverManager.getConnection(sites.rawHq()); Connection there = DriverManager.getConnection(sites.rawBranch())) {
            compare(here, there, what, rows);
            assertThat(HeadOfficeAndBranch.number(there, "SELECT COUNT(*) FROM waybill.staged_part")).isZero();
        }
    }

    private static void compare(Connection here, Connection there, String what, int rows) throws SQLException, IOException {
        if (what.equals("value")) {
            assertThat(HeadOfficeAndBranch.number(there, "SELECT OCTET_LENGTH(sound) FROM score")).isEqualTo(rows);
            assertThat(HeadOfficeAndBranch.text(there, "SELECT MD5(sound) FROM score")).isEqualTo(HeadOfficeAndBranch.text(here, "SELECT MD5(sound) FROM score"));
            return;
        }
        if (what.equals("object")) {
            String pieces = "SELECT md5(string_agg(md5(lo_get(sound, n * 1000000, 1000000)), '' ORDER BY n)) FROM score, generate_series(0, 200) n";
            assertThat(HeadOfficeAndBranch.text(there, pieces)).isEqualTo(HeadOfficeAndBranch.text(here, pieces));
            assertThat(HeadOfficeAndBranch.number(there, "SELECT sum(length(lo_get(sound, n * 1000000, 1000000))) FROM score, generate_series(0, 200) n")).isEqualTo(rows);
            return;
        }
        if (what.equals("values")) {
            String lengths = "SELECT LENGTH(text) || ' ' || OCTET_LENGTH(sound) FROM score";
            assertThat(HeadOfficeAndBranch.text(there, lengths)).isEqualTo(rows + " " + rows);
            for (String column : List.of("text", "sound")) {
                assertThat(TableComparison.sameStream(here, there, "SELECT " + column + " FROM score")).as(column).isTrue();
            }
            return;
        }
        assertThat(TableComparison.differencesInOrder(here, there, "item", "id")).isEmpty();
        assertThat(TableComparison.count(there, List.of("item"))).isEqualTo(what.equals("delete") ? 0 : rows);
    }

    /** Both have the tables and their rows; the exchange begins with what comes after that. */
    private void setUp(HeadOfficeAndBranch sites, String tables, String published) throws SQLException, IOException {
        Path messages = Files.createDirectories(directory.resolve("messages"));
        for (String url : List.of(sites.rawHq(), sites.rawBranch())) {
            try (Connection raw = DriverManager.getConnection(url)) {
                HeadOfficeAndBranch.execute(raw, tables.split(";"));
            }
        }
        Properties alone = new Properties();
        alone.setProperty("waybill.agent", "off");
        Properties publishing = new Properties();
        publishing.setProperty("waybill.agent", "off");
        publishing.setProperty("waybill.capture", capturing.equals("triggers") ? "complete" : "driver");
        try (Connection hq = DriverManager.getConnection(sites.hq(), publishing)) {
            HeadOfficeAndBranch.execute(hq, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                    "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION items (TABLE " + published + ")", "CREATE SUBSCRIPTION TO items FOR branch", "START SUBSCRIPTION TO items FOR branch");
        }
        try (Connection branch = DriverManager.getConnection(sites.branch(), alone)) {
            HeadOfficeAndBranch.execute(branch, "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                    "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
        }
    }

    private Process java(int heapMegabytes, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), mainClass));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("processes.log").toFile())).start();
    }

    private String log() throws IOException {
        Path log = directory.resolve("processes.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }
    }
}
