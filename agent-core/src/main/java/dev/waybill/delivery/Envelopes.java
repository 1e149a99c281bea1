// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Addresses what one database says to one other. Confirmation, incarnations and limits ride on everything (R8, R7). Immutable; any thread.
 *
 * @param me            my publisher
 * @param myIncarnation of my catalogue
 * @param recipient     to whom
 * @param limits        what I can receive
 */
public record Envelopes(String me, UUID myIncarnation, String recipient, Envelope.Limits limits) {

    private static final MessageHeader OUTSIDE = new MessageHeader(0, LogOffset.ZERO, LogOffset.ZERO, 0);

    /** What is said at a moment: states after the event that causes it, and what is new with every message. */
    public record Moment(ReceiverState receiver, SenderState sender, Position head, UUID messageId, Instant sentAt) {}

    /** Transactions, or a part of one; also SNAPSHOT and PASSTHROUGH. */
    public Envelope inChain(Moment moment, MessageKind kind, MessageHeader header, Digest prevDigest, Envelope.Part part) {
        return envelope(moment, kind, moment.sender().kept().peerIncarnation(), header, prevDigest, null, part);
    }

    /** R9: the position last sent and its epoch stand in the header, its digest at {@code prevDigest}. */
    public Envelope heartbeat(Moment moment, SenderAction.SendHeartbeat action) {
        LogOffset at = action.lastSent().offset();
        MessageHeader header = new MessageHeader(action.epoch(), at, at, 0);
        return envelope(moment, MessageKind.HEARTBEAT, moment.sender().kept().peerIncarnation(), header, action.lastSent().digest(), null, null);
    }

    /** R9: my epoch and position, so that a lost request is repeated by it. */
    public Envelope hello(Moment moment, SenderAction.SendHello action) {
        Position received = moment.receiver().received();
        Envelope.ResendRequest here = received == null ? null : new Envelope.ResendRequest(received.incarnation(), moment.receiver().kept().rereceiveCount(), received);
        return envelope(moment, MessageKind.JOIN, action.to(), OUTSIDE, Digest.ZERO, here, null);
    }

    /** R8. */
    public Envelope confirmation(Moment moment) {
        return envelope(moment, MessageKind.CONFIRMATION, moment.sender().kept().peerIncarnation(), OUTSIDE, Digest.ZERO, null, null);
    }

    /** R5. */
    public Envelope resendRequest(Moment moment, ReceiverAction.AskAgain action) {
        Envelope.ResendRequest request = new Envelope.ResendRequest(action.from().incarnation(), action.epoch(), action.from());
        return envelope(moment, MessageKind.RESEND_REQUEST, moment.sender().kept().peerIncarnation(), OUTSIDE, Digest.ZERO, request, null);
    }

    /** What other rooms say to one another, outside of the chain. */
    public Envelope outside(Moment moment, MessageKind kind) {
        return envelope(moment, kind, moment.sender().kept().peerIncarnation(), OUTSIDE, Digest.ZERO, null, null);
    }

    private Envelope envelope(Moment moment, MessageKind kind, UUID to, MessageHeader header, Digest digest, Envelope.ResendRequest request, Envelope.Part part) {
        SenderState.Kept sender = moment.sender().kept();
        Envelope.Stream stream = new Envelope.Stream(sender.stream(), sender.base().offset(), sender.base().digest(), moment.receiver().kept().stream());
        List<Envelope.Extension> extensions = new ArrayList<>(stream.extensions());
        Envelope.Vouch vouch = sender.standing().vouch(sender.stream(), sender.base());
        if (vouch != null) {
            extensions.add(vouch.extension());
        }
        int declined = moment.receiver().passing().declined();
        if (declined > 0 && kind == MessageKind.RESEND_REQUEST) {
            extensions.add(Envelope.declining(declined));
        }
        if (request != null) {
            moment.receiver().heldAt(request.from()).forEach(held -> extensions.add(held.extension()));
        }
        return new Envelope(kind, me, recipient, myIncarnation, to, moment.messageId(), header, digest, moment.receiver().received(), request, moment.head(),
                moment.sentAt(), part, limits, extensions);
    }
}
