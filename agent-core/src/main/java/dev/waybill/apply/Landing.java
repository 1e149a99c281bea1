// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.ValueKind;
import dev.waybill.dialect.Dialect.BareType;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a shape of the stream lands on a table here; columns are indexes of the shape.
 *
 * @param assignable  columns that are not computed here
 * @param key         the key's columns
 * @param unique      columns of unique keys other than the key
 * @param hiddenUnique whether a unique key has columns that the shape does not show, or that are computed: then any change may touch it
 * @param references  columns that refer to other rows
 * @param referenced  columns that others refer to
 * @param identity    the identity column, or -1
 * @param rest        assignable columns that are not of the key
 * @param objects     columns of bytes that become large objects here
 */
record Landing(TableShape shape, ReplicaTable table, BitSet assignable, BitSet key, BitSet unique, boolean hiddenUnique, BitSet references, BitSet referenced, int identity,
        BitSet rest, BitSet objects) {

    /** Fits the shape on the table. */
    static Landing of(TableShape shape, ReplicaTable table, Blame blame) throws SQLException {
        if (table.name().isOurs()) {
            throw WaybillError.APPLY_NOT_ADMITTED.with(blame.sender(), blame.offset(), "table " + table.name());
        }
        BitSet assignable = new BitSet();
        int identity = -1;
        for (int index = 0; index < shape.columns().size(); index++) {
            ReplicaColumn column = table.columns().get(shape.columns().get(index).name());
            if (column == null) {
                throw missing(shape, table, blame);
            }
            assignable.set(index, !column.generated());
            identity = column.identity() ? index : identity;
        }
        BitSet key = new BitSet();
        shape.key().forEach(key::set);
        BitSet unique = new BitSet();
        boolean hidden = false;
        for (Set<String> columns : table.uniqueKeys()) {
            BitSet shown = indexes(shape, columns);
            if (!shown.equals(key)) {
                unique.or(shown);
                hidden |= shown.cardinality() < columns.size() || !contains(assignable, shown);
            }
        }
        return new Landing(shape, table, assignable, key, unique, hidden, related(shape, table, table.references()), related(shape, table, table.referenced()), identity, without(assignable, key), objects(shape, table));
    }

    /** All of them at once: who migrates adds them together. */
    private static SQLException missing(TableShape shape, ReplicaTable table, Blame blame) {
        Set<String> here = table.columns().keySet();
        List<String> there = shape.columns().stream().map(ColumnShape::name).toList();
        String missing = there.stream().filter(name -> !here.contains(name)).collect(Collectors.joining(", "));
        String others = here.stream().filter(name -> !there.contains(name)).sorted().collect(Collectors.joining(", "));
        return WaybillError.APPLY_COLUMN_MISSING.with(table.name(), missing, blame.offset(), blame.sender(), others.isEmpty() ? "" : " (of its own, here are " + others + ")");
    }

    private static BitSet objects(TableShape shape, ReplicaTable table) {
        BitSet objects = table.objects().isEmpty() ? new BitSet() : indexes(shape, table.objects());
        for (int index = objects.nextSetBit(0); index >= 0; index = objects.nextSetBit(index + 1)) {
            objects.set(index, shape.columns().get(index).type().kind() == ValueKind.BYTES);
        }
        return objects;
    }

    private static BitSet without(BitSet all, BitSet some) {
        BitSet rest = (BitSet) all.clone();
        rest.andNot(some);
        return rest;
    }

    /** Where a computed column takes part in a foreign key, any column may. */
    private static BitSet related(TableShape shape, ReplicaTable table, Set<String> names) {
        BitSet related = indexes(shape, names);
        if (names.stream().map(table.columns()::get).anyMatch(column -> column != null && column.generated())) {
            related.set(0, shape.columns().size());
        }
        return related;
    }

    /** Those of these columns that an image has; the same object when it has all of them. */
    static BitSet present(BitSet columns, RowImage image) {
        BitSet present = columns;
        for (int index = columns.nextSetBit(0); index >= 0; index = columns.nextSetBit(index + 1)) {
            if (!image.has(index)) {
                present = present == columns ? (BitSet) columns.clone() : present;
                present.clear(index);
            }
        }
        return present;
    }

    /** Whether many rows may go into one statement as arrays. */
    boolean takesArrays() {
        return objects.isEmpty() && shape.columns().stream().noneMatch(column -> table.columns().get(column.name()).bareType() == null);
    }

    BareType bareType(int index) {
        return table.columns().get(column(index).name()).bareType();
    }

    boolean hasUnique() {
        return hiddenUnique || !unique.isEmpty();
    }

    ColumnShape column(int index) {
        return shape.columns().get(index);
    }

    /** The key in SQL's order of the shape. */
    List<Integer> keyOrder() {
        return shape.key();
    }

    private static BitSet indexes(TableShape shape, Set<String> names) {
        BitSet indexes = new BitSet();
        for (int index = 0; index < shape.columns().size(); index++) {
            indexes.set(index, names.contains(shape.columns().get(index).name()));
        }
        return indexes;
    }

    private static boolean contains(BitSet all, BitSet some) {
        return without(some, all).isEmpty();
    }
}
