// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.message.Envelope.Extension;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Messages to bytes and back, as the package page draws them. What was encoded is decoded to an equal message; everything else is refused with a {@link MalformedException} whose reason says what rule R7 does with it.
 * Immutable; any thread.
 */
public final class MessageCodec {

    /** Codec of bodies that travel as they are. */
    public static final int PLAIN = 0;

    /** Codec of bodies in raw deflate. */
    public static final int DEFLATE = 1;

    /** What this program decodes. */
    public static final List<Integer> CODECS = List.of(PLAIN, DEFLATE);
    /** What everybody decodes who has ever said anything: these came with the first format of messages. */
    public static final List<Integer> EVERYBODYS = List.of(PLAIN, DEFLATE);

    static final int MAGIC = 0xd7574159;
    static final int FORMAT = 1;
    static final int CHECKSUM_AT = 6;
    static final int KIND_AT = 10;
    private static final int CHECKSUM_BYTES = 4;
    private static final int LEAST_SIGNATURE_BYTES = 2;

    private final MessageBounds bounds;
    private final Trust trust;
    private final Set<Integer> extensions;

    /**
     * @param bounds     of what is decoded
     * @param trust      which messages are believed
     * @param extensions types of extensions that the caller knows beside those of {@link Envelope}: critical ones of other types are refused
     */
    public MessageCodec(MessageBounds bounds, Trust trust, Set<Integer> extensions) {
        this.bounds = bounds;
        this.trust = trust;
        this.extensions = Set.copyOf(extensions);
    }

    /** Believing everything, knowing no extensions. */
    public MessageCodec(MessageBounds bounds) {
        this(bounds, Trust.ALL, Set.of());
    }

    /** As {@link #encode(Message, List, Seal)}, neither signed nor encrypted. */
    public byte[] encode(Message message, List<Integer> codecs) {
        return encode(message, codecs, Seal.NONE);
    }

    /**
     * The bytes of a message; its body is compressed where the recipient can decompress it and it helps. Never longer than the body and {@link Envelope} need: what is to fit into a limit is cut before.
     *
     * @param codecs what the recipient decodes, from his {@link Envelope.Limits}; plain is always possible
     * @param seal   how it is signed and encrypted
     */
    public byte[] encode(Message message, List<Integer> codecs, Seal seal) {
        byte[] deflated = codecs.contains(DEFLATE) ? Deflate.compress(message.body()) : null;
        byte[] body = deflated == null ? message.body() : deflated;
        int encryption = body.length == 0 ? Seal.UNENCRYPTED : seal.encryption();
        ByteSink sink = new ByteSink(512 + body.length);
        sink.putInt(MAGIC);
        sink.putByte(FORMAT);
        sink.putByte(FORMAT);
        sink.putInt(0);
        EnvelopeCodec.write(sink, message.envelope());
        sink.putByte(deflated == null ? PLAIN : DEFLATE);
        sink.putText(seal.keyId());
        sink.putByte(encryption);
        sink.putVarint(message.body().length);
        sink.putVarint(encryption == Seal.UNENCRYPTED ? body.length : seal.encryptedBytes(body.length));
        EnvelopeCodec.writeExtensions(sink, message.envelope().extensions());
        if (encryption == Seal.UNENCRYPTED) {
            sink.putBytes(body);
        } else {
            sink.putBytes(seal.encrypt(body, sink.slice(KIND_AT, sink.size())));
        }
        return close(sink, seal);
    }

    /** The message in these bytes. */
    public Message decode(byte[] bytes) throws MalformedException {
        Opened opened = open(bytes);
        Cover cover = opened.cover();
        believe(cover, bytes);
        return new Message(cover.envelope(), cover.encryption() == Seal.UNENCRYPTED ? plain(cover, bytes, opened.bodyAt(), cover.encodedBytes()) : decrypted(opened, bytes));
    }

    private byte[] decrypted(Opened opened, byte[] bytes) throws MalformedException {
        int bodyAt = opened.bodyAt();
        byte[] body = trust.decrypt(opened.cover(), Arrays.copyOfRange(bytes, bodyAt, bodyAt + opened.cover().encodedBytes()), Arrays.copyOfRange(bytes, KIND_AT, bodyAt));
        return plain(opened.cover(), body, 0, body.length);
    }

