// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.error.WaybillError;
import dev.waybill.secret.SecretReference;
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
 * @param secret  whether its value says where a secret is, and must never be one
 */
public record MessageOption(String name, List<String> choices, boolean secret) {

    private static final List<MessageOption> OF_ALL = List.of(new MessageOption("signature", List.of("required", "optional", "off"), false), new MessageOption("encryption", List.of("required", "off"), false),
            new MessageOption("passthrough", List.of("signed", "unsigned"), false));

    private static final Map<String, List<MessageOption>> OF_TYPE = new TreeMap<>(Map.of(
            "FILE", List.of(any("directory")),
            "HTTP", List.of(any("directory"), any("url"), secret("token"), any("certificate"), any("keystore"), secret("keystore_password")),
            "KAFKA", List.of(any("servers"), any("topic_prefix"), new MessageOption("security", List.of("tls", "none"), false), any("certificate"), any("keystore"), secret("keystore_password"), any("userid"), secret("password"),
                    new MessageOption("login", List.of("scram-sha-512", "scram-sha-256", "plain", "oauthbearer"), false)),
            "SMTP", List.of(any("smtp_host"), any("smtp_port"), any("smtp_userid"), secret("smtp_password"), any("imap_host"), any("imap_port"), any("imap_userid"), secret("imap_password"), any("imap_folder"), any("pop3_host"), any("pop3_port"), any("pop3_userid"), secret("pop3_password"), any("certificate"),
                    new MessageOption("security", List.of("tls", "starttls", "none"), false), new MessageOption("login", List.of("password", "oauth2"), false))));

    private static MessageOption secret(String name) {
        return new MessageOption(name, List.of(), true);
    }

    private static MessageOption any(String name) {
        return new MessageOption(name, List.of(), false);
    }

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
        if (option.secret && !SecretReference.isReference(value)) {
            throw WaybillError.LINK_OPTION.with(type, name, SecretReference.EXPECTED);
        }
    }
}
