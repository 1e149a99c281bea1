// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a {@link Sender} knows about one subscriber. Immutable; any thread.
 *
 * @param kept    outlives a crash: columns of {@code waybill.remote_user}
 * @param passing does not: after a restart it begins with {@link Passing#NOTHING}, which is safe (hello is said at start, and the answer brings what is needed)
 */
public record SenderState(Kept kept, Passing passing) {

    /**
     * The row's part. All positions are of my own journal.
     *
     * @param peerIncarnation {@code incarnation}: of the other database; null until first contact
     * @param resendCount     {@code resend_count}: the epoch of every header that I send
     * @param sent            {@code log_sent}, {@code digest_sent}: the last COMMIT sent. It does not move over entries that do not concern the subscriber; {@code scanned} does
     * @param confirmed       {@code confirm_sent}, {@code digest_confirmed}: how far the subscriber has confirmed; only grows within one incarnation of mine
     * @param scanned         {@code log_scanned}: how far the journal was looked through for the subscriber
     * @param status          {@code state}
     * @param reason          {@code state_reason}; null while ACTIVE
     * @param stream          {@code stream_sent}: how often this stream began anew
     * @param base            {@code stream_base}, {@code stream_base_digest}: after which it began
     * @param standing        where the subscriber was last heard to be, and what the present stream rests on
     */
    public record Kept(UUID peerIncarnation, int resendCount, Position sent, Position confirmed, LogOffset scanned, DeliveryStatus status, String reason, int stream, Position base,
            Standing standing) {

        /** In the first stream. */
        public Kept(UUID peerIncarnation, int resendCount, Position sent, Position confirmed, LogOffset scanned, DeliveryStatus status, String reason) {
            this(peerIncarnation, resendCount, sent, confirmed, scanned, status, reason, 0, Position.start(sent.incarnation()), Standing.unknown(sent.incarnation()));
        }
    }

    /**
     * What may be forgotten.
     *
     * @param reported    where the subscriber said it was, last; below {@code confirmed} when it was restored from an older copy; null when not heard since the start
     * @param heartbeatAt when a heartbeat is due, if there is something unconfirmed then; null for none
     * @param heartbeats  heartbeats since anything was heard
     * @param helloAt     when a hello is due; null for none
     * @param hellos      hellos since the start while the subscriber is unknown
     * @param held        parts of what follows {@code sent} that the subscriber has, as it said when it asked under the present epoch
     */
    public record Passing(Position reported, Instant heartbeatAt, int heartbeats, Instant helloAt, int hellos, List<Envelope.Held> held) {

        /** A fresh beginning. */
        public static final Passing NOTHING = new Passing(null, null, 0, null, 0, List.of());

        public Passing {
            held = List.copyOf(held);
        }
    }

    /** For a subscriber never heard of: at position 0 of my incarnation, of whose journal nothing before this offset concerns it. */
    public static SenderState unknown(UUID mine, LogOffset scanFrom) {
        return loaded(new Kept(null, 0, Position.start(mine), Position.start(mine), scanFrom, DeliveryStatus.ACTIVE, null));
    }

    /** As found in the database at start. */
    public static SenderState loaded(Kept kept) {
        return new SenderState(kept, Passing.NOTHING);
    }

    /** Whether something that was sent may still be under way. */
    public boolean isOwing() {
        return kept.sent().offset().isAfter(kept.confirmed().offset()) || passing.reported() != null && kept.sent().offset().isAfter(passing.reported().offset());
    }

    /** R11: journal entries above this offset must be kept for the subscriber; none may be trimmed while the status is SPLIT_HISTORY. */
    public LogOffset owedFrom() {
        LogOffset lowest = lower(kept.sent().offset(), kept.confirmed().offset());
        if (passing.reported() != null) {
            lowest = lower(lowest, passing.reported().offset());
        }
        boolean allConfirmed = lowest.equals(kept.sent().offset()) && !kept.confirmed().offset().isAfter(kept.sent().offset());
        return allConfirmed ? kept.scanned() : lowest;
    }

    private static LogOffset lower(LogOffset one, LogOffset other) {
        return one.isBefore(other) ? one : other;
    }
}
