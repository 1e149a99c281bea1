// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What serves as the key of a table without a primary one. */
final class NotNullKey {

    private NotNullKey() {}

    /**
     * The unique constraint of the fewest columns, all of them NOT NULL; of several the one whose columns come first by name, so that it is the same every time.
     *
     * @param uniqueKeys columns by the name of the constraint
     * @param table      for people
     * @throws SQLException TABLE_WITHOUT_KEY
     */
    static String smallest(Map<String, List<String>> uniqueKeys, Predicate<String> isNullable, String table) throws SQLException {
        return uniqueKeys.entrySet().stream()
                .filter(entry -> entry.getValue().stream().noneMatch(isNullable))
                .min(Comparator.comparing((Map.Entry<String, List<String>> entry) -> entry.getValue().size()).thenComparing(entry -> entry.getValue().toString()))
                .orElseThrow(() -> WaybillError.TABLE_WITHOUT_KEY.with(table)).getKey();
    }
}
