// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.UUID;

/** Values of a column that no row has, one after the other: beyond the highest, or below the lowest where there is no more room, or texts that nobody would write. If a row has one after all, the unique key says so. One thread. */
final class FreeValues {

    private final ColumnType type;
    private final Object most;
    private final Object least;
    private long taken;

    /**
     * @param most  the highest value that is there, where the type is ordered; may be null
     * @param least the lowest
     */
    FreeValues(ColumnType type, Object most, Object least) {
        this.type = type;
        this.most = most;
        this.least = least;
    }

    /** Whether such values can be made for columns of this type. */
    static boolean areKnown(ColumnType type) {
        return areOrdered(type) || switch (type.type()) {
            case CHAR, VARCHAR, VARCHAR_IGNORECASE, BINARY, VARBINARY, UUID -> true;
            default -> false;
        };
    }

    /** Whether they are told from the highest and the lowest that are there. */
    static boolean areOrdered(ColumnType type) {
        return switch (type.type()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT, NUMERIC, DECFLOAT, DATE, TIMESTAMP, TIMESTAMP_WITH_TIME_ZONE -> true;
            default -> false;
        };
    }

    Object next() throws SQLException {
        taken++;
        return switch (type.type()) {
            case TINYINT -> integer(Byte.MAX_VALUE);
            case SMALLINT -> integer(Short.MAX_VALUE);
            case INTEGER -> integer(Integer.MAX_VALUE);
            case BIGINT -> integer(Long.MAX_VALUE);
            case NUMERIC, DECFLOAT -> decimal();
            case DATE -> most instanceof LocalDate date ? date.plusDays(taken) : none();
            case TIMESTAMP -> most instanceof LocalDateTime time ? time.plusSeconds(taken) : none();
            case TIMESTAMP_WITH_TIME_ZONE -> most instanceof OffsetDateTime time ? time.plusSeconds(taken) : none();
            case UUID -> name();
            case BINARY, VARBINARY -> Arrays.copyOf(text().getBytes(StandardCharsets.US_ASCII), length());
            default -> text().substring(0, length());
        };
    }

    private Long integer(long limit) throws SQLException {
        if (!(most instanceof Long highest) || !(least instanceof Long lowest)) {
            return (Long) none();
        }
        return highest <= limit - taken ? highest + taken : lowest - taken;
    }

    private Object decimal() throws SQLException {
        if (!(most instanceof BigDecimal highest) || !(least instanceof BigDecimal lowest)) {
            return none();
        }
        BigDecimal above = highest.add(BigDecimal.valueOf(taken));
        return type.precision() < 0 || above.precision() - above.scale() <= type.precision() - Math.max(0, type.scale()) ? above : lowest.subtract(BigDecimal.valueOf(taken));
    }

    private int length() {
        return (int) (type.precision() > 0 ? Math.min(text().length(), type.precision()) : text().length());
    }

    private String text() {
        return name().toString().replace("-", "");
    }

    private UUID name() {
        return UUID.nameUUIDFromBytes(("a row of waybill's that has stepped aside: " + taken).getBytes(StandardCharsets.US_ASCII));
    }

    /** Infinite ones, for instance, have none beyond. */
    private Object none() throws SQLException {
        throw new SQLDataException("no value of type " + type.type() + " is known to be free");
    }
}
