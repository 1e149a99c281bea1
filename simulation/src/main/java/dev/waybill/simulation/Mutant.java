// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.delivery.Continuation;
import dev.waybill.delivery.JournalView;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.ReceiverState;
import dev.waybill.delivery.SenderAction;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.SenderState;
import dev.waybill.delivery.Step;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import java.util.UUID;

/** Where the machines can be broken on purpose. This one breaks nothing. */
class Mutant {

    /** The real thing. */
    static final Mutant NONE = new Mutant();

    Envelope arriving(Envelope envelope, ReceiverState state, UUID me) {
        return envelope;
    }

    ReceiverEvent event(ReceiverEvent event) {
        return event;
    }

    Step<ReceiverState, ReceiverAction> after(ReceiverState before, ReceiverEvent event, Step<ReceiverState, ReceiverAction> step) {
        return step;
    }

    SenderEvent event(SenderEvent event, SenderState state) {
        return event;
    }

    Step<SenderState, SenderAction> after(SenderState before, SenderEvent event, Step<SenderState, SenderAction> step) {
        return step;
    }

    JournalView view(JournalView journal) {
        return journal;
    }

    Continuation.Verdict verdict(Continuation.Verdict verdict) {
        return verdict;
    }

    boolean takesCorrupt() {
        return false;
    }

    /** Whether the position is stored in the same commit as the data. */
    boolean isAtomic() {
        return true;
    }

    /** Whether messages bear confirmations. */
    boolean confirmationsRide() {
        return true;
    }

    /** How far the journal may be trimmed. */
    LogOffset owed(LogOffset owed, LogOffset head) {
        return owed;
    }

    /** Whether a journal that is trimmed beyond what is owed says so in the same commit. */
    boolean saysThatItTrimmed() {
        return true;
    }

    /** Whether a stream that begins anew begins with a snapshot of all that its subscriber is to get. */
    boolean beginsWithSnapshot() {
        return true;
    }

    /** The faults under which it shows soonest; null for any mixture. */
    Faults faults() {
        return null;
    }
}
