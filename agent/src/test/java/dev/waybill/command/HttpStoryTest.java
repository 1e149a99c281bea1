// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office that offers mailboxes, as a process, and a branch that can call and cannot be called; signed, as HTTP demands by itself, and encrypted. */
class HttpStoryTest {

    private static final String EVERYTHING = "SELECT id || '=' || name FROM artist ORDER BY id";
    private static final Duration LONG = Duration.ofSeconds(180);
    private static final Pattern PORT = Pattern.compile("on port (\\d+)");

    @TempDir
    private Path directory;

    @Test
    void aBranchBehindAWallHasWhatTheHeadOfficeHas() throws Exception {
        Path hqKeys = directory.resolve("hq-keys");
        Path branchKeys = directory.resolve("branch-keys");
        exchange("hq", hqKeys, branchKeys);
        exchange("branch", branchKeys, hqKeys);
        Path token = secret("token", Outcome.done("keys", "token", "branch", "--keys", hqKeys.toString()).out());
        Database hq = Database.at(directory, "hq").say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'Bach')", "GRANT PUBLISH TO hq",
                "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'hq'", "SET REMOTE HTTP OPTION directory = '" + directory.resolve("mail") + "'", "SET REMOTE HTTP OPTION encryption = 'required'",
                "GRANT REMOTE TO branch TYPE HTTP ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
        Database branch = Database.at(directory, "branch").say("GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'branch'", "SET REMOTE HTTP OPTION token = 'file:" + token + "'",
                "SET REMOTE HTTP OPTION encryption = 'required'", "GRANT CONSOLIDATE TO hq TYPE HTTP ADDRESS 'hq' SEND EVERY '00:00:00'");
        int port;
        try (OtherProcess office = office(hq, hqKeys, 0)) {
            port = port(office);
            String url = "http://127.0.0.1:" + port;
            assertThat(get(url + "/health", null)).isEqualTo("ok\n");
            branch.say("SET REMOTE HTTP OPTION url = '" + url + "'");
            untilEqual(branch, branchKeys, "1=Bach");
            String metrics = Outcome.done("keys", "token", "metrics", "--keys", hqKeys.toString()).out().strip();
            await().atMost(LONG).ignoreExceptions().until(() -> get(url + "/metrics", metrics).contains("waybill_agent_working{publisher=\"hq\"} 1"));
            assertThat(office.terminate()).isTrue();
        }
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')", "UPDATE artist SET name = 'J. S. Bach' WHERE id = 1");
        Outcome away = Outcome.of("agent", branch.url(), "--once", "--keys", branchKeys.toString());
        assertThat(away.exitCode()).as("something needs attention").isEqualTo(3);
        assertThat(Outcome.of("status", branch.url()).out()).contains("LINK_DOWN").contains("LINK_OFFICE");
        try (OtherProcess office = office(hq, hqKeys, port)) {
            port(office);
            untilEqual(branch, branchKeys, "1=J. S. Bach", "2=Ravel");
            String secret = Files.readString(token).strip();
            assertThat(office.said()).doesNotContain(secret).doesNotContain("MESSAGE_PUT_ASIDE");
            assertThat(branch.script()).noneMatch(line -> line.contains(secret));
            assertThat(Outcome.of("status", branch.url()).all()).doesNotContain(secret);
        }
    }

    private OtherProcess office(Database hq, Path keys, int port) throws IOException {
        return OtherProcess.start(directory.resolve("hq.txt"), Main.class, "agent", hq.url(), "--keys", keys.toString(), "--http", Integer.toString(port), "--http-host", "127.0.0.1");
    }

    @Test
    void aPasswordInAnOptionIsRefusedAndNotStored() throws Exception {
        Database branch = Database.at(directory, "branch").say("GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'branch'");
        Outcome refused = Outcome.of("sql", branch.url(), "SET REMOTE HTTP OPTION token = 'hunter2'");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("file:/path").doesNotContain("hunter2");
        assertThat(branch.script()).noneMatch(line -> line.contains("hunter2"));
    }

    @Test
    void mailboxesAreNotOfferedWithoutTlsToEverybody() throws Exception {
        Database hq = Database.at(directory, "hq").say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'hq'", "SET REMOTE HTTP OPTION directory = '" + directory.resolve("mail") + "'");
        Outcome refused = Outcome.of("agent", hq.url(), "--keys", directory.toString(), "--http", "0");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("--http-keystore");
        assertThat(Outcome.of("agent", hq.url(), "--once", "--http", "0").err()).contains("not with --once");
        assertThat(Outcome.of("agent", hq.url(), "--http", "0", "--http-host", "127.0.0.1").err()).contains("--keys is missing");
    }

    private void untilEqual(Database branch, Path keys, String... rows) {
        await().atMost(LONG).until(() -> {
            Outcome.of("agent", branch.url(), "--once", "--keys", keys.toString());
            return branch.rows("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'ARTIST'").contains("1") && branch.rows(EVERYTHING).equals(List.of(rows));
        });
    }

    private void exchange(String name, Path own, Path other) throws IOException {
        Outcome.done("keys", "make", name, "--keys", own.toString());
        Path shown = Files.writeString(directory.resolve(name + ".pub"), Outcome.done("keys", "export", name, "--keys", own.toString()).out());
        Outcome.done("keys", "import", shown.toString(), "--keys", other.toString());
    }

    private Path secret(String name, String content) throws IOException {
        Path file = Files.createFile(directory.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    private static int port(OtherProcess office) {
        await().atMost(LONG).until(() -> PORT.matcher(office.said()).find() || !office.process().isAlive());
        Matcher found = PORT.matcher(office.said());
        assertThat(found.find()).as(office.said()).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private static String get(String url, String token) throws IOException {
        URLConnection connection = URI.create(url).toURL().openConnection();
        if (token != null) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
