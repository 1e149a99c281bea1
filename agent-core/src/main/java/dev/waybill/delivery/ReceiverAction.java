// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.util.List;

/** What a {@link Receiver} wants done. A crash between any two actions is harmless. */
public sealed interface ReceiverAction {

    /**
     * Apply these in this order, in as many or few transactions as is quick, each together with the position that it reaches. Report each commit by {@link ReceiverEvent.Applied} and stop at the first
     * failure with {@link ReceiverEvent.ApplyFailed}. Not asked again before the outcome is reported.
     *
     * @param from where the first one continues
     */
    record Apply(Position from, List<Unit> units) implements ReceiverAction {
        public Apply {
            units = List.copyOf(units);
        }
    }

    /** Store this message's part in {@code waybill.staged_part}, then report {@link ReceiverEvent.PartStaged}. */
    record StagePart(String ref, Envelope envelope, int bodyBytes) implements ReceiverAction {}

    /** Delete staged parts of this sender that begin before this offset, or belong to another stream than this: they are applied or void. */
    record DropStaged(LogOffset before, int stream) implements ReceiverAction {}

    /** Say: the sender's stream began anew, this is its number and where it begins. */
    record BeganAnew(int stream, Position base) implements ReceiverAction {}

    /** Delete this staged group: its bytes do not fit together, or it made way for another. */
    record DropGroup(LogOffset prev, Digest cut) implements ReceiverAction {}

    /** Delete the message from the link: what it caused is committed, or it can never cause anything. */
    record Delete(String ref, String why) implements ReceiverAction {}

    /** Leave the message on the link. */
    record Keep(String ref, String why) implements ReceiverAction {}

    /** Put the message aside, with the reason, where a person finds it. */
    record Quarantine(String ref, String reason) implements ReceiverAction {}

    /** Not ours to judge: a kind that other rooms understand (CALL, REPLY, REFRESH, …), properly addressed. Whoever takes it deletes it. */
    record Route(String ref, Envelope envelope) implements ReceiverAction {}

    /** Tell the {@link Sender} for the same remote user, before the next action. */
    record TellSender(SenderEvent event) implements ReceiverAction {}

    /** Send a CONFIRMATION now (see {@link Envelopes#confirmation}). */
    record Confirm(Position position) implements ReceiverAction {}

    /** Send a RESEND_REQUEST now (see {@link Envelopes#resendRequest}); the epoch is committed before. */
    record AskAgain(int epoch, Position from, int attempt) implements ReceiverAction {}

    /** Say loudly, once: this stream has stopped (R7, R12). It is tried again with back-off. */
    record Halt(String reason) implements ReceiverAction {}

    /** Say that the halted stream flows again. */
    record Resumed() implements ReceiverAction {}

    /** Say loudly, once: two histories under one incarnation. */
    record SplitHistory(String reason) implements ReceiverAction {}
}
