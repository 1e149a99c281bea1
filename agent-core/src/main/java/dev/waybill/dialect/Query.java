// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Asks a database for a few rows. Stateless; any thread. */
final class Query {

    private Query() {}

    /** Reads one row. */
    interface Row {
        void read(ResultSet row) throws SQLException;
    }

    /** All rows, in their order. */
    static void each(Connection raw, String sql, Row each, Object... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.read(rows);
                }
            }
        }
    }

    /** The first column of all rows. */
    static List<String> texts(Connection raw, String sql, Object... values) throws SQLException {
        List<String> texts = new ArrayList<>();
        each(raw, sql, row -> texts.add(row.getString(1)), values);
        return texts;
    }
}
