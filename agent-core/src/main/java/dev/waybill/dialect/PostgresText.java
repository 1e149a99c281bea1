// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Values as PostgreSQL writes and reads them in text: the form that fits a column whatever its type is called. Infinite dates and times are the first and last that Java has; 24:00 is the last time of the day.
 */
final class PostgresText {

    private static final String INFINITY = "infinity";
    private static final String BEFORE_CHRIST = " BC";

    private PostgresText() {}

    // ---- writing ----

    /** Never null; a canonical value that is held whole. */
    static String write(Object value, ColumnType type) {
        return switch (type.kind()) {
            case BYTES, GEOMETRY -> "\\x" + HexFormat.of().formatHex((byte[]) value);
            case JSON -> new String((byte[]) value, StandardCharsets.UTF_8);
            case DATE -> date((LocalDate) value);
            case TIME -> time((LocalTime) value);
            case TIME_WITH_ZONE -> time(((OffsetTime) value).toLocalTime()) + offset(((OffsetTime) value).getOffset());
            case TIMESTAMP -> timestamp((LocalDateTime) value, "");
            case TIMESTAMP_WITH_ZONE -> timestamp(((OffsetDateTime) value).toLocalDateTime(), offset(((OffsetDateTime) value).getOffset()));
            case ARRAY -> PostgresArrays.write((Object[]) value, type.components().get(0));
            default -> value.toString();
        };
    }

    private static String date(LocalDate date) {
        if (isInfinite(date)) {
            return infinity(date);
        }
        return year(date) + String.format("-%02d-%02d", date.getMonthValue(), date.getDayOfMonth()) + era(date);
    }

    private static String timestamp(LocalDateTime time, String offset) {
        if (isInfinite(time.toLocalDate())) {
            return infinity(time.toLocalDate());
        }
        LocalDate date = time.toLocalDate();
        return year(date) + String.format("-%02d-%02d ", date.getMonthValue(), date.getDayOfMonth()) + time.toLocalTime() + offset + era(date);
    }

    /** The year 0 of Java is the first before Christ. */
    private static String year(LocalDate date) {
        return String.format("%04d", date.getYear() > 0 ? date.getYear() : 1 - date.getYear());
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : BEFORE_CHRIST;
    }

    private static boolean isInfinite(LocalDate date) {
        return date.getYear() == LocalDate.MAX.getYear() || date.getYear() == LocalDate.MIN.getYear();
    }

    private static String infinity(LocalDate date) {
        return date.getYear() > 0 ? INFINITY : "-" + INFINITY;
    }

    private static String time(LocalTime time) {
        return time.equals(LocalTime.MAX) ? "24:00:00" : time.toString();
    }

    private static String offset(ZoneOffset offset) {
        return offset.getTotalSeconds() == 0 ? "+00" : offset.getId();
    }

    // ---- reading ----

    /** What PostgreSQL wrote, as the canonical value. */
    static Object read(String text, ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> text.equals("t") || text.equals("true");
            case INTEGER -> Long.valueOf(text);
            case DECIMAL -> new BigDecimal(text);
            case DECFLOAT -> decimal(text);
            case REAL -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case BYTES, GEOMETRY -> HexFormat.of().parseHex(text, 2, text.length());
            case JSON -> text.getBytes(StandardCharsets.UTF_8);
            case UUID -> UUID.fromString(text);
            case DATE -> readDate(text);
            case TIME -> readTime(text);
            case TIME_WITH_ZONE -> readOffsetTime(text);
            case TIMESTAMP -> readTimestamp(text);
            case TIMESTAMP_WITH_ZONE -> readOffsetTimestamp(text);
            case ARRAY -> PostgresArrays.read(text, type);
            default -> text;
        };
    }

    /** A number, or one of the words of a decimal floating point value. */
    static Object decimal(String text) {
        char last = text.charAt(text.length() - 1);
        return last == 'N' || last == 'y' ? text : new BigDecimal(text);
    }

    private static LocalDate readDate(String text) {
        if (text.endsWith(INFINITY)) {
            return text.startsWith("-") ? LocalDate.MIN : LocalDate.MAX;
        }
        boolean before = text.endsWith(BEFORE_CHRIST);
        String[] parts = (before ? text.substring(0, text.length() - BEFORE_CHRIST.length()) : text).split("-");
        int year = Integer.parseInt(parts[0]);
        return LocalDate.of(before ? 1 - year : year, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    private static LocalTime readTime(String text) {
        return text.startsWith("24:") ? LocalTime.MAX : LocalTime.parse(text);
    }

    private static OffsetTime readOffsetTime(String text) {
        int at = offsetAt(text, 0);
        return OffsetTime.of(readTime(text.substring(0, at)), ZoneOffset.of(text.substring(at)));
    }

    private static LocalDateTime readTimestamp(String text) {
        int space = text.indexOf(' ');
        if (space < 0) {
            return text.startsWith("-") ? LocalDateTime.MIN : LocalDateTime.MAX;
        }
        boolean before = text.endsWith(BEFORE_CHRIST);
        String time = before ? text.substring(space + 1, text.length() - BEFORE_CHRIST.length()) : text.substring(space + 1);
        return LocalDateTime.of(readDate(text.substring(0, space) + (before ? BEFORE_CHRIST : "")), readTime(time));
    }

    private static OffsetDateTime readOffsetTimestamp(String text) {
        int space = text.indexOf(' ');
        if (space < 0) {
            return text.startsWith("-") ? OffsetDateTime.MIN : OffsetDateTime.MAX;
        }
        boolean before = text.endsWith(BEFORE_CHRIST);
        String plain = before ? text.substring(0, text.length() - BEFORE_CHRIST.length()) : text;
        int at = offsetAt(plain, space);
        OffsetDateTime read = OffsetDateTime.of(readTimestamp(plain.substring(0, at) + (before ? BEFORE_CHRIST : "")), ZoneOffset.of(plain.substring(at)));
        return read.withOffsetSameInstant(ZoneOffset.UTC);
    }

    private static int offsetAt(String text, int from) {
        return Math.max(text.indexOf('+', from), text.indexOf('-', from));
    }
}
