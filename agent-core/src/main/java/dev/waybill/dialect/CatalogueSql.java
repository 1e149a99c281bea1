// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SQL in which {@code #name} stands for one of our tables, on one connection. As thread-safe as that. */
public record CatalogueSql(Connection raw, Dialect dialect) {

    private static final Pattern TABLE = Pattern.compile("#([a-z_]+)");

    /** Reads one row. */
    public interface Row {
        void read(ResultSet row) throws SQLException;
    }

    /** With the first parameters bound. */
    public PreparedStatement prepare(String sql, Object... values) throws SQLException {
        PreparedStatement statement = raw.prepareStatement(TABLE.matcher(sql).replaceAll(table -> Matcher.quoteReplacement(dialect.catalogueTable(table.group(1)))));
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    /** Returns the update count. */
    public int run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    public void each(Row each, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values); ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                each.read(rows);
            }
        }
    }

    /** The number in the first column of the first row; 0 without one. */
    public long number(String sql, Object... values) throws SQLException {
        long[] number = new long[1];
        each(row -> number[0] = row.getLong(1), sql, values);
        return number[0];
    }
}
