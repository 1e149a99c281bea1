// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a partition was read, as it is kept. A topic that was made anew has another id, and the offset means nothing there. Immutable; any thread.
 *
 * @param offset the first one that is not done with
 */
record Reached(String topicId, long offset) {

    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{1,40})@(\\d{1,18})");

    /** The name under which it is kept. */
    static String name(TopicPartition place) {
        return place.topic() + "/" + place.partition();
    }

    /** Null when there is nothing, or nothing that can be read. */
    static Reached of(String text) {
        Matcher form = FORM.matcher(text == null ? "" : text);
        return form.matches() ? new Reached(form.group(1), Long.parseLong(form.group(2))) : null;
    }

    String text() {
        return topicId + "@" + offset;
    }
}
