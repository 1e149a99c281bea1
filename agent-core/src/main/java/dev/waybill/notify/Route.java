// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.util.List;

/**
 * By which gateways a request may be sent, in order. Immutable.
 *
 * @param automatic     so many are tried one after the other by themselves; those behind only when a handler says so
 * @param confirmWithin a listener has to confirm, and the next gateway is tried after so long; null: nobody has to
 */
record Route(List<String> gateways, int automatic, Duration confirmWithin) {

    Route {
        gateways = List.copyOf(gateways);
    }

    boolean isConfirmed() {
        return confirmWithin != null;
    }
}
