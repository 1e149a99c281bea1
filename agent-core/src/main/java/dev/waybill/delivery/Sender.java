// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.time.Instant;
import java.util.UUID;

/** The sending end of one stream, as a function from (state, event) to (state, actions). Immutable; any thread. */
public final class Sender {

    private final String subscriber;
    private final UUID myIncarnation;
    private final DeliverySettings settings;

    /**
     * @param subscriber    to whom this stream goes
     * @param myIncarnation of my catalogue
     */
    public Sender(String subscriber, UUID myIncarnation, DeliverySettings settings) {
        this.subscriber = subscriber;
        this.myIncarnation = myIncarnation;
        this.settings = settings;
    }

    /**
     * One step.
     *
     * @param now     by the agent's clock
     * @param journal mine, at this moment
     */
    public Step<SenderState, SenderAction> step(SenderState state, SenderEvent event, Instant now, JournalView journal) {
        throw new UnsupportedOperationException(subscriber + myIncarnation + settings);
    }

    /** When the next {@link SenderEvent.Tick} can matter; null when only other events can. */
    public static Instant wakeAt(SenderState state) {
        throw new UnsupportedOperationException();
    }
}
