// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The values of chosen columns of a row (a key, a unique key, a foreign key) in a canonical form, as a value to look up and to compare. Immutable; any thread.
 *
 * <p><b>Guarantee.</b> Rows whose images differ differ for the database too, under a binary collation. Rows whose images are equal are equal for the database, or so nearly that they are to be kept in order: numbers are
 * compared by value whatever their type and scale (0 and -0 alike), CHAR without trailing spaces, VARCHAR_IGNORECASE without case, times with a zone by instant. The order of {@link #compareTo} is stable and
 * means nothing.
 */
public final class KeyImage implements Comparable<KeyImage> {

    private static final byte NULL = 0;
    private static final byte LARGE = (byte) 0xff;

    private final byte[] bytes;
    private final int hash;
    private final boolean hasNull;

    private KeyImage(byte[] bytes, boolean hasNull) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
        this.hasNull = hasNull;
    }

    /** Of the table's key. */
    public static KeyImage of(TableShape table, RowImage row) throws IOException {
        return of(table, table.key(), row);
    }

    /**
     * Of these columns, in this order, all of which the row has.
     *
     * @throws IOException a large value could not be read
     */
    public static KeyImage of(TableShape table, List<Integer> columns, RowImage row) throws IOException {
        ByteSink sink = new ByteSink(16 * columns.size());
        boolean hasNull = false;
        for (int column : columns) {
            Object value = row.value(column);
            hasNull |= value == null;
            write(sink, table.columns().get(column).type(), value);
        }
        return new KeyImage(sink.bytes(), hasNull);
    }

    /** Of one value, not NULL and not large, as a column of this type holds it. */
    public static KeyImage ofValue(ColumnType type, Object value) {
        ByteSink sink = new ByteSink(16);
        try {
            write(sink, type, value);
        } catch (IOException none) {
            throw new IllegalArgumentException("a large value", none);
        }
        return new KeyImage(sink.bytes(), false);
    }

    /** One whose canonical form has travelled; it has no NULL. */
    public static KeyImage ofBytes(byte[] canonical) {
        return new KeyImage(canonical.clone(), false);
    }

    /** Whether one of the columns is NULL: such a unique key collides with nothing, such a foreign key refers to nothing. */
    public boolean hasNull() {
        return hasNull;
    }

    /** A copy of the canonical form. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public int compareTo(KeyImage other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyImage image && hash == image.hash && Arrays.equals(bytes, image.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "KeyImage " + Integer.toHexString(hash);
    }

    private static void write(ByteSink to, ColumnType type, Object value) throws IOException {
        if (value == null) {
            to.putByte(NULL);
            return;
        }
        ValueKind kind = type.kind();
        switch (kind) {
            case INTEGER -> ValueWriter.write(to, type, kind, value);
            case REAL, DOUBLE -> floating(to, ((Number) value).doubleValue());
            case DECIMAL, DECFLOAT -> decimal(to, value);
            case TEXT -> text(to, type.type(), value);
            case BYTES, JSON -> binary(to, kind, value);
            case TIME_WITH_ZONE -> timeWithZone(to, (OffsetTime) value);
            case TIMESTAMP_WITH_ZONE -> instant(to, (OffsetDateTime) value);
            case ARRAY -> elements(to, type, (Object[]) value);
            case ROW -> fields(to, type, (Object[]) value);
            default -> ValueWriter.write(to, type, kind, value);
        }
    }

    private static void floating(ByteSink to, double value) {
        to.putByte(ValueKind.DOUBLE.code());
        to.putLong(Double.doubleToLongBits(value == 0 ? 0 : value));
    }

    private static void decimal(ByteSink to, Object value) {
        if (value instanceof BigDecimal number) {
            BigDecimal shortest = number.stripTrailingZeros();
            if (shortest.signum() == 0 || shortest.scale() <= 0 && shortest.precision() - (long) shortest.scale() <= 18) {
                ValueWriter.write(to, ColumnType.of(SqlType.BIGINT), ValueKind.INTEGER, shortest.signum() == 0 ? 0L : shortest.longValueExact());
            } else {
                ValueWriter.write(to, ColumnType.of(SqlType.NUMERIC), ValueKind.DECIMAL, shortest);
            }
        } else {
            ValueWriter.write(to, ColumnType.of(SqlType.DECFLOAT), ValueKind.DECFLOAT, value);
        }
    }

    private static void text(ByteSink to, SqlType type, Object value) throws IOException {
        boolean normalized = type == SqlType.CHAR || type == SqlType.VARCHAR_IGNORECASE;
        if (value instanceof LargeValue large && !normalized) {
            largeDigest(to, large.open());
            return;
        }
        String text = value instanceof LargeValue large ? whole(large) : (String) value;
        if (type == SqlType.CHAR) {
            text = stripSpaces(text);
        } else if (type == SqlType.VARCHAR_IGNORECASE) {
            text = text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        }
        if (TextForm.lengthBytes(text) > TransactionWriter.LARGE_VALUE_BYTES) {
            largeDigest(to, TextForm.stream(new StringReader(text)));
        } else {
            to.putByte(ValueKind.TEXT.code());
            to.putText(text);
        }
    }

    /** Types whose comparison is not by bytes have a bounded length in every database. */
    private static String whole(LargeValue value) throws IOException {
        if (value.lengthBytes() > TransactionWriter.MAX_RECORD_BYTES) {
            throw new MalformedException(MalformedException.Reason.OVERSIZE, "a text of " + value.lengthBytes() + " bytes in a column that is compared without case or trailing spaces");
        }
        try (InputStream content = value.open()) {
            byte[] bytes = content.readNBytes(TransactionWriter.MAX_RECORD_BYTES);
            return TextForm.decode(bytes, 0, bytes.length);
        }
    }

    private static String stripSpaces(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private static void binary(ByteSink to, ValueKind kind, Object value) throws IOException {
        if (value instanceof LargeValue large) {
            largeDigest(to, large.open());
        } else if (((byte[]) value).length > TransactionWriter.LARGE_VALUE_BYTES) {
            largeDigest(to, new ByteArrayInputStream((byte[]) value));
        } else {
            to.putByte(kind.code());
            to.putBlock((byte[]) value);
        }
    }

    /** What is long is represented by its SHA-256, whether it came in memory or as a stream. */
    private static void largeDigest(ByteSink to, InputStream content) throws IOException {
        try (DigestInputStream digesting = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
            byte[] buffer = new byte[8192];
            while (digesting.read(buffer) >= 0) {
                buffer[0] = 0;
            }
            to.putByte(LARGE);
            to.putBytes(digesting.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    private static void timeWithZone(ByteSink to, OffsetTime time) {
        to.putByte(ValueKind.TIME_WITH_ZONE.code());
        to.putZigzag(time.toLocalTime().toSecondOfDay() - time.getOffset().getTotalSeconds());
        to.putVarint(time.getNano());
    }

    private static void instant(ByteSink to, OffsetDateTime time) {
        LocalDateTime local = time.toLocalDateTime();
        to.putByte(ValueKind.TIMESTAMP_WITH_ZONE.code());
        to.putZigzag(local.toLocalDate().toEpochDay() * 86_400 + local.toLocalTime().toSecondOfDay() - time.getOffset().getTotalSeconds());
        to.putVarint(local.getNano());
    }

    private static void elements(ByteSink to, ColumnType type, Object[] elements) throws IOException {
        to.putByte(ValueKind.ARRAY.code());
        to.putVarint(elements.length);
        for (Object element : elements) {
            write(to, type.components().get(0), element);
        }
    }

    private static void fields(ByteSink to, ColumnType type, Object[] fields) throws IOException {
        to.putByte(ValueKind.ROW.code());
        to.putVarint(fields.length);
        for (int i = 0; i < fields.length; i++) {
            write(to, type.components().get(i), fields[i]);
        }
    }
}
