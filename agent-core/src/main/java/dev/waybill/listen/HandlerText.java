// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads a message handler as {@code dblsn -l} has it. Stateless; any thread.
 *
 * <pre>
 *   handler ::= [filter;…] action=command [;altaction=command] [;continue=yes] [;maydial=no] [;confirm_delivery=no]
 *   filter  ::= subject=s | content=s | message=s | message_start=s | sender=s          a value may be in quotes, and has to be where it has a semicolon
 *   command ::= sync | run PROGRAM … | start PROGRAM … | post TEXT to URL | socket port=…[;host=…][;sendText=…][;recvText=…[;timeout=seconds]] | shutdown
 * </pre>
 */
public final class HandlerText {

    private static final int LONGEST = 8_000;
    private static final Set<String> KEYS = Set.of("subject", "content", "message", "message_start", "sender", "action", "altaction", "continue", "maydial", "confirm_delivery");
    private static final Set<String> FLAGS = Set.of("continue", "maydial", "confirm_delivery");

    private HandlerText() {}

    /** @throws IllegalArgumentException it is none; the text says why */
    public static MessageHandler read(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("a handler has at most " + LONGEST + " letters");
        }
        Map<String, String> parts = parts(text);
        expectOnly(parts, KEYS);
        if (!parts.containsKey("action")) {
            throw new IllegalArgumentException("a handler needs action=…");
        }
        Map<MessageHandler.Part, String> filters = new LinkedHashMap<>();
        for (MessageHandler.Part part : MessageHandler.Part.values()) {
            String key = part.name().toLowerCase(Locale.ROOT);
            if (parts.containsKey(key)) {
                filters.put(part, parts.get(key));
            }
        }
        for (String flag : FLAGS) {
            flag(parts, flag, true);
        }
        Action alternative = parts.containsKey("altaction") ? ActionText.read(parts.get("altaction")) : null;
        return new MessageHandler(filters, ActionText.read(parts.get("action")), alternative, flag(parts, "continue", false), flag(parts, "confirm_delivery", true));
    }

    private static boolean flag(Map<String, String> parts, String name, boolean otherwise) {
        return switch (parts.getOrDefault(name, otherwise ? "yes" : "no").toLowerCase(Locale.ROOT)) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw new IllegalArgumentException(name + " is yes or no");
        };
    }

    static void expectOnly(Map<String, String> parts, Set<String> known) {
        for (String key : parts.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("\"" + key + "\" is none of " + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    /** Keys, in lower case, and values, of {@code key=value;key=value}. */
    static Map<String, String> parts(String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : cut(text)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("\"" + part + "\" is not written as key=value");
            }
            String key = part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            if (parts.put(key, unquoted(part.substring(equals + 1).strip())) != null) {
                throw new IllegalArgumentException(key + " is there twice");
            }
        }
        return parts;
    }

    /** At semicolons that are in no quotes. */
    private static List<String> cut(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        char quote = 0;
        for (int i = 0; i <= text.length(); i++) {
            char letter = i == text.length() ? ';' : text.charAt(i);
            if (i == text.length() && quote != 0) {
                throw new IllegalArgumentException("a quotation does not end");
            }
            if (quote == 0 && letter == ';') {
                if (!text.substring(from, i).isBlank()) {
                    parts.add(text.substring(from, i).strip());
                }
                from = i + 1;
            } else if (quote == 0 && (letter == '\'' || letter == '"')) {
                quote = letter;
            } else if (letter == quote) {
                quote = 0;
            }
        }
        return parts;
    }

    private static String unquoted(String value) {
        int last = value.length() - 1;
        char first = value.isEmpty() ? 0 : value.charAt(0);
        return last > 0 && (first == '\'' || first == '"') && value.indexOf(first, 1) == last ? value.substring(1, last) : value;
    }
}
