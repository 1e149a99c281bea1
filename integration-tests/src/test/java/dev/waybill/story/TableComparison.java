// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Compares tables of two databases through their bare drivers, as multisets of rows; every value by its own text or bytes, columns by name. Imports nothing of Waybill.
 */
final class TableComparison {

    private TableComparison() {}

    /** What differs, one line for each difference, at most twenty for each table; empty when the tables are equal. */
    static List<String> differences(Connection here, Connection there, List<String> tables) throws SQLException {
        List<String> differences = new ArrayList<>();
        for (String table : tables) {
            Map<String, Integer> rows = rows(here, table);
            rows(there, table).forEach((row, count) -> rows.merge(row, -count, Integer::sum));
            rows.entrySet().stream().filter(row -> row.getValue() != 0).limit(20)
                    .forEach(row -> differences.add(table + ": " + (row.getValue() > 0 ? "only at the source: " : "only at the replica: ") + row.getKey()));
        }
        return differences;
    }

    /** What differs of a table of any size, which both give in the order of its key: at most twenty lines. */
    static List<String> differencesInOrder(Connection here, Connection there, String table, String key) throws SQLException {
        List<String> differences = new ArrayList<>();
        String sql = "SELECT * FROM " + table + " ORDER BY " + key;
        for (Connection connection : List.of(here, there)) {
            readAsItGoes(connection);
        }
        try (Statement one = here.createStatement(); Statement other = there.createStatement(); ResultSet source = portions(one).executeQuery(sql); ResultSet replica = portions(other).executeQuery(sql)) {
            boolean more = true;
            while (more && differences.size() < 20) {
                String expected = source.next() ? text(source) : null;
                String actual = replica.next() ? text(replica) : null;
                more = expected != null || actual != null;
                if (!Objects.equals(expected, actual)) {
                    differences.add(table + ": at the source " + expected + ", at the replica " + actual);
                }
            }
        }
        return differences;
    }

    /** Results are not held whole, each product in its own way. */
    private static void readAsItGoes(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        if (connection.getMetaData().getDatabaseProductName().equals("H2")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LAZY_QUERY_EXECUTION 1");
            }
        }
    }

    private static Statement portions(Statement statement) throws SQLException {
        statement.setFetchSize(1_000);
        return statement;
    }

    /** Whether the one value of both queries is the same, whatever its length. */
    static boolean sameStream(Connection here, Connection there, String sql) throws SQLException, IOException {
        try (Statement one = here.createStatement(); ResultSet source = one.executeQuery(sql); Statement other = there.createStatement(); ResultSet replica = other.executeQuery(sql)) {
            if (!source.next() || !replica.next()) {
                return false;
            }
            try (InputStream left = new BufferedInputStream(source.getBinaryStream(1), 1 << 16); InputStream right = new BufferedInputStream(replica.getBinaryStream(1), 1 << 16)) {
                int expected;
                do {
                    expected = left.read();
                    if (expected != right.read()) {
                        return false;
                    }
                } while (expected >= 0);
                return true;
            }
        }
    }

    /** How many rows these tables have together. */
    static long count(Connection connection, List<String> tables) throws SQLException {
        long total = 0;
        for (String table : tables) {
            try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
                row.next();
                total += row.getLong(1);
            }
        }
        return total;
    }

    private static Map<String, Integer> rows(Connection connection, String table) throws SQLException {
        Map<String, Integer> rows = new TreeMap<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
            while (row.next()) {
                rows.merge(text(row), 1, Integer::sum);
            }
        }
        return rows;
    }

    private static String text(ResultSet row) throws SQLException {
        Map<String, String> columns = new TreeMap<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            columns.put(row.getMetaData().getColumnName(i).toUpperCase(Locale.ROOT), text(row, i));
        }
        return columns.toString();
    }

    private static String text(ResultSet row, int column) throws SQLException {
        if (row.getMetaData().getColumnTypeName(column).equalsIgnoreCase("uuid")) {
            return String.valueOf(row.getObject(column, UUID.class));
        }
        return switch (row.getMetaData().getColumnType(column)) {
            case Types.BOOLEAN, Types.BIT -> {
                boolean truth = row.getBoolean(column);
                yield row.wasNull() ? null : String.valueOf(truth);
            }
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> {
                byte[] bytes = row.getBytes(column);
                yield bytes == null ? null : HexFormat.of().formatHex(bytes);
            }
            case Types.DOUBLE, Types.REAL, Types.FLOAT -> {
                double value = row.getDouble(column);
                yield row.wasNull() ? null : Long.toHexString(Double.doubleToRawLongBits(value));
            }
            case Types.TIMESTAMP_WITH_TIMEZONE, Types.TIMESTAMP -> {
                String time = row.getString(column);
                yield time == null || !row.getMetaData().getColumnTypeName(column).toUpperCase(Locale.ROOT).matches("TIMESTAMPTZ|TIMESTAMP.*WITH TIME ZONE") ? time
                        : row.getObject(column, OffsetDateTime.class).toInstant().toString();
            }
            default -> row.getString(column);
        };
    }
}
