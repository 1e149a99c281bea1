// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.ResultSet;

/**
 * What a batch gave.
 *
 * @param counts        one for each element
 * @param generatedKeys as the application asked for them, or null: ask the raw statement
 * @param unasked       not even the raw statement, which has keys that only we have asked for
 */
public record BatchOutcome(long[] counts, ResultSet generatedKeys, boolean unasked) {

    BatchOutcome(long[] counts, ResultSet generatedKeys) {
        this(counts, generatedKeys, false);
    }
}
