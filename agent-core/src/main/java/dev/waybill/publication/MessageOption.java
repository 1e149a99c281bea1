// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of {@code SET REMOTE type OPTION}: what may be said, checked when it is said, since a misspelt one would be an option that nobody asks for. Stateless; any thread.
 *
 * @param choices the values that there are, in small letters; empty: any
 */
public record MessageOption(String name, List<String> choices) {

    private static final List<MessageOption> OF_ALL = List.of(new MessageOption("signature", List.of("required", "optional", "off")), new MessageOption("encryption", List.of("required", "off")));

    private static final Map<String, List<MessageOption>> OF_TYPE = new TreeMap<>(Map.of(
            "FILE", List.of(new MessageOption("directory", List.of()))));

    /** The ways to send that there are; each is a class in {@code link}. */
    static String types() {
        return String.join(", ", OF_TYPE.keySet());
    }

    /** Whether there is this way to send. */
    static boolean isType(String type) {
        return OF_TYPE.containsKey(type);
    }

    /**
     * Returns when this may be said.
     *
     * @throws SQLException LINK_OPTION
     */
    static void check(String type, String name, String value) throws SQLException {
        List<MessageOption> known = Stream.concat(OF_TYPE.getOrDefault(type, List.of()).stream(), OF_ALL.stream()).toList();
        MessageOption option = known.stream().filter(each -> each.name.equals(name)).findFirst()
                .orElseThrow(() -> WaybillError.LINK_OPTION.with(type, name, "there are " + known.stream().map(MessageOption::name).collect(Collectors.joining(", "))));
        if (!option.choices.isEmpty() && !option.choices.contains(value.toLowerCase(Locale.ROOT))) {
            throw WaybillError.LINK_OPTION.with(type, name, "it is one of " + String.join(", ", option.choices));
        }
    }
}
