// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** Values of the standard types as canonical Java classes, and back, by the plainest calls of JDBC. Stateless. */
final class GenericValues {

    private GenericValues() {}

    static Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return switch (type.kind()) {
            case INTEGER -> WholeValues.integer(row, index);
            case DECIMAL -> row.getBigDecimal(index);
            case REAL -> WholeValues.orNull(row, row.getFloat(index));
            case DOUBLE -> WholeValues.orNull(row, row.getDouble(index));
            case BOOLEAN -> WholeValues.orNull(row, row.getBoolean(index));
            case TEXT -> WholeValues.text(row.getString(index));
            case BYTES -> WholeValues.bytes(row.getBytes(index));
            case UUID -> row.getObject(index, UUID.class);
            case DATE, TIME, TIME_WITH_ZONE, TIMESTAMP, TIMESTAMP_WITH_ZONE -> time(row.getString(index), type);
            default -> throw new IllegalArgumentException("no column has the type " + type.type());
        };
    }

    private static Object time(String text, ColumnType type) throws SQLException {
        return text == null ? null : GenericTimes.read(text, type);
    }

    /**
     * Binds a value.
     *
     * @param type    the sender's
     * @param landing what such a column is here
     */
    static void bind(PreparedStatement statement, int index, Object value, ColumnType type, ColumnType landing) throws SQLException {
        switch (type.kind()) {
            case INTEGER -> statement.setLong(index, (Long) value);
            case DECIMAL, DECFLOAT -> statement.setBigDecimal(index, number(value, type, landing));
            case REAL -> real(statement, index, (Float) value, landing);
            case DOUBLE -> statement.setDouble(index, (Double) value);
            case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
            case BYTES, GEOMETRY -> statement.setBytes(index, (byte[]) value);
            case JSON -> statement.setString(index, new String((byte[]) value, StandardCharsets.UTF_8));
            case UUID -> uuid(statement, index, (UUID) value, landing);
            case DATE, TIME, TIME_WITH_ZONE, TIMESTAMP, TIMESTAMP_WITH_ZONE -> statement.setString(index, GenericTimes.write(value, type));
            case TEXT, INTERVAL -> statement.setString(index, value.toString());
            default -> throw WaybillError.VALUE_UNFIT.with("an array or a row", type.type());
        }
    }

    private static void real(PreparedStatement statement, int index, Float value, ColumnType landing) throws SQLException {
        if (landing.type() == SqlType.REAL) {
            statement.setFloat(index, value);
        } else {
            statement.setDouble(index, value.doubleValue());
        }
    }

    private static void uuid(PreparedStatement statement, int index, UUID value, ColumnType landing) throws SQLException {
        if (landing.type() == SqlType.UUID) {
            statement.setObject(index, value);
        } else {
            statement.setString(index, value.toString());
        }
    }

    /** Too many decimals would be cut without a word. */
    private static BigDecimal number(Object value, ColumnType type, ColumnType landing) throws SQLException {
        if (!(value instanceof BigDecimal number) || number.scale() > landing.scale() && number.stripTrailingZeros().scale() > landing.scale()) {
            throw WaybillError.VALUE_UNFIT.with(value, type.type());
        }
        return number;
    }
}
