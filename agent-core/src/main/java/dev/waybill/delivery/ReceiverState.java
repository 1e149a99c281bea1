// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a {@link Receiver} knows about one sender. Immutable; any thread.
 *
 * @param kept     outlives a crash: columns of {@code waybill.remote_user}
 * @param staged   outlives a crash: a summary of {@code waybill.staged_part}
 * @param passing  does not: after a restart it begins with {@link Passing#NOTHING}, which is safe (patience starts anew, messages are listed again, a request that may be outstanding is repeated)
 */
public record ReceiverState(Kept kept, List<StagedGroup> staged, Passing passing) {

    private static final int MOST_CUTS = 4;

    public ReceiverState {
        staged = List.copyOf(staged);
    }

    /**
     * The row's part.
     *
     * @param senderIncarnation {@code incarnation}: of the other database; null until first contact
     * @param offset            {@code log_received}: its last COMMIT that is applied here
     * @param digest            {@code digest_received}: its digest there
     * @param rereceiveCount    {@code rereceive_count}: the epoch; how often I decided that its messages were lost
     * @param confirmed         {@code confirm_received}: the last of its offsets for which I have sent a confirmation
     * @param status            {@code receive_state}: ACTIVE, HALTED or SPLIT_HISTORY
     * @param reason            {@code receive_reason}; null while ACTIVE
     * @param stream            {@code stream_received}: the number of the sender's stream to which the position belongs
     * @param refused           {@code refused}: the incarnation that was last heard under the sender's name instead of the one that is known; null for none
     */
    public record Kept(UUID senderIncarnation, LogOffset offset, Digest digest, int rereceiveCount, LogOffset confirmed, DeliveryStatus status, String reason, int stream, UUID refused) {

        /** In the first stream. */
        public Kept(UUID senderIncarnation, LogOffset offset, Digest digest, int rereceiveCount, LogOffset confirmed, DeliveryStatus status, String reason) {
            this(senderIncarnation, offset, digest, rereceiveCount, confirmed, status, reason, 0, null);
        }

        /** At another position. */
        public Kept at(LogOffset reached, Digest there) {
            return new Kept(senderIncarnation, reached, there, rereceiveCount, confirmed, status, reason, stream, refused);
        }
    }

    /**
     * What may be forgotten.
     *
     * @param held         messages on the link that come next or later, by offset
     * @param expected     furthest offset that the sender said it had sent (heartbeat, misfit); null for none
     * @param missingSince when something missing was first noticed; null while nothing is missing
     * @param renewedAt    when patience was renewed last
     * @param storedNew    whether this poll stored anything new
     * @param idlePolls    polls since then that found nothing new
     * @param asked        the outstanding resend request; null for none
     * @param attempts     requests since the last progress
     * @param askNotBefore back-off between requests; null for none
     * @param confirmAt    when a confirmation is due; null for none
     * @param applyingTo   where the units handed out end; null when none are
     * @param failures     failed tries since the last progress
     * @param retryAt      when a failed apply is tried again; null for none
     * @param declined     the number of the sender's stream that is not followed, because I was restored to the time before it; 0 for none
     */
    public record Passing(List<Held> held, LogOffset expected, Instant missingSince, Instant renewedAt, boolean storedNew, int idlePolls, Asked asked, int attempts,
            Instant askNotBefore, Instant confirmAt, LogOffset applyingTo, int failures, Instant retryAt, int declined) {

        /** A fresh beginning. */
        public static final Passing NOTHING = new Passing(List.of(), null, null, null, false, 0, null, 0, null, null, null, 0, null, 0);

        public Passing {
            held = List.copyOf(held);
        }
    }

    /** A message that is left on the link until it is applied. */
    public record Held(String ref, MessageHeader header, Digest prevDigest) {}

    /** A resend request of which no effect has been seen. */
    public record Asked(int epoch, int attempt, Instant nextAt) {}

    /** Of a sender never heard of. */
    public static ReceiverState unknown() {
        return loaded(new Kept(null, LogOffset.ZERO, Digest.ZERO, 0, LogOffset.ZERO, DeliveryStatus.ACTIVE, null), List.of());
    }

    /** As found in the database at start. */
    public static ReceiverState loaded(Kept kept, List<StagedGroup> staged) {
        return new ReceiverState(kept, staged, Passing.NOTHING);
    }

    /** Parts that are stored of what comes after this position: of each cut, and of a few cuts only, since what is not told travels again. */
    List<Envelope.Held> heldAt(Position position) {
        List<StagedGroup> next = staged.stream().filter(group -> group.prev().equals(position.offset()) && group.prevDigest().equals(position.digest())).toList();
        return next.subList(Math.max(0, next.size() - MOST_CUTS), next.size()).stream().map(group -> new Envelope.Held(group.cut(), group.sequences())).toList();
    }

    /** How far the sender's journal is applied here; null before first contact. */
    public Position received() {
        return kept.senderIncarnation() == null ? null : new Position(kept.senderIncarnation(), kept.offset(), kept.digest());
    }
}
