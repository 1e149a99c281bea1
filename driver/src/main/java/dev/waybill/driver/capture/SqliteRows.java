// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of a statement that has to be over, as those of another one that reads nothing: the same names and values. */
final class SqliteRows {

    private SqliteRows() {}

    static ResultSet keep(Connection raw, ResultSet rows) throws SQLException {
        int width = rows.getMetaData().getColumnCount();
        List<Object> values = new ArrayList<>();
        while (rows.next()) {
            for (int column = 1; column <= width; column++) {
                values.add(rows.getObject(column));
            }
        }
        List<String> names = new ArrayList<>();
        for (int column = 1; column <= width; column++) {
            names.add(Quoting.quote(rows.getMetaData().getColumnLabel(column)));
        }
        String row = "(" + String.join(", ", Collections.nCopies(width, "?")) + ")";
        String sql = values.isEmpty() ? IntStream.range(0, width).mapToObj(i -> "NULL AS " + names.get(i)).collect(Collectors.joining(", ", "SELECT ", " WHERE 0"))
                : "WITH r (" + String.join(", ", names) + ") AS (VALUES " + String.join(", ", Collections.nCopies(values.size() / width, row)) + ") SELECT * FROM r";
        PreparedStatement kept = raw.prepareStatement(sql);
        for (int i = 0; i < values.size(); i++) {
            kept.setObject(i + 1, values.get(i));
        }
        kept.closeOnCompletion();
        return kept.executeQuery();
    }
}
