// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import dev.waybill.message.MessagePrinter;
import dev.waybill.message.Seal;
import dev.waybill.seal.SealPolicy.Signatures;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Messages as an attacker on the way would have them. */
class SealedMessageTest {

    private static final Instant NOW = Instant.parse("2026-11-22T15:00:00Z");
    private static final SealPolicy OPTIONAL = new SealPolicy(Signatures.OPTIONAL, false);
    private static final SealPolicy ENCRYPTED = new SealPolicy(Signatures.REQUIRED, true);

    private final OwnKey hq = key("hq");
    private final OwnKey branch = key("branch");
    private final OwnKey shop = key("shop");
    private final KeyBook atBranch = new KeyBook(List.of(branch), List.of(hq.shown(), shop.shown()));
    private final List<KeyTrust.Announcement> announced = new ArrayList<>();
    private final byte[] secret = "a salary that nobody else may know, and again: a salary that nobody else may know".getBytes(StandardCharsets.UTF_8);

    @Test
    void whatIsSignedByATrustedKeyIsBelieved() throws MalformedException {
        Message message = message("hq", secret);
        byte[] bytes = encode(message, new KeySeal(hq, null));
        assertThat(codec(SealPolicy.STRICT).decode(bytes)).isEqualTo(message);
        assertThat(codec(OPTIONAL).decode(bytes)).isEqualTo(message);
        assertThat(codec(new SealPolicy(Signatures.OFF, false)).decode(bytes)).isEqualTo(message);
    }

