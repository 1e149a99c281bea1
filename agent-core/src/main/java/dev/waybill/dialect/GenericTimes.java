// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQuery;

/**
 * Dates and times as text, as SQL writes them: drivers that go through {@code java.util.Calendar} make other days of days before 1582, and other hours of those that the JVM's zone leaves out. Days that this calendar does not have are
 * refused. Stateless; any thread.
 */
final class GenericTimes {

    private static final LocalDate LAST_JULIAN = LocalDate.of(1582, 10, 4);
    private static final LocalDate FIRST_GREGORIAN = LocalDate.of(1582, 10, 15);

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("H:mm:ss").optionalStart().appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true).optionalEnd().toFormatter();
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder().append(DateTimeFormatter.ISO_LOCAL_DATE).appendLiteral(' ').append(TIME).toFormatter();
    private static final DateTimeFormatter OFFSET_TIME = new DateTimeFormatterBuilder().append(TIME).appendOffset("+H:mm", "+0:00").toFormatter();
    private static final DateTimeFormatter OFFSET_TIMESTAMP = new DateTimeFormatterBuilder().append(TIMESTAMP).appendOffset("+H:mm", "+0:00").toFormatter();

    private GenericTimes() {}

    static Object read(String text, ColumnType type) throws SQLException {
        return switch (type.kind()) {
            case DATE -> parse(text, type, DateTimeFormatter.ISO_LOCAL_DATE, LocalDate::from);
            case TIME -> parse(text, type, TIME, LocalTime::from);
            case TIMESTAMP -> parse(text, type, TIMESTAMP, LocalDateTime::from);
            case TIME_WITH_ZONE -> parse(text, type, OFFSET_TIME, OffsetTime::from);
            default -> parse(text, type, OFFSET_TIMESTAMP, OffsetDateTime::from);
        };
    }

    private static Object parse(String text, ColumnType type, DateTimeFormatter form, TemporalQuery<?> query) throws SQLException {
        try {
            return form.parse(text, query);
        } catch (DateTimeException unfit) {
            throw WaybillError.VALUE_UNFIT.because(unfit, text, type.type());
        }
    }

    static String write(Object value, ColumnType type) throws SQLException {
        if (value instanceof LocalDate date) {
            return DateTimeFormatter.ISO_LOCAL_DATE.format(known(date, type));
        } else if (value instanceof LocalTime || value instanceof OffsetTime) {
            return (value instanceof LocalTime ? TIME : OFFSET_TIME).format((TemporalAccessor) value);
        } else if (value instanceof LocalDateTime time) {
            known(time.toLocalDate(), type);
            return TIMESTAMP.format(time);
        }
        known(((OffsetDateTime) value).toLocalDate(), type);
        return OFFSET_TIMESTAMP.format((OffsetDateTime) value);
    }

    private static LocalDate known(LocalDate date, ColumnType type) throws SQLException {
        if (date.getYear() < 1 || date.getYear() > 9999 || date.isAfter(LAST_JULIAN) && date.isBefore(FIRST_GREGORIAN)) {
            throw WaybillError.VALUE_UNFIT.with(date, type.type());
        }
        return date;
    }
}
