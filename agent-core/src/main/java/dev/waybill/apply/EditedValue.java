// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
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
                values[index] = value(shape);
                return new Change(change.table(), change.operation(), change.oldKey(), change.before(), new RowImage(values), change.notes());
            }
        }
        throw new IOException("change " + number + " (" + change.operation() + " " + change.table().qualifiedName() + ") has no new value of a column " + column);
    }

    private Object value(ColumnShape shape) throws IOException {
        if (text == null) {
            return null;
        }
        try {
            return switch (shape.type().kind()) {
                case BOOLEAN -> Boolean.valueOf(text);
                case INTEGER -> Long.valueOf(text);
                case DECIMAL, DECFLOAT -> new BigDecimal(text);
                case REAL -> Float.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                case TEXT, INTERVAL -> text;
                case BYTES -> HexFormat.of().parseHex(text);
                case JSON -> text.getBytes(StandardCharsets.UTF_8);
                case DATE -> LocalDate.parse(text);
                case TIME -> LocalTime.parse(text);
                case TIMESTAMP -> LocalDateTime.parse(text.replace(' ', 'T'));
                case TIMESTAMP_WITH_ZONE -> OffsetDateTime.parse(text.replace(' ', 'T'));
                case UUID -> UUID.fromString(text);
                default -> throw new IOException("values of " + shape.type().type() + " cannot be written here");
            };
        } catch (IllegalArgumentException | DateTimeException unfit) {
            throw new IOException("'" + text + "' is no " + shape.type().type() + ": " + unfit.getMessage(), unfit);
        }
    }
}
