// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Doubling waits, spread so that many databases do not ask in step.
 *
 * <p>The spread is a function of the incarnation (which is random) and the attempt: so a step of a machine stays a function of its state and event, and a seed replays it.
 */
record BackOff(DeliverySettings settings, UUID incarnation) {

    /** When to try again after this many tries, counted from 0. */
    Instant next(Instant now, Duration first, int tries) {
        long most = settings.backOffAtMost().toNanos();
        long wait = Math.min(most, first.toNanos() << Math.min(tries, 20));
        if (wait <= 0) {
            wait = most;
        }
        double chance = new SplittableRandom(incarnation.getLeastSignificantBits() + tries).nextDouble();
        return now.plusNanos((long) (wait * (1 + settings.backOffSpread() * (2 * chance - 1))));
    }
}
