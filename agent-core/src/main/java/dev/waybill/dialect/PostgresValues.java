// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.ValueKind;
import dev.waybill.error.WaybillError;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Values of PostgreSQL's columns as canonical Java classes, and back. Bound as text without a type of its own, so that the server takes the column's type, whatever it is; bytes as bytes.
 * PostgreSQL itself holds every value whole.
 */
final class PostgresValues {

    private static final String INTERVAL = "\"pg_catalog\".\"interval\"";
    /** The one style of intervals that a server set otherwise would read otherwise: {@code -1-2 +3 -4:05:06}. */
    private static final Pattern STANDARD_INTERVAL = Pattern.compile("[+-]?\\d+-\\d+.*|[+-]?\\d+ [+-]?\\d+:.*|\\+\\d.*");

    private PostgresValues() {}

    // ---- reading ----

    static Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return switch (type.kind()) {
            case INTEGER -> WholeValues.integer(row, index);
            case TEXT -> text(row.getString(index), type);
            case DECIMAL -> row.getBigDecimal(index);
            case DECFLOAT -> decimal(row.getString(index));
            case BYTES, GEOMETRY -> PostgresLargeObjects.isType(type) ? PostgresLargeObjects.read(row, index) : WholeValues.bytes(row.getBytes(index));
            case JSON -> json(row.getString(index));
            case BOOLEAN -> WholeValues.orNull(row, row.getBoolean(index));
            case REAL -> WholeValues.orNull(row, row.getFloat(index));
            case DOUBLE -> WholeValues.orNull(row, row.getDouble(index));
            case DATE -> row.getObject(index, LocalDate.class);
            case TIME -> row.getObject(index, LocalTime.class);
            case TIME_WITH_ZONE -> row.getObject(index, OffsetTime.class);
            case TIMESTAMP -> row.getObject(index, LocalDateTime.class);
            case TIMESTAMP_WITH_ZONE -> row.getObject(index, OffsetDateTime.class);
            case UUID -> row.getObject(index, UUID.class);
            case ARRAY -> array(row, index, type);
            case INTERVAL, ROW -> throw new IllegalArgumentException("PostgreSQL has no " + type.kind());
        };
    }

    private static Object decimal(String text) {
        return text == null ? null : PostgresText.decimal(text);
    }

    private static Object text(String text, ColumnType type) throws SQLException {
        if (text != null && type.type() == SqlType.NATIVE && type.qualifier().equals(INTERVAL) && STANDARD_INTERVAL.matcher(text).matches()) {
            throw WaybillError.VALUE_STYLE.with("interval", text, "IntervalStyle", "postgres");
        }
        return WholeValues.text(text);
    }

    private static Object json(String text) {
        return text == null ? null : WholeValues.bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Object[] array(ResultSet row, int index, ColumnType type) throws SQLException {
        String literal = row.getString(index);
        try {
            return literal == null ? null : PostgresArrays.read(literal, type);
        } catch (PostgresArrays.Misshapen misshapen) {
            throw WaybillError.ARRAY_MISSHAPEN.because(misshapen, literal.length() > 100 ? literal.substring(0, 100) + "…" : literal, misshapen.getMessage());
        }
    }

    // ---- binding ----

    static void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (type.kind() == ValueKind.BYTES || type.kind() == ValueKind.GEOMETRY) {
            statement.setBytes(index, (byte[]) WholeValues.whole(value, type));
        } else {
            statement.setObject(index, text(value, type), Types.OTHER);
        }
    }

    /** A value as text for a column of whatever type. */
    static String text(Object value, ColumnType type) throws SQLException {
        return PostgresText.write(WholeValues.whole(value, type), type);
    }
}
