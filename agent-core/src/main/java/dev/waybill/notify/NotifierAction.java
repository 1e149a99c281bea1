// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.List;

/** What a {@link NotifierMachine} wants done. */
sealed interface NotifierAction {

    /** Runs what the notifier has for this event; to be followed by one input about what came of it. At most one is under way. */
    record Perform(NotifierEvent event, PushRequest request, int code, DeleteReason reason) implements NotifierAction {
        static Perform of(NotifierEvent event) {
            return new Perform(event, null, 0, null);
        }
    }

    /**
     * Sends a notice, and does not wait; whether it could be delivered may be said later. The states that {@link NotifierMachine#changed} tells are to be on record before.
     *
     * @param unanswered the gateway by which it was sent before, and not confirmed in time; null for none
     */
    record Send(PushRequest request, String gateway, String unanswered) implements NotifierAction {}

    /** From now on this is what pollers find. */
    record Offer(List<PolledNotice> notices) implements NotifierAction {}

    /** The notifier has ended. */
    record End() implements NotifierAction {}
}
