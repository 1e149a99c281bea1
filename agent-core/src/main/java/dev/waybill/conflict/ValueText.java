// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import dev.waybill.change.ColumnShape;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.UUID;

/** Values as people write them. Stateless; any thread. */
public final class ValueText {

    private ValueText() {}

    /** What {@link #parse} reads; null for NULL. */
    static String of(ColumnShape column, Object value) {
        if (value == null) {
            return null;
        }
        return switch (column.type().kind()) {
            case BYTES -> value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
            case JSON -> value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value.toString();
            default -> value.toString();
        };
    }

    /**
     * A value of this column.
     *
     * @param text null for NULL
     * @throws IOException it is none
     */
    public static Object parse(ColumnShape column, String text) throws IOException {
        if (text == null) {
            return null;
        }
        try {
            return switch (column.type().kind()) {
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
                default -> throw new IOException("values of " + column.type().type() + " cannot be written here");
            };
        } catch (IllegalArgumentException | DateTimeException unfit) {
            throw new IOException("'" + text + "' is no " + column.type().type() + ": " + unfit.getMessage(), unfit);
        }
    }
}
