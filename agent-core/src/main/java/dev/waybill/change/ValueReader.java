// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/** Reads single values that {@link ValueWriter} wrote, tag already read. Stateless; any thread. */
final class ValueReader {

    /** 150,000 digits and some: more than any database has. */
    private static final int MAX_DECIMAL_BYTES = 1 << 16;

    private ValueReader() {}

    static Object read(ByteSource from, ColumnType type, ValueKind kind, int tag) throws MalformedException {
        return read(from, type, kind, tag, 0);
    }

    private static Object read(ByteSource from, ColumnType type, ValueKind kind, int tag, int depth) throws MalformedException {
        if (tag == ValueWriter.NULL) {
            return null;
        }
        if (tag != kind.code()) {
            throw new MalformedException("a value of kind " + kind + " has the tag " + tag);
        }
        return switch (kind) {
            case BOOLEAN -> from.getFlag("boolean");
            case INTEGER -> from.getZigzag();
            case DECIMAL -> decimal(from);
            case REAL -> Float.intBitsToFloat(from.getInt());
            case DOUBLE -> Double.longBitsToDouble(from.getLong());
            case DECFLOAT -> decfloat(from);
            case TEXT, INTERVAL -> from.getText("text");
            case BYTES, JSON, GEOMETRY -> from.getBlock("bytes");
            case DATE -> date(from);
            case TIME -> time(from);
            case TIME_WITH_ZONE -> OffsetTime.of(time(from), offset(from));
            case TIMESTAMP -> LocalDateTime.of(date(from), time(from));
            case TIMESTAMP_WITH_ZONE -> OffsetDateTime.of(date(from), time(from), offset(from));
            case UUID -> from.getUuid();
            case ARRAY -> array(from, type, depth + 1);
            case ROW -> row(from, type, depth + 1);
        };
    }

    private static BigDecimal decimal(ByteSource from) throws MalformedException {
        int scale = from.getSignedInt("scale");
        int length = from.getNumber(MAX_DECIMAL_BYTES, "length of a decimal");
        byte[] unscaled = from.getBytes(length);
        if (length == 0 || length > 1 && unscaled[0] == unscaled[1] >> 7) {
            throw new MalformedException("a decimal is not written in its shortest form");
        }
        if (length > Long.BYTES) {
            return new BigDecimal(new BigInteger(unscaled), scale);
        }
        long number = unscaled[0];
        for (int i = 1; i < length; i++) {
            number = number << 8 | unscaled[i] & 0xff;
        }
        return BigDecimal.valueOf(number, scale);
    }

    private static Object decfloat(ByteSource from) throws MalformedException {
        int form = from.getNumber(ValueWriter.DECFLOAT_WORDS.size(), "form of a decimal floating point value");
        return form == 0 ? decimal(from) : ValueWriter.DECFLOAT_WORDS.get(form - 1);
    }

    private static LocalDate date(ByteSource from) throws MalformedException {
        long day = from.getZigzag();
        if (!ChronoField.EPOCH_DAY.range().isValidValue(day)) {
            throw new MalformedException("day " + day + " is not in the calendar");
        }
        return LocalDate.ofEpochDay(day);
    }

    private static LocalTime time(ByteSource from) throws MalformedException {
        int second = from.getNumber(86_399, "second of the day");
        return LocalTime.ofNanoOfDay(second * 1_000_000_000L + from.getNumber(999_999_999, "nanosecond"));
    }

    private static ZoneOffset offset(ByteSource from) throws MalformedException {
        int seconds = from.getSignedInt("time zone offset");
        if (Math.abs((long) seconds) > ZoneOffset.MAX.getTotalSeconds()) {
            throw new MalformedException("time zone offset of " + seconds + " s");
        }
        return ZoneOffset.ofTotalSeconds(seconds);
    }

    private static Object[] array(ByteSource from, ColumnType type, int depth) throws MalformedException {
        checkDepth(depth);
        if (type.components().size() != 1) {
            throw new MalformedException("an array type has " + type.components().size() + " element types");
        }
        ColumnType element = type.components().get(0);
        Object[] elements = new Object[from.getCount(1, "elements")];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = read(from, element, element.kind(), from.getByte(), depth);
        }
        return elements;
    }

    private static Object[] row(ByteSource from, ColumnType type, int depth) throws MalformedException {
        checkDepth(depth);
        int count = from.getCount(1, "fields");
        if (count != type.components().size()) {
            throw new MalformedException("a row has " + count + " fields of " + type.components().size());
        }
        Object[] fields = new Object[count];
        for (int i = 0; i < count; i++) {
            ColumnType field = type.components().get(i);
            fields[i] = read(from, field, field.kind(), from.getByte(), depth);
        }
        return fields;
    }

    private static void checkDepth(int depth) throws MalformedException {
        if (depth > ValueWriter.MAX_DEPTH) {
            throw new MalformedException("arrays and rows are nested more than " + ValueWriter.MAX_DEPTH + " deep");
        }
    }
}
