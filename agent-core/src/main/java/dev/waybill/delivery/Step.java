// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.util.List;

/**
 * What a machine answers to an event: its state afterwards and what is to be done. The durable part of the state, if it changed, is committed (and made durable) <em>before</em> the actions are
 * performed, in their order.
 */
public record Step<S, A>(S state, List<A> actions) {

    public Step {
        actions = List.copyOf(actions);
    }
}
