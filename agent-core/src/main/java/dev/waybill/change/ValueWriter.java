// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.List;
import java.util.UUID;

/** Writes single values, as {@link TransactionWriter} draws them. Large values are not its business: they are written inline, whatever their length. Stateless; any thread. */
final class ValueWriter {

    /** Instead of a kind's code: SQL NULL. */
    static final int NULL = 0;

    /** Added to a kind's code: the value came in CHUNK records. */
    static final int LARGE = 0x80;

    /** Arrays and rows in one another, at most. */
    static final int MAX_DEPTH = 16;

    /** So many digits are always a long: then no other number has to be made of the value. */
    private static final int LONG_DIGITS = 18;

    /** Forms of a decimal floating point value. */
    static final List<String> DECFLOAT_WORDS = List.of("NaN", "Infinity", "-Infinity");

    private ValueWriter() {}

    static void write(ByteSink to, ColumnType type, ValueKind kind, Object value) {
        write(to, type, kind, value, 0);
    }

    private static void write(ByteSink to, ColumnType type, ValueKind kind, Object value, int depth) {
        if (value == null) {
            to.putByte(NULL);
            return;
        }
        to.putByte(kind.code());
        switch (kind) {
            case BOOLEAN -> to.putByte((Boolean) value ? 1 : 0);
            case INTEGER -> to.putZigzag((Long) value);
            case DECIMAL -> decimal(to, (BigDecimal) value);
            case REAL -> to.putInt(Float.floatToRawIntBits((Float) value));
            case DOUBLE -> to.putLong(Double.doubleToRawLongBits((Double) value));
            case DECFLOAT -> decfloat(to, value);
            case TEXT, INTERVAL -> to.putText((String) value);
            case BYTES, JSON, GEOMETRY -> to.putBlock((byte[]) value);
            case DATE -> to.putZigzag(((LocalDate) value).toEpochDay());
            case TIME -> time(to, (LocalTime) value);
            case TIME_WITH_ZONE -> {
                OffsetTime time = (OffsetTime) value;
                time(to, time.toLocalTime());
                to.putZigzag(time.getOffset().getTotalSeconds());
            }
            case TIMESTAMP -> timestamp(to, (LocalDateTime) value);
            case TIMESTAMP_WITH_ZONE -> {
                OffsetDateTime time = (OffsetDateTime) value;
                timestamp(to, time.toLocalDateTime());
                to.putZigzag(time.getOffset().getTotalSeconds());
            }
            case UUID -> to.putUuid((UUID) value);
            case ARRAY -> array(to, type, (Object[]) value, depth + 1);
            case ROW -> row(to, type, (Object[]) value, depth + 1);
        }
    }

    static void decimal(ByteSink to, BigDecimal value) {
        to.putZigzag(value.scale());
        if (value.precision() <= LONG_DIGITS) {
            long number = value.scaleByPowerOfTen(value.scale()).longValue();
            int length = (Long.SIZE - Long.numberOfLeadingZeros(number ^ number >> 63)) / 8 + 1;
            to.putVarint(length);
            for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
                to.putByte((int) (number >> shift));
            }
        } else {
            to.putBlock(value.unscaledValue().toByteArray());
        }
    }

    private static void decfloat(ByteSink to, Object value) {
        if (value instanceof String word) {
            int index = DECFLOAT_WORDS.indexOf(word);
            if (index < 0) {
                throw new IllegalArgumentException("a decimal floating point value is a word that is none of " + DECFLOAT_WORDS);
            }
            to.putByte(1 + index);
        } else {
            to.putByte(0);
            decimal(to, (BigDecimal) value);
        }
    }

    private static void time(ByteSink to, LocalTime time) {
        to.putVarint(time.toSecondOfDay());
        to.putVarint(time.getNano());
    }

    private static void timestamp(ByteSink to, LocalDateTime time) {
        to.putZigzag(time.toLocalDate().toEpochDay());
        time(to, time.toLocalTime());
    }

    private static void array(ByteSink to, ColumnType type, Object[] elements, int depth) {
        checkDepth(depth);
        if (type.components().size() != 1) {
            throw new IllegalArgumentException("an array type has " + type.components().size() + " element types");
        }
        ColumnType element = type.components().get(0);
        to.putVarint(elements.length);
        for (Object value : elements) {
            write(to, element, element.kind(), value, depth);
        }
    }

    private static void row(ByteSink to, ColumnType type, Object[] fields, int depth) {
        checkDepth(depth);
        if (fields.length != type.components().size()) {
            throw new IllegalArgumentException("a row has " + fields.length + " fields of " + type.components().size());
        }
        to.putVarint(fields.length);
        for (int i = 0; i < fields.length; i++) {
            ColumnType field = type.components().get(i);
            write(to, field, field.kind(), fields[i], depth);
        }
    }

    private static void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("arrays and rows are nested more than " + MAX_DEPTH + " deep");
        }
    }
}
