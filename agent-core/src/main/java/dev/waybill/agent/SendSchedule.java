// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.publication.RemoteUser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * When messages go to a neighbour. {@code SEND EVERY '00:00:00'} is as soon as there is something; {@code SEND AT} is once a day by the clock of this place, as in SQL Remote. Immutable.
 */
record SendSchedule(Duration every, LocalTime at, ZoneId place) {

    /** As the catalogue says; without a clause as soon as there is something (whoever runs batches asks for them himself). */
    static SendSchedule of(RemoteUser user, ZoneId place) {
        return new SendSchedule(user.sendAt() == null && user.sendEvery() == null ? Duration.ZERO : user.sendEvery(), user.sendAt(), place);
    }

    /** Whether there is no waiting. */
    boolean isPrompt() {
        return every != null && every.isZero();
    }

    /** The first time after this one at which messages go. */
    Instant after(Instant time) {
        if (every != null) {
            return time.plus(every);
        }
        ZonedDateTime here = time.atZone(place);
        ZonedDateTime today = here.with(at);
        return (today.isAfter(here) ? today : here.plusDays(1).with(at)).toInstant();
    }
}
