// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageKind;
import dev.waybill.message.Seal;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.TrustedKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two databases that must sign, over a folder into which an attacker can put what he likes and from which he can take copies. */
class SealedReplicationTest {

    private static final MessageCodec PLAIN = new MessageCodec(MessageBounds.of(100_000));

    @TempDir
    Path temp;

    private final List<String> quarantined = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final List<byte[]> recorded = new ArrayList<>();
    private final List<String> recipients = new ArrayList<>();
    private Path folder;
    private TwoDatabases two;

    @BeforeEach
    void bothHaveKeysAndExchangedThem() throws Exception {
        folder = temp.resolve("folder");
        two = TwoDatabases.over(folder);
        two.hq.with(AgentSettings.DEFAULTS.withKeys(temp.resolve("hq-keys"))).with(events());
        two.branch.with(AgentSettings.DEFAULTS.withKeys(temp.resolve("branch-keys"))).with(events());
        two.hq.say("SET REMOTE FILE OPTION signature = 'required'");
        two.branch.say("SET REMOTE FILE OPTION signature = 'required'");
        introduce("hq", "branch");
        introduce("branch", "hq");
        two.started();
        two.hq.insert(1, "one");
        two.converge(200);
    }

    @AfterEach
    void close() throws Exception {
        two.close();
    }

    private AgentEvents events() {
        return new AgentEvents() {
            @Override
            public void quarantined(String link, String name, String reason) {
                quarantined.add(reason);
            }

            @Override
            public void halted(String subject, String state, String reason) {
                said.add(subject + " " + state + ": " + reason);
            }
        };
    }

    private TrustedKey introduce(String whose, String to) throws Exception {
        TrustedKey key = ring(whose).make(whose);
        ring(to).trust(KeyRing.export(key), Duration.ofDays(30));
        return key;
    }

    private KeyRing ring(String whose) {
        return new KeyRing(temp.resolve(whose + "-keys"), two.clock);
    }

    @Test
    void everyMessageIsSignedByItsSender() throws Exception {
        two.hq.insert(2, "two");
        turnRecording(40);
        assertThat(recorded).isNotEmpty().allSatisfy(bytes -> {
            Envelope envelope = PLAIN.peek(bytes).envelope();
            assertThat(ring(envelope.sender()).read().ownOf(envelope.sender())).map(TrustedKey::id).contains(PLAIN.peek(bytes).signature().keyId());
        });
        assertThat(quarantined).isEmpty();
        assertThat(two.isEqual()).isTrue();
    }

    @Test
    void aForgerWithoutAKeyChangesNothingButTheQuarantine() throws Exception {
        two.hq.insert(2, "two");
        turnRecording(40);
        String before = state();
        int forged = 0;
        for (int i = 0; i < recorded.size(); i++) {
            Message message = PLAIN.decode(recorded.get(i));
            for (Envelope envelope : List.of(message.envelope(), disguised(message.envelope(), MessageKind.CONFIRMATION), disguised(message.envelope(), MessageKind.RESEND_REQUEST), disguised(message.envelope(), MessageKind.JOIN),
                    disguised(message.envelope(), MessageKind.HEARTBEAT))) {
                put(recipients.get(i), PLAIN.encode(new Message(envelope, message.body()), MessageCodec.CODECS));
                forged++;
            }
        }
        turns(20);
        assertThat(quarantined).hasSize(forged).allMatch(reason -> reason.contains("is not signed"));
        assertThat(state()).isEqualTo(before);
        assertThat(said).anyMatch(text -> text.contains("HALTED") && text.contains("is not signed"));
        two.hq.insert(3, "three");
        two.converge(200);
        assertThat(two.branch.neighbour("receive_state")).as("heard rightly again").isEqualTo("ACTIVE");
    }

