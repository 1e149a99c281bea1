// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The settings of one notifier, gateway or listener, by MobiLink's names of properties. Immutable; any thread. */
record NotifyProperties(String what, Map<String, String> settings) {

    NotifyProperties {
        settings = Map.copyOf(settings);
    }

    /** @throws IllegalArgumentException there is one that means nothing here */
    NotifyProperties expectOnly(Set<String> known) {
        for (String property : settings.keySet()) {
            if (!known.contains(property)) {
                throw new IllegalArgumentException(what + " has no property \"" + property + "\"; there are " + String.join(", ", known.stream().sorted().toList()));
            }
        }
        return this;
    }

    /** Null when it is not set. */
    String text(String property) {
        String text = settings.get(property);
        return text == null || text.isBlank() ? null : text.strip();
    }

    String text(String property, String otherwise) {
        String text = text(property);
        return text == null ? otherwise : text;
    }

    boolean flag(String property, boolean otherwise) {
        return switch (text(property, Boolean.toString(otherwise)).toLowerCase(Locale.ROOT)) {
            case "yes", "true", "1", "on" -> true;
            case "no", "false", "0", "off" -> false;
            default -> throw wrong(property, "is none of yes, no");
        };
    }

    int number(String property, int otherwise, int least, int most) {
        String text = text(property, Integer.toString(otherwise));
        int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw wrong(property, "is no number from " + least + " to " + most);
        }
        return number;
    }

    Duration time(String property, Duration unit, Duration otherwise) {
        try {
            Duration time = IntervalText.parse(settings.get(property), unit);
            return time == null ? otherwise : time;
        } catch (IllegalArgumentException unreadable) {
            throw wrong(property, unreadable.getMessage().substring(unreadable.getMessage().lastIndexOf("\" ") + 2));
        }
    }

    IllegalArgumentException wrong(String property, String why) {
        return new IllegalArgumentException("the property " + property + " of " + what + " = \"" + settings.get(property) + "\" " + why);
    }
}
