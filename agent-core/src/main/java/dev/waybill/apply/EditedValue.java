// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.conflict.ValueText;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Another value for one column of one change of a dead letter.
 *
 * @param number of the change, from 1
 * @param column its name as the database keeps it
 * @param text   the value as a person writes it; null for NULL
 */
public record EditedValue(long number, String column, String text) {

    /** What is wrong with the numbers; null when nothing is. */
    static String fault(long changes, Set<Long> dropped, List<EditedValue> values) {
        for (long number : Stream.concat(dropped.stream(), values.stream().map(EditedValue::number)).toList()) {
            if (number < 1 || number > changes) {
                return "it has no change " + number + ", only 1 to " + changes;
            }
        }
        return dropped.isEmpty() && values.isEmpty() ? "no change and no value is named" : null;
    }

    /** The change with this value in its after-image. */
    Change in(Change change) throws IOException {
        RowImage after = change.after();
        for (int index = 0; after != null && index < change.table().columns().size(); index++) {
            ColumnShape shape = change.table().columns().get(index);
            if (shape.name().equalsIgnoreCase(column)) {
                if (!after.has(index) || change.table().key().contains(index) && Kind.of(change) != Kind.INSERT) {
                    throw new IOException("change " + number + " does not assign " + column);
                }
                Object[] values = after.values().clone();
                values[index] = ValueText.parse(shape, text);
                return new Change(change.table(), change.operation(), change.oldKey(), change.before(), new RowImage(values), change.notes());
            }
        }
        throw new IOException("change " + number + " (" + change.operation() + " " + change.table().qualifiedName() + ") has no new value of a column " + column);
    }
}
