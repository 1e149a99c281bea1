// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

/**
 * A column as a change names it.
 *
 * @param name the column's name, exactly as the database keeps it
 * @param type its type
 */
public record ColumnShape(String name, ColumnType type) {}
