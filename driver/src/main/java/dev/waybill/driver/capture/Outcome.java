// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.ResultSet;

/**
 * What an execution gave, as the application must see it.
 *
 * @param fromRaw       the raw statement itself answers getResultSet, getUpdateCount, getMoreResults and getGeneratedKeys; generatedKeys is then unused
 * @param isRows        the current result is a result set: what {@code execute} returns
 * @param resultSet     the current result when it is a result set; with fromRaw what {@code executeQuery} of the raw statement gave, or null after {@code execute}
 * @param updateCount   the current result when it is a count; else -1
 * @param generatedKeys what getGeneratedKeys gives: as the application asked for it, null when the bare driver's own answer for "nothing asked" applies
 * @param more          what getMoreResults moves to; null when nothing follows
 */
public record Outcome(boolean fromRaw, boolean isRows, ResultSet resultSet, long updateCount, ResultSet generatedKeys, Outcome more) {

    private static final Outcome RAW_ROWS = new Outcome(true, true, null, -1, null);
    private static final Outcome RAW_COUNT = new Outcome(true, false, null, -1, null);
    private static final Outcome ONE = new Outcome(false, false, null, 1, null);

    private Outcome(boolean fromRaw, boolean isRows, ResultSet resultSet, long updateCount, ResultSet generatedKeys) {
        this(fromRaw, isRows, resultSet, updateCount, generatedKeys, null);
    }

    /** {@code execute} of the raw statement returned this; ask it for all else. */
    public static Outcome raw(boolean isRows) {
        return isRows ? RAW_ROWS : RAW_COUNT;
    }

    /** {@code executeQuery} of the raw statement returned this. */
    public static Outcome rawRows(ResultSet resultSet) {
        return new Outcome(true, true, resultSet, -1, null);
    }

    /** {@code executeUpdate} or {@code executeLargeUpdate} of the raw statement returned this. */
    public static Outcome rawCount(long updateCount) {
        return new Outcome(true, false, null, updateCount, null);
    }

    /** A count, and keys or null. */
    public static Outcome count(long updateCount, ResultSet generatedKeys) {
        return updateCount == 1 && generatedKeys == null ? ONE : new Outcome(false, false, null, updateCount, generatedKeys);
    }

    /** A result set. */
    public static Outcome rows(ResultSet resultSet) {
        return new Outcome(false, true, resultSet, -1, null);
    }

    /** The same, with this after it. */
    public Outcome then(Outcome next) {
        return new Outcome(fromRaw, isRows, resultSet, updateCount, generatedKeys, next);
    }
}
