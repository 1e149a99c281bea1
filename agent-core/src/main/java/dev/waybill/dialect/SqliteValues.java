// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.UUID;

/**
 * Values of SQLite's columns as canonical Java classes, and back. SQLite keeps each value in a way of its own (integer, real, text, bytes), whatever the column was declared as: one that is not kept as its column's type says is refused,
 * never converted.
 */
final class SqliteValues {

    private SqliteValues() {}

    // ---- reading ----

    static Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        Object value = row.getObject(index);
        return value == null ? null : canonical(value, type);
    }

    private static Object canonical(Object value, ColumnType type) throws SQLException {
        return switch (type.kind()) {
            case INTEGER -> whole(value, type);
            case BOOLEAN -> truth(whole(value, type), type);
            case DOUBLE, REAL -> value instanceof Double real ? real : misfit(value, type);
            case DECIMAL, DECFLOAT -> decimal(value, type);
            case TEXT -> WholeValues.text(SqliteTypes.isOwn(type) ? SqliteText.write(value, SqliteTypes.isAny(type), type.qualifier()) : text(value, type));
            case BYTES, GEOMETRY -> value instanceof byte[] bytes ? WholeValues.bytes(bytes) : misfit(value, type);
            case JSON -> WholeValues.bytes(text(value, type).getBytes(StandardCharsets.UTF_8));
            case UUID -> uuid(text(value, type), type);
            default -> misfit(value, type);
        };
    }

    private static Long whole(Object value, ColumnType type) throws SQLException {
        return value instanceof Long || value instanceof Integer ? Long.valueOf(((Number) value).longValue()) : (Long) misfit(value, type);
    }

    private static Boolean truth(Long value, ColumnType type) throws SQLException {
        return value == 0 ? Boolean.FALSE : value == 1 ? Boolean.TRUE : (Boolean) misfit(value, type);
    }

    private static String text(Object value, ColumnType type) throws SQLException {
        return value instanceof String text ? text : (String) misfit(value, type);
    }

    /** A double as the shortest digits that mean it; infinity as text, as others have it. */
    private static Object decimal(Object value, ColumnType type) throws SQLException {
        if (!type.qualifier().equals(SqliteTypes.NUMBER)) {
            return number(text(value, type), type);
        } else if (value instanceof Double real) {
            return real.isInfinite() ? real.toString() : BigDecimal.valueOf(real).stripTrailingZeros();
        }
        return BigDecimal.valueOf(whole(value, type));
    }

    private static Object number(String text, ColumnType type) throws SQLException {
        try {
            return text.equals("NaN") || text.endsWith("Infinity") ? text : new BigDecimal(text);
        } catch (NumberFormatException none) {
            return misfit(text, type);
        }
    }

    /** Only as Java writes it: otherwise another text would come out at the replica. */
    private static UUID uuid(String text, ColumnType type) throws SQLException {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equals(text) ? uuid : (UUID) misfit(text, type);
        } catch (IllegalArgumentException none) {
            return (UUID) misfit(text, type);
        }
    }

    private static Object misfit(Object value, ColumnType type) throws SQLException {
        String kept = value instanceof byte[] bytes ? "a BLOB of " + bytes.length + " bytes"
                : (value instanceof String ? "the TEXT " : value instanceof Double ? "the REAL " : "the INTEGER ") + (value.toString().length() > 100 ? value.toString().substring(0, 100) + "…" : value);
        throw WaybillError.VALUE_MISFIT.with(SqliteTypes.isOwn(type) ? type.qualifier() : type.type(), kept);
    }

    // ---- binding ----

    static void bind(PreparedStatement statement, int index, Object given, ColumnType type) throws SQLException {
        Object value = WholeValues.whole(given, type);
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        switch (type.kind()) {
            case INTEGER -> statement.setLong(index, (Long) value);
            case BOOLEAN -> statement.setInt(index, (Boolean) value ? 1 : 0);
            case REAL -> real(statement, index, (Float) value, type);
            case DOUBLE -> real(statement, index, (Double) value, type);
            case DECIMAL, DECFLOAT -> decimal(statement, index, value, type);
            case BYTES, GEOMETRY -> statement.setBytes(index, (byte[]) value);
            case JSON -> text(statement, index, new String((byte[]) value, StandardCharsets.UTF_8), type);
            case TEXT -> anything(statement, index, (String) value, type);
            case TIME -> text(statement, index, SqliteText.time((LocalTime) value), type);
            case TIME_WITH_ZONE -> text(statement, index, SqliteText.time(((OffsetTime) value).toLocalTime()) + ((OffsetTime) value).getOffset(), type);
            case TIMESTAMP -> text(statement, index, SqliteText.timestamp((LocalDateTime) value), type);
            case TIMESTAMP_WITH_ZONE -> text(statement, index, SqliteText.timestamp(((OffsetDateTime) value).toLocalDateTime()) + ((OffsetDateTime) value).getOffset(), type);
            case DATE, UUID, INTERVAL -> text(statement, index, value.toString(), type);
            default -> throw WaybillError.VALUE_MISFIT.with(type.type(), "an array or a row, which SQLite cannot keep");
        }
    }

    /** SQLite makes NULL of NaN. */
    private static void real(PreparedStatement statement, int index, double value, ColumnType type) throws SQLException {
        if (Double.isNaN(value)) {
            throw WaybillError.VALUE_MISFIT.with(type.type(), "NaN, of which SQLite would make NULL");
        }
        statement.setDouble(index, value);
    }

    /** As text, which a column of numbers converts and a column of text keeps with all digits; a number of SQLite's own as what it was. */
    private static void decimal(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (!type.qualifier().equals(SqliteTypes.NUMBER)) {
            text(statement, index, value instanceof BigDecimal number ? number.toPlainString() : value.toString(), type);
        } else if (value instanceof BigDecimal number && number.stripTrailingZeros().scale() <= 0 && number.toBigInteger().bitLength() < Long.SIZE) {
            statement.setLong(index, number.longValueExact());
        } else {
            real(statement, index, Double.parseDouble(value.toString()), type);
        }
    }

    private static void anything(PreparedStatement statement, int index, String value, ColumnType type) throws SQLException {
        Object kept = SqliteTypes.isOwn(type) ? SqliteText.read(value, SqliteTypes.isAny(type)) : value;
        if (kept instanceof Long number) {
            statement.setLong(index, number);
        } else if (kept instanceof Double number) {
            statement.setDouble(index, number);
        } else if (kept instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else {
            text(statement, index, (String) kept, type);
        }
    }

    /** Half a character becomes a question mark in the driver. */
    private static void text(PreparedStatement statement, int index, String value, ColumnType type) throws SQLException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean paired = Character.isHighSurrogate(c) && i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1));
            if (Character.isSurrogate(c) && !paired) {
                throw WaybillError.VALUE_MISFIT.with(type.type(), "text with half a character at " + i + ", of which SQLite's driver would make a question mark");
            }
            i += paired ? 1 : 0;
        }
        statement.setString(index, value);
    }
}
