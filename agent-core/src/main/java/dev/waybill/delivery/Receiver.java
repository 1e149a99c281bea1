// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.time.Instant;
import java.util.UUID;

/** The receiving end of one stream, as a function from (state, event) to (state, actions). Immutable; any thread. */
public final class Receiver {

    private final String sender;
    private final String me;
    private final UUID myIncarnation;
    private final DeliverySettings settings;

    /**
     * @param sender        publisher from whom this stream comes
     * @param me            my publisher
     * @param myIncarnation of my catalogue
     */
    public Receiver(String sender, String me, UUID myIncarnation, DeliverySettings settings) {
        this.sender = sender;
        this.me = me;
        this.myIncarnation = myIncarnation;
        this.settings = settings;
    }

    /** One step. */
    public Step<ReceiverState, ReceiverAction> step(ReceiverState state, ReceiverEvent event) {
        throw new UnsupportedOperationException(sender + me + myIncarnation + settings);
    }

    /** Whether this message is known and waits on the link for its turn: it need not be read again. */
    public static boolean holds(ReceiverState state, String ref) {
        return state.passing().held().stream().anyMatch(held -> held.ref().equals(ref));
    }

    /** When the next {@link ReceiverEvent.Tick} or {@link ReceiverEvent.PollEnded} can matter; null when only arrivals can. */
    public static Instant wakeAt(ReceiverState state) {
        throw new UnsupportedOperationException();
    }
}