    @Test
    void everythingThatWasEverSentSaidOnceMoreChangesNothing() throws Exception {
        two.hq.insert(2, "two").write(writes -> writes.update(1, "uno")).write(writes -> writes.delete(2));
        turnRecording(60);
        String before = state();
        for (int round = 0; round < 2; round++) {
            for (int i = recorded.size() - 1; i >= 0; i--) {
                put(recipients.get(i), recorded.get(i));
                put(recipients.get(i).equals("hq") ? "branch" : "hq", recorded.get(i));
            }
            turns(30);
        }
        assertThat(state()).isEqualTo(before);
        assertThat(two.branch.items()).isEqualTo("1|uno|-1\n");
        two.hq.insert(3, "three");
        two.converge(200);
    }

    @Test
    void anAlteredMessageIsPutAsideAndItsContentComesAgain() throws Exception {
        two.hq.insert(2, "two").turn();
        Path message = newest("branch");
        byte[] bytes = Files.readAllBytes(message);
        Message read = PLAIN.decode(bytes);
        byte[] body = read.body().clone();
        body[body.length - 1] ^= 1;
        Files.write(message, PLAIN.encode(new Message(read.envelope(), body), MessageCodec.CODECS, new Borrowed(PLAIN.peek(bytes).signature())));
        two.converge(400);
        assertThat(quarantined).hasSize(1).allMatch(reason -> reason.contains("altered, or forged"));
        assertThat(two.branch.items()).contains("2|two|2");
    }

    @Test
    void neitherSizeNorFormatOfAForgedMessageStopsTheStream() throws Exception {
        two.hq.insert(2, "two").turn();
        byte[] bytes = Files.readAllBytes(newest("branch"));
        byte[] newer = bytes.clone();
        newer[5] = 99;
        put("branch", withTrueChecksum(newer));
        put("branch", Arrays.copyOf(bytes, 60_000));
        two.converge(200);
        assertThat(quarantined).hasSize(2).anyMatch(reason -> reason.contains("format 99")).anyMatch(reason -> reason.contains("bytes"));
        assertThat(two.branch.items()).contains("2|two|2");
    }

    /** Nobody carries anything: the old key says what the new one is, and the neighbour says from when he believes it. */
    @Test
    void aKeyIsReplacedWithoutAnybodyComingAndNothingStops() throws Exception {
        String old = ring("hq").read().ownOf("hq").get(0).id();
        two.clock.pass(Duration.ofSeconds(1));
        TrustedKey fresh = ring("hq").make("hq");
        for (int i = 2; i < 6; i++) {
            two.hq.insert(i, "meanwhile");
            two.clock.pass(Duration.ofSeconds(2));
            turns(10);
        }
        two.converge(200);
        assertThat(ring("branch").read().trusted()).filteredOn(key -> key.id().equals(fresh.id())).singleElement().satisfies(key -> assertThat(key.by()).isEqualTo(old));
        recorded.clear();
        recipients.clear();
        two.hq.insert(7, "seven");
        turnRecording(40);
        assertThat(signers("hq")).containsOnly(fresh.id());
        ring("hq").remove(old);
        two.clock.pass(Duration.ofSeconds(2));
        two.hq.insert(8, "eight");
        two.converge(200);
        assertThat(quarantined).isEmpty();
    }

    /** Until then the old one signs, and where the neighbour hears nothing a person brings the new one. */
    @Test
    void aKeyThatAPersonBringsIsUsedFromThenOn() throws Exception {
        String old = ring("hq").read().ownOf("hq").get(0).id();
        two.clock.pass(Duration.ofSeconds(1));
        TrustedKey fresh = ring("hq").make("hq");
        ring("branch").trust(KeyRing.export(fresh), Duration.ofDays(30));
        two.clock.pass(Duration.ofSeconds(2));
        turns(10);
        recorded.clear();
        recipients.clear();
        two.hq.insert(3, "three");
        turnRecording(40);
        assertThat(signers("hq")).containsOnly(fresh.id());
        ring("hq").remove(old);
        ring("branch").remove(old);
        two.hq.insert(4, "four");
        two.converge(200);
        assertThat(quarantined).isEmpty();
    }

