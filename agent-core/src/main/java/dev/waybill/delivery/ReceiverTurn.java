// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One step of a receiver while it is being taken: the state unfolded, and the actions so far. Lives for one call on one thread. */
final class ReceiverTurn {

    final Instant now;
    final BackOff backOff;
    final DeliverySettings settings;
    private final List<ReceiverAction> actions = new ArrayList<>();

    UUID incarnation;
    LogOffset offset;
    Digest digest;
    int rereceiveCount;
    LogOffset confirmed;
    DeliveryStatus status;
    String reason;
    int stream;
    UUID refused;

    List<StagedGroup> staged;

    List<ReceiverState.Held> held;
    LogOffset expected;
    Instant missingSince;
    Instant renewedAt;
    boolean storedNew;
    int idlePolls;
    ReceiverState.Asked asked;
    int attempts;
    Instant askNotBefore;
    Instant confirmAt;
    LogOffset applyingTo;
    int failures;
    Instant retryAt;
    int declined;

    ReceiverTurn(ReceiverState state, Instant now, BackOff backOff) {
        this.now = now;
        this.backOff = backOff;
        this.settings = backOff.settings();
        unfold(state.kept());
        this.staged = new ArrayList<>(state.staged());
        unfold(state.passing());
    }

    private void unfold(ReceiverState.Kept kept) {
        incarnation = kept.senderIncarnation();
        offset = kept.offset();
        digest = kept.digest();
        rereceiveCount = kept.rereceiveCount();
        confirmed = kept.confirmed();
        status = kept.status();
        reason = kept.reason();
        stream = kept.stream();
        refused = kept.refused();
    }

    private void unfold(ReceiverState.Passing passing) {
        held = new ArrayList<>(passing.held());
        expected = passing.expected();
        missingSince = passing.missingSince();
        renewedAt = passing.renewedAt();
        storedNew = passing.storedNew();
        idlePolls = passing.idlePolls();
        asked = passing.asked();
        attempts = passing.attempts();
        askNotBefore = passing.askNotBefore();
        confirmAt = passing.confirmAt();
        applyingTo = passing.applyingTo();
        failures = passing.failures();
        retryAt = passing.retryAt();
        declined = passing.declined();
    }

    Step<ReceiverState, ReceiverAction> end() {
        ReceiverState.Kept kept = new ReceiverState.Kept(incarnation, offset, digest, rereceiveCount, confirmed, status, reason, stream, refused);
        ReceiverState.Passing passing = new ReceiverState.Passing(held, expected, missingSince, renewedAt, storedNew, idlePolls, asked, attempts, askNotBefore, confirmAt,
                applyingTo, failures, retryAt, declined);
        return new Step<>(new ReceiverState(kept, staged, passing), actions);
    }

    void act(ReceiverAction action) {
        actions.add(action);
    }

    Position received() {
        return new Position(incarnation, offset, digest);
    }

    boolean isSplit() {
        return status == DeliveryStatus.SPLIT_HISTORY;
    }

    /** First contact: position 0 of the sender's incarnation. */
    void learn(UUID sender) {
        incarnation = sender;
        offset = LogOffset.ZERO;
        digest = Digest.ZERO;
        confirmed = LogOffset.ZERO;
        rereceiveCount = 0;
        stream = 0;
    }

    /**
     * The sender's stream began anew: everything of older ones is void, held or staged, and I am where the new one begins. The epoch goes on (R2): what I asked for in the old stream is as good a request in the new one.
     */
    void adopt(Envelope.Stream begun) {
        stream = begun.number();
        offset = begun.base();
        digest = begun.baseDigest();
        dropHeld();
        idlePolls = 0;
        if (status == DeliveryStatus.HALTED) {
            act(new ReceiverAction.Resumed());
        }
        activate();
        act(new ReceiverAction.BeganAnew(stream, received()));
        act(new ReceiverAction.DropStaged(offset, stream));
        confirmAt = now;
    }

    /** R11: whether what somebody vouched for is not, or not yet, here: I went back to the time before. */
    boolean isBefore(Envelope.Vouch vouch, UUID mine) {
        if (vouch == null) {
            return false;
        }
        if (vouch.incarnation() != null && !vouch.incarnation().equals(mine)) {
            return true;
        }
        if (stream != vouch.stream()) {
            return stream < vouch.stream();
        }
        return offset.isBefore(vouch.offset()) || offset.equals(vouch.offset()) && !digest.equals(vouch.digest());
    }

    /** R11: a stream that I may not follow, since what it goes on from is not here. The sender must hear it: only it can give me what I lack. */
    void decline(int number, String why) {
        halt(why);
        if (declined != number) {
            declined = number;
            ask(rereceiveCount + 1);
        } else {
            repeatLater();
        }
    }

