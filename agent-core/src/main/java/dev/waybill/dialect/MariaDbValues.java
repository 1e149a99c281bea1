// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.ValueKind;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/**
 * Values of MariaDB's columns as canonical Java classes, and back. Dates and times travel as text, since every driver converts its own classes by zones of the JVM; moments are asked for as seconds since 1970 and bound in UTC, which is
 * the time zone of an agent's session.
 */
final class MariaDbValues {

    /** Of every server that is not set to less than it was made with: 1 MB at the least. */
    private static final int SURELY_FITS = 512 << 10;
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

    private MariaDbValues() {}

    // ---- moments of our own tables ----

    static String moment(Instant moment) {
        return TIMESTAMP.format(moment.atOffset(ZoneOffset.UTC));
    }

    static Instant moment(String text) {
        return text == null ? null : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    }

    // ---- reading ----

    static Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return switch (type.kind()) {
            case INTEGER -> WholeValues.integer(row, index);
            case DECIMAL, DECFLOAT -> row.getBigDecimal(index);
            case REAL -> WholeValues.orNull(row, (float) row.getDouble(index));
            case DOUBLE -> WholeValues.orNull(row, row.getDouble(index));
            case BOOLEAN -> WholeValues.orNull(row, row.getBoolean(index));
            case TEXT -> WholeValues.text(row.getString(index));
            case BYTES -> WholeValues.bytes(row.getBytes(index));
            case JSON -> json(row.getString(index));
            case UUID -> uuid(row.getString(index));
            case DATE, TIME, TIMESTAMP, TIMESTAMP_WITH_ZONE -> time(row.getString(index), type);
            default -> throw new IllegalArgumentException("MariaDB has no " + type.kind());
        };
    }

    /** The same of a value as triggers of complete capture write it: text in UTF-8, bytes as they are; see {@code MariaDbTriggers}. */
    static Object parse(byte[] written, ColumnType type) throws SQLException {
        if (written == null) {
            return null;
        }
        String text = type.kind() == ValueKind.BYTES ? null : new String(written, StandardCharsets.UTF_8);
        return switch (type.kind()) {
            case INTEGER -> Long.valueOf(text);
            case DECIMAL, DECFLOAT -> new BigDecimal(text);
            case REAL -> (float) Double.parseDouble(text);
            case DOUBLE -> Double.valueOf(text);
            case TEXT -> WholeValues.text(text);
            case BYTES, JSON -> WholeValues.bytes(written);
            case UUID -> UUID.fromString(text);
            case DATE, TIME, TIMESTAMP, TIMESTAMP_WITH_ZONE -> time(text, type);
            default -> throw new IllegalArgumentException("MariaDB has no " + type.kind());
        };
    }

    private static Object json(String text) {
        return text == null ? null : WholeValues.bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static UUID uuid(String text) {
        return text == null ? null : UUID.fromString(text);
    }

    /** Days and months 0, and times beyond a day, are values of MariaDB and of nobody else. */
    private static Object time(String text, ColumnType type) throws SQLException {
        if (text == null) {
            return null;
        }
        try {
            return switch (type.kind()) {
                case DATE -> LocalDate.parse(text);
                case TIME -> LocalTime.parse(text);
                case TIMESTAMP -> LocalDateTime.parse(text.replace(' ', 'T'));
                default -> instant(text);
            };
        } catch (DateTimeException | NumberFormatException unfit) {
            throw WaybillError.VALUE_UNFIT.because(unfit, text, type.type());
        }
    }

    /** The moment 0 stands for 0000-00-00, which is none. */
    private static OffsetDateTime instant(String seconds) {
        BigDecimal since = new BigDecimal(seconds);
        if (since.signum() == 0) {
            throw new DateTimeException("0000-00-00 00:00:00");
        }
        long whole = since.longValue();
        return Instant.ofEpochSecond(whole, since.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue()).atOffset(ZoneOffset.UTC);
    }

    // ---- binding ----

    static void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        Object whole = WholeValues.whole(value, type);
        expectRoom(statement, whole);
        switch (type.kind()) {
            case INTEGER -> statement.setLong(index, (Long) whole);
            case DECIMAL, DECFLOAT -> statement.setBigDecimal(index, number(whole, type));
            case REAL -> statement.setString(index, finite((Float) whole, ((Float) whole).doubleValue())); // the shortest text of the largest float is beyond it
            case DOUBLE -> statement.setString(index, finite((Double) whole, (Double) whole));
            case BOOLEAN -> statement.setBoolean(index, (Boolean) whole);
            case BYTES, GEOMETRY -> statement.setBytes(index, (byte[]) whole);
            case JSON -> statement.setString(index, new String((byte[]) whole, StandardCharsets.UTF_8));
            case TIME -> statement.setString(index, TIME.format((LocalTime) whole));
            case TIMESTAMP -> statement.setString(index, timestamp((LocalDateTime) whole));
            case TIMESTAMP_WITH_ZONE -> statement.setString(index, timestamp(((OffsetDateTime) whole).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()));
            case DATE -> statement.setString(index, date((LocalDate) whole));
            default -> statement.setString(index, whole.toString());
        }
    }

    /** The server ends the connection over a packet that is too long, and trying again would not help. */
    private static void expectRoom(PreparedStatement statement, Object value) throws SQLException {
        long length = value instanceof byte[] bytes ? written(bytes) : value instanceof String text && text.length() > SURELY_FITS / 4 ? written(text.getBytes(StandardCharsets.UTF_8)) : 0;
        if (length > SURELY_FITS) {
            long most = Long.parseLong(MariaDbDialect.one(statement.getConnection(), "SELECT @@max_allowed_packet"));
            if (length > most - SURELY_FITS / 4) {
                throw WaybillError.VALUE_TOO_LONG.with(length, most);
            }
        }
    }

    /** Drivers write a value between quotes, with a backslash before four kinds of byte. */
    private static long written(byte[] bytes) {
        long length = bytes.length;
        if (length > SURELY_FITS / 2) {
            for (byte each : bytes) {
                length += each == 0 || each == '\'' || each == '"' || each == '\\' ? 1 : 0;
            }
        }
        return length;
    }

    /** MariaDB rounds what has too many decimals, and says so only in a note. */
    private static BigDecimal number(Object value, ColumnType type) throws SQLException {
        if (!(value instanceof BigDecimal number)) {
            throw WaybillError.VALUE_UNFIT.with(value, type.type());
        }
        int most = MariaDbTypes.landing(type).scale();
        if (number.scale() > most && number.stripTrailingZeros().scale() > most) {
            throw WaybillError.VALUE_UNFIT.with(number, type.type());
        }
        return number;
    }

    private static String finite(double value, Number shown) throws SQLException {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw WaybillError.VALUE_UNFIT.with(shown, "DOUBLE");
        }
        return shown.toString();
    }

    private static String date(LocalDate date) throws SQLException {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw WaybillError.VALUE_UNFIT.with(date, "DATE");
        }
        return date.toString();
    }

    private static String timestamp(LocalDateTime time) throws SQLException {
        date(time.toLocalDate());
        return TIMESTAMP.format(time);
    }
}
