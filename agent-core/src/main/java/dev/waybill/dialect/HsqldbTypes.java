// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import java.util.Map;

/** HSQLDB's names of the SQL types, and what it makes of types that it does not have. Stateless. */
final class HsqldbTypes {

    /** Of LONGVARCHAR and LONGVARBINARY: such a column is not limited. */
    private static final long UNLIMITED = 16_777_216;
    private static final long UNLIMITED_LOB = 2_147_483_648L;
    private static final int MOST_FRACTION = 9;
    /** Of a number without limits: whoever writes more digits than that is refused, not rounded. */
    private static final int WIDE_DIGITS = 128;
    private static final int WIDE_DECIMALS = 40;
    /** What stands before the fraction of seconds, in the size of a column. */
    private static final int TIME_SIZE = 9;
    private static final int TIMESTAMP_SIZE = 20;
    private static final int ZONE_SIZE = 6;

    /** By the name that JDBC's metadata give, for types without parameters. */
    private static final Map<String, SqlType> PLAIN = Map.of("TINYINT", SqlType.TINYINT, "SMALLINT", SqlType.SMALLINT, "INTEGER", SqlType.INTEGER, "BIGINT", SqlType.BIGINT, "DOUBLE", SqlType.DOUBLE,
            "BOOLEAN", SqlType.BOOLEAN, "UUID", SqlType.UUID, "DATE", SqlType.DATE);

    private HsqldbTypes() {}

    /** Null for what cannot travel: bit strings, intervals, arrays, Java objects. */
    static ColumnType type(String name, long size, int decimals) {
        SqlType plain = PLAIN.get(name);
        if (plain != null) {
            return ColumnType.of(plain);
        }
        return switch (name) {
            case "NUMERIC", "DECIMAL" -> ColumnType.of(SqlType.NUMERIC, size, decimals);
            case "CHARACTER" -> ColumnType.of(SqlType.CHAR, size, -1);
            case "VARCHAR" -> ColumnType.of(SqlType.VARCHAR, size == UNLIMITED ? -1 : size, -1);
            case "CLOB" -> ColumnType.of(SqlType.CLOB, size == UNLIMITED_LOB ? -1 : size, -1);
            case "BINARY" -> ColumnType.of(SqlType.BINARY, size, -1);
            case "VARBINARY" -> ColumnType.of(SqlType.VARBINARY, size == UNLIMITED ? -1 : size, -1);
            case "BLOB" -> ColumnType.of(SqlType.BLOB, size == UNLIMITED_LOB ? -1 : size, -1);
            case "TIME" -> ColumnType.of(SqlType.TIME, -1, fraction(size - TIME_SIZE));
            case "TIME WITH TIME ZONE" -> ColumnType.of(SqlType.TIME_WITH_TIME_ZONE, -1, fraction(size - TIME_SIZE - ZONE_SIZE));
            case "TIMESTAMP" -> ColumnType.of(SqlType.TIMESTAMP, -1, fraction(size - TIMESTAMP_SIZE));
            case "TIMESTAMP WITH TIME ZONE" -> ColumnType.of(SqlType.TIMESTAMP_WITH_TIME_ZONE, -1, fraction(size - TIMESTAMP_SIZE - ZONE_SIZE));
            default -> null;
        };
    }

    /** Without a fraction the point is missing, too. */
    private static int fraction(long size) {
        return (int) Math.max(0, size);
    }

    /** The type that a column has here when it is made for this one: as {@link #type} gives it afterwards. */
    static ColumnType landing(ColumnType wanted) {
        return switch (wanted.type()) {
            case REAL -> ColumnType.of(SqlType.DOUBLE);
            case NUMERIC, DECFLOAT -> number(wanted);
            case CHAR, BINARY -> wanted.precision() > 0 ? ColumnType.of(wanted.type(), wanted.precision(), -1) : limited(wanted.type() == SqlType.CHAR ? SqlType.VARCHAR : SqlType.VARBINARY, -1, UNLIMITED);
            case VARCHAR, VARCHAR_IGNORECASE -> limited(SqlType.VARCHAR, wanted.precision(), UNLIMITED);
            case VARBINARY -> limited(SqlType.VARBINARY, wanted.precision(), UNLIMITED);
            case CLOB, BLOB -> limited(wanted.type(), wanted.precision(), UNLIMITED_LOB);
            case JSON -> ColumnType.of(SqlType.CLOB);
            case JAVA_OBJECT, GEOMETRY -> ColumnType.of(SqlType.BLOB);
            case ENUM, INTERVAL, NATIVE -> ColumnType.of(SqlType.VARCHAR);
            case TIME, TIME_WITH_TIME_ZONE, TIMESTAMP, TIMESTAMP_WITH_TIME_ZONE -> ColumnType.of(wanted.type(), -1, wanted.scale() < 0 ? MOST_FRACTION : Math.min(MOST_FRACTION, wanted.scale()));
            default -> ColumnType.of(wanted.type());
        };
    }

    private static ColumnType limited(SqlType type, long length, long most) {
        return ColumnType.of(type, length < 1 || length >= most ? -1 : length, -1);
    }

    private static ColumnType number(ColumnType wanted) {
        boolean limited = wanted.precision() > 0 && wanted.scale() >= 0 && wanted.scale() <= wanted.precision();
        return limited ? ColumnType.of(SqlType.NUMERIC, wanted.precision(), wanted.scale()) : ColumnType.of(SqlType.NUMERIC, WIDE_DIGITS, WIDE_DECIMALS);
    }

    /** As CREATE TABLE wants it. */
    static String name(ColumnType type) {
        return switch (type.type()) {
            case NUMERIC -> "NUMERIC(" + type.precision() + ", " + type.scale() + ")";
            case CHAR, BINARY -> type.type() + "(" + type.precision() + ")";
            case VARCHAR, VARBINARY -> type.type() + "(" + (type.precision() < 0 ? UNLIMITED : type.precision()) + ")";
            case CLOB, BLOB -> type.type() + "(" + (type.precision() < 0 ? UNLIMITED_LOB : type.precision()) + ")";
            case TIME, TIMESTAMP -> type.type() + "(" + type.scale() + ")";
            case TIME_WITH_TIME_ZONE -> "TIME(" + type.scale() + ") WITH TIME ZONE";
            case TIMESTAMP_WITH_TIME_ZONE -> "TIMESTAMP(" + type.scale() + ") WITH TIME ZONE";
            default -> type.type().name();
        };
    }
}
