// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A newer version at one site talks to the previous one: what older versions sent, as it was recorded ({@link MessageRecording}), is read and applied to the same result by today's. */
class RecordedMessagesTest {

    private static final Path RECORDED = Path.of(System.getProperty("waybill.test.root", ".."), "agent", "src", "test", "resources", "recorded");

    @TempDir
    private Path directory;

    static Stream<Path> recordings() throws IOException {
        try (Stream<Path> all = Files.list(RECORDED)) {
            return all.sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void recordedMessagesAreAppliedToTheSameResult(Path recording) throws Exception {
        Database branch = branchOf(recording);
        String round = "";
        for (Path message : messages(recording, "branch")) {
            String next = message.getFileName().toString().substring(0, MessageRecording.ROUND);
            if (!next.equals(round)) {
                Outcome.done("agent", branch.url(), "--once");
            }
            round = next;
            deliver(message);
        }
        Outcome.done("agent", branch.url(), "--once");
        assertSame(branch, recording);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void recordedMessagesAreAppliedToTheSameResultInAnyOrder(Path recording) throws Exception {
        Database branch = branchOf(recording);
        List<Path> shuffled = new ArrayList<>(messages(recording, "branch"));
        Collections.shuffle(shuffled, new Random(4));
        for (Path message : shuffled) {
            deliver(message);
        }
        Outcome.done("agent", branch.url(), "--once");
        for (Path message : shuffled) {
            deliver(message);
        }
        Outcome.done("agent", branch.url(), "--once");
        assertSame(branch, recording);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void recordedMessagesAreReadable(Path recording) throws Exception {
        List<Path> both = new ArrayList<>();
        for (String mailbox : List.of("hq", "branch", "later/hq", "later/branch")) {
            both.addAll(messages(recording, mailbox));
        }
        String all = Outcome.done(Stream.concat(Stream.of("show"), both.stream().map(Path::toString)).toArray(String[]::new)).out().toUpperCase(Locale.ROOT);
        assertThat(all).contains("JOIN", "SNAPSHOT", "DATA", "CONFIRMATION", "RESEND");
    }

    /** A database as the recording's was before its first message: only its incarnation is known to the sender. */
    private Database branchOf(Path recording) throws IOException, SQLException {
        return MessageRecording.branch(directory).bare("UPDATE waybill.catalogue SET incarnation = '" + Files.readString(recording.resolve("incarnation")).strip() + "'");
    }

    private void deliver(Path message) throws IOException {
        Path mailbox = Files.createDirectories(directory.resolve("messages").resolve("branch"));
        Files.copy(message, mailbox.resolve(message.getFileName().toString().substring(MessageRecording.ORDER)), StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<Path> messages(Path recording, String mailbox) throws IOException {
        try (Stream<Path> files = Files.list(recording.resolve(mailbox))) {
            return files.sorted().toList();
        }
    }

    private static void assertSame(Database branch, Path recording) throws SQLException, IOException {
        assertThat(MessageRecording.contents(branch)).isEqualTo(Files.readAllLines(recording.resolve("contents")));
        assertThat(branch.rows("SELECT receive_state FROM waybill.remote_user")).containsExactly("ACTIVE");
        assertThat(branch.rows("SELECT COUNT(*) FROM waybill.staged_part")).containsExactly("0");
    }
}
