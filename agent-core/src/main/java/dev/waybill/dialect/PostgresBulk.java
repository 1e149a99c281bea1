// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.dialect.Dialect.BareType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Many values as one array: numbers and bytes as such, which the driver sends in binary, everything else as text, which the server converts to the column's type. */
final class PostgresBulk {

    private PostgresBulk() {}

    static Map<String, BareType> bareTypes(Connection raw, String schema, String table) throws SQLException {
        Map<String, BareType> types = new HashMap<>();
        Query.each(raw, "SELECT a.attname, quote_ident(s.nspname) || '.' || quote_ident(t.typname), t.typcategory = 'S' FROM pg_catalog.pg_attribute a"
                + " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
                + " JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped",
                row -> types.put(row.getString(1), new BareType(row.getString(2), row.getBoolean(3))), schema, table);
        return types;
    }

    static String elementType(ColumnType type) {
        return switch (type.kind()) {
            case INTEGER -> "int8";
            case DOUBLE -> "float8";
            case BOOLEAN -> "bool";
            case BYTES, GEOMETRY -> "bytea";
            default -> "text";
        };
    }

    static void bind(PreparedStatement statement, int index, Object[] values, ColumnType type) throws SQLException {
        Array array = statement.getConnection().createArrayOf(elementType(type), elements(values, type));
        statement.setArray(index, array);
        array.free();
    }

    private static Object[] elements(Object[] values, ColumnType type) throws SQLException {
        Object[] elements = switch (type.kind()) {
            case INTEGER -> new Long[values.length];
            case DOUBLE -> new Double[values.length];
            case BOOLEAN -> new Boolean[values.length];
            case BYTES, GEOMETRY -> new byte[values.length][];
            default -> new String[values.length];
        };
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            elements[i] = value == null || !(elements instanceof String[]) ? WholeValues.whole(value, type) : PostgresValues.text(value, type);
        }
        return elements;
    }
}
