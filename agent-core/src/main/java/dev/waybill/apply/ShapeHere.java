// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.conflict.SameValue;
import java.util.Arrays;

/** Rows in the shape that this database's own entries have of a table, which may be another than the sender's. */
final class ShapeHere {

    private ShapeHere() {}

    /** Where the shape has this column, or -1. */
    static int index(TableShape shape, String column) {
        for (int index = 0; index < shape.columns().size(); index++) {
            if (shape.columns().get(index).name().equals(column)) {
                return index;
            }
        }
        return -1;
    }

    /** The key of a row as it was sent, in the columns that entries have; null where these cannot have it, so that no row here does. */
    static RowImage key(Landing landing, TableShape shape, RowImage sent) {
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        for (int index : landing.keyOrder()) {
            int here = index(shape, landing.column(index).name());
            Object value = here < 0 ? null : SameValue.as(shape.columns().get(here), sent.value(index));
            if (value == null) {
                return null;
            }
            values[here] = value;
        }
        return new RowImage(values);
    }

    /** The key of a row that is here. */
    static RowImage key(TableShape shape, RowImage row) {
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        shape.key().forEach(index -> values[index] = row.value(index));
        return new RowImage(values);
    }
}
