// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings {@code waybill.*} as they stand for one connection. A new setting is one component here, one constant of {@link Setting}, one line of {@link #of}.
 *
 * @param uncaptured    {@code waybill.uncaptured}
 * @param unwrap        {@code waybill.unwrap}
 * @param agent         {@code waybill.agent}
 * @param showCatalogue {@code waybill.show-catalogue}
 * @param patience      {@code waybill.wait}
 * @param messageBytes  {@code waybill.message-bytes}
 * @param poll          {@code waybill.poll}
 */
public record WaybillSettings(UncapturedPolicy uncaptured, UnwrapPolicy unwrap, AgentMode agent, boolean showCatalogue, Duration patience,
        int messageBytes, Duration poll) {

    /** As the protocol's fragments: SQL Remote's least, too. */
    private static final int LEAST_MESSAGE_BYTES = 10_000;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    /** What applies when nothing is said. */
    public static final WaybillSettings DEFAULTS =
            new WaybillSettings(UncapturedPolicy.REFUSE, UnwrapPolicy.REFUSE, AgentMode.AUTO, false, Duration.ofSeconds(30), 50_000, Duration.ofMillis(500));

    /**
     * Read from texts by full key; keys that are not there have their defaults.
     *
     * @throws SQLException SETTING_UNKNOWN or SETTING_VALUE
     */
    public static WaybillSettings of(Map<String, String> texts) throws SQLException {
        for (String key : texts.keySet()) {
            if (Setting.of(key) == null) {
                throw WaybillError.SETTING_UNKNOWN.with(key, Stream.of(Setting.values()).map(Setting::key).collect(Collectors.joining(", ")));
            }
        }
        return new WaybillSettings(
                choice(texts, Setting.UNCAPTURED, UncapturedPolicy.class),
                choice(texts, Setting.UNWRAP, UnwrapPolicy.class),
                choice(texts, Setting.AGENT, AgentMode.class),
                Boolean.parseBoolean(oneOf(texts, Setting.SHOW_CATALOGUE)),
                duration(texts, Setting.WAIT),
                number(texts, Setting.MESSAGE_BYTES, LEAST_MESSAGE_BYTES),
                duration(texts, Setting.POLL));
    }

    private static <E extends Enum<E>> E choice(Map<String, String> texts, Setting setting, Class<E> type) throws SQLException {
        return Enum.valueOf(type, oneOf(texts, setting).toUpperCase(Locale.ROOT));
    }

    private static String oneOf(Map<String, String> texts, Setting setting) throws SQLException {
        String text = text(texts, setting).toLowerCase(Locale.ROOT);
        List<String> choices = setting.choices();
        if (!choices.contains(text)) {
            throw WaybillError.SETTING_VALUE.with(setting.key(), text, String.join(", ", choices));
        }
        return text;
    }

    private static Duration duration(Map<String, String> texts, Setting setting) throws SQLException {
        String text = text(texts, setting).toLowerCase(Locale.ROOT);
        Matcher matcher = SHORT_DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
            throw WaybillError.SETTING_VALUE.with(setting.key(), text, "a time that is not negative");
        } catch (DateTimeParseException unreadable) {
            throw WaybillError.SETTING_VALUE.because(unreadable, setting.key(), text, "a time such as 500ms, 30s, 5m, 1h or PT30S");
        }
    }

    private static int number(Map<String, String> texts, Setting setting, int least) throws SQLException {
        String text = text(texts, setting);
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) < least) {
            throw WaybillError.SETTING_VALUE.with(setting.key(), text, "a whole number from " + least);
        }
        return Integer.parseInt(text);
    }

    private static String text(Map<String, String> texts, Setting setting) {
        return texts.getOrDefault(setting.key(), setting.defaultText()).trim();
    }
}
