// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.Arrays;

/**
 * Values of one row over the columns of a {@link TableShape}, by index; each is a value of its column's {@link ValueKind}, {@code null} for SQL NULL, or
 * {@link #ABSENT}. The array is not copied: who hands it over no longer touches it.
 */
public record RowImage(Object[] values) {

    /** Marks a column that is not part of the image. */
    public static final Object ABSENT = new Object() {
        @Override
        public String toString() {
            return "ABSENT";
        }
    };

    /** Whether the image says anything about this column. */
    public boolean has(int column) {
        return values[column] != ABSENT;
    }

    /** The value, which may be null for SQL NULL; only for columns that the image has. */
    public Object value(int column) {
        Object value = values[column];
        if (value == ABSENT) {
            throw new IllegalStateException("column " + column + " is not part of this image");
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowImage image && Arrays.deepEquals(values, image.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(values);
    }
}
