// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

/** The SQL type of a column, for creating a table at a replica. Names follow the standard; {@code code} is the byte on the wire. */
public enum SqlType {
    CHAR(1, ValueKind.TEXT),
    VARCHAR(2, ValueKind.TEXT),
    VARCHAR_IGNORECASE(3, ValueKind.TEXT),
    CLOB(4, ValueKind.TEXT),
    BINARY(5, ValueKind.BYTES),
    VARBINARY(6, ValueKind.BYTES),
    BLOB(7, ValueKind.BYTES),
    BOOLEAN(8, ValueKind.BOOLEAN),
    TINYINT(9, ValueKind.INTEGER),
    SMALLINT(10, ValueKind.INTEGER),
    INTEGER(11, ValueKind.INTEGER),
    BIGINT(12, ValueKind.INTEGER),
    NUMERIC(13, ValueKind.DECIMAL),
    REAL(14, ValueKind.REAL),
    DOUBLE(15, ValueKind.DOUBLE),
    DECFLOAT(16, ValueKind.DECFLOAT),
    DATE(17, ValueKind.DATE),
    TIME(18, ValueKind.TIME),
    TIME_WITH_TIME_ZONE(19, ValueKind.TIME_WITH_ZONE),
    TIMESTAMP(20, ValueKind.TIMESTAMP),
    TIMESTAMP_WITH_TIME_ZONE(21, ValueKind.TIMESTAMP_WITH_ZONE),
    UUID(22, ValueKind.UUID),
    JSON(23, ValueKind.JSON),
    ARRAY(24, ValueKind.ARRAY),
    INTERVAL(25, ValueKind.INTERVAL),
    GEOMETRY(26, ValueKind.GEOMETRY),
    ROW(27, ValueKind.ROW),
    ENUM(28, ValueKind.TEXT),
    JAVA_OBJECT(29, ValueKind.BYTES),
    /** A type that only one product has: its values travel as that product writes them; {@code qualifier} is its name, quoted, with its schema. */
    NATIVE(30, ValueKind.TEXT);

    private final int code;
    private final ValueKind kind;

    SqlType(int code, ValueKind kind) {
        this.code = code;
        this.kind = kind;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }

    /** How values of this type travel. */
    public ValueKind kind() {
        return kind;
    }
}
