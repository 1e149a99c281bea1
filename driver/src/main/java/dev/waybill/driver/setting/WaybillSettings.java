// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.Retention;
import dev.waybill.error.WaybillError;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * @param lossPatience  {@code waybill.patience}
 * @param retention     {@code waybill.journal-keep} and its neighbours
 * @param capture       {@code waybill.capture}
 * @param callTimeout   {@code waybill.call-timeout}
 * @param keys          {@code waybill.keys}; null for none
 */
public record WaybillSettings(UncapturedPolicy uncaptured, UnwrapPolicy unwrap, AgentMode agent, boolean showCatalogue, Duration patience,
        int messageBytes, Duration poll, Duration lossPatience, Retention retention, CaptureMode capture, Duration callTimeout, Path keys) {

    /** As the protocol's fragments: SQL Remote's least, too. */
    private static final int LEAST_MESSAGE_BYTES = 10_000;
    /** Less would be a loop that never rests. */
    private static final Duration LEAST_POLL = Duration.ofMillis(1);
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /** What applies when nothing is said. */
    public static final WaybillSettings DEFAULTS =
            new WaybillSettings(UncapturedPolicy.REFUSE, UnwrapPolicy.REFUSE, AgentMode.AUTO, false, Duration.ofSeconds(30), 50_000, Duration.ofMillis(500), Duration.ofSeconds(5), Retention.USUAL,
                    CaptureMode.DRIVER, Duration.ofSeconds(30), null);

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
                duration(texts, Setting.WAIT, Duration.ZERO),
                number(texts, Setting.MESSAGE_BYTES, LEAST_MESSAGE_BYTES),
                duration(texts, Setting.POLL, LEAST_POLL),
                duration(texts, Setting.PATIENCE, AgentSettings.LEAST_PATIENCE),
                retention(texts),
                choice(texts, Setting.CAPTURE, CaptureMode.class),
                duration(texts, Setting.CALL_TIMEOUT, LEAST_POLL),
                path(texts, Setting.KEYS));
    }

    private static Path path(Map<String, String> texts, Setting setting) throws SQLException {
        String text = text(texts, setting);
        try {
            return text.isEmpty() ? null : Path.of(text);
        } catch (InvalidPathException unreadable) {
            throw WaybillError.SETTING_VALUE.because(unreadable, setting.key(), text, "the path of a directory");
        }
    }

    private static Retention retention(Map<String, String> texts) throws SQLException {
        Duration keep = duration(texts, Setting.JOURNAL_KEEP, Duration.ZERO);
        long keepBytes = bytes(texts, Setting.JOURNAL_KEEP_BYTES, 0);
        return new Retention(keep, keepBytes, duration(texts, Setting.JOURNAL_MOST, keep), bytes(texts, Setting.JOURNAL_MOST_BYTES, keepBytes));
    }

    private static long bytes(Map<String, String> texts, Setting setting, long least) throws SQLException {
        String text = text(texts, setting);
        long bytes;
        try {
            bytes = BytesText.parse(text);
        } catch (IllegalArgumentException unreadable) {
            throw WaybillError.SETTING_VALUE.because(unreadable, setting.key(), text, BytesText.EXPECTED);
        }
        if (bytes < least) {
            throw WaybillError.SETTING_VALUE.with(setting.key(), text, "a number of bytes from " + least);
        }
        return bytes;
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

    private static Duration duration(Map<String, String> texts, Setting setting, Duration least) throws SQLException {
        String text = text(texts, setting);
        Duration duration;
        try {
            duration = DurationText.parse(text);
        } catch (IllegalArgumentException unreadable) {
            throw WaybillError.SETTING_VALUE.because(unreadable, setting.key(), text, DurationText.EXPECTED);
        }
        if (duration.compareTo(least) < 0) {
            throw WaybillError.SETTING_VALUE.with(setting.key(), text, "a time from " + least.toMillis() + "ms");
        }
        return duration;
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
