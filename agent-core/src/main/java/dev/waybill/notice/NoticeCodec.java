// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notice;

import dev.waybill.change.MalformedException;
import dev.waybill.message.Seal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Notices and confirmations as bytes and back. Stateless; any thread. */
public final class NoticeCodec {

    /** The longest notice. */
    public static final int LONGEST = 2_300;
    /** The length of every confirmation. */
    public static final int CONFIRMATION_BYTES = 16;

    private static final int NOTICE = 'W' << 24 | 'B' << 16 | 'N' << 8 | 1;
    private static final int CONFIRMATION = 'W' << 24 | 'B' << 16 | 'C' << 8 | 1;
    private static final int CONFIRMED = 1;
    private static final int BYTES_A_LETTER = 3;
    private static final int LONGEST_KEY_ID = 64;
    private static final int LONGEST_SIGNATURE = 64;

    private NoticeCodec() {}

    /**
     * A notice that was read, and not believed yet.
     *
     * @param covered   what the signature is of
     * @param signature empty where there is none
     */
    public record Received(Notice notice, int scheme, String keyId, byte[] covered, byte[] signature) {}

    /** A listener's word of what became of a notice: MobiLink's numbers, 0 for well. */
    public record Confirmation(long nonce, int status) {}

    /** The bytes of a notice. */
    public static byte[] encode(Notice notice, Seal seal) {
        ByteBuffer out = ByteBuffer.allocate(LONGEST);
        out.putInt(NOTICE).put((byte) (notice.confirmed() ? CONFIRMED : 0)).putLong(notice.issued().toEpochMilli()).putLong(notice.nonce()).putLong(notice.request());
        for (String text : new String[] {notice.sender(), notice.recipient(), notice.subject(), notice.content()}) {
            put(out, text.getBytes(StandardCharsets.UTF_8));
        }
        out.put((byte) seal.scheme());
        put(out, seal.keyId().getBytes(StandardCharsets.UTF_8));
        put(out, seal.sign(out.array(), out.position()));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void put(ByteBuffer out, byte[] bytes) {
        out.putShort((short) bytes.length).put(bytes);
    }

    /**
     * Reads a notice; whether it may be believed is another question.
     *
     * @throws MalformedException these bytes are none
     */
    public static Received decode(byte[] bytes) throws MalformedException {
        demand(bytes.length <= LONGEST && bytes.length > Integer.BYTES, "it has " + bytes.length + " bytes");
        ByteBuffer in = ByteBuffer.wrap(bytes);
        demand(in.getInt() == NOTICE, "it does not begin as one");
        demand(in.remaining() >= 1 + 3 * Long.BYTES, "it ends too soon");
        int flags = in.get();
        demand((flags & ~CONFIRMED) == 0, "its flags are " + flags);
        Instant issued = Instant.ofEpochMilli(in.getLong());
        long nonce = in.getLong();
        long request = in.getLong();
        String sender = text(in, Notice.LONGEST_NAME);
        String recipient = text(in, Notice.LONGEST_NAME);
        String subject = text(in, Notice.LONGEST_SUBJECT);
        String content = text(in, Notice.LONGEST_CONTENT);
        demand(in.hasRemaining(), "it ends too soon");
        int scheme = in.get();
        String keyId = text(in, LONGEST_KEY_ID);
        byte[] covered = Arrays.copyOf(bytes, in.position());
        byte[] signature = bytes(in, LONGEST_SIGNATURE);
        demand(!in.hasRemaining(), "something follows its end");
        demand((scheme == Seal.UNSIGNED) == (signature.length == 0) && (scheme != Seal.UNSIGNED || keyId.isEmpty()), "its signature is half there");
        return new Received(new Notice(flags == CONFIRMED, issued, nonce, request, sender, recipient, subject, content), scheme, keyId, covered, signature);
    }

    private static String text(ByteBuffer in, int letters) throws MalformedException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(in, letters * BYTES_A_LETTER))).toString();
            demand(text.length() <= letters, "a text has " + text.length() + " letters");
            return text;
        } catch (CharacterCodingException unreadable) {
            throw new MalformedException("a notice that cannot be read: a text is not UTF-8");
        }
    }

    private static byte[] bytes(ByteBuffer in, int most) throws MalformedException {
        demand(in.remaining() >= Short.BYTES, "it ends too soon");
        int length = Short.toUnsignedInt(in.getShort());
        demand(length <= most && length <= in.remaining(), "a part says it has " + length + " bytes");
        byte[] part = new byte[length];
        in.get(part);
        return part;
    }

    private static void demand(boolean holds, String otherwise) throws MalformedException {
        if (!holds) {
            throw new MalformedException("a notice that cannot be read: " + otherwise);
        }
    }

    /** The bytes of a confirmation. */
    public static byte[] encode(Confirmation confirmation) {
        return ByteBuffer.allocate(CONFIRMATION_BYTES).putInt(CONFIRMATION).putLong(confirmation.nonce()).putInt(confirmation.status()).array();
    }

    /** @throws MalformedException these bytes are no confirmation */
    public static Confirmation decodeConfirmation(byte[] bytes) throws MalformedException {
        demand(bytes.length == CONFIRMATION_BYTES, "a confirmation of " + bytes.length + " bytes");
        ByteBuffer in = ByteBuffer.wrap(bytes);
        demand(in.getInt() == CONFIRMATION, "it is no confirmation");
        return new Confirmation(in.getLong(), in.getInt());
    }
}
