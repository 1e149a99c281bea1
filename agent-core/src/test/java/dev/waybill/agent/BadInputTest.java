// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {

    @TempDir
    Path temp;
    private Path folder;
    private TwoDatabases two;
    private final List<String> halted = new ArrayList<>();
    private final List<String> recovered = new ArrayList<>();
    private final List<String> quarantined = new ArrayList<>();

    private final AgentEvents events = new AgentEvents() {
        @Override
        public void halted(String name, String state, String reason) {
            halted.add(name + " " + state + ": " + reason);
        }

        @Override
        public void recovered(String name) {
            recovered.add(name);
        }

        @Override
        public void quarantined(String link, String name, String reason) {
            quarantined.add(name + ": " + reason);
        }
    };

    @BeforeEach
    void setUp() throws Exception {
        folder = temp.resolve("messages");
        two = TwoDatabases.over(folder).started();
        two.hq.with(events);
        two.branch.with(events);
        two.hq.insert(1, "one");
        two.converge(40);
    }

    @AfterEach
    void tearDown() throws Exception {
        two.close();
    }

    private void turns(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            two.turn(Duration.ofMillis(300));
        }
    }

    /** The last one: earlier ones may be about to be deleted. */
    private static Path someMessage(Path mailbox) throws Exception {
        try (Stream<Path> files = Files.list(mailbox)) {
            return files.filter(file -> file.toString().endsWith(".msg")).max(Path::compareTo).orElseThrow();
        }
    }

    @Test
    void garbageInTheInboxIsPutAsideWithItsReason() throws Exception {
        byte[] garbage = new byte[5_000];
        new Random(1).nextBytes(garbage);
        Files.write(folder.resolve("branch").resolve("garbage.bin"), garbage);
        Files.writeString(folder.resolve("branch").resolve("empty"), "");
        two.hq.insert(2, "two");
        two.converge(40);
        assertThat(folder.resolve("branch/quarantine/garbage.bin")).exists();
        assertThat(folder.resolve("branch/quarantine/garbage.bin.reason")).content().contains("no message");
        assertThat(quarantined).hasSize(2);
        assertThat(halted).isEmpty();
        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.quarantine WHERE name IN ('garbage.bin', 'empty') AND reason <> ''")).isEqualTo("2\n");
    }

    @Test
    void aTruncatedMessageIsPutAsideAndSentAgain() throws Exception {
        two.hq.insert(2, "two").turn();
        Path message = someMessage(folder.resolve("branch"));
        byte[] bytes = Files.readAllBytes(message);
        Files.write(message, Arrays.copyOf(bytes, bytes.length / 2));
        two.converge(200);
        assertThat(quarantined).hasSize(1);
        assertThat(two.hq.neighbour("resend_count")).isEqualTo("1");
    }

    @Test
    void aMessageOfAnotherDatabaseIsPutAside() throws Exception {
        Path elsewhere = temp.resolve("elsewhere");
        try (TwoDatabases others = TwoDatabases.over(elsewhere).started()) {
            others.hq.insert(1, "foreign");
            others.converge(40);
            others.hq.insert(2, "foreign").turn();
            Path foreign = someMessage(elsewhere.resolve("branch"));
            Files.copy(foreign, folder.resolve("branch").resolve("foreign.msg"));
            Files.copy(foreign, folder.resolve("hq").resolve("astray.msg"));
        }
        turns(5);
        two.clock.pass(Duration.ofMinutes(1));
        turns(5);
        assertThat(quarantined).hasSize(2).anyMatch(text -> text.startsWith("foreign.msg") && text.contains("incarnation")).anyMatch(text -> text.startsWith("astray.msg"));
        two.hq.insert(2, "two");
        two.converge(40);
        assertThat(two.branch.rows("SELECT COUNT(*) FROM item WHERE name = 'foreign'")).isEqualTo("0\n");
    }

    @Test
    void aFileInTheFoldersPlaceIsSaidOnceAndOverByItself() throws Exception {
        clear("branch");
        Files.delete(folder.resolve("branch"));
        Files.writeString(folder.resolve("branch"), "in the way");
        two.hq.insert(2, "two");
        turns(40);
        assertThat(halted).hasSize(2).anyMatch(text -> text.startsWith("branch LINK_DOWN: LINK_FOLDER")).anyMatch(text -> text.startsWith("link FILE LINK_DOWN: LINK_FOLDER"));
        assertThat(two.hq.neighbour("state")).isEqualTo("LINK_DOWN");
        assertThat(two.hq.neighbour("state_reason")).contains("LINK_FOLDER").contains(folder.resolve("branch").toString());
        Files.delete(folder.resolve("branch"));
        two.converge(100);
        turns(10);
        assertThat(recovered).containsExactlyInAnyOrder("branch", "link FILE");
        assertThat(two.hq.neighbour("state")).isEqualTo("ACTIVE");
        assertThat(two.hq.neighbour("state_reason")).isEqualTo("null");
    }

    @Test
    void aLinkThatWorksAgainIsNotShownAsDownAnyLongerAlsoWhenNothingIsToBeSaid() throws Exception {
        clear("hq");
        Files.delete(folder.resolve("hq"));
        Files.writeString(folder.resolve("hq"), "in the way");
        two.hq.insert(2, "two").turn();
        branchTurns(10);
        assertThat(two.branch.items()).as("what comes from there is applied").isEqualTo(two.hq.items());
        assertThat(two.branch.neighbour("state")).isEqualTo("LINK_DOWN");
        two.branch.restart();
        branchTurns(10);
        assertThat(two.branch.neighbour("state")).as("nobody knows better after a restart").isEqualTo("LINK_DOWN");
        Files.delete(folder.resolve("hq"));
        branchTurns(60);
        assertThat(two.branch.neighbour("state")).isEqualTo("ACTIVE");
        assertThat(two.branch.neighbour("state_reason")).isEqualTo("null");
    }

    private void branchTurns(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            two.branch.turn();
            two.clock.pass(Duration.ofMillis(300));
        }
    }

    @Test
    void anUnknownCriticalExtensionIsPutAsideSaidAndCounted() throws Exception {
        clear("branch");
        two.hq.insert(2, "two").turn();
        Path file = someMessage(folder.resolve("branch"));
        MessageCodec codec = new MessageCodec(MessageBounds.of(100_000));
        Message message = codec.decode(Files.readAllBytes(file));
        Files.write(file, codec.encode(new Message(withExtension(message.envelope()), message.body()), MessageCodec.CODECS));
        branchTurns(10);
        assertThat(quarantined).hasSize(1).allMatch(text -> text.contains("unknown critical extension 77"));
        assertThat(halted).anyMatch(text -> text.startsWith("hq HALTED") && text.contains("unknown critical extension 77"));
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("HALTED");
        assertThat(two.branch.neighbour("receive_reason")).contains("unknown critical extension 77");
        assertThat(two.branch.rows("SELECT subject, total FROM waybill.counter WHERE name = 'put_aside'")).isEqualTo("hq|1\n");
        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.quarantine WHERE reason LIKE '%critical extension%'")).isEqualTo("1\n");
        two.converge(400);
        assertThat(two.branch.neighbour("receive_state")).as("it came again, understandable").isEqualTo("ACTIVE");
    }

    private static Envelope withExtension(Envelope plain) {
        return new Envelope(plain.kind(), plain.sender(), plain.recipient(), plain.senderIncarnation(), plain.recipientIncarnation(), plain.messageId(), plain.header(), plain.prevDigest(), plain.confirmation(),
                plain.resendRequest(), plain.head(), plain.sentAt(), plain.part(), plain.limits(), List.of(new Envelope.Extension(77, true, new byte[3])));
    }

    @Test
    void aDatabaseThatIsRevokedAndGrantedAgainIsMetAnew() throws Exception {
        assertThat(two.branch.rows("SELECT sender FROM waybill.received_table")).isEqualTo("hq\n");
        two.branch.say("REVOKE CONSOLIDATE FROM hq");
        assertThat(two.branch.rows("SELECT sender FROM waybill.received_table")).isEmpty();
        turns(2);
        two.branch.say("GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'", "DELETE FROM item");
        two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").insert(2, "two");
        two.converge(400);
        assertThat(two.branch.rows("SELECT sender FROM waybill.received_table")).isEqualTo("hq\n");
    }

    private void clear(String mailbox) throws Exception {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve(mailbox))) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void aReplicaTableWithAMissingColumnHaltsLoudlyAndGoesOnWhenItIsThere() throws Exception {
        two.branch.say("ALTER TABLE item DROP COLUMN amount");
        two.hq.insert(2, "two").insert(3, "three");
        turns(60);
        assertThat(halted).hasSize(1).allMatch(text -> text.startsWith("hq HALTED") && text.toUpperCase(Locale.ROOT).contains("AMOUNT"));
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("HALTED");
        assertThat(two.branch.rows("SELECT COUNT(*) FROM item")).isEqualTo("1\n");
        two.branch.say("ALTER TABLE item ADD COLUMN amount INT", "UPDATE item SET amount = id");
        two.converge(400);
        assertThat(recovered).containsExactly("hq");
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("ACTIVE");
    }

    @Test
    void aNeighbourWithoutItsWayStopsOnlyHim() throws Exception {
        two.hq.say("GRANT REMOTE TO pigeon TYPE FILE ADDRESS '../outside' SEND EVERY '00:00:00'");
        two.hq.insert(2, "two");
        two.converge(100);
        turns(20);
        assertThat(halted).hasSize(1).allMatch(text -> text.startsWith("pigeon LINK_DOWN: LINK_ADDRESS"));
        assertThat(temp.resolve("outside")).doesNotExist();
    }

    @Test
    void aTransactionLargerThanAMessageTravelsInParts() throws Exception {
        two.hq.with(AgentSettings.DEFAULTS.withMaxMessageBytes(10_000)).restart();
        two.branch.with(AgentSettings.DEFAULTS.withMaxMessageBytes(10_000)).restart();
        Random random = new Random(3);
        StringBuilder noise = new StringBuilder();
        for (int i = 0; i < 150_000; i++) {
            noise.append((char) ('a' + random.nextInt(26)));
        }
        two.hq.insert(2, "before");
        two.hq.write(writes -> {
            for (int i = 10; i < 40; i++) {
                writes.insert(i, noise.substring(0, 30_000 + i));
            }
        });
        two.hq.insert(3, "after");
        two.converge(200);
        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.staged_part")).isEqualTo("0\n");
        assertThat(two.branch.rows("SELECT LENGTH(name) FROM item WHERE id = 20")).isEqualTo("30020\n");
    }
}
