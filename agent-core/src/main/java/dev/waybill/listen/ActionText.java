// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the command of an action, as dblsn has them. Stateless; any thread. */
final class ActionText {

    private static final Duration USUALLY_WITHIN = Duration.ofSeconds(10);
    private static final int MOST_ARGUMENTS = 100;

    private ActionText() {}

    /** @throws IllegalArgumentException it is none; the text says why */
    static Action read(String text) {
        Variables.checked(text);
        String command = text.strip();
        int space = command.indexOf(' ');
        String verb = (space < 0 ? command : command.substring(0, space)).toUpperCase(Locale.ROOT);
        String rest = space < 0 ? "" : command.substring(space + 1).strip();
        return switch (verb) {
            case "SYNC" -> nothingBehind(verb, rest, new Action.Sync());
            case "START" -> new Action.Program(program(verb, rest), false);
            case "RUN" -> new Action.Program(program(verb, rest), true);
            case "POST" -> post(rest);
            case "SOCKET" -> socket(rest);
            case "SHUTDOWN" -> nothingBehind(verb, rest, new Action.Shutdown());
            case "DBLSN" -> shutdown(rest);
            default -> throw new IllegalArgumentException("\"" + verb + "\" is none of sync, run PROGRAM …, start PROGRAM …, post TEXT to URL, socket port=…, shutdown");
        };
    }

    private static Action nothingBehind(String verb, String rest, Action action) {
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException(verb + " has nothing behind it");
        }
        return action;
    }

    private static Action shutdown(String rest) {
        if (!rest.replaceAll("\\s+", " ").equalsIgnoreCase("FULL SHUTDOWN")) {
            throw new IllegalArgumentException("DBLSN is followed by FULL SHUTDOWN");
        }
        return new Action.Shutdown();
    }

    private static List<String> program(String verb, String rest) {
        List<String> words = words(rest);
        if (words.isEmpty() || words.get(0).contains("$")) {
            throw new IllegalArgumentException(verb + " needs a program, which is no variable");
        }
        return words;
    }

    /** Words between spaces; one in quotes may have spaces in it. What variables stand for is never cut. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (char letter : text.toCharArray()) {
            if (quote != 0 && letter == quote) {
                quote = 0;
            } else if (quote == 0 && (letter == '"' || letter == '\'')) {
                quote = letter;
                begun = true;
            } else if (quote == 0 && letter == ' ') {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(letter);
                begun = true;
            }
        }
        if (quote != 0 || words.size() >= MOST_ARGUMENTS) {
            throw new IllegalArgumentException(quote != 0 ? "a quotation does not end" : "a program has more than " + MOST_ARGUMENTS + " arguments");
        }
        if (begun) {
            words.add(word.toString());
        }
        return List.copyOf(words);
    }

    private static Action post(String rest) {
        List<String> words = words(rest);
        int to = words.size() - 2;
        if (to < 1 || !words.get(to).equalsIgnoreCase("TO")) {
            throw new IllegalArgumentException("POST is written as: post TEXT to URL");
        }
        URI url = URI.create(words.get(to + 1));
        if (words.get(to + 1).contains("$") || url.getHost() == null || !Set.of("http", "https").contains(String.valueOf(url.getScheme()))) {
            throw new IllegalArgumentException("POST goes to a URL that begins with http: or https: and has no variable");
        }
        return new Action.Post(String.join(" ", words.subList(0, to)), url);
    }

    private static Action socket(String rest) {
        Map<String, String> parts = HandlerText.parts(rest);
        HandlerText.expectOnly(parts, Set.of("port", "host", "sendtext", "recvtext", "timeout"));
        int port = parts.getOrDefault("port", "").matches("\\d{1,5}") ? Integer.parseInt(parts.get("port")) : 0;
        String timeout = parts.getOrDefault("timeout", Long.toString(USUALLY_WITHIN.toSeconds()));
        String host = parts.getOrDefault("host", "localhost");
        if (port < 1 || port > 65_535 || !timeout.matches("[1-9]\\d{0,3}") || host.contains("$")) {
            throw new IllegalArgumentException("SOCKET needs port=1 to 65535; its timeout is in seconds, its host no variable");
        }
        return new Action.Socket(host, port, parts.getOrDefault("sendtext", ""), parts.get("recvtext"), Duration.ofSeconds(Integer.parseInt(timeout)));
    }
}
