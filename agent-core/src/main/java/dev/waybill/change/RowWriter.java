// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.math.BigDecimal;
import java.util.List;

/**
 * Rows in their binary form, written value by value in the order of a table's columns, without an object for a number: what {@link TransactionWriter#insert} takes over as it stands. One thread.
 *
 * <p>No value is longer than {@link TransactionWriter#LARGE_VALUE_BYTES}; a longer one is refused with {@link IllegalArgumentException}.
 */
public final class RowWriter {

    private static final int MAX_TEXT = TransactionWriter.LARGE_VALUE_BYTES / 3;
    private static final int SECONDS_OF_DAY = 86_400;

    private final ByteSink sink;

    /** Empty, with room for this many bytes; grows as needed. */
    public RowWriter(int roomBytes) {
        sink = new ByteSink(roomBytes);
    }

    /** How many bytes there are: where the next row begins. */
    public int size() {
        return sink.size();
    }

    /** Drops everything beyond this size. */
    public void truncate(int size) {
        sink.truncate(size);
    }

    /** Drops everything. */
    public void clear() {
        sink.clear();
    }

    /** NULL. */
    public void nothing() {
        sink.putByte(ValueWriter.NULL);
    }

    /** {@link ValueKind#INTEGER}. */
    public void integer(long value) {
        sink.putByte(ValueKind.INTEGER.code());
        sink.putZigzag(value);
    }

    /** {@link ValueKind#BOOLEAN}. */
    public void truth(boolean value) {
        sink.putByte(ValueKind.BOOLEAN.code());
        sink.putByte(value ? 1 : 0);
    }

    /** {@link ValueKind#REAL}, by its bits. */
    public void realBits(int bits) {
        sink.putByte(ValueKind.REAL.code());
        sink.putInt(bits);
    }

    /** {@link ValueKind#DOUBLE}, by its bits. */
    public void doubleBits(long bits) {
        sink.putByte(ValueKind.DOUBLE.code());
        sink.putLong(bits);
    }

    /** {@link ValueKind#DECIMAL}. */
    public void decimal(BigDecimal value) {
        sink.putByte(ValueKind.DECIMAL.code());
        ValueWriter.decimal(sink, value);
    }

    /** {@link ValueKind#TIMESTAMP}: so many seconds after 1970 began there. */
    public void timestamp(long second, int nanos) {
        sink.putByte(ValueKind.TIMESTAMP.code());
        sink.putZigzag(Math.floorDiv(second, SECONDS_OF_DAY));
        sink.putVarint(Math.floorMod(second, SECONDS_OF_DAY));
        sink.putVarint(nanos);
    }

    /** {@link ValueKind#TEXT}. */
    public void text(String value) {
        if (value.length() > MAX_TEXT) {
            throw new IllegalArgumentException("a long text in a row that has no room for it");
        }
        sink.putByte(ValueKind.TEXT.code());
        sink.putText(value);
    }

    /** A value of any kind but arrays and rows, as {@link ValueKind} says it; not null. */
    public void value(ValueKind kind, Object value) {
        if (value instanceof String text && text.length() > MAX_TEXT || value instanceof byte[] bytes && bytes.length > TransactionWriter.LARGE_VALUE_BYTES) {
            throw new IllegalArgumentException("a long value in a row that has no room for it");
        }
        ValueWriter.write(sink, null, kind, value);
    }

    /** The values of a row again, which begins here and has columns of these types. */
    public Object[] values(List<ColumnType> types, int from) {
        ByteSource source = sink.source(from);
        Object[] values = new Object[types.size()];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = ValueReader.read(source, types.get(i), types.get(i).kind(), source.getByte());
            }
        } catch (MalformedException own) {
            throw new IllegalStateException("a row that was written here cannot be read", own);
        }
        return values;
    }

    void writeTo(ByteSink target, int from, int to) {
        sink.copy(target, from, to);
    }
}
