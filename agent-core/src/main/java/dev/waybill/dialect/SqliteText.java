// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** How values that SQLite keeps in different ways are written as text, so that the text says which way it was; and how times of other products are written for it. */
final class SqliteText {

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss").appendFraction(ChronoField.NANO_OF_SECOND, 3, 9, true).toFormatter();
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,19}");
    private static final Pattern REAL = Pattern.compile("-?\\d+\\.\\d+(E-?\\d+)?");
    private static final String INFINITE = "9e999";

    private SqliteText() {}

    /** The time of a day as SQLite's own functions, and its driver, understand it. */
    static String time(LocalTime time) {
        return TIME.format(time);
    }

    static String timestamp(LocalDateTime time) {
        return time.toLocalDate() + " " + time(time.toLocalTime());
    }

    // ---- values of any kind ----

    /**
     * A value of a column of a type of SQLite's own.
     *
     * @param any whether text and numbers look alike in that column; otherwise text that looks like a number cannot be in it
     */
    static String write(Object value, boolean any, String type) throws SQLException {
        if (value instanceof String text) {
            return any ? "'" + text.replace("'", "''") + "'" : text;
        } else if (value instanceof byte[] bytes) {
            if (!any) {
                throw WaybillError.VALUE_MISFIT.with(type, "a BLOB of " + bytes.length + " bytes");
            }
            return "X'" + HexFormat.of().formatHex(bytes) + "'";
        } else if (value instanceof Double real && real.isInfinite()) {
            return (real < 0 ? "-" : "") + INFINITE;
        }
        return value.toString();
    }

    /** What {@link #write} wrote: Long, Double, String or bytes. */
    static Object read(String text, boolean any) {
        if (INTEGER.matcher(text).matches() && isLong(text)) {
            return Long.valueOf(text);
        } else if (REAL.matcher(text).matches()) {
            return Double.valueOf(text);
        } else if (text.equals(INFINITE) || text.equals("-" + INFINITE)) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        } else if (any && text.startsWith("X'") && text.endsWith("'")) {
            return HexFormat.of().parseHex(text, 2, text.length() - 1);
        } else if (any && text.length() > 1 && text.startsWith("'") && text.endsWith("'")) {
            return text.substring(1, text.length() - 1).replace("''", "'");
        }
        return text;
    }

    private static boolean isLong(String digits) {
        try {
            return Long.toString(Long.parseLong(digits)).equals(digits);
        } catch (NumberFormatException tooLong) {
            return false;
        }
    }
}
