// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliverySettings;
import dev.waybill.delivery.MessageCutter;
import dev.waybill.delivery.SenderAction;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * What goes to one neighbour in one scan of the journal. Ends early when its link does not work or its stream was taken elsewhere meanwhile; the scan goes on for the others. The machine learns what was sent at the end, when
 * the link has said that all of it was handed over: until then it may be sent again. One thread.
 */
final class OutStream {

    /** Messages that wait to be handed over, in their order, while the next are put together. */
    private static final int ENCODED_AHEAD = 4;

    private final Neighbour to;
    private final SenderAction.SendFrom action;
    private final Post post;
    private final Speech speech;
    private final InstantSource clock;
    private final int bodyBytes;
    private final long speaksOf;
    private final MessageCutter cutter;
    private final Executor beside;
    private final Queue<Held> pieces = new ArrayDeque<>();
    private final List<SenderEvent.SentMessage> accepted = new ArrayList<>();
    private LogOffset looked;
    private boolean hasParts;
    private boolean stopped;
    private boolean again;

    /**
     * @param speaksOf {@link dev.waybill.durable.AgentDatabase#committed} of the part of the journal that is looked through
     * @param beside   encodes, which is half of the work
     */
    OutStream(Neighbour to, SenderAction.SendFrom action, long speaksOf, DeliverySettings settings, Post post, Speech speech, Executor beside, InstantSource clock) {
        this.to = to;
        this.action = action;
        this.post = post;
        this.speech = speech;
        this.beside = beside;
        this.clock = clock;
        this.speaksOf = speaksOf;
        this.bodyBytes = MessageCutter.bodyBytes(settings, post.longestMessage(to));
        this.cutter = new MessageCutter(action.prev(), action.epoch(), bodyBytes, to.compression().wholeBytes(bodyBytes), to.name().getBytes(StandardCharsets.UTF_8), action.held(), this::send);
        this.looked = action.scanFrom();
        this.stopped = !isCurrent();
    }

    /** The machine still wants exactly this. */
    private boolean isCurrent() {
        return to.sending().kept().sent().equals(action.prev()) && to.sending().kept().resendCount() == action.epoch() && to.sending().kept().stream() == action.stream();
    }

    Neighbour to() {
        return to;
    }

    /** Where its part of the scan begins. */
    LogOffset scanFrom() {
        return action.scanFrom();
    }

    /** Whether the entry at this offset is still to be looked at for it. */
    boolean wants(LogOffset entry) {
        return !stopped && entry.isAfter(looked);
    }

    boolean isStopped() {
        return stopped;
    }

    /** Nothing is written to it in this scan, and nothing counts as looked at. */
    void stop() {
        stopped = true;
    }

    /** Nothing more is written to it in this scan, and nothing from here on counts as looked at; what is held leaves. */
    void cut() throws SQLException, IOException {
        flush();
        stopped = true;
    }

    /** Writes one transaction that concerns it. The stream is closed only after all was written: closing says that the transaction is whole. */
    void transaction(MessageKind kind, LogOffset offset, Digest digest, Content content) throws SQLException, IOException {
        try {
            OutputStream out = cutter.transaction(kind, offset, digest);
            content.writeTo(out);
            out.close();
            if (hasParts) {
                handOverAll(); // or every neighbour's stream would hold some of a large transaction
            }
        } catch (StoppedException end) {
            stopped = true;
        } catch (PostFailedException failed) {
            throw failed.cause;
        }
    }

    /** The entry at this offset was looked at, and what concerns it was written. */
    void looked(LogOffset offset) {
        if (!stopped) {
            looked = offset;
        }
    }

    /** What is held leaves. */
    void flush() throws SQLException, IOException {
        if (stopped) {
            return;
        }
        try {
            cutter.flush();
            handOverAll();
        } catch (StoppedException end) {
            stopped = true;
        } catch (PostFailedException failed) {
            throw failed.cause;
        }
    }

    /** All that left was handed over: the machine learns it, and how far the journal was looked through. */
    void end() {
        accepted.forEach(sent -> to.tell(sent, clock.instant()));
        if (!stopped) {
            to.tell(new SenderEvent.Scanned(looked, action.epoch(), action.stream()), clock.instant());
        }
        if (again) {
            to.tell(new SenderEvent.Due(), clock.instant());
        }
    }

    private void send(MessageCutter.Piece piece) throws IOException {
        Envelope envelope = to.envelopes().inChain(speech.moment(to), piece.kind(), piece.header(), piece.prevDigest(), piece.part());
        pieces.add(new Held(new SenderEvent.SentMessage(piece.header(), piece.digestAtLast()), post.encoding(to, envelope, piece.body())));
        hasParts |= piece.part() != null;
        if (pieces.size() > 1) { // one alone is encoded sooner than another thread wakes up
            pieces.forEach(held -> held.encoding().begin(beside));
        }
        if (pieces.size() > ENCODED_AHEAD) {
            handOver(pieces.remove());
        }
    }

    private void handOverAll() throws IOException {
        while (!pieces.isEmpty()) {
            handOver(pieces.remove());
        }
        hasParts = false;
    }

    private void handOver(Held held) throws IOException {
        Post.Outcome outcome;
        try {
            outcome = post.sendSoon(to, held.encoding(), speaksOf);
        } catch (SQLException failed) {
            throw new PostFailedException(failed);
        }
        if (outcome == Post.Outcome.TOO_LARGE) {
            to.compression().disappointed();
            again = true; // it compressed worse than what went before: the same once more, in bodies that fit however they compress
        }
        if (outcome != Post.Outcome.SENT) {
            throw new StoppedException();
        }
        accepted.add(held.sent());
    }

    /** Writes a transaction as this neighbour is to see it; nothing when it does not concern him. */
    interface Content {
        void writeTo(OutputStream out) throws SQLException, IOException;
    }

    /** A message that is not handed over yet, and what the machine learns when it is. */
    private record Held(SenderEvent.SentMessage sent, Encoding encoding) {}

    private static final class StoppedException extends IOException { }

    private static final class PostFailedException extends IOException {
        private final transient SQLException cause;

        private PostFailedException(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
