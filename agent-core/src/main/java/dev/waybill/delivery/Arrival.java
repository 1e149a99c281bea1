// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import java.util.Comparator;

/** What a receiver does with one message. R0 first, then what rides on it, then what it is. */
record Arrival(ReceiverTurn turn, Address address) {

    void take(String ref, Envelope envelope, int bodyBytes) {
        switch (address.judge(envelope, turn.incarnation)) {
            case REFUSE -> {
                if (address.isOfAnother(envelope, turn.incarnation)) {
                    turn.refused = envelope.senderIncarnation();
                }
                turn.act(new ReceiverAction.Quarantine(ref, address.reason(envelope, turn.incarnation))); // R0
            }
            case ANSWER -> {
                tell(new SenderEvent.HelloReceived(envelope.senderIncarnation(), null));
                turn.act(new ReceiverAction.Delete(ref, "hello, answered"));
            }
            case LEARN -> {
                turn.learn(envelope.senderIncarnation()); // a new subscriber starts at position 0
                tell(new SenderEvent.PeerKnown(envelope.senderIncarnation()));
                addressed(ref, envelope, bodyBytes);
            }
            case TAKE -> addressed(ref, envelope, bodyBytes);
        }
    }

    private void addressed(String ref, Envelope envelope, int bodyBytes) {
        if (envelope.stream().number() > turn.stream && !turn.isSplit()) {
            hear(envelope.stream(), envelope.vouch()); // R11: whatever says so
        }
        if (envelope.confirmation() != null) {
            tell(new SenderEvent.ConfirmationReceived(envelope.confirmation(), envelope.stream().received())); // R8: it rides on every message
        }
        switch (envelope.kind()) {
            case DATA, SNAPSHOT, PASSTHROUGH -> inChain(ref, envelope, bodyBytes);
            case HEARTBEAT -> heartbeat(ref, envelope);
            case CONFIRMATION -> turn.act(new ReceiverAction.Delete(ref, "confirmation, taken"));
            case RESEND_REQUEST -> asked(ref, envelope);
            case JOIN -> {
                tell(new SenderEvent.HelloReceived(envelope.senderIncarnation(), envelope.resendRequest(), envelope.stream().received(), envelope.held()));
                turn.act(new ReceiverAction.Delete(ref, "hello, taken"));
                turn.sayWhatIsStaged(); // R9: who says hello may have begun anew, and would begin a large group with its first part
            }
            default -> turn.act(new ReceiverAction.Route(ref, envelope));
        }
    }

    private void hear(Envelope.Stream begun, Envelope.Vouch vouch) {
        if (turn.isBefore(vouch, address.myIncarnation())) {
            turn.decline(begun.number(), notVouchedFor(begun));
        } else {
            turn.adopt(begun);
        }
    }

    private String notVouchedFor(Envelope.Stream begun) {
        return "The stream of " + address.sender() + " began anew after its offset " + begun.base() + " because somebody vouched there (REMOTE RESET) that this database has everything up to it. But this database is at "
                + turn.offset + " of stream " + turn.stream + ", where it was before that: it was restored from an older copy, or is another one. Nothing of the new stream is applied. A database below is synchronized anew by itself; otherwise bring "
                + "the content here by hand and say REMOTE RESET " + address.me() + " once more at " + address.sender() + ".";
    }

    private void asked(String ref, Envelope envelope) {
        if (envelope.resendRequest() == null) {
            turn.act(new ReceiverAction.Quarantine(ref, "A resend request that does not say what is to be sent again."));
            return;
        }
        if (envelope.declined() > 0) {
            tell(new SenderEvent.Declined(envelope.resendRequest(), envelope.stream().received(), envelope.declined()));
            turn.act(new ReceiverAction.Delete(ref, "resend request that declines a stream, taken"));
            return;
        }
        tell(new SenderEvent.ResendRequested(envelope.resendRequest(), envelope.stream().received(), envelope.held()));
        turn.act(new ReceiverAction.Delete(ref, "resend request, taken"));
    }

