// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.time.Instant;
import java.util.UUID;

/** What happens to a {@link Receiver}. */
public sealed interface ReceiverEvent {

    /** By the agent's clock. */
    Instant now();

    /** The agent has loaded the state. First event of a run. */
    record Started(Instant now) implements ReceiverEvent {}

    /**
     * A message lies in the mailbox, was decoded, and says that it is from this sender. May be said again for the same one at every poll (that is how what stayed on the link comes back); the agent may
     * leave out what {@link Receiver#holds} already.
     *
     * @param ref       its name on the link
     * @param bodyBytes length of its plain body
     */
    record Arrived(String ref, Envelope envelope, int bodyBytes, Instant now) implements ReceiverEvent {}

    /** A message that cannot be taken, seemingly from this sender. */
    record ArrivedUnfit(String ref, Unfit unfit, String reason, Instant now) implements ReceiverEvent {}

    /** The mailbox was listed and every message of this sender reported. */
    record PollEnded(Instant now) implements ReceiverEvent {}

    /** The link could not be listed: says nothing about what is missing, so no patience is counted. */
    record LinkLost(Instant now) implements ReceiverEvent {}

    /** The part that {@link ReceiverAction.StagePart} named is committed. */
    record PartStaged(String ref, Envelope envelope, int bodyBytes, Instant now) implements ReceiverEvent {}

    /** Transactions up to here are committed, and {@code log_received} with them. Said after each commit; several units may share one. */
    record Applied(Position position, Instant now) implements ReceiverEvent {}

    /** This unit could not be applied; nothing of it and nothing after it was. Units before it were reported by {@link Applied}. */
    record ApplyFailed(Unit unit, Failure failure, String reason, Instant now) implements ReceiverEvent {}

    /** A message to this sender has left, with our position on it as confirmation. */
    record Spoke(Position confirmed, Instant now) implements ReceiverEvent {}

    /** Time passes. See {@link Receiver#wakeAt}. */
    record Tick(Instant now) implements ReceiverEvent {}

    /** A person says: go on from where you are (after a halt, or after split history was mended by restoring the right copy). */
    record Resume(Instant now) implements ReceiverEvent {}

    /** A person says which incarnation of the sender is the right one now. What was exchanged with another is void: it begins at position 0 of its first stream, and learns from the next message where its present one began. */
    record Adopt(UUID incarnation, Instant now) implements ReceiverEvent {}

    /** Why a unit was not applied. */
    enum Failure {
        /** Lock, deadlock, connection, full disk: tried again, never poison (R12). */
        TRANSIENT,
        /** It cannot be applied as it is: HALT (R12). */
        POISON,
        /** {@link Continuation.Verdict#SPLIT}. */
        SPLIT,
        /** {@link Continuation.Verdict#UNVERIFIED}: the sender is asked from our position, and checks it. */
        UNVERIFIED,
        /** It has gone from the link, or its staged parts do not fit together: as if it never came. */
        LOST
    }

    /** Why a message cannot be taken (R7). */
    enum Unfit {
        /** Truncated, checksum: quarantined, then as if lost. */
        CORRUPT,
        /** Of a kind, or with a critical extension, that this program does not know: quarantined, and said loudly, because asking again brings the same until this program is a newer one. */
        NOT_UNDERSTOOD,
        /** Longer than we take: asking again would bring the same. */
        OVERSIZE,
        /** Of a newer format than this program reads: asking again would bring the same. */
        TOO_NEW,
        /** Not signed although it must be, by a key that is not trusted, or altered: as {@link #NOT_UNDERSTOOD}. Lying there it would let anybody who can write to the link stop the stream. */
        UNSIGNED,
        /** Encrypted under a key that we do not have, or not encrypted although it must be: the same. */
        UNDECRYPTABLE
    }
}
