// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which columns of a table can travel, while its facts are read: one of a type that cannot is an error, unless nobody asks for it and no key needs it. One thread. */
final class Travelling {

    private final Predicate<String> unasked;
    private final Map<String, SQLException> home = new LinkedHashMap<>();

    /** @param unasked whether a column of this name may stay at home */
    Travelling(Predicate<String> unasked) {
        this.unasked = unasked;
    }

    /** Tells the type of a column. */
    interface Reading {
        ColumnType type() throws SQLException;
    }

    /** The type; null for a column that stays at home. */
    ColumnType type(String column, Reading reading) throws SQLException {
        try {
            return reading.type();
        } catch (SQLException unknown) {
            if (!WaybillError.COLUMN_TYPE_UNKNOWN.is(unknown) || !unasked.test(column)) {
                throw unknown;
            }
            home.put(column, unknown);
            return null;
        }
    }

    /** Takes away the unique keys that have a column that stays at home; the primary key needs all of its own. */
    void keep(Map<String, List<String>> uniqueKeys, String primary, List<String> leftOut) throws SQLException {
        for (String column : uniqueKeys.getOrDefault(primary, List.of())) {
            if (home.containsKey(column)) {
                throw home.get(column);
            }
        }
        uniqueKeys.entrySet().removeIf(key -> {
            boolean away = isHome(key.getValue());
            if (away) {
                leftOut.add("A unique constraint does not travel: " + key.getKey() + ".");
            }
            return away;
        });
    }

    /** Those that have all their columns. */
    List<ForeignKey> keep(List<ForeignKey> foreignKeys) {
        return foreignKeys.stream().filter(key -> !isHome(key.columns())).toList();
    }

    private boolean isHome(List<String> columns) {
        return columns.stream().anyMatch(home::containsKey);
    }
}
