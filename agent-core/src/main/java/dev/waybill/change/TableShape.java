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
 * @param publications the names of all publications that held the table under that version: at the source those for which it was captured, in a message those by which the subscriber gets it; empty where that is not known
 */
public record TableShape(String schema, String name, long version, List<ColumnShape> columns, List<Integer> key, List<String> publications) {

    public TableShape {
        publications = List.copyOf(publications);
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

    /** A table of which it is not known, or not of interest, who publishes it. */
    public TableShape(String schema, String name, long version, List<ColumnShape> columns, List<Integer> key) {
        this(schema, name, version, columns, key, List.of());
    }

    /** The same table in these publications. */
    public TableShape in(List<String> these) {
        return new TableShape(schema, name, version, columns, key, these);
    }

    /** The schema fingerprint: a stable 64-bit hash of names, types and key; not of the version, nor of who publishes it. */
    public long fingerprint() {
        return Fingerprint.of(this);
    }

    /** {@code schema.name}, for people. */
    public String qualifiedName() {
        return schema.isEmpty() ? name : schema + "." + name;
    }
}
