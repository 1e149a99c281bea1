// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Held;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.MessageHeader;
import java.util.List;
import java.util.UUID;

/** What happens to a {@link Sender}. Those that come from messages reach it only through {@link ReceiverAction.TellSender}, so R0 has been decided. */
public sealed interface SenderEvent {

    /** The agent has loaded the state. First event of a run. */
    record Started() implements SenderEvent {}

    /** It is time to send, by the schedule (SEND EVERY, SEND AT, batch, or because something was committed). */
    record Due() implements SenderEvent {}

    /** A message of the chain has been handed to the link. To be said for every part, in order. */
    record SentMessage(MessageHeader header, Digest digestAtLast) implements SenderEvent {}

    /** The journal was looked through for this subscriber up to here, and all that concerns it was sent under this epoch. Without the epoch a rewind in between would be undone, and changes missed. */
    record Scanned(LogOffset offset, int epoch, int stream) implements SenderEvent {

        /** Of the first stream. */
        public Scanned(LogOffset offset, int epoch) {
            this(offset, epoch, 0);
        }
    }

    /**
     * R11: the stream begins anew after this position of mine, the head at that moment. What was sent before is void. To be put on record together with what makes its content whole: the snapshots of all that the subscriber is to get,
     * as the next entries, or a person's word that both ends agree there.
     *
     * @param word {@code NONE} with snapshots, {@code GIVEN} with a person's word
     */
    record Restart(Position base, Standing.Word word) implements SenderEvent {}

    /** R11: the journal was trimmed beyond what is owed, because a bound was reached; put on record in the same commit. */
    record TrimmedAway(LogOffset upTo) implements SenderEvent {}

    /**
     * A person wants the stream to begin anew.
     *
     * @param renewed because my incarnation is a new one: then also in split history, which is over with it
     */
    record Resync(boolean renewed) implements SenderEvent {}

    /** My incarnation is a new one: nothing was heard yet of what is said under it. */
    record Renewed() implements SenderEvent {}

    /** A person wants it again from this position of mine, which is in the journal. */
    record SendAgain(Position from) implements SenderEvent {}

    /** The subscriber's incarnation is known now. */
    record PeerKnown(UUID incarnation) implements SenderEvent {}

    /**
     * R11: the subscriber does not follow my stream of this number, because it was restored from a copy made before somebody gave the word on which the stream rests.
     *
     * @param request  its epoch, and where it is
     * @param stream   in which stream that is
     * @param declined the number of mine
     */
    record Declined(ResendRequest request, int stream, int declined) implements SenderEvent {}

    /** The subscriber says how far it has applied my journal, as this stream brought it. */
    record ConfirmationReceived(Position position, int stream) implements SenderEvent {

        /** Of the first stream. */
        public ConfirmationReceived(Position position) {
            this(position, 0);
        }
    }

    /**
     * The subscriber asks to send again.
     *
     * @param held parts that it has of what follows there
     */
    record ResendRequested(ResendRequest request, int stream, List<Held> held) implements SenderEvent {

        public ResendRequested {
            held = List.copyOf(held);
        }

        /** Of the first stream, having nothing of what follows. */
        public ResendRequested(ResendRequest request) {
            this(request, 0, List.of());
        }
    }

    /**
     * The subscriber says hello.
     *
     * @param from    its incarnation, to which an answer is addressed
     * @param request its epoch and position; null when it does not know my incarnation yet, which is then answered
     * @param held    as in {@link ResendRequested}
     */
    record HelloReceived(UUID from, ResendRequest request, int stream, List<Held> held) implements SenderEvent {

        public HelloReceived {
            held = List.copyOf(held);
        }

        /** Of the first stream, having nothing of what follows. */
        public HelloReceived(UUID from, ResendRequest request) {
            this(from, request, 0, List.of());
        }
    }

    /** What was to be sent next, the snapshot at this offset, is no longer there: the stream cannot go on as it was. */
    record SnapshotLost(LogOffset entry) implements SenderEvent {}

    /** Time passes. See {@link Sender#wakeAt}. */
    record Tick() implements SenderEvent {}
}
