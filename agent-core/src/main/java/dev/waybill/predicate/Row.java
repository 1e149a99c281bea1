// SPDX-License-Identifier: Apache-2.0
package dev.waybill.predicate;

/** The values of one row by the names of its columns, as {@link dev.waybill.change.RowImage} holds them; null for SQL NULL. */
@FunctionalInterface
public interface Row {
    Object value(String column);
}
