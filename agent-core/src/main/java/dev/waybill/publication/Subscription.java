// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.journal.LogOffset;

/**
 * A subscriber's standing order for a publication.
 *
 * @param value   of SUBSCRIBE BY; null for none
 * @param state   where it is in its life
 * @param created log offset at which it was created
 * @param started log offset at which its latest period began; null before the first. What is owed of earlier ones is in {@link Owed}
 * @param stopped log offset at which its latest period ended; null while it has not
 * @param snapshot log offset of its latest snapshot; null for none
 */
public record Subscription(String publication, String subscriber, String value, State state, LogOffset created, LogOffset started, LogOffset stopped, LogOffset snapshot) {

    /** Whether he is to get the publication. */
    public boolean isLive() {
        return state != State.CREATED && state != State.STOPPED;
    }

    /** The same, with nothing owed so far. */
    public Subscription begunAnew() {
        return new Subscription(publication, subscriber, value, state, created, null, null, null);
    }

    /** The life of a subscription. */
    public enum State {
        /** Defined; nothing is sent. */
        CREATED,
        /** SYNCHRONIZE was asked for; the agent takes the snapshot at its next cycle, unless the one before is still under way: then as soon as that one is confirmed. */
        SYNCHRONIZE_REQUESTED,
        /** The snapshot is in the journal and on its way. */
        SYNCHRONIZING,
        /** Changes from {@code started} on are sent. */
        STARTED,
        /** STOP was said: nothing more is sent. */
        STOPPED
    }
}