    /** A thief of a key may have announced one of his own: who takes the stolen one off takes that along, and what was recorded does not bring it back. */
    @Test
    void whatAStolenKeyAnnouncedGoesWithItAndDoesNotComeBack() throws Exception {
        String stolen = ring("hq").read().ownOf("hq").get(0).id();
        two.clock.pass(Duration.ofSeconds(1));
        TrustedKey thiefs = ring("hq").make("hq");
        recorded.clear();
        recipients.clear();
        turnRecording(60);
        two.clock.pass(Duration.ofSeconds(2));
        turns(20);
        assertThat(ring("branch").read().trusted()).extracting(TrustedKey::id).contains(stolen, thiefs.id());
        assertThat(ring("branch").remove(stolen)).containsExactly(stolen, thiefs.id());
        for (int i = 0; i < recorded.size(); i++) {
            put(recipients.get(i), recorded.get(i));
        }
        two.clock.pass(Duration.ofSeconds(2));
        turns(20);
        assertThat(ring("branch").read().trusted()).isEmpty();
    }

    @Test
    void aKeyThatIsTakenOffTheRingIsNotBelievedAnyMore() throws Exception {
        two.hq.insert(2, "two");
        two.converge(200);
        ring("branch").remove(ring("hq").read().ownOf("hq").get(0).id());
        two.clock.pass(Duration.ofSeconds(2));
        two.hq.insert(3, "three");
        turns(40);
        assertThat(two.branch.items()).doesNotContain("three");
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("HALTED");
        assertThat(two.branch.neighbour("receive_reason")).contains("no key of hq that is trusted here now").contains("keys import");
        introduce("hq", "branch");
        two.converge(1000);
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("ACTIVE");
    }

    @Test
    void nothingLeavesUnsignedAndWhatIsMissingIsSaidUntilItIsThere() throws Exception {
        String id = ring("hq").read().ownOf("hq").get(0).id();
        ring("hq").remove(id);
        two.clock.pass(Duration.ofSeconds(2));
        clear("branch");
        two.hq.insert(2, "two");
        turns(20);
        assertThat(two.hq.neighbour("state")).isEqualTo("LINK_DOWN");
        assertThat(two.hq.neighbour("state_reason")).contains("SEAL_KEY_MISSING").contains("keys make hq");
        assertThat(count("branch")).isZero();
        introduce("hq", "branch");
        two.converge(1000);
        assertThat(two.hq.neighbour("state")).isEqualTo("ACTIVE");
    }

