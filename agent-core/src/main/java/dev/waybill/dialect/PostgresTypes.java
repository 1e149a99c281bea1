// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** PostgreSQL's names of the SQL types, and what it makes of types that it does not have. */
final class PostgresTypes {

    /** PostgreSQL counts microseconds. */
    private static final int FRACTION = 6;
    private static final int LONGEST_TEXT = 10_485_760;
    private static final int MOST_DIGITS = 1_000;
    /** A name as it comes in a message: quoted, so that nothing else can hide in it. */
    private static final Pattern QUOTED_NAME = Pattern.compile("\"(?:[^\"\0]|\"\"){1,128}\"\\.\"(?:[^\"\0]|\"\"){1,128}\"");

    private PostgresTypes() {}

    /** As CREATE TABLE wants it, of a type that {@link #landing} gave. */
    static String name(ColumnType wanted) {
        ColumnType type = landing(wanted);
        return switch (type.type()) {
            case CHAR -> "character" + limit(type.precision());
            case VARCHAR -> type.precision() < 0 ? "text" : "character varying" + limit(type.precision());
            case VARBINARY -> "bytea";
            case DECFLOAT -> type.precision() < 0 ? "numeric" : "numeric(" + type.precision() + ", " + type.scale() + ")";
            case TIME -> "time" + fraction(type.scale());
            case TIMESTAMP -> "timestamp" + fraction(type.scale());
            case TIME_WITH_TIME_ZONE -> "time" + fraction(type.scale()) + " with time zone";
            case TIMESTAMP_WITH_TIME_ZONE -> "timestamp" + fraction(type.scale()) + " with time zone";
            case JSON -> type.qualifier();
            case ARRAY -> name(type.components().get(0)) + "[]";
            case DOUBLE -> "double precision";
            case ENUM, BLOB -> type.qualifier();
            case NATIVE -> type.qualifier() + modifier(type);
            default -> type.type().name().toLowerCase(Locale.ROOT);
        };
    }

    /** The type that a column has here when it is made for this one: as {@code describe} gives it afterwards. */
    static ColumnType landing(ColumnType wanted) {
        return switch (wanted.type()) {
            case TINYINT -> ColumnType.of(SqlType.SMALLINT);
            case BLOB -> isName(wanted.qualifier()) ? wanted : ColumnType.of(SqlType.VARBINARY);
            case BINARY, VARBINARY, JAVA_OBJECT, GEOMETRY -> ColumnType.of(SqlType.VARBINARY);
            case CHAR, VARCHAR -> wanted.precision() > LONGEST_TEXT || wanted.precision() == 0 ? ColumnType.of(SqlType.VARCHAR) : ColumnType.of(wanted.type(), wanted.precision(), -1);
            case VARCHAR_IGNORECASE, CLOB, INTERVAL -> ColumnType.of(SqlType.VARCHAR);
            case NUMERIC, DECFLOAT -> number(wanted);
            case TIME, TIMESTAMP, TIME_WITH_TIME_ZONE, TIMESTAMP_WITH_TIME_ZONE -> ColumnType.of(wanted.type(), -1, Math.min(FRACTION, wanted.scale() < 0 ? FRACTION : wanted.scale()));
            case JSON -> new ColumnType(SqlType.JSON, -1, -1, wanted.qualifier().equals("json") ? "json" : "jsonb", List.of(), List.of());
            case ENUM -> isName(wanted.qualifier()) ? wanted : ColumnType.of(SqlType.VARCHAR);
            case NATIVE -> isName(wanted.qualifier()) && !SqliteTypes.isOwn(wanted) ? wanted : ColumnType.of(SqlType.VARCHAR);
            case ARRAY -> new ColumnType(SqlType.ARRAY, -1, -1, "", List.of(), List.of(landing(wanted.components().get(0))));
            default -> wanted;
        };
    }

    /** Of one with a scale the digits are limited, of any other they are not. */
    private static ColumnType number(ColumnType wanted) {
        boolean limited = wanted.scale() >= 0 && wanted.precision() > 0 && wanted.precision() <= MOST_DIGITS && wanted.scale() <= wanted.precision();
        return limited ? ColumnType.of(SqlType.DECFLOAT, wanted.precision(), wanted.scale()) : ColumnType.of(SqlType.DECFLOAT);
    }

    /** Refuses what no column can be made for. */
    static void expectLanding(String column, ColumnType type) throws SQLException {
        if (type.type() == SqlType.ROW) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with(column, "ROW");
        }
        for (ColumnType component : type.components()) {
            expectLanding(column, component);
        }
    }

    static boolean isName(String qualifier) {
        return QUOTED_NAME.matcher(qualifier).matches();
    }

    private static String modifier(ColumnType type) {
        return type.precision() < 0 ? "" : "(" + type.precision() + (type.scale() < 0 ? "" : ", " + type.scale()) + ")";
    }

    private static String fraction(int digits) {
        return digits == FRACTION ? "" : limit(digits);
    }

    private static String limit(long number) {
        return number < 0 ? "" : "(" + number + ")";
    }
}
