// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.LargeValue;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import java.util.BitSet;
import java.util.List;

/**
 * A change, ready to be performed.
 *
 * @param columns the columns that it assigns, by index of the shape; empty for DELETE and TRUNCATE; never changed
 */
record Work(Landing landing, Kind kind, BitSet columns, Change change) {

    private static final BitSet NONE = new BitSet();

    static Work of(Landing landing, Change change) {
        Kind kind = Kind.of(change);
        BitSet columns = switch (kind) {
            case DELETE, TRUNCATE -> NONE;
            case INSERT, UPSERT, UPDATE_KEY -> Landing.present(landing.assignable(), change.after());
            case UPDATE -> Landing.present(landing.rest(), change.after());
        };
        return new Work(landing, kind, columns, change);
    }

    /** The removal of the row that this change is about, under the key that it has now. */
    Work deletion() {
        return new Work(landing, Kind.DELETE, NONE, new Change(landing.shape(), Operation.DELETE, null, keyImage(), null, List.of()));
    }

    /** The row as this change leaves it, whether there is one under its key or not. */
    Work upsert() {
        return new Work(landing, Kind.UPSERT, Landing.present(landing.assignable(), change.after()), change);
    }

    /** Whether it brings every column that can be assigned. The sender's shape may have fewer than the table here, which then get their defaults, as by any of its inserts. */
    boolean isWhole() {
        return change.after() != null && Landing.present(landing.assignable(), change.after()).equals(landing.assignable());
    }

    /** The image that holds the key by which the row is found now. */
    RowImage keyImage() {
        return switch (kind) {
            case UPDATE_KEY -> change.oldKey();
            case DELETE -> change.before();
            default -> change.after();
        };
    }

    /** The key for people; empty for TRUNCATE. */
    String keyText() {
        return kind == Kind.TRUNCATE ? "" : Key.text(landing.shape(), keyImage());
    }

    /** Whether both are performed by the same statement. */
    boolean isLike(Work other) {
        return landing == other.landing && kind == other.kind && (columns == other.columns || columns.equals(other.columns));
    }

    boolean touches(BitSet some) {
        return columns.intersects(some);
    }

    /** A streamed value can be read only while the reader stands at its record. */
    boolean hasLargeValue() {
        return holdsLarge(change);
    }

    static boolean holdsLarge(Change change) {
        return change.after() != null && holdsLarge(change.after()) || change.before() != null && holdsLarge(change.before());
    }

    /** Approximate size in memory. */
    int sizeBytes() {
        return size(change.after()) + size(change.before()) + 64;
    }

    /** Most values are of classes that can be told at once; whether another one implements an interface is looked up in a list. */
    private static boolean holdsLarge(RowImage image) {
        for (Object value : image.values()) {
            if (!(value instanceof String) && !(value instanceof Number) && !(value instanceof Boolean) && value instanceof LargeValue) {
                return true;
            }
        }
        return false;
    }

    private static int size(RowImage image) {
        int size = 0;
        if (image != null) {
            for (Object value : image.values()) {
                size += value instanceof String text ? 24 + text.length() : value instanceof byte[] bytes ? 24 + bytes.length : value instanceof Object[] many ? 64 * many.length : 16;
            }
        }
        return size;
    }
}