    @Test
    void noBitOfASignedMessageCanBeAltered() {
        byte[] bytes = encode(message("hq", new byte[100]), new KeySeal(hq, null));
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] altered = bytes.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> codec(SealPolicy.STRICT).decode(altered)).as("bit %s", bit).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void whoSaysThatHeIsSomebodyElseIsNotBelieved() {
        refused(Reason.UNSIGNED, "is not signed", encode(message("hq", secret), Seal.NONE));
        refused(Reason.UNSIGNED, "no key of hq", encode(message("hq", secret), new KeySeal(key("hq"), null)));
        refused(Reason.UNSIGNED, "no key of hq", encode(message("hq", secret), new KeySeal(shop, null)));
        refused(Reason.UNSIGNED, "not of this message", encode(message("hq", secret), signing(hq.shown().id(), shop)));
        refused(Reason.UNSIGNED, "not of this message", encode(message("hq", secret), new Scrawled(hq.shown().id())));
        refused(Reason.UNSIGNED, "no key of stranger", encode(message("stranger", secret), new KeySeal(key("stranger"), null)));
    }

    @Test
    void aNewKeyIsHeardOfFromWhoIsTrustedAlone() throws MalformedException {
        String text = KeyText.write(key("hq").shown());
        Message message = message("hq", new byte[0]);
        Message announcing = new Message(message.envelope().announcing(text), message.body());
        for (Seal forged : List.of(Seal.NONE, new KeySeal(shop, null), new KeySeal(key("hq"), null), signing(hq.shown().id(), shop))) {
            assertThatThrownBy(() -> codec(SealPolicy.STRICT).decode(encode(announcing, forged))).isInstanceOf(MalformedException.class);
        }
        codec(OPTIONAL).decode(encode(announcing, Seal.NONE));
        codec(OPTIONAL).decode(encode(announcing, new KeySeal(key("hq"), null)));
        codec(new SealPolicy(Signatures.OFF, false)).decode(encode(announcing, new KeySeal(hq, null)));
        assertThat(announced).as("nobody has verified it").isEmpty();
        codec(SealPolicy.STRICT).decode(encode(announcing, new KeySeal(hq, null)));
        assertThat(announced).containsExactly(new KeyTrust.Announcement("hq", hq.shown().id(), text));
    }

    @Test
    void anEndedKeyIsNotBelieved() {
        KeyBook ended = new KeyBook(List.of(), List.of(hq.shown().ending(NOW)));
        byte[] bytes = encode(message("hq", secret), new KeySeal(hq, null));
        assertThatThrownBy(() -> codec(ended, SealPolicy.STRICT).decode(bytes)).hasMessageContaining("trusted here now");
    }

    @Test
    void whereSignaturesAreOptionalAWrongOneIsStillRefusedAndAnUnknownOneCountsAsNone() throws MalformedException {
        Message message = message("hq", secret);
        assertThat(codec(OPTIONAL).decode(encode(message, Seal.NONE))).isEqualTo(message);
        assertThat(codec(OPTIONAL).decode(encode(message, new KeySeal(key("hq"), null)))).isEqualTo(message);
        assertThatThrownBy(() -> codec(OPTIONAL).decode(encode(message, signing(hq.shown().id(), shop)))).hasMessageContaining("altered, or forged");
    }

    @Test
    void anEncryptedBodyIsReadByItsRecipientAndNobodyElse() throws Exception {
        Message message = message("hq", secret);
        byte[] bytes = encode(message, new KeySeal(hq, branch.shown()));
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("salary");
        assertThat(codec(ENCRYPTED).decode(bytes)).isEqualTo(message);
        KeyBook atShop = new KeyBook(List.of(shop), List.of(hq.shown()));
        assertThatThrownBy(() -> new MessageCodec(MessageBounds.of(50_000), new KeyTrust(atShop, "shop", any -> ENCRYPTED, NOW, announced::add, new Doorstep()), Set.of()).decode(bytes)).hasMessageContaining("not on the ring");
        assertThatThrownBy(() -> new MessageCodec(MessageBounds.of(50_000)).decode(bytes)).hasMessageContaining("no keys here");
        StringBuilder shown = new StringBuilder();
        assertThat(new MessagePrinter(shown, MessageBounds.of(50_000)).print(bytes)).isTrue();
        assertThat(shown).contains("The body is encrypted for branch").doesNotContain("salary");
    }

    @Test
    void anEncryptedBodyCannotBePutIntoAnotherEnvelopeNotEvenBySomebodyTrusted() {
        Seal thief = new Forged(shop.shown().id(), new KeySeal(shop, branch.shown()), new byte[0]);
        refused(Reason.UNDECRYPTABLE, "altered", encode(message("shop", secret), thief));
    }

    @Test
    void whereEncryptionIsRequiredWhatOthersCanReadIsNotTaken() throws MalformedException {
        byte[] readable = encode(message("hq", secret), new KeySeal(hq, null));
        assertThatThrownBy(() -> codec(ENCRYPTED).decode(readable)).isInstanceOfSatisfying(MalformedException.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.UNDECRYPTABLE));
        Message empty = message("hq", new byte[0]);
        assertThat(codec(ENCRYPTED).decode(encode(empty, new KeySeal(hq, branch.shown())))).as("there is nothing to be read").isEqualTo(empty);
    }

    @Test
    void aCompressedBombIsRefusedBeforeItIsBig() {
        MessageCodec narrow = new MessageCodec(new MessageBounds(50_000, 1_000), new KeyTrust(atBranch, "branch", any -> SealPolicy.STRICT, NOW, announced::add, new Doorstep()), Set.of());
        byte[] bomb = encode(message("hq", new byte[10_000_000]), new KeySeal(hq, branch.shown()));
        assertThat(bomb.length).isLessThan(50_000);
        assertThatThrownBy(() -> narrow.decode(bomb)).isInstanceOfSatisfying(MalformedException.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.OVERSIZE));
    }

    @Test
    void bothWaysDemandsAreMet() {
        assertThat(OPTIONAL.and(SealPolicy.STRICT)).isEqualTo(SealPolicy.STRICT);
        assertThat(SealPolicy.STRICT.and(new SealPolicy(Signatures.OFF, true))).isEqualTo(ENCRYPTED);
    }

    private void refused(Reason reason, String why, byte[] bytes) {
        assertThatThrownBy(() -> codec(SealPolicy.STRICT).decode(bytes)).hasMessageContaining(why)
                .isInstanceOfSatisfying(MalformedException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private MessageCodec codec(SealPolicy policy) {
        return codec(atBranch, policy);
    }

    private MessageCodec codec(KeyBook keys, SealPolicy policy) {
        return new MessageCodec(MessageBounds.of(50_000), new KeyTrust(keys, "branch", any -> policy, NOW, announced::add, new Doorstep()), Set.of());
    }

    private static byte[] encode(Message message, Seal seal) {
        return new MessageCodec(MessageBounds.of(50_000)).encode(message, MessageCodec.CODECS, seal);
    }

    private static Message message(String sender, byte[] body) {
        Position head = new Position(new UUID(1, 2), new LogOffset(20), new Digest(3, 4));
        Envelope envelope = new Envelope(MessageKind.DATA, sender, "branch", new UUID(1, 2), new UUID(5, 6), new UUID(7, 8), new MessageHeader(0, new LogOffset(10), new LogOffset(20), 0), new Digest(1, 1), null, null, head, NOW,
                null, new Envelope.Limits(50_000, MessageCodec.CODECS, List.of()), List.of());
        return new Message(envelope, body);
    }

    /** Names one key and signs by another. */
    private static Seal signing(String named, OwnKey by) {
        return new Forged(named, new KeySeal(by, null), null);
    }

    /** @param bound with what the body is bound together, instead of the envelope */
    private record Forged(String keyId, KeySeal by, byte[] bound) implements Seal {
        @Override
        public int scheme() {
            return by.scheme();
        }

        @Override
        public byte[] sign(byte[] message, int length) {
            return by.sign(message, length);
        }

        @Override
        public int encryption() {
            return by.encryption();
        }

        @Override
        public int encryptedBytes(int bodyBytes) {
            return by.encryptedBytes(bodyBytes);
        }

        @Override
        public byte[] encrypt(byte[] body, byte[] envelope) {
            return by.encrypt(body, bound);
        }
    }

    private record Scrawled(String keyId) implements Seal {
        @Override
        public int scheme() {
            return ED25519;
        }

        @Override
        public byte[] sign(byte[] message, int length) {
            return new byte[] {1, 2, 3};
        }
    }

    private static OwnKey key(String publisher) {
        try {
            return OwnKey.make(publisher, NOW);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