    /** A person says who the sender is now: nothing of before is known of it. */
    void forget(UUID incarnationNow) {
        learn(incarnationNow);
        refused = null;
        asked = null;
        dropHeld();
        confirmAt = now;
        activate();
        act(new ReceiverAction.DropStaged(new LogOffset(Long.MAX_VALUE), 0));
    }

    /** What came beyond the position is void, and so is every wish for more of it. */
    private void dropHeld() {
        staged.clear();
        held.clear();
        expected = null;
        missingSince = null;
        attempts = 0;
        askNotBefore = null;
        applyingTo = null;
        declined = 0;
    }

    /** Whether there is something beyond what comes next, or said to be. */
    boolean isMissing() {
        return !held.isEmpty() || !staged.isEmpty() || expected != null && expected.isAfter(offset);
    }

    /** The sender says that what I have is all that it has sent. */
    void hasAll() {
        attempts = 0;
        askNotBefore = null;
        if (status == DeliveryStatus.HALTED) {
            activate(); // what halted the stream is not part of it any more
            act(new ReceiverAction.Resumed());
        }
    }

    /** R4: something new was stored, patience begins anew; a part of what comes next is progress. */
    void renew(boolean ofNextGroup) {
        storedNew = true;
        renewedAt = now;
        if (ofNextGroup) {
            missingSince = null;
            attempts = 0;
            askNotBefore = null;
        }
    }

    /** R5: a new epoch; everything sent before it is void. */
    void ask(int epoch) {
        rereceiveCount = epoch;
        held.clear();
        expected = null;
        missingSince = null;
        idlePolls = 0;
        retryAt = null;
        askNotBefore = backOff.next(now, settings.backOffFirst(), attempts);
        attempts++;
        asked = new ReceiverState.Asked(epoch, attempts, askNotBefore);
        act(new ReceiverAction.AskAgain(epoch, received(), attempts));
    }

    /** R4: which parts of what comes next are here already, under the epoch that is known: nothing becomes void by it. */
    void sayWhatIsStaged() {
        if (!isSplit() && staged.stream().anyMatch(group -> group.prev().equals(offset) && group.prevDigest().equals(digest) && !group.isComplete())) {
            act(new ReceiverAction.AskAgain(rereceiveCount, received(), attempts));
        }
    }

    /** R5: the sender may not know my epoch; repeat the request unless it shows that it does. */
    void repeatLater() {
        if (asked == null) {
            asked = new ReceiverState.Asked(rereceiveCount, attempts, backOff.next(now, settings.backOffFirst(), attempts));
        }
    }

    /** The sender has shown my epoch: the request has arrived. */
    void answered() {
        if (asked != null) {
            asked = null;
            missingSince = null;
        }
    }

    void confirmSoon() {
        if (confirmAt == null) {
            confirmAt = now.plus(settings.confirmationDelay());
        }
    }

    void confirmed(Position position) {
        if (position != null && position.incarnation().equals(incarnation)) {
            confirmed = position.offset();
            if (confirmed.equals(offset)) {
                confirmAt = null;
            }
        }
    }

    void halt(String why) {
        if (status != DeliveryStatus.HALTED || !why.equals(reason)) {
            act(new ReceiverAction.Halt(why));
        }
        status = DeliveryStatus.HALTED;
        reason = why;
    }

    /** R10: apply nothing, trim nothing, keep everything, say so; and confirm, so that the other end sees it too. */
    void split(String why) {
        if (!isSplit()) {
            act(new ReceiverAction.SplitHistory(why));
        }
        status = DeliveryStatus.SPLIT_HISTORY;
        reason = why;
        asked = null;
        missingSince = null;
        applyingTo = null;
        confirmSoon();
    }

    void activate() {
        status = DeliveryStatus.ACTIVE;
        reason = null;
        retryAt = null;
        failures = 0;
    }

    /** Groups that begin before the position are applied, or were cut from something that is. */
    void dropApplied() {
        if (staged.removeIf(group -> group.prev().isBefore(offset))) {
            act(new ReceiverAction.DropStaged(offset, stream));
        }
    }

    /** What is due by the clock alone. */
    void timers() {
        if (asked != null && !now.isBefore(asked.nextAt())) {
            attempts++;
            askNotBefore = backOff.next(now, settings.backOffFirst(), attempts - 1);
            asked = new ReceiverState.Asked(asked.epoch(), attempts, askNotBefore);
            act(new ReceiverAction.AskAgain(asked.epoch(), received(), attempts)); // R5: the same epoch, so that it does not matter how many of them arrive
        }
        if (confirmAt != null && !now.isBefore(confirmAt)) {
            confirmAt = null;
            confirmed = offset;
            act(new ReceiverAction.Confirm(received())); // R8: cumulative, with digest
        }
    }
}
