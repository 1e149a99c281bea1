// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import java.sql.SQLException;

/**
 * What came of one run. Immutable.
 *
 * @param failure null when the statement succeeded
 * @param passes  whether the failure is one that passes by itself, as of a replica that cannot be reached
 */
record JobOutcome(Job job, Throwable failure, boolean passes) {

    private static final int LONGEST_TEXT = 4_000;

    Integer code() {
        return failure instanceof SQLException database ? Integer.valueOf(database.getErrorCode()) : null;
    }

    String state() {
        return failure instanceof SQLException database ? database.getSQLState() : null;
    }

    String text() {
        String text = failure == null ? null : String.valueOf(failure.getMessage());
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }
}
