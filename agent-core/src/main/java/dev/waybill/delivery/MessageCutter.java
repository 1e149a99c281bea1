// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.change.TransactionWriter;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.BodyFrame;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a stream of filtered transactions into messages: as many whole transactions in one as fit, a larger one into parts. Holds one message in memory, never a whole large transaction. One thread, one
 * scan; after an exception it is of no more use (what was not sent is sent by the next scan).
 *
 * <pre>
 *   transactions up to A, B, C that fit together    (e-P-C-0)
 *   a transaction up to D that does not fit at all  (e-C-C-0) (e-C-C-1) … (e-C-D-n)
 * </pre>
 *
 * A message always ends at a COMMIT that it contains, and the next one begins there: entries that do not concern the subscriber lie inside the range of the message that follows them, and a journal's
 * tail of such entries moves {@code log_scanned}, not {@code log_sent}. So no message is ever sent to say that there was nothing.
 */
public final class MessageCutter {

    /**
     * A message without its address.
     *
     * @param part         null for a whole message
     * @param digestAtLast digest at {@code header.last()}; for a part that is not the last one, at {@code header.prev()}
     */
    public record Piece(MessageKind kind, MessageHeader header, Digest prevDigest, Envelope.Part part, Digest digestAtLast, byte[] body) {}

    /** Takes the pieces, in order. */
    public interface Sink {
        void take(Piece piece) throws IOException;
    }

    private final int epoch;
    private final int limit;
    private final int wholeLimit;
    private final byte[] filter;
    private final Sink sink;
    private final Position first;
    private final List<Envelope.Held> held;
    private final Body body = new Body();
    private MessageKind kind;
    private Position prev;
    private Position framed;
    private int framedBytes;
    private int sequence;
    private long cutBytes;
    /** Of the transaction that is cut now; null between two. */
    private Digest cut;

    /**
     * @param prev      position last sent
     * @param epoch     for every header
     * @param bodyBytes longest plain body of a part, and of a transaction that is not cut; see {@link #bodyBytes}
     * @param wholeBytes longest plain body of several transactions together, at least {@code bodyBytes}: more where they compress well. What is cut never depends on it, so that parts of one transaction fit together
     *                  however the compression went
     * @param filter    names what was left out for the subscriber, so that parts cut under another filter never mix with these
     * @param held      parts that follow {@code prev} and that the subscriber has: the sink is not given them, but for the last part of a transaction
     */
    public MessageCutter(Position prev, int epoch, int bodyBytes, int wholeBytes, byte[] filter, List<Envelope.Held> held, Sink sink) {
        if (bodyBytes <= BodyFrame.HEAD_BYTES || wholeBytes < bodyBytes) {
            throw new IllegalArgumentException("body limits " + bodyBytes + " and " + wholeBytes);
        }
        this.wholeLimit = wholeBytes;
        this.first = prev;
        this.held = List.copyOf(held);
        this.prev = prev;
        this.framed = prev;
        this.epoch = epoch;
        this.limit = bodyBytes;
        this.filter = filter.clone();
        this.sink = sink;
    }

    /** With one limit for all bodies. */
    public MessageCutter(Position prev, int epoch, int bodyBytes, byte[] filter, Sink sink) {
        this(prev, epoch, bodyBytes, bodyBytes, filter, List.of(), sink);
    }

    /** What is left for a body when neither side's limit for the whole message may be passed. R7: the sender cuts to the recipient's limit. */
    public static int bodyBytes(DeliverySettings settings, Integer theirLimit) {
        int whole = theirLimit == null ? settings.maxMessageBytes() : Math.min(settings.maxMessageBytes(), theirLimit);
        return Math.max(whole, DeliverySettings.LEAST_MESSAGE_BYTES) - settings.envelopeBytes();
    }

    /**
     * The next transaction that may concern the subscriber. Its encoded form is written to the stream, which is then closed; closed without a byte it counts as not concerning him.
     *
     * @param kind what its message is: a message holds one kind
     */
    public OutputStream transaction(MessageKind kind, LogOffset offset, Digest digest) throws IOException {
        if (kind != this.kind) {
            sendWhole();
            this.kind = kind;
        }
        return new Transaction(new Position(prev.incarnation(), offset, digest));
    }

