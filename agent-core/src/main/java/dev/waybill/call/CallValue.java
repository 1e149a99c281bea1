// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.change.ByteSink;
import dev.waybill.change.ByteSource;
import dev.waybill.change.ColumnType;
import dev.waybill.change.MalformedException;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * Arguments and results: each says itself what it is, since there is no table whose columns would say it. A tag byte, then
 * <pre>
 *   0 null · 1 boolean flag · 2 whole number zigzag · 3 double 8 bytes · 4 text · 5 bytes · 6 UUID 16 bytes
 *   7 decimal · 8 date · 9 time · 10 timestamp · 11 timestamp with zone, each as text in the form of {@code java.math} and {@code java.time}
 * </pre>
 * Stateless; any thread.
 */
public enum CallValue {
    NULL(SqlType.VARCHAR, Void.class),
    BOOLEAN(SqlType.BOOLEAN, Boolean.class),
    INTEGER(SqlType.BIGINT, Long.class),
    DOUBLE(SqlType.DOUBLE, Double.class),
    TEXT(SqlType.VARCHAR, String.class),
    BYTES(SqlType.VARBINARY, byte[].class),
    UNIQUE(SqlType.UUID, UUID.class),
    DECIMAL(SqlType.NUMERIC, BigDecimal.class),
    DATE(SqlType.DATE, LocalDate.class),
    TIME(SqlType.TIME, LocalTime.class),
    TIMESTAMP(SqlType.TIMESTAMP, LocalDateTime.class),
    TIMESTAMP_WITH_ZONE(SqlType.TIMESTAMP_WITH_TIME_ZONE, OffsetDateTime.class);

    /** Longest large object that is taken along, in characters or bytes. */
    private static final int LONGEST = 1_000_000;
    private static final int MOST_DIGITS = 1_000;
    private static final CallValue[] ALL = values();

    private final SqlType type;
    private final Class<?> form;

    CallValue(SqlType type, Class<?> form) {
        this.type = type;
        this.form = form;
    }

    private static CallValue of(Object value) {
        for (CallValue each : ALL) {
            if (value == null || each.form.isInstance(value)) {
                return each;
            }
        }
        throw new IllegalArgumentException("a value of " + value.getClass().getName() + " cannot travel with a call");
    }

    /** The type of a column for such values. */
    static ColumnType columnType(Object value) {
        CallValue kind = of(value);
        return switch (kind) {
            case DECIMAL -> ColumnType.of(kind.type, Math.max(((BigDecimal) value).precision(), ((BigDecimal) value).scale()), Math.max(0, ((BigDecimal) value).scale()));
            case TIME, TIMESTAMP, TIMESTAMP_WITH_ZONE -> ColumnType.of(kind.type, -1, 6);
            case NULL, TEXT, BYTES -> ColumnType.of(kind.type, LONGEST, -1);
            default -> ColumnType.of(kind.type);
        };
    }

    /** The type of a column that has these values, null among them: text where they are of several kinds, and then they are to be taken as text. */
    public static ColumnType columnType(List<Object> values) {
        ColumnType type = null;
        for (Object value : values) {
            ColumnType own = value == null ? type : columnType(value);
            if (type == null || own == null) {
                type = own;
            } else if (own.type() != type.type()) {
                return columnType("");
            } else if (own.type() == SqlType.NUMERIC) {
                int scale = Math.max(own.scale(), type.scale());
                type = ColumnType.of(SqlType.NUMERIC, Math.max(own.precision() - own.scale(), type.precision() - type.scale()) + scale, scale);
            }
        }
        return type == null ? columnType("") : type;
    }

    static void write(ByteSink to, Object value) {
        CallValue kind = of(value);
        to.putByte(kind.ordinal());
        switch (kind) {
            case NULL -> { }
            case BOOLEAN -> to.putByte((Boolean) value ? 1 : 0);
            case INTEGER -> to.putZigzag((Long) value);
            case DOUBLE -> to.putLong(Double.doubleToRawLongBits((Double) value));
            case TEXT -> to.putText((String) value);
            case BYTES -> to.putBlock((byte[]) value);
            case UNIQUE -> to.putUuid((UUID) value);
            default -> to.putText(value.toString());
        }
    }

    static Object read(ByteSource from) throws MalformedException {
        int tag = from.getByte();
        if (tag >= ALL.length) {
            throw new MalformedException("a value of a call has the tag " + tag);
        }
        return switch (ALL[tag]) {
            case NULL -> null;
            case BOOLEAN -> from.getFlag("boolean");
            case INTEGER -> from.getZigzag();
            case DOUBLE -> Double.longBitsToDouble(from.getLong());
            case TEXT -> from.getText("text");
            case BYTES -> from.getBlock("bytes");
            case UNIQUE -> from.getUuid();
            default -> parsed(ALL[tag], from.getText("value"));
        };
    }

    private static Object parsed(CallValue kind, String text) throws MalformedException {
        try {
            return switch (kind) {
                case DECIMAL -> bounded(text);
                case DATE -> LocalDate.parse(text);
                case TIME -> LocalTime.parse(text);
                case TIMESTAMP -> LocalDateTime.parse(text);
                default -> OffsetDateTime.parse(text);
            };
        } catch (NumberFormatException | DateTimeException wrong) {
            throw new MalformedException("a value of a call says it is " + kind + " and is not");
        }
    }

    /** A short text may be a number with more zeros than memory has room for. */
    private static BigDecimal bounded(String text) {
        BigDecimal number = text.length() > MOST_DIGITS ? null : new BigDecimal(text);
        if (number == null || number.scale() < -MOST_DIGITS || number.scale() > MOST_DIGITS) {
            throw new NumberFormatException();
        }
        return number;
    }

    /** A value of the row, as it travels. */
    public static Object read(ResultSet row, int index) throws SQLException {
        int type = row.getMetaData().getColumnType(index);
        if (type == Types.TIMESTAMP_WITH_TIMEZONE || row.getMetaData().getColumnTypeName(index).equalsIgnoreCase("timestamptz")) {
            return row.getObject(index, OffsetDateTime.class);
        }
        Object value = row.getObject(index);
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Double || value instanceof BigDecimal || value instanceof String || value instanceof byte[] || value instanceof UUID) {
            return value;
        } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        } else if (value instanceof Float single) {
            return single.doubleValue();
        } else if (value instanceof BigInteger whole) {
            return new BigDecimal(whole);
        } else if (value instanceof java.sql.Date || value instanceof LocalDate) {
            return row.getObject(index, LocalDate.class);
        } else if (value instanceof java.sql.Time || value instanceof LocalTime) {
            return row.getObject(index, LocalTime.class);
        } else if (value instanceof java.sql.Timestamp || value instanceof LocalDateTime) {
            return row.getObject(index, LocalDateTime.class);
        } else if (value instanceof Clob text) {
            return text.length() > LONGEST ? tooLong() : text.getSubString(1, (int) text.length());
        } else if (value instanceof Blob bytes) {
            return bytes.length() > LONGEST ? tooLong() : bytes.getBytes(1, (int) bytes.length());
        }
        return row.getString(index);
    }

    private static Object tooLong() throws SQLException {
        throw WaybillError.CALL_TOO_LARGE.with("a value", "more than " + LONGEST, LONGEST);
    }

    /** Whatever a procedure of Java gives, as it travels. */
    static Object normal(Object value) {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        Object normal = value instanceof Float single ? Double.valueOf(single) : value;
        of(normal);
        return normal;
    }
}
