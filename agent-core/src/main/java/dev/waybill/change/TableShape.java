// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.List;

/**
 * The dictionary entry of a table inside a transaction: which columns images have, in which order, and which of them are the key.
 * Row images of the table are arrays over {@code columns}.
 *
 * @param schema      the schema's name as the database keeps it; empty where a database has none
 * @param name        the table's name as the database keeps it
 * @param version     the catalogue version under which the change was captured; filters of that version apply to it
 * @param columns     the columns of the images
 * @param key         indexes into {@code columns} of the key, in key order; never empty
 */
public record TableShape(String schema, String name, long version, List<ColumnShape> columns, List<Integer> key) {

    public TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("table " + schema + "." + name + " without a key");
        }
        for (int index : key) {
            if (index < 0 || index >= columns.size()) {
                throw new IllegalArgumentException("key column " + index + " of " + columns.size() + " in " + schema + "." + name);
            }
        }
    }

    /** The schema fingerprint: a stable 64-bit hash of names, types and key; not of the version. */
    public long fingerprint() {
        return Fingerprint.of(this);
    }

    /** {@code schema.name}, for people. */
    public String qualifiedName() {
        return schema.isEmpty() ? name : schema + "." + name;
    }
}
