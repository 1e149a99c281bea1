// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** MariaDB's names of the SQL types, and what it makes of types that it does not have. */
final class MariaDbTypes {

    /** MariaDB counts microseconds. */
    static final int FRACTION = 6;
    /** Of {@code DECIMAL}. */
    static final int MOST_DIGITS = 65;
    static final int MOST_DECIMALS = 38;
    /** What a number without limits becomes: whoever writes more digits than that is refused, not rounded. */
    static final int WIDE_DECIMALS = 30;
    /** All columns of a row share 65,535 bytes, of which a character takes four; longer ones stand beside the row. */
    private static final int LONGEST_TEXT = 1_000;
    private static final int LONGEST_BYTES = 4_000;
    private static final int LONGEST_CHAR = 255;
    /** An index takes 3,072 bytes for a column, and as much for all of them together. */
    private static final int LONGEST_TEXT_KEY = 255;
    private static final int LONGEST_BYTES_KEY = 1_000;
    /** Of MariaDB's own columns whose values are moments; those of other products may lie beyond what TIMESTAMP takes. */
    static final String MOMENT = "timestamp";
    /** Of MariaDB's own types, whose names are taken from messages as they are. */
    static final Set<String> NATIVE = Set.of("inet4", "inet6");

    private MariaDbTypes() {}

    /** The type that a column has here when it is made for this one: as {@code describe} gives it afterwards. */
    static ColumnType landing(ColumnType wanted) {
        return switch (wanted.type()) {
            case BOOLEAN -> ColumnType.of(SqlType.TINYINT);
            case CHAR -> wanted.precision() > LONGEST_CHAR || wanted.precision() < 1 ? text(wanted.precision()) : ColumnType.of(SqlType.CHAR, wanted.precision(), -1);
            case VARCHAR, VARCHAR_IGNORECASE -> text(wanted.precision());
            case CLOB, INTERVAL -> ColumnType.of(SqlType.CLOB);
            case BINARY -> wanted.precision() > LONGEST_CHAR || wanted.precision() < 1 ? bytes(wanted.precision()) : ColumnType.of(SqlType.BINARY, wanted.precision(), -1);
            case VARBINARY -> bytes(wanted.precision());
            case BLOB, JAVA_OBJECT, GEOMETRY -> ColumnType.of(SqlType.BLOB);
            case NUMERIC, DECFLOAT -> number(wanted);
            case TIME, TIMESTAMP -> ColumnType.of(wanted.type(), -1, fraction(wanted));
            case TIME_WITH_TIME_ZONE -> ColumnType.of(SqlType.VARCHAR, 30, -1);
            case TIMESTAMP_WITH_TIME_ZONE -> wanted.qualifier().equals(MOMENT) ? new ColumnType(SqlType.TIMESTAMP_WITH_TIME_ZONE, -1, fraction(wanted), MOMENT, List.of(), List.of())
                    : ColumnType.of(SqlType.TIMESTAMP, -1, fraction(wanted));
            case ENUM -> new ColumnType(SqlType.ENUM, -1, -1, "", wanted.labels(), List.of());
            case JSON -> ColumnType.of(SqlType.JSON);
            case NATIVE -> NATIVE.contains(wanted.qualifier()) ? wanted : ColumnType.of(SqlType.CLOB);
            default -> ColumnType.of(wanted.type());
        };
    }

    private static ColumnType text(long length) {
        return length < 0 || length > LONGEST_TEXT ? ColumnType.of(SqlType.CLOB) : ColumnType.of(SqlType.VARCHAR, length, -1);
    }

    private static ColumnType bytes(long length) {
        return length < 0 || length > LONGEST_BYTES ? ColumnType.of(SqlType.BLOB) : ColumnType.of(SqlType.VARBINARY, length, -1);
    }

    private static ColumnType number(ColumnType wanted) {
        boolean limited = wanted.precision() > 0 && wanted.precision() <= MOST_DIGITS && wanted.scale() >= 0 && wanted.scale() <= Math.min(MOST_DECIMALS, wanted.precision());
        return limited ? ColumnType.of(SqlType.NUMERIC, wanted.precision(), wanted.scale()) : ColumnType.of(SqlType.NUMERIC, MOST_DIGITS, WIDE_DECIMALS);
    }

    private static int fraction(ColumnType wanted) {
        return Math.min(FRACTION, wanted.scale() < 0 ? FRACTION : wanted.scale());
    }

    /** As CREATE TABLE wants it. */
    static String name(ColumnType wanted) {
        ColumnType type = landing(wanted);
        return switch (type.type()) {
            case CHAR, VARCHAR, BINARY, VARBINARY -> type.type().name().toLowerCase(Locale.ROOT) + "(" + type.precision() + ")";
            case CLOB -> "longtext";
            case BLOB -> "longblob";
            case TINYINT -> wanted.type() == SqlType.BOOLEAN ? "tinyint(1)" : "tinyint";
            case NUMERIC -> "decimal(" + type.precision() + ", " + type.scale() + ")";
            case REAL -> "float";
            case TIME -> "time(" + type.scale() + ")";
            case TIMESTAMP -> "datetime(" + type.scale() + ")";
            case TIMESTAMP_WITH_TIME_ZONE -> "timestamp(" + type.scale() + ")";
            case ENUM -> "enum(" + type.labels().stream().map(MariaDbTypes::literal).collect(Collectors.joining(", ")) + ")";
            case NATIVE -> type.qualifier();
            default -> type.type().name().toLowerCase(Locale.ROOT);
        };
    }

    /** What stands beside the row cannot be in an index: a key of unlimited length is limited here, and a longer value is refused when it comes. */
    static String keyName(ColumnType wanted) {
        ColumnType type = landing(wanted);
        return switch (type.type()) {
            case CLOB -> "varchar(" + LONGEST_TEXT_KEY + ")";
            case BLOB -> "varbinary(" + LONGEST_BYTES_KEY + ")";
            case VARCHAR -> "varchar(" + Math.min(type.precision(), LONGEST_TEXT_KEY) + ")";
            case VARBINARY -> "varbinary(" + Math.min(type.precision(), LONGEST_BYTES_KEY) + ")";
            default -> name(wanted);
        };
    }

    /** An agent's session takes a backslash for an escape. */
    private static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** Refuses what no column can be made for. */
    static void expectLanding(ColumnType type) throws SQLException {
        if (type.type() == SqlType.ROW || type.type() == SqlType.ARRAY) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with("of the sender", type.type());
        }
    }
}
