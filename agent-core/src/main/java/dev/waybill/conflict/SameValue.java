// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ValueKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.UUID;

/**
 * Whether two values of a column, of which one came from another database, say the same: decimals whatever their scale, moments whatever their zone, texts whatever blanks a CHAR column has put behind them, floating point numbers as far as the
 * shorter of the two goes. A difference that is none would be a conflict that is none. Stateless; any thread.
 */
public final class SameValue {

    private SameValue() {}

    /** A value of a key as a column of another database has it; null where that cannot have it. */
    public static Object as(ColumnShape column, Object value) {
        ValueKind kind = column.type().kind();
        try {
            if (kind == ValueKind.INTEGER) {
                return value instanceof Long ? value : value instanceof BigDecimal decimal ? (Object) decimal.longValueExact() : null;
            } else if (kind == ValueKind.DECIMAL) {
                return value instanceof Long number ? BigDecimal.valueOf(number) : value instanceof BigDecimal ? value : null;
            }
        } catch (ArithmeticException tooLong) {
            return null;
        }
        Class<?> wanted = switch (kind) {
            case TEXT -> String.class;
            case BYTES -> byte[].class;
            case UUID -> UUID.class;
            case DATE -> LocalDate.class;
            case TIMESTAMP -> LocalDateTime.class;
            case TIMESTAMP_WITH_ZONE -> OffsetDateTime.class;
            case TIME -> LocalTime.class;
            case BOOLEAN -> Boolean.class;
            case REAL -> Float.class;
            case DOUBLE -> Double.class;
            default -> Object.class;
        };
        return wanted.isInstance(value) ? value : null;
    }

    /** Either may be null. */
    public static boolean is(Object one, Object other) {
        if (one instanceof BigDecimal a && other instanceof Number b) {
            return a.compareTo(b instanceof BigDecimal decimal ? decimal : new BigDecimal(b.toString())) == 0;
        } else if (other instanceof BigDecimal && one instanceof Number) {
            return is(other, one);
        } else if (one instanceof Float || other instanceof Float) {
            return one instanceof Number a && other instanceof Number b && a.floatValue() == b.floatValue();
        } else if (one instanceof OffsetDateTime a && other instanceof OffsetDateTime b) {
            return a.toInstant().equals(b.toInstant());
        } else if (one instanceof String a && other instanceof String b) {
            return a.stripTrailing().equals(b.stripTrailing());
        }
        return Objects.deepEquals(one, other);
    }
}
