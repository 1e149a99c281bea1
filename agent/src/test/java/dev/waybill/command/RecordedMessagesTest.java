// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.message.Envelope;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
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
import java.util.Set;
import java.util.TreeSet;
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

    static Stream<Path> vouched() throws IOException {
        return recordings().filter(recording -> Files.isDirectory(recording.resolve("vouched")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vouched")
    void aRecordedStreamThatRestsOnAWordIsFollowedByWhoeverHasEverything(Path recording) throws Exception {
        recordedMessagesAreAppliedToTheSameResult(recording);
        Database branch = Database.at(directory, "branch");
        MessageRecording.deliver(recording.resolve("vouched/branch"), directory);
        Outcome.done("agent", branch.url(), "--once");
        assertThat(MessageRecording.contents(branch)).isEqualTo(Files.readAllLines(recording.resolve("vouched/contents")));
        assertThat(branch.rows("SELECT stream_received || ' ' || receive_state FROM waybill.remote_user")).containsExactly("1 ACTIVE");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vouched")
    void aRecordedStreamThatRestsOnAWordIsDeclinedByWhoeverWentBack(Path recording) throws Exception {
        Database branch = branchOf(recording);
        MessageRecording.deliver(recording.resolve("vouched/branch"), directory);
        assertThat(Outcome.of("agent", branch.url(), "--once").exitCode()).as("it says that it halts").isEqualTo(3);
        assertThat(branch.rows("SELECT stream_received || ' ' || receive_state FROM waybill.remote_user")).containsExactly("0 HALTED");
        assertThat(branch.rows("SELECT receive_reason FROM waybill.remote_user").get(0)).contains("REMOTE RESET");
    }

    /** Header extensions 18 and 19 are among what was recorded. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("vouched")
    void whatStreamsRestOnWasRecorded(Path recording) throws Exception {
        assertThat(extensions(recording, "vouched/branch")).contains(16, Envelope.Vouch.TYPE);
        assertThat(extensions(recording, "vouched/hq")).contains(Envelope.DECLINED_TYPE);
    }

    private static Set<Integer> extensions(Path recording, String mailbox) throws Exception {
        Set<Integer> types = new TreeSet<>();
        for (Path message : messages(recording, mailbox)) {
            new MessageCodec(MessageBounds.of(1 << 20)).decode(Files.readAllBytes(message)).envelope().extensions().forEach(extension -> types.add(extension.type()));
        }
        return types;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void recordedMessagesAreReadable(Path recording) throws Exception {
        List<Path> both = new ArrayList<>();
        for (String mailbox : List.of("hq", "branch", "later/hq", "later/branch")) {
            both.addAll(messages(recording, mailbox));
        }
        if (Files.isDirectory(recording.resolve("vouched"))) {
            both.addAll(messages(recording, "vouched/branch"));
            both.addAll(messages(recording, "vouched/hq"));
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