    /** R9: where the sender thinks that it has brought me. */
    private void heartbeat(String ref, Envelope envelope) {
        MessageHeader header = envelope.header();
        if (isOfMyStream(ref, envelope) && isOfMyEpoch(ref, header, "heartbeat of an older epoch")) {
            if (header.prev().equals(turn.offset) && !envelope.prevDigest().equals(turn.digest)) {
                turn.split(difference(header.prev(), envelope.prevDigest()));
            } else if (header.prev().isAfter(turn.offset)) {
                expect(header.prev()); // R9: a receiver below it counts patience
            }
            if (!header.prev().isAfter(turn.offset)) {
                turn.confirmAt = turn.now; // R8: the sender has not heard it yet
                if (!turn.isMissing()) {
                    turn.hasAll(); // R5: I have all that was sent; the next gap is a new one
                } // otherwise the sender does not have what I have parts of (it was restored): I ask for it more and more rarely
            }
            turn.act(new ReceiverAction.Delete(ref, "heartbeat, taken"));
        }
    }

    private void inChain(String ref, Envelope envelope, int bodyBytes) {
        MessageHeader header = envelope.header();
        if (turn.isSplit()) {
            turn.act(new ReceiverAction.Keep(ref, "split history: everything is kept")); // R10
        } else if (isOfMyStream(ref, envelope) && isOfMyEpoch(ref, header, "message of an older epoch")) {
            boolean ends = header.isWhole() || header.isLastPart();
            // R3: what ends at or below log_received, or is a part of what began below it, was applied before
            if (ends ? !header.last().isAfter(turn.offset) : header.prev().isBefore(turn.offset)) {
                turn.confirmAt = turn.now;
                turn.act(new ReceiverAction.Delete(ref, "duplicate: log_received is " + turn.offset));
            } else if (header.prev().equals(turn.offset) && !envelope.prevDigest().equals(turn.digest)) {
                turn.split(difference(header.prev(), envelope.prevDigest())); // R1
                turn.act(new ReceiverAction.Keep(ref, "split history: everything is kept"));
            } else if (header.isWhole()) {
                whole(ref, envelope);
            } else {
                part(ref, envelope, bodyBytes);
            }
        }
    }

    /** R11: what was sent before the stream began anew is void, whatever its epoch; its sender, should it have gone back, must hear where I am. False: the message has been dealt with. */
    private boolean isOfMyStream(String ref, Envelope envelope) {
        int number = envelope.stream().number();
        if (number < turn.stream) {
            turn.act(new ReceiverAction.Delete(ref, "of stream " + number + ", which began anew since"));
            turn.confirmSoon();
        } else if (number > turn.stream && turn.isSplit()) {
            turn.act(new ReceiverAction.Keep(ref, "split history: everything is kept"));
        } else if (number > turn.stream) {
            turn.act(new ReceiverAction.Delete(ref, "of stream " + number + ", which is not followed from here"));
        }
        return number == turn.stream;
    }

    /** R2. False: the message has been dealt with. */
    private boolean isOfMyEpoch(String ref, MessageHeader header, String stale) {
        if (header.resendCount() < turn.rereceiveCount) {
            turn.act(new ReceiverAction.Delete(ref, stale)); // R2: sent before I asked, void
            if (!turn.isSplit()) {
                turn.repeatLater();
            }
            return false;
        }
        if (header.resendCount() == Integer.MAX_VALUE) {
            turn.act(new ReceiverAction.Quarantine(ref, "Epoch " + header.resendCount() + " has no successor."));
            return false;
        }
        if (header.resendCount() > turn.rereceiveCount) {
            turn.act(new ReceiverAction.Keep(ref, "of epoch " + header.resendCount() + ", mine is " + turn.rereceiveCount));
            if (!turn.isSplit()) {
                turn.ask(header.resendCount() + 1); // R2: I went back in time; only a higher epoch than any that I ever asked under makes the old ones void
            }
            return false;
        }
        turn.answered();
        return true;
    }