    /** Sends what is still held. To be called at the end of the scan. */
    public void flush() throws IOException {
        sendWhole();
    }

    /** Not named flush: within {@link Transaction} that name would mean the stream's own. */
    private void sendWhole() throws IOException {
        if (framedBytes > 0) {
            MessageHeader header = new MessageHeader(epoch, prev.offset(), framed.offset(), 0);
            Piece piece = new Piece(kind, header, prev.digest(), null, framed.digest(), body.take(framedBytes));
            prev = framed;
            framedBytes = 0;
            sink.take(piece);
        }
    }

    private void cut(Position end, boolean last) throws IOException {
        byte[] bytes = body.take(body.size());
        MessageHeader header = new MessageHeader(epoch, prev.offset(), last ? end.offset() : prev.offset(), sequence);
        cut = cut == null ? cutOf(end.digest()) : cut;
        Envelope.Part part = new Envelope.Part(cut, cutBytes, last ? cutBytes + bytes.length : -1);
        Digest prevDigest = prev.digest();
        boolean there = !last && isThere();
        sequence++;
        cutBytes += bytes.length;
        if (last) {
            prev = end;
            framed = end;
            sequence = 0;
            cutBytes = 0;
            cut = null;
        }
        if (!there) {
            sink.take(new Piece(kind, header, prevDigest, part, prev.digest(), bytes));
        }
    }

    /** R3, R4: the same part of the same cut at the same place. */
    private boolean isThere() {
        return prev.equals(first) && held.stream().anyMatch(each -> each.cut().equals(cut) && each.has(sequence));
    }

    private Digest cutOf(Digest transaction) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((byte) TransactionWriter.FORMAT);
            sha.update(transaction.bytes());
            sha.update(Integer.toString(limit).getBytes(StandardCharsets.US_ASCII));
            sha.update(filter);
            return Digest.of(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Frames one transaction while it is written. */
    private final class Transaction extends OutputStream {

        private final Position end;
        private boolean begun;
        private boolean closed;

        Transaction(Position end) {
            this.end = end;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length > 0 && !begun) {
                begun = true;
                if (body.size() + BodyFrame.HEAD_BYTES > wholeLimit) {
                    sendWhole();
                }
                body.writeHead(body.size(), end, -1);
            }
            int done = 0;
            while (done < length) {
                if (own() >= limit || body.size() >= wholeLimit) {
                    makeRoom();
                }
                int now = Math.min(length - done, Math.min(limit - own(), wholeLimit - body.size()));
                body.write(bytes, from + done, now);
                done += now;
            }
        }

        /** Bytes of this transaction that are held. */
        private int own() {
            return body.size() - framedBytes;
        }

        /** More bytes are coming: send the whole transactions before this one first, then parts of this one. */
        private void makeRoom() throws IOException {
            if (framedBytes > 0) {
                sendWhole();
            } else {
                cut(end, false);
            }
        }

        @Override
        public void close() throws IOException {
            if (closed || !begun) {
                closed = true;
                return;
            }
            closed = true;
            if (sequence > 0) {
                cut(end, true);
                return;
            }
            body.writeHead(framedBytes, end, body.size() - framedBytes - BodyFrame.HEAD_BYTES);
            framedBytes = body.size();
            framed = end;
        }
    }

    /** The message that is being filled. */
    private static final class Body extends ByteArrayOutputStream {

        private static final byte[] NO_HEAD = new byte[BodyFrame.HEAD_BYTES];

        /** The first bytes, which leave; the others move to the front. */
        byte[] take(int length) {
            byte[] first = Arrays.copyOf(buf, length);
            System.arraycopy(buf, length, buf, 0, count - length);
            count -= length;
            return first;
        }

        /** The head of a frame, over one that is there or behind all. */
        void writeHead(int at, Position end, long length) {
            if (at == count) {
                write(NO_HEAD, 0, NO_HEAD.length);
            }
            BodyFrame.writeHead(buf, at, end.offset(), end.digest(), length);
        }
    }
}
