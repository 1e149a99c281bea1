// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.MalformedException;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/**
 * Everything about a message but its body.
 *
 * @param kind                 what it is
 * @param sender               publisher who sends
 * @param recipient            remote user or consolidated database for whom it is
 * @param senderIncarnation    the sender's history
 * @param recipientIncarnation the recipient's history as the sender last knew it; null when not yet known
 * @param messageId            random
 * @param header               the four fields; zeros outside the chain, except for HEARTBEAT: epoch, position last sent twice, 0
 * @param prevDigest           the sender's digest at {@code header.prev}
 * @param confirmation         how far the sender has applied the recipient's journal; null when it has heard nothing yet
 * @param resendRequest        what is to be sent again; null except in RESEND_REQUEST and JOIN
 * @param head                 the head of the sender's journal, for showing lag
 * @param sentAt               by the sender's clock
 * @param part                 which bytes of a large transaction this part holds; null for whole messages
 * @param limits               what the sender of this message can receive
 * @param extensions           typed extras; unknown critical ones quarantine the message, others are ignored
 */
public record Envelope(MessageKind kind, String sender, String recipient, UUID senderIncarnation, UUID recipientIncarnation, UUID messageId,
        MessageHeader header, Digest prevDigest, Position confirmation, ResendRequest resendRequest, Position head, Instant sentAt, Part part,
        Limits limits, List<Extension> extensions) {

    private static final int NEXT_KEY = 32;
    private static final int NEXT_KEY_BYTES = 2_000;

    public Envelope {
        extensions = List.copyOf(extensions);
    }

    /**
     * Send again.
     *
     * @param incarnation the history of the one who is asked
     * @param epoch       the asker's new {@code rereceive_count}
     * @param from        where the asker is
     */
    public record ResendRequest(UUID incarnation, int epoch, Position from) {}

    /**
     * Where a part lies in the encoded transaction that it is cut from. Parts of different cuts never mix.
     *
     * @param cut         digest of (version of the encoding, transaction's digest, part size limit, subscriber): the same only for parts cut alike
     * @param fromByte    first byte of this part in the whole
     * @param totalBytes  length of the whole; -1 on all but the last part
     */
    public record Part(Digest cut, long fromByte, long totalBytes) {}

    /**
     * What the sender of a message can receive, so that the other side cuts to it.
     *
     * @param maxMessageBytes longest message
     * @param codecs          ids of the codecs that it decodes
     * @param keyIds          ids of the keys that it accepts; empty where nothing is signed
     */
    public record Limits(int maxMessageBytes, List<Integer> codecs, List<String> keyIds) {
        public Limits {
            codecs = List.copyOf(codecs);
            keyIds = List.copyOf(keyIds);
        }
    }

    /**
     * Which streams a message belongs to: it and its recipient both count how often the stream from one to the other began anew, and a message of an older stream is void. Travels as an extension, unless both are the first.
     *
     * <pre>
     *   extension 16, critical:  number varint · base offset varint · base digest 16 · received varint
     * </pre>
     *
     * @param number     of the sender's stream to the recipient, from 0: of what the header orders, and of a heartbeat
     * @param base       the sender's offset after which it began
     * @param baseDigest the sender's digest there
     * @param received   of the recipient's stream to the sender: to which confirmation and resend request belong
     */
    public record Stream(int number, LogOffset base, Digest baseDigest, int received) {

        /** Both are the first. */
        public static final Stream FIRST = new Stream(0, LogOffset.ZERO, Digest.ZERO, 0);

        /** Of the extension. */
        public static final int TYPE = 16;

        /** As it travels: an extension, or none. */
        public List<Extension> extensions() {
            return equals(FIRST) ? List.of() : List.of(new Extension(TYPE, true, EnvelopeCodec.bytes(this)));
        }
    }

    /**
     * Parts of what the asker gets next that it has already, of one cut: they need not travel again. Travels as an extension beside a resend request, one for each cut.
     *
     * <pre>
     *   extension 17, not critical:  cut 16 · runs varint · lengths varint: parts that are there, parts that are missing, there, missing, …
     * </pre>
     *
     * @param cut   from which they are
     * @param parts their sequences
     */
    public record Held(Digest cut, BitSet parts) {

        /** Of the extension. */
        public static final int TYPE = 17;
        /** Beyond so many runs nothing is told: those parts travel again. */
        static final int MOST_RUNS = 64;

        public Held {
            parts = (BitSet) parts.clone();
        }

        /** A copy. */
        @Override
        public BitSet parts() {
            return (BitSet) parts.clone();
        }

        /** Whether this part is there. */
        public boolean has(int sequence) {
            return parts.get(sequence);
        }

        /** As it travels. */
        public Extension extension() {
            return new Extension(TYPE, false, EnvelopeCodec.bytes(this));
        }
    }

    /**
     * R11: what the recipient has, or is before, when it hears of a stream that rests on somebody's word instead of snapshots: a recipient that is not there yet was restored to the time before that word. Travels as an extension with every
     * message of such a stream.
     *
     * <pre>
     *   extension 18, critical:  [recipient's incarnation 16] · number of the sender's stream varint · offset varint · digest 16
     * </pre>
     *
     * @param incarnation of the recipient; null where nothing of it was heard before the word
     * @param stream      of the sender's, in which the recipient was heard last
     * @param offset      of the sender's journal, where it was then
     * @param digest      the sender's digest there
     */
    public record Vouch(UUID incarnation, int stream, LogOffset offset, Digest digest) {

        /** Of the extension. */
        public static final int TYPE = 18;

        /** As it travels. */
        public Extension extension() {
            return new Extension(TYPE, true, EnvelopeCodec.bytes(this));
        }
    }

    /** Of the extension by which a resend request says that the recipient's stream of this number is not followed: number varint. Not critical: who does not know it never sends what could be declined. */
    public static final int DECLINED_TYPE = 19;

    /** As it travels. */
    public static Extension declining(int stream) {
        return new Extension(DECLINED_TYPE, false, EnvelopeCodec.bytesOfNumber(stream));
    }

    /** The number of the recipient's stream that the sender does not follow; 0 for none. */
    public int declined() {
        return read(DECLINED_TYPE, EnvelopeCodec::number, 0);
    }

    /** On what the sender's stream rests; null for nobody's word. */
    public Vouch vouch() {
        return read(Vouch.TYPE, EnvelopeCodec::vouch, null);
    }

    /** What the asker has already of what it gets next; empty but beside a resend request. */
    public List<Held> held() {
        List<Held> held = new ArrayList<>();
        for (Extension extension : extensions) {
            if (extension.type() == Held.TYPE) {
                try {
                    held.add(EnvelopeCodec.held(extension.content()));
                } catch (MalformedException unchecked) {
                    throw new IllegalArgumentException(unchecked);
                }
            }
        }
        return held;
    }

    /** A key of the sender that the recipient does not know yet, as the room {@code seal} writes it; null for none. Nothing but a signature by one that he knows makes it worth anything. */
    public String nextKey() {
        return extensions.stream().filter(extension -> extension.type() == NEXT_KEY && extension.content().length <= NEXT_KEY_BYTES).findFirst().map(extension -> new String(extension.content(), StandardCharsets.UTF_8)).orElse(null);
    }

    /** The same, with a key of the sender that the recipient does not know yet. */
    public Envelope announcing(String key) {
        List<Extension> more = new ArrayList<>(extensions);
        more.add(new Extension(NEXT_KEY, false, key.getBytes(StandardCharsets.UTF_8)));
        return new Envelope(kind, sender, recipient, senderIncarnation, recipientIncarnation, messageId, header, prevDigest, confirmation, resendRequest, head, sentAt, part, limits, more);
    }

    /** To which streams it belongs. */
    public Stream stream() {
        return read(Stream.TYPE, EnvelopeCodec::stream, Stream.FIRST);
    }

    /** Of one type of extension. */
    private interface Content<T> {
        T of(byte[] content) throws MalformedException;
    }

    private <T> T read(int type, Content<T> content, T absent) {
        for (Extension extension : extensions) {
            if (extension.type() == type) {
                try {
                    return content.of(extension.content());
                } catch (MalformedException unchecked) {
                    throw new IllegalArgumentException(unchecked);
                }
            }
        }
        return absent;
    }

    /** A typed extra. */
    public record Extension(int type, boolean critical, byte[] content) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Extension extension && type == extension.type && critical == extension.critical
                    && Arrays.equals(content, extension.content);
        }

        @Override
        public int hashCode() {
            return 31 * type + Arrays.hashCode(content);
        }
    }
}
