// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.journal.LogOffset;

/**
 * A subscriber's standing order for a publication.
 *
 * @param value   of SUBSCRIBE BY; null for none
 * @param state   where it is in its life
 * @param created log offset at which it was created
 * @param started log offset from which changes are owed; null before
 */
public record Subscription(String publication, String subscriber, String value, State state, LogOffset created, LogOffset started) {

    /** The life of a subscription. */
    public enum State {
        /** Defined; nothing is sent. */
        CREATED,
        /** SYNCHRONIZE was asked for; the agent takes the snapshot at its next cycle. */
        SYNCHRONIZE_REQUESTED,
        /** The snapshot is in the journal and on its way. */
        SYNCHRONIZING,
        /** Changes from {@code started} on are sent. */
        STARTED,
        /** STOP was said: nothing more is sent. */
        STOPPED
    }
}
