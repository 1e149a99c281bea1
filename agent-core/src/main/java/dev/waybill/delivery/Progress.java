// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.MessageHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a receiver gets on: what is next, what is missing, what came of applying. */
record Progress(ReceiverTurn turn) {

    /** R1, R4, R5: hand out what is next; if it is missing, count patience. */
    void pollEnded() {
        turn.idlePolls = turn.storedNew ? 0 : turn.idlePolls + 1;
        turn.storedNew = false;
        if (turn.incarnation == null || turn.isSplit() || turn.applyingTo != null) {
            return;
        }
        List<Unit> units = plan();
        if (turn.isSplit()) {
            return;
        }
        if (units.isEmpty()) {
            patience();
            return;
        }
        turn.missingSince = null; // R5: the next group is held, maybe failing: patience does not count
        if (turn.retryAt == null || !turn.now.isBefore(turn.retryAt)) {
            turn.applyingTo = units.get(units.size() - 1).last();
            turn.act(new ReceiverAction.Apply(turn.received(), units));
        }
    }

    /** The longest run of units that begins at the position, bounded. */
    private List<Unit> plan() {
        List<Unit> units = new ArrayList<>();
        LogOffset at = turn.offset;
        for (Unit unit = next(at, true); unit != null && units.size() < turn.settings.plannedUnits(); unit = next(at, false)) {
            units.add(unit);
            at = unit.last();
        }
        return units;
    }

    private Unit next(LogOffset at, boolean first) {
        for (StagedGroup group : turn.staged) {
            if (group.prev().equals(at) && group.isComplete()) { // R1: only complete groups
                if (first && !group.prevDigest().equals(turn.digest)) {
                    turn.split("At offset " + at + " this database has digest " + turn.digest + ", staged parts say " + group.prevDigest()
                            + ": two histories under one incarnation. Nothing was applied, everything is kept.");
                    return null;
                }
                return new Unit.Group(group.cut(), at, group.prevDigest(), group.last());
            }
        }
        Unit best = null;
        for (ReceiverState.Held held : turn.held) {
            MessageHeader header = held.header();
            boolean continues = header.prev().equals(at) || first && header.prev().isBefore(at); // R1: prev ≤ log_received < this
            if (continues && header.last().isAfter(at) && (best == null || header.prev().equals(at))) {
                best = new Unit.Whole(held.ref(), header.prev(), held.prevDigest(), header.last());
            }
        }
        return best;
    }

    private void patience() {
        if (!turn.isMissing()) {
            turn.missingSince = null;
            return;
        }
        if (turn.missingSince == null) {
            turn.missingSince = turn.now;
            turn.renewedAt = turn.now;
            turn.idlePolls = 0;
        }
        if (turn.asked == null && isPatienceOver() && (turn.askNotBefore == null || !turn.now.isBefore(turn.askNotBefore))) {
            turn.ask(turn.rereceiveCount + 1); // R5: at most one outstanding, back-off until there is progress
        }
    }

    private boolean isPatienceOver() {
        boolean quiet = turn.idlePolls >= turn.settings.patiencePolls() && !turn.now.isBefore(turn.renewedAt.plus(turn.settings.patience()));
        // R4: later messages renew, but not for ever: under steady traffic a lost one would never be asked for
        return quiet || !turn.now.isBefore(turn.missingSince.plus(turn.settings.patienceAtMost()));
    }

    /** Data and position are committed together: this only says it to the machine. */
    void applied(Position position) {
        if (!position.incarnation().equals(turn.incarnation) || !position.offset().isAfter(turn.offset)) {
            throw new IllegalStateException("applied to " + position + " after " + turn.received());
        }
        turn.offset = position.offset();
        turn.digest = position.digest();
        if (turn.applyingTo != null && !turn.offset.isBefore(turn.applyingTo)) {
            turn.applyingTo = null;
        }
        turn.attempts = 0; // R5: progress
        turn.askNotBefore = null;
        turn.missingSince = null;
        turn.failures = 0;
        turn.retryAt = null;
        if (turn.status == DeliveryStatus.HALTED) {
            turn.activate();
            turn.act(new ReceiverAction.Resumed());
        }
        deleteApplied();
        turn.dropApplied();
        turn.confirmSoon();
    }

    private void deleteApplied() {
        for (ReceiverState.Held held : List.copyOf(turn.held)) {
            if (!held.header().last().isAfter(turn.offset)) {
                turn.held.remove(held);
                turn.act(new ReceiverAction.Delete(held.ref(), "applied: log_received is " + turn.offset));
            }
        }
    }

    void failed(ReceiverEvent.ApplyFailed event) {
        turn.applyingTo = null;
        switch (event.failure()) {
            case TRANSIENT -> retry(); // R12: never poison
            case POISON -> {
                turn.halt(event.reason()); // R12: HALT
                retry();
            }
            case SPLIT -> turn.split(event.reason()); // R10
            case UNVERIFIED -> unverified(event.unit());
            case LOST -> forget(event.unit());
        }
    }

    private void retry() {
        turn.retryAt = turn.backOff.next(turn.now, turn.settings.retryFirst(), turn.failures);
        turn.failures++;
    }

    /** The sender can check my position where this unit cannot: ask from there. If its journal does not have it, it says split history (R10). */
    private void unverified(Unit unit) {
        Instant earliest = turn.askNotBefore;
        if (turn.asked == null && (earliest == null || !turn.now.isBefore(earliest))) {
            turn.ask(turn.rereceiveCount + 1);
        } else {
            turn.retryAt = turn.asked != null ? turn.asked.nextAt() : earliest;
        }
        if (unit instanceof Unit.Group) {
            forget(unit);
        }
    }

    private void forget(Unit unit) {
        if (unit instanceof Unit.Whole whole) {
            turn.held.removeIf(held -> held.ref().equals(whole.ref()));
        } else if (unit instanceof Unit.Group group) {
            turn.staged.removeIf(staged -> staged.prev().equals(group.prev()) && staged.cut().equals(group.cut()));
            turn.act(new ReceiverAction.DropGroup(group.prev(), group.cut()));
        }
        if (turn.expected == null || unit.last().isAfter(turn.expected)) {
            turn.expected = unit.last();
        }
    }
}
