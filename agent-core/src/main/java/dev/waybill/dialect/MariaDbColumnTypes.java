// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Column types of MariaDB, from INFORMATION_SCHEMA.COLUMNS. Numbers without a sign get the next wider type, so that all of them have room everywhere. */
final class MariaDbColumnTypes {

    private MariaDbColumnTypes() {}

    /**
     * The type of a column.
     *
     * @param column for people
     * @param name   DATA_TYPE: {@code int}
     * @param whole  COLUMN_TYPE: {@code int(10) unsigned}
     */
    static ColumnType type(String column, String name, String whole, long length, long precision, int scale, int fraction) throws SQLException {
        boolean unsigned = whole.contains("unsigned");
        return switch (name) {
            case "tinyint" -> ColumnType.of(unsigned ? SqlType.SMALLINT : SqlType.TINYINT);
            case "smallint" -> ColumnType.of(unsigned ? SqlType.INTEGER : SqlType.SMALLINT);
            case "mediumint" -> ColumnType.of(SqlType.INTEGER);
            case "int" -> ColumnType.of(unsigned ? SqlType.BIGINT : SqlType.INTEGER);
            case "bigint" -> unsigned ? ColumnType.of(SqlType.NUMERIC, 20, 0) : ColumnType.of(SqlType.BIGINT);
            case "year" -> ColumnType.of(SqlType.SMALLINT);
            case "bit" -> ColumnType.of(SqlType.VARBINARY, (precision + 7) / 8, -1);
            case "decimal" -> ColumnType.of(SqlType.NUMERIC, precision, scale);
            case "float" -> ColumnType.of(SqlType.REAL);
            case "double" -> ColumnType.of(SqlType.DOUBLE);
            case "char" -> length == 0 ? ColumnType.of(SqlType.VARCHAR, 1, -1) : ColumnType.of(SqlType.CHAR, length, -1);
            case "varchar" -> ColumnType.of(SqlType.VARCHAR, Math.max(1, length), -1);
            case "tinytext", "text", "mediumtext", "longtext" -> ColumnType.of(SqlType.CLOB);
            case "set" -> ColumnType.of(SqlType.VARCHAR, Math.max(1, length), -1);
            case "enum" -> new ColumnType(SqlType.ENUM, -1, -1, "", labels(whole), List.of());
            case "binary" -> length == 0 ? ColumnType.of(SqlType.VARBINARY, 1, -1) : ColumnType.of(SqlType.BINARY, length, -1);
            case "varbinary" -> ColumnType.of(SqlType.VARBINARY, Math.max(1, length), -1);
            case "tinyblob", "blob", "mediumblob", "longblob" -> ColumnType.of(SqlType.BLOB);
            case "date" -> ColumnType.of(SqlType.DATE);
            case "time" -> ColumnType.of(SqlType.TIME, -1, fraction);
            case "datetime" -> ColumnType.of(SqlType.TIMESTAMP, -1, fraction);
            case "timestamp" -> new ColumnType(SqlType.TIMESTAMP_WITH_TIME_ZONE, -1, fraction, MariaDbTypes.MOMENT, List.of(), List.of());
            case "uuid" -> ColumnType.of(SqlType.UUID);
            case "inet4", "inet6" -> new ColumnType(SqlType.NATIVE, -1, -1, name, List.of(), List.of());
            default -> throw WaybillError.COLUMN_TYPE_UNKNOWN.with(column, whole);
        };
    }

    /** What of the type a replica does not have; null for nothing. */
    static String lost(String name, String whole) {
        boolean lost = whole.contains("unsigned") || whole.contains("zerofill") || name.equals("year") || name.equals("set") || name.equals("mediumint") || name.equals("bit");
        return lost ? whole : null;
    }

    /** {@code enum('a','it''s')}. */
    private static List<String> labels(String whole) {
        List<String> labels = new ArrayList<>();
        StringBuilder label = null;
        for (int i = whole.indexOf('(') + 1; i < whole.length() - 1; i++) {
            char c = whole.charAt(i);
            if (c != '\'') {
                if (label != null) {
                    label.append(c);
                }
            } else if (label == null) {
                label = new StringBuilder();
            } else if (whole.charAt(i + 1) == '\'') {
                label.append(c);
                i++;
            } else {
                labels.add(label.toString());
                label = null;
            }
        }
        return labels;
    }
}
