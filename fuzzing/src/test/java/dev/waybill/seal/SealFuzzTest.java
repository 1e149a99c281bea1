// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.change.MalformedException;
import dev.waybill.fuzzing.Bounds;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Timeout;

/**
 * Sealed messages and bodies from somebody without a key. An input is a message as it is, with a true checksum where it has the place of one, or a row of edits of a message that was really signed and encrypted: none is believed but that message itself.
 */
class SealFuzzTest {

    private static final int LIMIT = 50_000;
    private static final SealPolicy ENCRYPTED = new SealPolicy(SealPolicy.Signatures.REQUIRED, true);
    private static final Instant NOW = Instant.parse("2026-11-22T15:00:00Z");
    private static final byte[] BODY = "a salary that nobody else may know".getBytes(StandardCharsets.UTF_8);

    private static final OwnKey HQ = key("hq");
    private static final OwnKey BRANCH = key("branch");
    private static final KeyBook BOOK = new KeyBook(List.of(BRANCH), List.of(HQ.shown()));
    private static final MessageCodec STRICT = codec(ENCRYPTED);
    private static final MessageCodec OPTIONAL = codec(new SealPolicy(SealPolicy.Signatures.OPTIONAL, false));
    private static final byte[] SEALED = sealed();

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void nothingIsBelievedThatWasNotSealedSo(byte[] bytes) throws Exception {
        Bounds.within(256L * LIMIT * 16, () -> {
            demandRefused(STRICT, bytes);
            demandRefused(STRICT, summed(bytes));
            byte[] edited = edited(bytes);
            demandRefused(STRICT, edited);
            demandRefused(STRICT, summed(edited));
            read(OPTIONAL, summed(edited));
            opened(bytes);
        });
    }

    private void demandRefused(MessageCodec codec, byte[] bytes) {
        Message message = read(codec, bytes);
        Bounds.demand(message == null || Arrays.equals(bytes, SEALED), "a message was believed that nobody sealed");
    }

    private static Message read(MessageCodec codec, byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (MalformedException refused) {
            Bounds.demand(refused.getMessage() != null && refused.reason() != null, "refused without a reason");
            return null;
        }
    }

    private void opened(byte[] bytes) {
        try {
            Hpke.AES_256.open(BRANCH.decryptingPair(), KeySeal.INFO, new byte[0], bytes);
            Bounds.demand(false, "a body was opened that nobody encrypted");
        } catch (GeneralSecurityException refused) {
            Bounds.demand(refused.getClass() != null, "refused");
        }
    }

    /** Three bytes are an edit: where, and what stands there from now on; what is left over is put behind. */
    private byte[] edited(byte[] bytes) {
        byte[] edited = SEALED.clone();
        int at = 0;
        for (; at + 3 <= bytes.length && at < 30; at += 3) {
            edited[(bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8) % edited.length] = bytes[at + 2];
        }
        byte[] longer = Arrays.copyOf(edited, edited.length + bytes.length - at);
        System.arraycopy(bytes, at, longer, edited.length, bytes.length - at);
        return longer;
    }

    private static byte[] summed(byte[] bytes) {
        if (bytes.length < 14) {
            return bytes;
        }
        byte[] mended = bytes.clone();
        ByteBuffer buffer = ByteBuffer.wrap(mended);
        int at = buffer.getInt(6);
        if (at >= 10 && at <= mended.length - 4) {
            CRC32C crc = new CRC32C();
            crc.update(mended, 0, at);
            buffer.putInt(at, (int) crc.getValue());
        }
        return mended;
    }

    private static MessageCodec codec(SealPolicy policy) {
        return new MessageCodec(MessageBounds.of(LIMIT), new KeyTrust(BOOK, "branch", sender -> policy, NOW, announcement -> { }, new Doorstep()), Set.of());
    }

    private static byte[] sealed() {
        Position head = new Position(new UUID(1, 2), new LogOffset(20), new Digest(3, 4));
        Envelope envelope = new Envelope(MessageKind.DATA, "hq", "branch", new UUID(1, 2), new UUID(5, 6), new UUID(7, 8), new MessageHeader(0, new LogOffset(10), new LogOffset(20), 0), new Digest(1, 1), null, null, head, NOW,
                null, new Envelope.Limits(LIMIT, MessageCodec.CODECS, List.of()), List.of());
        return new MessageCodec(MessageBounds.of(LIMIT)).encode(new Message(envelope, BODY), MessageCodec.CODECS, new KeySeal(HQ, BRANCH.shown()));
    }

    private static OwnKey key(String name) {
        try {
            return OwnKey.make(name, NOW);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
