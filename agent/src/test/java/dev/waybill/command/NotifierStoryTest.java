// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office with a notifier and a branch where nothing runs but a listener, all processes: what is committed is at the branch because it was woken. */
@Tag("extended")
class NotifierStoryTest {

    private static final String EVERYTHING = "SELECT id || '=' || name FROM artist ORDER BY id";
    private static final Duration LONG = Duration.ofSeconds(180);
    private static final Pattern PORT = Pattern.compile("on port (\\d+)");

    @TempDir
    private Path directory;
    private final List<OtherProcess> processes = new ArrayList<>();
    private Path hqKeys;
    private Path branchKeys;
    private Database hq;
    private Database branch;
    private Server server;

    @AfterEach
    void endAll() {
        processes.forEach(OtherProcess::close);
        if (server != null) {
            server.stop();
        }
    }

    private void setUp(String hqUrl, String branchUrl) throws IOException {
        hqKeys = directory.resolve("hq-keys");
        branchKeys = directory.resolve("branch-keys");
        exchange("hq", hqKeys, branchKeys);
        exchange("branch", branchKeys, hqKeys);
        String token = Outcome.done("keys", "token", "branch", "--keys", hqKeys.toString()).out();
        Path file = Files.createFile(directory.resolve("token"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token);
        hq = new Database(hqUrl).say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'Bach')", "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'hq'",
                "SET REMOTE HTTP OPTION directory = '" + directory.resolve("mail") + "'", "GRANT REMOTE TO branch TYPE HTTP ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
        branch = new Database(branchUrl).say("GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'branch'", "SET REMOTE HTTP OPTION token = 'file:" + file + "'", "GRANT CONSOLIDATE TO hq TYPE HTTP ADDRESS 'hq' SEND EVERY '00:00:00'");
        Outcome.done("notifier", hq.url(), "create", "wake");
        Outcome.done("notifier", hq.url(), "set", "wake", "poll_every", "1s");
    }

    private void exchange(String name, Path own, Path other) throws IOException {
        Outcome.done("keys", "make", name, "--keys", own.toString());
        Path shown = Files.writeString(directory.resolve(name + ".pub"), Outcome.done("keys", "export", name, "--keys", own.toString()).out());
        Outcome.done("keys", "import", shown.toString(), "--keys", other.toString());
    }

    private OtherProcess started(String name, String... arguments) throws IOException {
        OtherProcess process = OtherProcess.start(directory.resolve(name + ".txt"), Main.class, arguments);
        processes.add(process);
        return process;
    }

    private String office(String name) throws IOException {
        OtherProcess office = started(name, "agent", hq.url(), "--keys", hqKeys.toString(), "--http", "0", "--http-host", "127.0.0.1");
        until(office, () -> PORT.matcher(office.said()).find());
        Matcher port = PORT.matcher(office.said());
        assertThat(port.find()).isTrue();
        return "http://127.0.0.1:" + port.group(1);
    }

    private OtherProcess listener(String name, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("listen", branch.url(), "--keys", branchKeys.toString(), "-l", "subject=sync;action=sync"));
        arguments.addAll(List.of(more));
        return started(name, arguments.toArray(String[]::new));
    }

    private static void until(OtherProcess process, Callable<Boolean> holds) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).until(() -> {
            assertThat(process.process().isAlive()).as(process.said()).isTrue();
            return holds.call();
        });
    }

    private void untilBranchHas(OtherProcess listener, String... rows) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(100)).ignoreExceptions().until(() -> !listener.process().isAlive() || branch.rows(EVERYTHING).equals(List.of(rows)));
        assertThat(listener.process().isAlive()).as(listener.said()).isTrue();
    }

    @Test
    void commitBecomesANoticeAndTheReplicaHasIt() throws Exception {
        server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-baseDir", directory.toString()).start();
        setUp("jdbc:h2:tcp://localhost:" + server.getPort() + "/./hq", "jdbc:h2:tcp://localhost:" + server.getPort() + "/./branch");
        branch.say("SET REMOTE HTTP OPTION url = '" + office("office") + "'");
        OtherProcess listener = listener("listener");
        untilBranchHas(listener, "1=Bach");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')");
        untilBranchHas(listener, "1=Bach", "2=Ravel");
        until(listener, () -> listener.said().contains("sync because of hq [sync]"));
        assertThat(Outcome.of("notifier", hq.url(), "list").out()).contains("wake").contains("RUNNING");
        listener.close(); // it is off, and nobody repeats for ever what it misses
        hq.say("INSERT INTO artist VALUES (3, 'Satie')");
        OtherProcess back = listener("back");
        untilBranchHas(back, "1=Bach", "2=Ravel", "3=Satie");
    }

    @Test
    void secondOfficeNotifiesWhenTheFirstIsKilled() throws Exception {
        setUp(PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url());
        String first = office("first");
        await().atMost(LONG).until(() -> hq.rows("SELECT state FROM waybill.notifier").equals(List.of("RUNNING")));
        String second = office("second");
        branch.say("SET REMOTE HTTP OPTION url = '" + second + "'"); // its messages: both offices have the same mailboxes
        OtherProcess listener = listener("listener", "-x", first, "-x", second);
        untilBranchHas(listener, "1=Bach");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')");
        untilBranchHas(listener, "1=Bach", "2=Ravel");
        processes.get(0).close();
        hq.say("INSERT INTO artist VALUES (3, 'Satie')");
        untilBranchHas(listener, "1=Bach", "2=Ravel", "3=Satie");
        until(listener, () -> listener.said().contains("notices are heard again"));
        String before = listener.said();
        hq.say("INSERT INTO artist VALUES (4, 'Fauré')");
        untilBranchHas(listener, "1=Bach", "2=Ravel", "3=Satie", "4=Fauré");
        until(listener, () -> listener.said().substring(before.length()).contains("sync because of hq [sync]"));
    }
}
