// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.MessageHeader;
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
    record Scanned(LogOffset offset, int epoch) implements SenderEvent {}

    /** The subscriber's incarnation is known now. */
    record PeerKnown(UUID incarnation) implements SenderEvent {}

    /** The subscriber says how far it has applied my journal. */
    record ConfirmationReceived(Position position) implements SenderEvent {}

    /** The subscriber asks to send again. */
    record ResendRequested(ResendRequest request) implements SenderEvent {}

    /**
     * The subscriber says hello.
     *
     * @param from    its incarnation, to which an answer is addressed
     * @param request its epoch and position; null when it does not know my incarnation yet, which is then answered
     */
    record HelloReceived(UUID from, ResendRequest request) implements SenderEvent {}

    /** What was to be sent next, the snapshot at this offset, is no longer there: the stream cannot go on as it was. */
    record SnapshotLost(LogOffset entry) implements SenderEvent {}

    /** Time passes. See {@link Sender#wakeAt}. */
    record Tick() implements SenderEvent {}

    /**
     * The subscriber begins anew: from here on other things are owed to it, and nothing of before.
     *
     * @param from     where the subscriber is: {@link SenderState#subscriberAt}
     * @param scanFrom nothing at or before this offset, the head at that moment, is owed
     * @param status   ACTIVE or SYNCHRONIZING
     */
    record Resume(Position from, LogOffset scanFrom, DeliveryStatus status) implements SenderEvent {}
}
