// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

import java.time.Instant;

/**
 * A statement that commits by itself, on its way. Immutable.
 *
 * @param place        which one it is
 * @param statement    as it was said
 * @param tablesBefore {@link TablesNow#text} before it
 */
public record Step(Place place, StepState state, String statement, String tablesBefore, Instant begunAt) {

    /** Names the statement for people. */
    static final int SHORT = 80;

    /**
     * @param sender    from whom; empty for one that was said here
     * @param logOffset of its transaction, in the sender's journal
     * @param ordinal   among the statements of the transaction
     */
    public record Place(String sender, long logOffset, int ordinal) {

        /** Of the one that was said here and is being executed: there is one at a time. */
        public static final Place HERE = new Place("", 0, 0);
    }

    /** The statement in one line that is not too long. */
    public static String shortened(String statement) {
        String line = statement.strip().replaceAll("\\s+", " ");
        return line.length() <= SHORT ? line : line.substring(0, SHORT - 1) + "…";
    }
}
