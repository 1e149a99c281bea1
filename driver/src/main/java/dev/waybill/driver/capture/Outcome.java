// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.ResultSet;

/**
 * What an execution gave, as the application must see it.
 *
 * @param fromRaw       the raw statement itself answers getResultSet, getUpdateCount, getMoreResults and getGeneratedKeys; the other components are then unused
 * @param resultSet     the current result when it is a result set; else null
 * @param updateCount   the current result when it is a count; else -1
 * @param generatedKeys what getGeneratedKeys gives: as the application asked for it, null when the bare driver's own answer for "nothing asked" applies
 */
public record Outcome(boolean fromRaw, ResultSet resultSet, long updateCount, ResultSet generatedKeys) {

    /** Ask the raw statement. */
    public static final Outcome RAW = new Outcome(true, null, -1, null);

    /** A count, and keys or null. */
    public static Outcome count(long updateCount, ResultSet generatedKeys) {
        return new Outcome(false, null, updateCount, generatedKeys);
    }

    /** A result set. */
    public static Outcome rows(ResultSet resultSet) {
        return new Outcome(false, resultSet, -1, null);
    }
}
