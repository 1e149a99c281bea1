// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Rows as they are here now, in the columns of a shape, locked until the transaction ends. One thread. */
final class PresentRows {

    private final Statements statements;

    PresentRows(Statements statements) {
        this.statements = statements;
    }

    /** The row that a change's key means; null when there is none. */
    RowImage byKey(Landing landing, RowImage key, TableShape shape) throws SQLException {
        List<ColumnShape> columns = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (int index : landing.keyOrder()) {
            columns.add(landing.column(index));
            values.add(key.value(index));
        }
        List<RowImage> found = where(landing.table().name(), shape, columns, values);
        return found.isEmpty() ? null : found.get(0);
    }

    /** All rows that have these values. */
    List<RowImage> where(TableName table, TableShape shape, List<ColumnShape> columns, List<Object> values) throws SQLException {
        Dialect dialect = statements.dialect();
        String sql = "SELECT " + shape.columns().stream().map(dialect::selected).collect(Collectors.joining(", ")) + " FROM " + dialect.quote(table.schema(), table.name())
                + columns.stream().map(column -> dialect.quote(column.name()) + " = ?").collect(Collectors.joining(" AND ", " WHERE ", "")) + dialect.forUpdate();
        PreparedStatement select = statements.prepare(sql);
        for (int index = 0; index < columns.size(); index++) {
            dialect.bind(select, index + 1, values.get(index), columns.get(index).type());
        }
        List<RowImage> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Object[] read = new Object[shape.columns().size()];
                for (int index = 0; index < read.length; index++) {
                    read[index] = dialect.read(row, index + 1, shape.columns().get(index).type());
                }
                found.add(new RowImage(read));
            }
        }
        return found;
    }

    /** By column; null for no row. */
    static Map<String, Object> values(TableShape shape, RowImage row) {
        if (row == null) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (int index = 0; index < shape.columns().size(); index++) {
            if (row.has(index)) {
                values.put(shape.columns().get(index).name(), row.value(index));
            }
        }
        return values;
    }
}
