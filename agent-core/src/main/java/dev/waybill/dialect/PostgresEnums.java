// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Makes the enumerations that columns need, from names and labels only. A label that is missing in one that is there is added. */
final class PostgresEnums {

    private PostgresEnums() {}

    /** @param type as it lands here */
    static List<String> statements(Connection raw, ColumnType type) throws SQLException {
        if (type.type() == SqlType.ARRAY) {
            return statements(raw, type.components().get(0));
        }
        if (type.type() != SqlType.ENUM) {
            return List.of();
        }
        List<String> here = new ArrayList<>();
        long[] oid = new long[1];
        Query.each(raw, "SELECT to_regtype(?)::oid", row -> oid[0] = row.getLong(1), type.qualifier());
        Query.each(raw, "SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = CAST(? AS oid)", row -> here.add(row.getString(1)), oid[0]);
        if (oid[0] != 0) {
            return type.labels().stream().filter(label -> !here.contains(label)).map(label -> "ALTER TYPE " + type.qualifier() + " ADD VALUE IF NOT EXISTS " + literal(label)).toList();
        }
        String schema = type.qualifier().substring(0, type.qualifier().indexOf("\".\"") + 1);
        return List.of("CREATE SCHEMA IF NOT EXISTS " + schema, "CREATE TYPE " + type.qualifier() + " AS ENUM (" + String.join(", ", type.labels().stream().map(PostgresEnums::literal).toList()) + ")");
    }

    /** In the form that means the same under every setting of standard_conforming_strings. */
    private static String literal(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
