// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A length of time as people write it in settings and on the command line: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h} or {@code PT30S}. Any thread. */
public final class DurationText {

    /** What is expected, for the text of an error. */
    public static final String EXPECTED = "a time that is not negative, such as 500ms, 30s, 5m, 1h or PT30S";

    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private DurationText() {}

    /**
     * The time; never negative.
     *
     * @throws IllegalArgumentException when it is not {@link #EXPECTED}
     */
    public static Duration parse(String text) {
        Matcher matcher = SHORT.matcher(text.trim().toLowerCase(Locale.ROOT));
        return matcher.matches() ? of(Long.parseLong(matcher.group(1)), matcher.group(2)) : iso(text.trim());
    }

    private static Duration of(long number, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static Duration iso(String text) {
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException unreadable) {
            throw new IllegalArgumentException(text + " is not " + EXPECTED, unreadable);
        }
        throw new IllegalArgumentException(text + " is not " + EXPECTED);
    }
}
