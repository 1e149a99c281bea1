// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

/**
 * How a value travels, independent of any database. The Java class is the only one that a {@link RowImage} holds for this kind.
 *
 * <p>{@code code} is the byte on the wire and never changes its meaning.
 */
public enum ValueKind {
    /** {@link Boolean}. */
    BOOLEAN(1),
    /** {@link Long}: every integer of up to 64 bits. */
    INTEGER(2),
    /** {@link java.math.BigDecimal}, scale preserved: NUMERIC, DECIMAL, unsigned 64-bit integers. */
    DECIMAL(3),
    /** {@link Float}, bits preserved. */
    REAL(4),
    /** {@link Double}, bits preserved. */
    DOUBLE(5),
    /** {@link java.math.BigDecimal}, or {@link String} {@code NaN}, {@code Infinity}, {@code -Infinity}: decimal floating point. */
    DECFLOAT(6),
    /** {@link String}, or {@link LargeValue} beyond the bound. */
    TEXT(7),
    /** {@code byte[]}, or {@link LargeValue} beyond the bound. */
    BYTES(8),
    /** {@link java.time.LocalDate}. */
    DATE(9),
    /** {@link java.time.LocalTime}. */
    TIME(10),
    /** {@link java.time.OffsetTime}. */
    TIME_WITH_ZONE(11),
    /** {@link java.time.LocalDateTime}. */
    TIMESTAMP(12),
    /** {@link java.time.OffsetDateTime}, offset preserved. */
    TIMESTAMP_WITH_ZONE(13),
    /** {@link java.util.UUID}. */
    UUID(14),
    /** {@code byte[]}: the document in UTF-8 as the database gave it, or {@link LargeValue}. */
    JSON(15),
    /** {@code Object[]} of the element kind; elements may be null. */
    ARRAY(16),
    /** {@link String}: the interval as the standard's literal body, its qualifier is in the {@link ColumnType}. */
    INTERVAL(17),
    /** {@code byte[]}: extended well-known binary. */
    GEOMETRY(18),
    /** {@code Object[]}: the fields of a row value, by the field types of the {@link ColumnType}. */
    ROW(19);

    private final int code;

    ValueKind(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }
}