    /** A whole message stays on the link until it is applied; here it is only noted. */
    private void whole(String ref, Envelope envelope) {
        ReceiverState.Held message = new ReceiverState.Held(ref, envelope.header(), envelope.prevDigest());
        if (turn.held.stream().anyMatch(held -> held.ref().equals(ref))) {
            return;
        }
        if (turn.held.stream().anyMatch(held -> held.header().equals(message.header()) && held.prevDigest().equals(message.prevDigest()))) {
            turn.act(new ReceiverAction.Delete(ref, "duplicate of one that is held"));
            return;
        }
        boolean next = !message.header().prev().isAfter(turn.offset);
        if (turn.held.size() >= turn.settings.heldMessages()) {
            hold(message);
            turn.held.remove(turn.held.size() - 1); // R4: bounded; what is furthest stays on the link and is listed again
            turn.act(new ReceiverAction.Keep(ref, "beyond the bound of held messages"));
            return;
        }
        hold(message);
        turn.renew(next);
        turn.act(new ReceiverAction.Keep(ref, next ? "next" : "after a gap: log_received is " + turn.offset));
    }

    private void hold(ReceiverState.Held message) {
        turn.held.add(message);
        turn.held.sort(Comparator.comparing((ReceiverState.Held held) -> held.header().prev()).thenComparing(held -> held.header().last()));
    }

    private void part(String ref, Envelope envelope, int bodyBytes) {
        MessageHeader header = envelope.header();
        if (envelope.part() == null) {
            turn.act(new ReceiverAction.Quarantine(ref, "A part " + header + " that does not say which bytes it holds."));
        } else if (header.prev().isBefore(turn.offset)) {
            expect(header.last()); // R1: one transaction around log_received cannot be; when asked from there, the sender checks the digest
            turn.act(new ReceiverAction.Delete(ref, "last part of a group around log_received " + turn.offset));
        } else if (group(envelope).has(header.sequence())) {
            turn.act(new ReceiverAction.Delete(ref, "duplicate of a staged part"));
        } else if (header.prev().isAfter(turn.offset) && stagedBeyond() + bodyBytes > turn.settings.stagedBytes()) {
            turn.act(new ReceiverAction.Keep(ref, "beyond the bound of staged parts")); // R4
        } else {
            turn.act(new ReceiverAction.StagePart(ref, envelope, bodyBytes)); // R3
        }
    }

    /** The part is committed. */
    void staged(String ref, Envelope envelope, int bodyBytes) {
        MessageHeader header = envelope.header();
        StagedGroup group = group(envelope);
        if (header.prev().isBefore(turn.offset) || envelope.stream().number() != turn.stream) {
            turn.act(new ReceiverAction.DropStaged(turn.offset, turn.stream)); // its group was applied while it was being stored
        } else if (!group.has(header.sequence())) {
            turn.staged.remove(group);
            turn.staged.add(header.isLastPart() ? group.withLast(header.sequence(), bodyBytes, header.last(), envelope.part().totalBytes())
                    : group.with(header.sequence(), bodyBytes));
            turn.renew(header.prev().equals(turn.offset));
        }
        turn.act(new ReceiverAction.Delete(ref, "part is staged"));
    }

    /** R3: cuts never mix. */
    private StagedGroup group(Envelope envelope) {
        LogOffset prev = envelope.header().prev();
        Digest cut = envelope.part().cut();
        for (StagedGroup group : turn.staged) {
            if (group.prev().equals(prev) && group.cut().equals(cut) && group.prevDigest().equals(envelope.prevDigest())) {
                return group;
            }
        }
        return StagedGroup.empty(prev, cut, envelope.prevDigest());
    }

    private long stagedBeyond() {
        long bytes = 0;
        for (StagedGroup group : turn.staged) {
            bytes += group.prev().isAfter(turn.offset) ? group.bytes() : 0;
        }
        return bytes;
    }

    private void expect(LogOffset offset) {
        if (turn.expected == null || offset.isAfter(turn.expected)) {
            turn.expected = offset;
        }
    }

    private String difference(LogOffset offset, Digest theirs) {
        return "At offset " + offset + " of " + address.sender() + " this database has digest " + turn.digest + ", the message says " + theirs + ": two histories under incarnation "
                + turn.incarnation + ". Nothing was applied, everything is kept. One side was restored from an older copy: restore the right one, or decide for this one at " + address.sender() + ": waybill peer JDBC-URL renew, then adopt it here.";
    }

    private void tell(SenderEvent event) {
        turn.act(new ReceiverAction.TellSender(event));
    }
}