    private static byte[] plain(Cover cover, byte[] bytes, int from, int length) throws MalformedException {
        if (cover.codec() == DEFLATE) {
            return Deflate.decompress(bytes, from, length, cover.plainBytes());
        }
        if (cover.plainBytes() != length) {
            throw new MalformedException("a plain body has two lengths, " + cover.plainBytes() + " and " + length);
        }
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** What stands on the outside, checked as {@link #decode} checks it; the body is not touched. */
    public Cover peek(byte[] bytes) throws MalformedException {
        Cover cover = open(bytes).cover();
        believe(cover, bytes);
        return cover;
    }

    /** As {@link #peek}, but signature, encryption, codec and extensions may be anything: for showing a message to a person. */
    Cover look(byte[] bytes) throws MalformedException {
        return open(bytes).cover();
    }

    /**
     * Who seems to have sent bytes that are refused, oversize and newer ones included; null when not even that can be read. Nothing has been verified: good for saying whose stream has stopped, for nothing else.
     *
     * @param bytes the message, or its beginning
     */
    public static String seemingSender(byte[] bytes) {
        try {
            ByteSource source = new ByteSource(bytes);
            if (source.getInt() != MAGIC) {
                return null;
            }
            source.getBytes(KIND_AT - Integer.BYTES + 1);
            return source.getText("sender");
        } catch (MalformedException unreadable) {
            return null;
        }
    }

    /** A message taken apart: its cover, and where its body begins. */
    private record Opened(Cover cover, int bodyAt) {}

    private static byte[] close(ByteSink sink, Seal seal) {
        byte[] covered = sink.bytes();
        int checksumAt = covered.length;
        for (int i = 0; i < Integer.BYTES; i++) {
            covered[CHECKSUM_AT + i] = (byte) (checksumAt >>> 24 - 8 * i);
        }
        sink.truncate(0);
        sink.putBytes(covered);
        sink.putInt(checksum(covered, checksumAt));
        byte[] signed = sink.bytes();
        sink.putByte(seal.scheme());
        sink.putBlock(seal.sign(signed, signed.length));
        return sink.bytes();
    }

    private Opened open(byte[] bytes) throws MalformedException {
        if (bytes.length > bounds.messageBytes()) {
            throw new MalformedException(Reason.OVERSIZE, "a message has " + bytes.length + " bytes, " + bounds.messageBytes() + " are accepted");
        }
        ByteSource source = new ByteSource(bytes);
        if (source.getInt() != MAGIC) {
            throw new MalformedException("this is no message: it does not begin with D7 57 41 59");
        }
        source.getByte();
        int leastReader = source.getByte();
        int checksumAt = checkedChecksum(bytes, source.getInt());
        if (leastReader > FORMAT) {
            throw new MalformedException(Reason.TOO_NEW, "a message needs a reader of format " + leastReader + ", this program knows " + FORMAT);
        }
        Seal.Signature signature = signature(bytes, checksumAt + CHECKSUM_BYTES);
        return open(new ByteSource(bytes, KIND_AT, checksumAt), signature);
    }

    private static int checkedChecksum(byte[] bytes, int checksumAt) throws MalformedException {
        if (checksumAt <= KIND_AT || checksumAt > bytes.length - CHECKSUM_BYTES - LEAST_SIGNATURE_BYTES) {
            throw new MalformedException("a message of " + bytes.length + " bytes cannot have its checksum at byte " + checksumAt + ": it was cut off or damaged");
        }
        if (new ByteSource(bytes, checksumAt, checksumAt + CHECKSUM_BYTES).getInt() != checksum(bytes, checksumAt)) {
            throw new MalformedException("the checksum of a message does not agree: it was damaged on the way");
        }
        return checksumAt;
    }

    private static Seal.Signature signature(byte[] bytes, int coveredBytes) throws MalformedException {
        ByteSource source = new ByteSource(bytes, coveredBytes, bytes.length);
        int scheme = source.getByte();
        byte[] content = source.getBlock("signature");
        source.expectEnd("a message");
        if (scheme > 127 || (scheme == Seal.UNSIGNED) != (content.length == 0)) {
            throw new MalformedException("a message has a signature of scheme " + scheme + " with " + content.length + " bytes");
        }
        return new Seal.Signature(scheme, "", coveredBytes, content);
    }

    private static Opened open(ByteSource source, Seal.Signature unnamed) throws MalformedException {
        Envelope fields = EnvelopeCodec.read(source);
        int codec = source.getByte();
        Seal.Signature signature = new Seal.Signature(unnamed.scheme(), source.getText("key id"), unnamed.coveredBytes(), unnamed.content());
        int encryption = source.getByte();
        int plainBytes = source.getNumber(Integer.MAX_VALUE, "plain length");
        int encodedBytes = source.getNumber(Integer.MAX_VALUE, "encoded length");
        Envelope envelope = EnvelopeCodec.withExtensions(fields, source);
        if (encodedBytes != source.remaining()) {
            throw new MalformedException("a message announces a body of " + encodedBytes + " bytes, it has " + source.remaining());
        }
        return new Opened(new Cover(envelope, codec, encryption, plainBytes, encodedBytes, signature), source.position());
    }

    private void believe(Cover cover, byte[] bytes) throws MalformedException {
        trust.believe(cover, bytes);
        if (cover.encryption() != Seal.UNENCRYPTED && cover.encryption() != Seal.HPKE) {
            throw new MalformedException(Reason.UNDECRYPTABLE, "a message is encrypted in the unknown way " + cover.encryption());
        }
        if (!CODECS.contains(cover.codec())) {
            throw new MalformedException(Reason.UNKNOWN_CRITICAL, "a message has a body in the unknown codec " + cover.codec());
        }
        if (cover.plainBytes() > bounds.plainBytes()) {
            throw new MalformedException(Reason.OVERSIZE, "a message has a body of " + cover.plainBytes() + " bytes when decompressed, " + bounds.plainBytes() + " are accepted");
        }
        for (Extension extension : cover.envelope().extensions()) {
            if (extension.critical() && extension.type() != Envelope.Stream.TYPE && extension.type() != Envelope.Vouch.TYPE && !extensions.contains(extension.type())) {
                throw new MalformedException(Reason.UNKNOWN_CRITICAL, "a message has the unknown critical extension " + extension.type());
            }
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
