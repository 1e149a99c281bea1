// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Gathered keys as a result set of H2's own, with the same columns, types and values as H2 itself shows them after a batch (2.5.252): there they have lost their table, so a query that casts is told from them by its type only.
 * Stateless.
 */
final class H2KeyRows {

    /** H2 allows arrays of 65,536. */
    private static final int MAX_ARRAY = 50_000;

    private H2KeyRows() {}

    /** To be closed by whoever shows them. */
    static ResultSet open(Connection raw, TableName table, GatheredKeys keys) throws SQLException {
        PreparedStatement statement = raw.prepareStatement(sql(types(raw, table), keys), ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        statement.closeOnCompletion();
        int parameter = 0;
        for (int from = 0; from < Math.max(1, keys.rows()); from += MAX_ARRAY) {
            for (int column = 0; column < keys.columns().size(); column++) {
                statement.setObject(++parameter, keys.values(column, from, Math.min(keys.rows(), from + MAX_ARRAY)));
            }
        }
        return statement.executeQuery();
    }

    private static String sql(Map<String, String> types, GatheredKeys keys) {
        int count = keys.columns().size();
        String names = IntStream.range(0, count).mapToObj(column -> "C" + column).collect(Collectors.joining(", "));
        String shown = IntStream.range(0, count).mapToObj(column -> "CAST(C" + column + " AS " + types.get(keys.columns().get(column)) + ") AS " + Quoting.quote(keys.columns().get(column))).collect(Collectors.joining(", "));
        String block = "SELECT * FROM UNNEST(" + keys.columns().stream().map(column -> "CAST(? AS " + types.get(column) + " ARRAY)").collect(Collectors.joining(", ")) + ")";
        int blocks = Math.max(1, (keys.rows() + MAX_ARRAY - 1) / MAX_ARRAY);
        return "SELECT " + shown + " FROM (" + String.join(" UNION ALL ", Collections.nCopies(blocks, block)) + ") K(" + names + ")";
    }

    private static Map<String, String> types(Connection raw, TableName table) throws SQLException {
        Map<String, String> types = new HashMap<>();
        try (PreparedStatement statement = raw.prepareStatement(
                "SELECT COLUMN_NAME, DATA_TYPE_SQL(TABLE_SCHEMA, TABLE_NAME, 'TABLE', DTD_IDENTIFIER) FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    types.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return types;
    }
}
