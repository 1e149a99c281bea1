// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Says what a table holds, by nothing but plain JDBC: the comparer that shares no code with what it checks. */
final class Contents {

    private Contents() {}

    /** The rows as text, sorted. */
    static List<String> of(Connection connection, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            ResultSetMetaData metadata = row.getMetaData();
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int column = 1; column <= metadata.getColumnCount(); column++) {
                    text.append(metadata.getColumnName(column).toUpperCase(Locale.ROOT)).append('=').append(value(row, column, metadata.getColumnTypeName(column))).append(' ');
                }
                rows.add(text.toString());
            }
        }
        Collections.sort(rows);
        return rows;
    }

    private static String value(ResultSet row, int column, String type) throws SQLException {
        if (type.startsWith("BINARY") || type.equals("JAVA_OBJECT") || type.equals("GEOMETRY")) {
            byte[] bytes = row.getBytes(column);
            return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
        }
        return row.getString(column);
    }
}
