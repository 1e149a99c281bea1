// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.time.Instant;

/** Time as a notifier counts it: it goes on with the clock and stands still while the clock is set back, so that nothing waits longer because of that. One thread. */
final class OwnTime {

    private Instant clock;
    private Instant own;

    /** The own time when the clock says this. */
    Instant at(Instant now) {
        if (own == null) {
            own = now;
        } else if (now.isAfter(clock)) {
            own = own.plus(Duration.between(clock, now));
        }
        clock = now;
        return own;
    }
}
