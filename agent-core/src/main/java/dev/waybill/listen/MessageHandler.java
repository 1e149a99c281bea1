// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.notice.Notice;
import java.util.Map;

/**
 * Which notices are meant, and what is done with them. Immutable; any thread.
 *
 * @param filters     all of them have to hold; none: every notice is meant
 * @param alternative what is done when the action fails; null: nothing
 * @param goesOn      whether handlers behind this one are asked, too
 * @param confirms    whether a confirmation is said of what came of it
 */
public record MessageHandler(Map<Part, String> filters, Action action, Action alternative, boolean goesOn, boolean confirms) {

    /** What of a notice a filter looks at. */
    public enum Part { SUBJECT, CONTENT, MESSAGE, MESSAGE_START, SENDER }

    public MessageHandler {
        filters = Map.copyOf(filters);
    }

    boolean isFor(Notice notice) {
        return filters.entrySet().stream().allMatch(filter -> switch (filter.getKey()) {
            case SUBJECT -> notice.subject().equals(filter.getValue());
            case CONTENT -> notice.content().equals(filter.getValue());
            case MESSAGE -> notice.text().equals(filter.getValue());
            case MESSAGE_START -> notice.text().startsWith(filter.getValue());
            case SENDER -> notice.sender().equals(filter.getValue());
        });
    }

    String start() {
        return filters.getOrDefault(Part.MESSAGE_START, "");
    }

    /** Whether it starts programs, in either way. */
    public boolean startsPrograms() {
        return action instanceof Action.Program || alternative instanceof Action.Program;
    }

    /** Whether it only refreshes. */
    boolean onlySyncs() {
        return action instanceof Action.Sync && (alternative == null || alternative instanceof Action.Sync);
    }
}
