// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.List;

/**
 * The type of a column.
 *
 * @param type       the SQL type
 * @param precision  length in characters or bytes, decimal digits, or fractional digits of seconds' field for intervals; -1 when the type has none or it is not limited
 * @param scale      decimal scale, or fractional digits of seconds; -1 when the type has none
 * @param qualifier  of an interval, as {@code DAY TO SECOND}; of {@link SqlType#NATIVE} and, where it has one, of an enumeration its name, quoted, with its schema; of JSON, where the product has
 *                   several, which; empty otherwise
 * @param labels     of an enumeration, or names of the fields of a row; empty otherwise
 * @param components element type of an array (one), field types of a row (one for each label); empty otherwise
 */
public record ColumnType(SqlType type, long precision, int scale, String qualifier, List<String> labels, List<ColumnType> components) {

    public ColumnType {
        labels = List.copyOf(labels);
        components = List.copyOf(components);
    }

    /** A type without parameters. */
    public static ColumnType of(SqlType type) {
        return new ColumnType(type, -1, -1, "", List.of(), List.of());
    }

    /** A type with a precision and a scale, -1 for none. */
    public static ColumnType of(SqlType type, long precision, int scale) {
        return new ColumnType(type, precision, scale, "", List.of(), List.of());
    }

    /** How values of this type travel. */
    public ValueKind kind() {
        return type.kind();
    }
}
