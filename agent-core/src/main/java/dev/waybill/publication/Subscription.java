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
 * @param stopped log offset up to which they are owed; null while there is no end
 */
public record Subscription(String publication, String subscriber, String value, State state, LogOffset created, LogOffset started, LogOffset stopped) {

    /** Whether the entry at this offset is owed. Independent of the state: a new start or snapshot moves {@code started} and takes {@code stopped} away. */
    public boolean owes(LogOffset entry) {
        return started != null && entry.isAfter(started) && (stopped == null || !entry.isAfter(stopped));
    }

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
