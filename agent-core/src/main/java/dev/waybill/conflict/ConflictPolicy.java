// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import java.util.List;

/**
 * What is done about conflicts in the rows of an article. Immutable.
 *
 * @param columns of NEWEST (one) and ADD, as the database keeps their names
 * @param text    the class of RESOLVER, the statement of CALL; otherwise null
 */
public record ConflictPolicy(Kind kind, List<String> columns, String text) {

    /** The last one to arrive wins. */
    public static final ConflictPolicy LAST = new ConflictPolicy(Kind.LAST, List.of(), null);

    /** The words of the grammar. */
    public enum Kind { LAST, KEEP_LOCAL, NEWEST, MERGE, ADD, RESOLVER, CALL }

    public ConflictPolicy {
        columns = List.copyOf(columns);
    }
}
