// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The column types of one table of H2. INFORMATION_SCHEMA describes a type by a row in COLUMNS, and what is inside it by rows in ELEMENT_TYPES (of an array), FIELDS (of a row value) and
 * ENUM_VALUES; {@code DTD_IDENTIFIER} ties them together. One thread.
 */
final class H2ColumnTypes {

    /** H2's largest length of a text or binary value: such a column is not limited. */
    private static final long UNLIMITED = 1_000_000_000;
    private static final long UNLIMITED_LOB = Long.MAX_VALUE;
    /** Columns of COLUMNS, ELEMENT_TYPES and FIELDS alike. */
    static final String FACTS = "DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, INTERVAL_TYPE, INTERVAL_PRECISION, MAXIMUM_CARDINALITY";

    private final Connection raw;
    private final String schema;
    private final String name;
    private final Map<String, Facts> facts = new HashMap<>();
    private final Map<String, List<String>> labels = new HashMap<>();
    private final Map<String, List<String>> inside = new HashMap<>();
    private boolean knowsInside;

    H2ColumnTypes(Connection raw, String schema, String name) {
        this.raw = raw;
        this.schema = schema;
        this.name = name;
    }

    /** The type of a column: its descriptor, and a row of COLUMNS with {@link #FACTS} from this index on. */
    ColumnType type(String column, String descriptor, ResultSet row, int at) throws SQLException {
        facts.put(descriptor, Facts.of(row, at));
        return type(column, descriptor);
    }

    private ColumnType type(String column, String descriptor) throws SQLException {
        Facts fact = facts.get(descriptor);
        SqlType type = H2Types.byName(fact.name);
        if (type == null) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with(schema + "." + name + "." + column, fact.name);
        }
        if (type == SqlType.ARRAY || type == SqlType.ROW || type == SqlType.ENUM) {
            readInside();
        }
        List<ColumnType> components = new ArrayList<>();
        for (String component : inside.getOrDefault(descriptor, List.of())) {
            components.add(type(column, component));
        }
        if (type == SqlType.ARRAY && holdsRow(components.get(0))) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with(schema + "." + name + "." + column, "ARRAY of ROW");
        }
        return new ColumnType(type, fact.precision(type), fact.scale(type), fact.intervalType, labels.getOrDefault(descriptor, List.of()), components);
    }

    /** Once, and only where a column holds something: for each of these H2 walks through all columns of the database, its own ones too. */
    private void readInside() throws SQLException {
        if (knowsInside) {
            return;
        }
        knowsInside = true;
        Query.each(raw, "SELECT DTD_IDENTIFIER, COLLECTION_TYPE_IDENTIFIER, " + FACTS
                + " FROM INFORMATION_SCHEMA.ELEMENT_TYPES WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = ? AND OBJECT_NAME = ?", row -> {
            facts.put(row.getString(1), Facts.of(row, 3));
            inside.put(row.getString(2), List.of(row.getString(1)));
        }, schema, name);
        Query.each(raw, "SELECT DTD_IDENTIFIER, ROW_IDENTIFIER, " + FACTS + ", FIELD_NAME"
                + " FROM INFORMATION_SCHEMA.FIELDS WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = ? AND OBJECT_NAME = ? ORDER BY ROW_IDENTIFIER, ORDINAL_POSITION", row -> {
            facts.put(row.getString(1), Facts.of(row, 3));
            inside.computeIfAbsent(row.getString(2), id -> new ArrayList<>()).add(row.getString(1));
            labels.computeIfAbsent(row.getString(2), id -> new ArrayList<>()).add(row.getString(11));
        }, schema, name);
        Query.each(raw, "SELECT ENUM_IDENTIFIER, VALUE_NAME FROM INFORMATION_SCHEMA.ENUM_VALUES"
                + " WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = ? AND OBJECT_NAME = ? ORDER BY ENUM_IDENTIFIER, VALUE_ORDINAL",
                row -> labels.computeIfAbsent(row.getString(1), id -> new ArrayList<>()).add(row.getString(2)), schema, name);
    }

    /** H2 takes an array of row values from no JDBC call, not even its own array back. */
    private static boolean holdsRow(ColumnType element) {
        return element.type() == SqlType.ROW || element.components().stream().anyMatch(H2ColumnTypes::holdsRow);
    }

    private record Facts(String name, long length, long digits, int decimals, int fraction, String intervalType, int intervalDigits, long cardinality) {

        static Facts of(ResultSet row, int at) throws SQLException {
            String interval = row.getString(at + 5);
            return new Facts(row.getString(at), number(row, at + 1), number(row, at + 2), (int) number(row, at + 3), (int) number(row, at + 4), interval == null ? "" : interval,
                    (int) number(row, at + 6), number(row, at + 7));
        }

        private static long number(ResultSet row, int index) throws SQLException {
            long number = row.getLong(index);
            return row.wasNull() ? -1 : number;
        }

        long precision(SqlType type) {
            return switch (type) {
                case CHAR, VARCHAR, VARCHAR_IGNORECASE, CLOB, BINARY, VARBINARY, BLOB, JSON, JAVA_OBJECT -> length == UNLIMITED || length == UNLIMITED_LOB ? -1 : length;
                case NUMERIC, DECFLOAT -> digits;
                case INTERVAL -> intervalDigits;
                case ARRAY -> cardinality;
                default -> -1;
            };
        }

        int scale(SqlType type) {
            return switch (type) {
                case NUMERIC -> decimals;
                case TIME, TIME_WITH_TIME_ZONE, TIMESTAMP, TIMESTAMP_WITH_TIME_ZONE -> fraction;
                case INTERVAL -> intervalType.endsWith("SECOND") ? fraction : -1;
                default -> -1;
            };
        }
    }
}