    @Test
    void whatIsEncryptedIsNowhereOnTheWayToBeRead() throws Exception {
        two.hq.say("SET REMOTE FILE OPTION encryption = 'required'");
        two.branch.say("SET REMOTE FILE OPTION encryption = 'required'");
        turns(5);
        recorded.clear();
        recipients.clear();
        two.hq.write(writes -> {
            for (int i = 10; i < 400; i++) {
                writes.insert(i, "nobody else may know " + UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)}));
            }
        });
        turnRecording(60);
        assertThat(two.isEqual()).isTrue();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        recorded.forEach(all::writeBytes);
        assertThat(all.toString(StandardCharsets.ISO_8859_1)).doesNotContain("nobody else");
        assertThat(recorded).anyMatch(bytes -> encryption(bytes) != 0).allMatch(bytes -> encryption(bytes) != 0 || plainBytes(bytes) == 0);
    }

    @Test
    void aBranchThatDoesNotEncryptIsToldSo() throws Exception {
        two.branch.say("SET REMOTE FILE OPTION encryption = 'required'");
        two.hq.insert(2, "two");
        turns(40);
        assertThat(two.branch.neighbour("receive_reason")).contains("is not encrypted, and must be here");
        two.hq.say("SET REMOTE FILE OPTION encryption = 'required'");
        two.converge(1000);
    }

    private static byte[] withTrueChecksum(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int checksumAt = buffer.getInt(6);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, checksumAt);
        buffer.putInt(checksumAt, (int) crc.getValue());
        return bytes;
    }

    private static int encryption(byte[] bytes) {
        try {
            return PLAIN.peek(bytes).encryption();
        } catch (IOException damaged) {
            throw new AssertionError(damaged);
        }
    }

    private static int plainBytes(byte[] bytes) {
        try {
            return PLAIN.peek(bytes).plainBytes();
        } catch (IOException damaged) {
            throw new AssertionError(damaged);
        }
    }

    private List<String> signers(String sender) throws Exception {
        List<String> ids = new ArrayList<>();
        for (byte[] bytes : recorded) {
            if (PLAIN.peek(bytes).envelope().sender().equals(sender)) {
                ids.add(PLAIN.peek(bytes).signature().keyId());
            }
        }
        return ids;
    }

    /** What a forger can say in the name of another: the numbers are good ones, the kind is his. */
    private static Envelope disguised(Envelope from, MessageKind kind) {
        Envelope.ResendRequest request = kind == MessageKind.RESEND_REQUEST || kind == MessageKind.JOIN ? new Envelope.ResendRequest(from.recipientIncarnation(), 7, from.confirmation() == null ? from.head() : from.confirmation()) : null;
        return new Envelope(kind, from.sender(), from.recipient(), from.senderIncarnation(), from.recipientIncarnation(), new UUID(9, from.header().prev().bytes()), from.header(), from.prevDigest(), from.confirmation(), request, from.head(),
                from.sentAt(), null, from.limits(), from.extensions());
    }

    /** What messages must not change: everything of both but times and what is shown. */
    private String state() throws Exception {
        String query = "SELECT user_name, log_sent, confirm_sent, log_received, log_scanned, resend_count, rereceive_count FROM waybill.remote_user";
        return two.hq.rows(query) + two.branch.rows(query) + two.hq.items() + two.branch.items();
    }

    private void turns(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            two.turn(Duration.ofMillis(300));
        }
    }

    /** Turns both, keeping a copy of every message that lies on the way. */
    private void turnRecording(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            two.hq.turn();
            record("branch");
            two.branch.turn();
            record("hq");
            two.clock.pass(Duration.ofMillis(300));
        }
    }

    private void record(String mailbox) throws Exception {
        for (Path file : messages(mailbox)) {
            byte[] bytes;
            try {
                bytes = Files.readAllBytes(file);
            } catch (NoSuchFileException taken) {
                continue; // its recipient's agent deletes it beside its turns; it was recorded when it came
            }
            if (recorded.stream().noneMatch(known -> Arrays.equals(known, bytes))) {
                recorded.add(bytes);
                recipients.add(mailbox);
            }
        }
    }

    private List<Path> messages(String mailbox) throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve(mailbox))) {
            return files.filter(file -> file.toString().endsWith(".msg")).sorted().toList();
        }
    }

    private Path newest(String mailbox) throws Exception {
        List<Path> files = messages(mailbox);
        return files.get(files.size() - 1);
    }

    private int count(String mailbox) throws Exception {
        return messages(mailbox).size();
    }

    private void clear(String mailbox) throws Exception {
        for (Path file : messages(mailbox)) {
            Files.deleteIfExists(file);
        }
    }

    private void put(String mailbox, byte[] bytes) throws Exception {
        Files.write(folder.resolve(mailbox).resolve(UUID.randomUUID() + ".msg"), bytes);
    }

    /** The signature of another message. */
    private record Borrowed(Signature from) implements Seal {
        @Override
        public int scheme() {
            return from.scheme();
        }

        @Override
        public String keyId() {
            return from.keyId();
        }

        @Override
        public byte[] sign(byte[] message, int length) {
            return from.content();
        }
    }
}
