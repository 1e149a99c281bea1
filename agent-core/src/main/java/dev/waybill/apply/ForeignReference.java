// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.JdbcName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A foreign key of a table here.
 *
 * @param columns    of the table
 * @param parent     to which they refer
 * @param referenced columns there, one for each of {@code columns}
 */
record ForeignReference(List<String> columns, TableName parent, List<String> referenced) {

    /** All of a table, from JDBC's own metadata. */
    static List<ForeignReference> of(Connection raw, Dialect dialect, TableName table) throws SQLException {
        Map<String, ForeignReference> keys = new LinkedHashMap<>();
        JdbcName where = dialect.jdbcName(raw, table.schema());
        try (ResultSet key = raw.getMetaData().getImportedKeys(where.catalog(), where.schema(), table.name())) {
            while (key.next()) {
                TableName parent = new TableName(dialect.schema(key.getString("PKTABLE_CAT"), key.getString("PKTABLE_SCHEM")), key.getString("PKTABLE_NAME"));
                String name = key.getString("FK_NAME") == null ? parent + "#" + (key.getInt("KEY_SEQ") == 1 ? keys.size() : keys.size() - 1) : key.getString("FK_NAME");
                ForeignReference reference = keys.computeIfAbsent(name, none -> new ForeignReference(new ArrayList<>(), parent, new ArrayList<>()));
                reference.columns.add(key.getString("FKCOLUMN_NAME"));
                reference.referenced.add(key.getString("PKCOLUMN_NAME"));
            }
        }
        return List.copyOf(keys.values());
    }
}
