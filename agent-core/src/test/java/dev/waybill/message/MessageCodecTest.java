// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import static dev.waybill.message.MessageSamples.CODEC;
import static dev.waybill.message.MessageSamples.compressible;
import static dev.waybill.message.MessageSamples.encode;
import static dev.waybill.message.MessageSamples.envelope;
import static dev.waybill.message.MessageSamples.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.delivery.DeliverySettings;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Extension;
import dev.waybill.message.Envelope.Held;
import dev.waybill.message.Envelope.Limits;
import dev.waybill.message.Envelope.Part;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.Envelope.Vouch;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MessageCodecTest {

    @Property(tries = 500)
    void anyMessageComesBackEqual(@ForAll("envelopes") Envelope envelope, @ForAll @Size(max = 500) byte[] body) throws MalformedException {
        Message message = new Message(envelope, body);
        MessageCodec codec = new MessageCodec(MessageBounds.of(100_000), Trust.ALL, Set.of(1));
        byte[] bytes = codec.encode(message, MessageCodec.CODECS);
        assertThat(codec.decode(bytes)).isEqualTo(message);
        assertThat(codec.peek(bytes).envelope()).isEqualTo(envelope);
        assertThat(MessageCodec.seemingSender(bytes)).isEqualTo(envelope.sender());
    }

    @Property(tries = 200)
    void partsThatAreThereComeBackEqualUpToSoManyRuns(@ForAll @Size(max = 60) List<@IntRange(max = 40) Integer> runs) throws MalformedException {
        BitSet parts = new BitSet();
        int at = 0;
        for (int run = 0; run < runs.size(); run++) {
            parts.set(at, at + runs.get(run), run % 2 == 0);
            at += runs.get(run);
        }
        Held held = new Held(new Digest(3, 4), parts);
        Envelope envelope = CODEC.decode(encode(new Message(envelope(MessageKind.RESEND_REQUEST, null, held.extension()), new byte[0]))).envelope();
        assertThat(envelope.held()).containsExactly(held);
    }

    @Test
    void ofPartsInTooManyRunsTheFirstAreTold() {
        BitSet parts = new BitSet();
        for (int i = 0; i < 1_000; i += 2) {
            parts.set(i);
        }
        Envelope envelope = envelope(MessageKind.RESEND_REQUEST, null, new Held(new Digest(3, 4), parts).extension());
        assertThat(envelope.held().get(0).parts()).isEqualTo(parts.get(0, 64));
        assertThat(envelope.extensions().get(0).content()).hasSizeLessThan(100);
    }

    @Test
    void whatAStreamRestsOnComesBackEqualAndWhoDoesNotKnowItPutsItAside() throws MalformedException {
        for (Vouch vouch : List.of(new Vouch(null, 0, LogOffset.ZERO, Digest.ZERO), new Vouch(new UUID(5, 6), 7, new LogOffset(1L << 40), new Digest(3, 4)))) {
            Envelope envelope = CODEC.decode(encode(new Message(envelope(MessageKind.HEARTBEAT, null, vouch.extension(), Envelope.declining(9)), new byte[0]))).envelope();
            assertThat(envelope.vouch()).isEqualTo(vouch);
            assertThat(envelope.declined()).isEqualTo(9);
            assertThat(vouch.extension().critical()).as("a program of before must not follow").isTrue();
        }
        assertThat(envelope(MessageKind.DATA, null).vouch()).isNull();
        assertThat(envelope(MessageKind.DATA, null).declined()).isZero();
        for (int type : new int[] {Vouch.TYPE, Envelope.DECLINED_TYPE}) {
            byte[] nonsense = encode(new Message(envelope(MessageKind.DATA, null, new Extension(type, false, new byte[] {9, 9, 9})), new byte[0]));
            assertThatThrownBy(() -> CODEC.decode(nonsense)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void bodyIsCompressedOnlyWhereItHelpsAndTheRecipientCan() throws MalformedException {
        assertThat(CODEC.peek(encode(compressible(20_000))).codec()).isEqualTo(MessageCodec.DEFLATE);
        assertThat(encode(compressible(20_000))).hasSizeLessThan(3_000);
        assertThat(CODEC.peek(encode(message(20_000))).codec()).isEqualTo(MessageCodec.PLAIN);
        assertThat(CODEC.peek(CODEC.encode(compressible(20_000), List.of(MessageCodec.PLAIN))).codec()).isEqualTo(MessageCodec.PLAIN);
        for (int length : new int[] {0, 1, 99, 100, 101, 20_000}) {
            assertThat(CODEC.decode(encode(compressible(length)))).isEqualTo(compressible(length));
            assertThat(CODEC.decode(encode(message(length)))).isEqualTo(message(length));
        }
    }

    @Test
    void envelopeOfOrdinaryNamesTakesAFewHundredBytes() {
        assertThat(encode(message(0))).hasSizeLessThan(300);
    }

    @Test
    void envelopeOfTheLongestNamesAndNumbersFitsIntoTheRoomThatDeliveryLeaves() {
        String longest = "€".repeat(128);
        Position far = new Position(new UUID(-1, -1), new LogOffset(Long.MAX_VALUE), new Digest(-1, -1));
        Envelope envelope = new Envelope(MessageKind.DATA, longest, longest, new UUID(-1, -1), new UUID(-1, -1), new UUID(-1, -1), new MessageHeader(Integer.MAX_VALUE, far.offset(), far.offset(), Integer.MAX_VALUE),
                far.digest(), far, new ResendRequest(new UUID(-1, -1), Integer.MAX_VALUE, far), far, Instant.MAX, new Part(far.digest(), Long.MAX_VALUE, Long.MAX_VALUE - 1),
                new Limits(Integer.MAX_VALUE, MessageCodec.CODECS, List.of(longest)), List.of());
        assertThat(encode(new Message(envelope, new byte[0]))).hasSizeLessThan(DeliverySettings.STANDARD.envelopeBytes());
    }

    @Test
    void oversizeMessagesAndBodiesAreOversize() {
        byte[] bytes = encode(compressible(40_000));
        assertReason(Reason.OVERSIZE, new MessageCodec(new MessageBounds(bytes.length - 1, 100_000)), bytes);
        assertReason(Reason.OVERSIZE, new MessageCodec(new MessageBounds(bytes.length, 39_999)), bytes);
        assertThat(MessageCodec.seemingSender(Arrays.copyOf(bytes, 50))).isEqualTo("hq");
    }

    @Test
    void messageForNewerReadersIsTooNewAndSaysFromWhom() {
        byte[] bytes = encode(message(10));
        bytes[5] = 2;
        assertReason(Reason.TOO_NEW, CODEC, MessageSurgery.withTrueChecksum(bytes));
        bytes[5] = 1;
        bytes[4] = 9;
        assertThat(decoded(MessageSurgery.withTrueChecksum(bytes))).isEqualTo(message(10));
    }

    @Test
    void unknownExtensionIsKeptOrRefusedByItsCriticalBit() {
        Message ignorable = new Message(envelope(MessageKind.DATA, null, new Extension(7, false, new byte[] {1}), new Extension(7, false, new byte[0])), new byte[0]);
        assertThat(decoded(encode(ignorable))).isEqualTo(ignorable);
        Message critical = new Message(envelope(MessageKind.DATA, null, new Extension(7, true, new byte[] {1})), new byte[0]);
        assertReason(Reason.UNKNOWN_CRITICAL, CODEC, encode(critical));
    }

    @Test
    void unknownKindCodecAndEncryptionHaveTheirReasons() {
        byte[] bytes = encode(message(0));
        bytes[MessageCodec.KIND_AT] = 99;
        assertReason(Reason.UNKNOWN_CRITICAL, CODEC, MessageSurgery.withTrueChecksum(bytes));
        byte[] codec = encode(message(0));
        int codecAt = codec.length - 6 - 6;
        assertThat(Arrays.copyOfRange(codec, codecAt, codec.length - 6)).containsOnly(0);
        codec[codecAt] = 9;
        assertReason(Reason.UNKNOWN_CRITICAL, CODEC, MessageSurgery.withTrueChecksum(codec));
        codec[codecAt] = 0;
        codec[codecAt + 2] = 1;
        assertReason(Reason.UNDECRYPTABLE, CODEC, MessageSurgery.withTrueChecksum(codec));
    }

    @Test
    void signatureOfAnySchemeFitsWithoutAnotherFormat() throws GeneralSecurityException, MalformedException {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        MessageCodec signing = new MessageCodec(MessageBounds.of(50_000), new Ed25519(keys), Set.of());
        byte[] signed = signing.encode(message(1000), MessageCodec.CODECS, new Ed25519(keys));
        assertThat(signing.decode(signed)).isEqualTo(message(1000));
        assertThat(CODEC.decode(signed)).isEqualTo(message(1000));
        assertThat(CODEC.peek(signed).signature().keyId()).isEqualTo("key of hq");
        assertReason(Reason.UNSIGNED, signing, encode(message(1000)));
        for (int at : new int[] {20, 500, signed.length - 75}) {
            byte[] forged = signed.clone();
            forged[at] ^= 1;
            byte[] checksummed = MessageSurgery.withTrueChecksum(forged);
            assertThatThrownBy(() -> signing.decode(checksummed)).isInstanceOf(MalformedException.class);
        }
        byte[] otherSignature = signed.clone();
        otherSignature[signed.length - 1] ^= 1;
        assertReason(Reason.UNSIGNED, signing, otherSignature);
    }

    @Provide
    Arbitrary<Envelope> envelopes() {
        Arbitrary<String> names = Arbitraries.strings().ofMaxLength(20);
        Arbitrary<UUID> ids = Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
        Arbitrary<Digest> digests = Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(Digest::new);
        Arbitrary<LogOffset> offsets = Arbitraries.longs().greaterOrEqual(0).map(LogOffset::new);
        Arbitrary<Integer> counts = Arbitraries.integers().greaterOrEqual(0);
        Arbitrary<Position> positions = Combinators.combine(ids, offsets, digests).as(Position::new);
        Arbitrary<MessageHeader> headers = Combinators.combine(counts, offsets, offsets, counts)
                .as((count, a, b, sequence) -> new MessageHeader(count, a.isBefore(b) ? a : b, a.isBefore(b) ? b : a, sequence));
        Arbitrary<Instant> instants = Combinators.combine(Arbitraries.longs().between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()), Arbitraries.longs().between(0, 999_999_999)).as(Instant::ofEpochSecond);
        Arbitrary<ResendRequest> requests = Combinators.combine(ids, counts, positions).as(ResendRequest::new);
        Arbitrary<Part> parts = Combinators.combine(digests, Arbitraries.longs().greaterOrEqual(0), Arbitraries.longs().between(-1, Long.MAX_VALUE - 1)).as(Part::new);
        Arbitrary<Limits> limits = Combinators.combine(counts, counts.list().ofMaxSize(4), names.list().ofMaxSize(3)).as(Limits::new);
        Arbitrary<List<Extension>> extensions = Combinators.combine(counts, Arbitraries.bytes().array(byte[].class).ofMaxSize(20)).as((type, content) -> new Extension(type >= Envelope.Stream.TYPE && type <= Envelope.DECLINED_TYPE ? 1 : type, type == 1, content)).list().ofMaxSize(3);
        return Combinators.combine(Combinators.combine(Arbitraries.of(MessageKind.values()), names, names, ids, ids.injectNull(0.3), ids, headers, digests).as(
                (kind, sender, recipient, mine, theirs, id, header, digest) -> new Envelope(kind, sender, recipient, mine, theirs, id, header, digest, null, null, null, null, null, null, List.of())),
                positions.injectNull(0.3), requests.injectNull(0.5), positions, instants, parts.injectNull(0.5), limits, extensions).as((first, confirmation, request, head, sentAt, part, limit, extension) -> new Envelope(first.kind(),
                        first.sender(), first.recipient(), first.senderIncarnation(), first.recipientIncarnation(), first.messageId(), first.header(), first.prevDigest(), confirmation, request, head, sentAt, part,
                        limit, extension));
    }

    private static Message decoded(byte[] bytes) {
        try {
            return CODEC.decode(bytes);
        } catch (MalformedException refused) {
            throw new AssertionError(refused);
        }
    }

    private static void assertReason(Reason reason, MessageCodec codec, byte[] bytes) {
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOfSatisfying(MalformedException.class, refused -> assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason));
    }

    /** One key that signs and is trusted. */
    private record Ed25519(KeyPair keys) implements Seal, Trust {
        @Override
        public int scheme() {
            return 1;
        }

        @Override
        public String keyId() {
            return "key of hq";
        }

        @Override
        public byte[] sign(byte[] message, int length) {
            try {
                java.security.Signature signature = java.security.Signature.getInstance("Ed25519");
                signature.initSign(keys.getPrivate());
                signature.update(message, 0, length);
                return signature.sign();
            } catch (GeneralSecurityException broken) {
                throw new AssertionError(broken);
            }
        }

        @Override
        public void believe(Cover cover, byte[] message) throws MalformedException {
            Signature found = cover.signature();
            if (found.scheme() != scheme() || !found.keyId().equals(keyId()) || !isOf(found, message)) {
                throw new MalformedException(Reason.UNSIGNED, "no signature of " + keyId());
            }
        }

        private boolean isOf(Signature found, byte[] message) {
            try {
                java.security.Signature signature = java.security.Signature.getInstance("Ed25519");
                signature.initVerify(keys.getPublic());
                signature.update(message, 0, found.coveredBytes());
                return signature.verify(found.content());
            } catch (GeneralSecurityException notASignature) {
                return false;
            }
        }

        @Override
        public byte[] decrypt(Cover cover, byte[] body, byte[] bound) {
            throw new AssertionError("nothing is encrypted");
        }
    }
}
