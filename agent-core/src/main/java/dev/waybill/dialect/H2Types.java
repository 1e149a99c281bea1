// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** H2's names of the SQL types, both ways. */
final class H2Types {

    /** The names of INFORMATION_SCHEMA, which CREATE TABLE takes in every mode of H2. */
    private static final Map<SqlType, String> NAMES = Map.ofEntries(
            Map.entry(SqlType.CHAR, "CHARACTER"), Map.entry(SqlType.VARCHAR, "CHARACTER VARYING"), Map.entry(SqlType.VARCHAR_IGNORECASE, "VARCHAR_IGNORECASE"),
            Map.entry(SqlType.CLOB, "CHARACTER LARGE OBJECT"), Map.entry(SqlType.BINARY, "BINARY"), Map.entry(SqlType.VARBINARY, "BINARY VARYING"),
            Map.entry(SqlType.BLOB, "BINARY LARGE OBJECT"), Map.entry(SqlType.BOOLEAN, "BOOLEAN"), Map.entry(SqlType.TINYINT, "TINYINT"),
            Map.entry(SqlType.SMALLINT, "SMALLINT"), Map.entry(SqlType.INTEGER, "INTEGER"), Map.entry(SqlType.BIGINT, "BIGINT"), Map.entry(SqlType.NUMERIC, "NUMERIC"),
            Map.entry(SqlType.REAL, "REAL"), Map.entry(SqlType.DOUBLE, "DOUBLE PRECISION"), Map.entry(SqlType.DECFLOAT, "DECFLOAT"), Map.entry(SqlType.DATE, "DATE"),
            Map.entry(SqlType.TIME, "TIME"), Map.entry(SqlType.TIME_WITH_TIME_ZONE, "TIME WITH TIME ZONE"), Map.entry(SqlType.TIMESTAMP, "TIMESTAMP"),
            Map.entry(SqlType.TIMESTAMP_WITH_TIME_ZONE, "TIMESTAMP WITH TIME ZONE"), Map.entry(SqlType.UUID, "UUID"), Map.entry(SqlType.JSON, "JSON"),
            Map.entry(SqlType.ARRAY, "ARRAY"), Map.entry(SqlType.INTERVAL, "INTERVAL"), Map.entry(SqlType.GEOMETRY, "GEOMETRY"), Map.entry(SqlType.ROW, "ROW"),
            Map.entry(SqlType.ENUM, "ENUM"), Map.entry(SqlType.JAVA_OBJECT, "JAVA_OBJECT"));

    private H2Types() {}

    /** By the name in INFORMATION_SCHEMA; null for one that cannot travel. */
    static SqlType byName(String name) {
        for (Map.Entry<SqlType, String> entry : NAMES.entrySet()) {
            if (entry.getValue().equals(name)) {
                return entry.getKey();
            }
        }
        return null;
    }

    /** Types of other products become the nearest of H2's: a number of limited digits that may be NaN elsewhere is an ordinary one here, and what only that product has is text. */
    static ColumnType landing(ColumnType wanted) {
        return switch (wanted.type()) {
            case NATIVE -> ColumnType.of(SqlType.VARCHAR);
            case DECFLOAT -> wanted.scale() < 0 ? wanted : ColumnType.of(SqlType.NUMERIC, wanted.precision(), wanted.scale());
            case ENUM, JSON, TIMESTAMP_WITH_TIME_ZONE, BLOB -> new ColumnType(wanted.type(), wanted.precision(), wanted.scale(), "", wanted.labels(), wanted.components());
            case ARRAY, ROW -> new ColumnType(wanted.type(), wanted.precision(), wanted.scale(), wanted.qualifier(), wanted.labels(), wanted.components().stream().map(H2Types::landing).toList());
            default -> wanted;
        };
    }

    /** As CREATE TABLE wants it. */
    static String name(ColumnType wanted) {
        ColumnType type = landing(wanted);
        String name = NAMES.get(type.type());
        return switch (type.type()) {
            case CHAR, VARCHAR, VARCHAR_IGNORECASE, CLOB, BINARY, VARBINARY, BLOB, JSON, JAVA_OBJECT, DECFLOAT -> name + limit(type.precision());
            case NUMERIC -> type.scale() < 0 || type.precision() < 0 ? name + limit(type.precision()) : name + "(" + type.precision() + ", " + type.scale() + ")";
            case TIME, TIMESTAMP -> name + limit(type.scale());
            case TIME_WITH_TIME_ZONE -> "TIME" + limit(type.scale()) + " WITH TIME ZONE";
            case TIMESTAMP_WITH_TIME_ZONE -> "TIMESTAMP" + limit(type.scale()) + " WITH TIME ZONE";
            case INTERVAL -> interval(type);
            case ENUM -> name + "(" + String.join(", ", type.labels().stream().map(H2Types::literal).toList()) + ")";
            case ARRAY -> name(type.components().get(0)) + " ARRAY" + (type.precision() < 0 ? "" : "[" + type.precision() + "]");
            case ROW -> name + "(" + String.join(", ", fields(type)) + ")";
            default -> name;
        };
    }

    private static String limit(long number) {
        return number < 0 ? "" : "(" + number + ")";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static List<String> fields(ColumnType type) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < type.labels().size(); i++) {
            fields.add('"' + type.labels().get(i).replace("\"", "\"\"") + "\" " + name(type.components().get(i)));
        }
        return fields;
    }

    /** {@code DAY(4) TO SECOND(9)}, {@code SECOND(4, 9)}, {@code YEAR(2) TO MONTH}, … */
    private static String interval(ColumnType type) {
        String[] ends = type.qualifier().split(" TO ");
        String first = ends[0] + limit(type.precision());
        boolean seconds = ends[ends.length - 1].equals("SECOND") && type.scale() >= 0;
        if (ends.length == 1) {
            return "INTERVAL " + (seconds && type.precision() >= 0 ? "SECOND(" + type.precision() + ", " + type.scale() + ")" : first);
        }
        return "INTERVAL " + first + " TO " + ends[1] + (seconds ? limit(type.scale()) : "");
    }
}
