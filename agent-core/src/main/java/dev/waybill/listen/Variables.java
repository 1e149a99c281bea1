// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.notice.Notice;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What $names in a handler's action stand for, with one notice. Immutable; any thread. */
final class Variables {

    private static final Set<String> NAMES = Set.of("subject", "content", "message", "message_start", "message_end", "sender", "request_id", "remote_id", "ml_user", "type", "priority", "year", "month", "day", "hour", "minute", "second");
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\$|[a-z_]+)?");

    private final Map<String, String> values;

    /**
     * @param channel by which it came: SYNC, UDP, POLL
     * @param start   what the handler's message_start asks for; empty where it has none
     */
    Variables(Notice notice, String channel, String listener, String start, ZonedDateTime now) {
        Map<String, String> all = new HashMap<>();
        all.put("subject", notice.subject());
        all.put("content", notice.content());
        all.put("message", notice.text());
        all.put("message_start", start);
        all.put("message_end", notice.text().substring(Math.min(start.length(), notice.text().length())));
        all.put("sender", notice.sender());
        all.put("request_id", Long.toString(notice.request()));
        all.put("remote_id", listener);
        all.put("ml_user", listener);
        all.put("type", channel);
        all.put("priority", "0");
        all.put("year", Integer.toString(now.getYear()));
        all.put("month", Integer.toString(now.getMonthValue()));
        all.put("day", Integer.toString(now.getDayOfMonth()));
        all.put("hour", Integer.toString(now.getHour()));
        all.put("minute", Integer.toString(now.getMinute()));
        all.put("second", Integer.toString(now.getSecond()));
        values = Map.copyOf(all);
    }

    static Variables of(Notice notice, String channel, String listener, String start) {
        return new Variables(notice, channel, listener, start, ZonedDateTime.ofInstant(notice.issued(), ZoneId.systemDefault()));
    }

    /** This text with all variables filled in; what they stand for is not looked at again. */
    String fill(String text) {
        return VARIABLE.matcher(text).replaceAll(variable -> Matcher.quoteReplacement("$".equals(variable.group(1)) ? "$" : values.get(variable.group(1))));
    }

    /** @throws IllegalArgumentException a variable in it is none */
    static String checked(String text) {
        for (Matcher variable = VARIABLE.matcher(text); variable.find();) {
            if (variable.group(1) == null || !variable.group(1).equals("$") && !NAMES.contains(variable.group(1))) {
                throw new IllegalArgumentException("\"" + variable.group() + "\" is no variable; there are $" + String.join(", $", NAMES.stream().sorted().toList()) + ", and $$ for a dollar");
            }
        }
        return text;
    }
}
