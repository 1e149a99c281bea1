// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as MobiLink writes them: {@code 90}, {@code 30s}, {@code 1H 30M 10S}; and as ISO 8601 does, {@code PT1H30M10S}. A number alone is of the unit that its place has: minutes in push requests, seconds in {@code poll_every}. Stateless; any thread. */
public final class IntervalText {

    /** What is expected, for the text of an error. */
    public static final String EXPECTED = "a time such as 5, 30s, 1H 30M 10S or PT1H30M10S, of at most 366 days";

    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int LONGEST_TEXT = 40;
    private static final Pattern PARTS = Pattern.compile("(?:(\\d{1,9})\\s*H)?\\s*(?:(\\d{1,9})\\s*M)?\\s*(?:(\\d{1,9})\\s*S)?");

    private IntervalText() {}

    /**
     * The time; null for null, nothing and zero, which mean that there is none.
     *
     * @param unit of a number alone
     * @throws IllegalArgumentException it is not {@link #EXPECTED}
     */
    public static Duration parse(String text, Duration unit) {
        String written = text == null ? "" : text.strip().toUpperCase(Locale.ROOT);
        if (written.isEmpty()) {
            return null;
        }
        try {
            Duration time = written.length() > LONGEST_TEXT ? null : written.startsWith("P") ? Duration.parse(written) : written.matches("\\d{1,9}") ? unit.multipliedBy(Integer.parseInt(written)) : parts(written);
            if (time == null || time.isNegative() || time.compareTo(LONGEST) > 0) {
                throw wrong(text, null);
            }
            return time.isZero() ? null : time;
        } catch (DateTimeException | ArithmeticException unreadable) {
            throw wrong(text, unreadable);
        }
    }

    private static Duration parts(String written) {
        Matcher parts = PARTS.matcher(written);
        return parts.matches() ? Duration.ofHours(number(parts.group(1))).plusMinutes(number(parts.group(2))).plusSeconds(number(parts.group(3))) : null;
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static IllegalArgumentException wrong(String text, Exception cause) {
        return new IllegalArgumentException("\"" + text.substring(0, Math.min(text.length(), LONGEST_TEXT)) + "\" is not " + EXPECTED, cause);
    }
}
