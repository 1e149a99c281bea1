// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.Locale;

/** A table by its names as the database keeps them; the schema is empty where a database has none. */
public record TableName(String schema, String name) {

    /** The name of this table. */
    public static TableName of(TableShape table) {
        return new TableName(table.schema(), table.name());
    }

    /** Names differ more often than schemas. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TableName table && name.equals(table.name) && schema.equals(table.schema);
    }

    @Override
    public int hashCode() {
        return 31 * schema.hashCode() + name.hashCode();
    }

    /** Whether it is a table of our own catalogue, which never travels and is never written by what travels: by the schema, or by the prefix where a database has none (then the schema is empty here). */
    public boolean isOurs() {
        return schema.equalsIgnoreCase("waybill") || schema.isEmpty() && name.toLowerCase(Locale.ROOT).startsWith("waybill_");
    }

    /** {@code schema.name}, for people. */
    @Override
    public String toString() {
        return schema.isEmpty() ? name : schema + "." + name;
    }
}
