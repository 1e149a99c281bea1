// SPDX-License-Identifier: Apache-2.0
package dev.waybill.invitation;

import dev.waybill.publication.RemoteUser;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;

/**
 * When the remote is to send, as SEND EVERY and SEND AT say it. Immutable; any thread.
 *
 * @param every null when not given
 * @param at    null when not given; with neither, in batches
 */
public record Schedule(Duration every, LocalTime at) {

    private static final String BATCH = "BATCH";
    private static final String EVERY = "EVERY ";
    private static final String AT = "AT ";

    /** The same in the other direction. */
    static Schedule of(RemoteUser user) {
        return new Schedule(user.sendEvery(), user.sendAt());
    }

    String text() {
        return every != null ? EVERY + LocalTime.ofSecondOfDay(every.toSeconds()) : at != null ? AT + at : BATCH;
    }

    static Schedule of(String text) throws GeneralSecurityException {
        try {
            if (text.startsWith(EVERY)) {
                return new Schedule(Duration.ofSeconds(LocalTime.parse(text.substring(EVERY.length())).toSecondOfDay()), null);
            }
            return new Schedule(null, text.equals(BATCH) ? null : LocalTime.parse(text.substring(Math.min(AT.length(), text.length()))));
        } catch (DateTimeException unreadable) {
            throw new GeneralSecurityException("its line \"send\" cannot be read", unreadable);
        }
    }
}
