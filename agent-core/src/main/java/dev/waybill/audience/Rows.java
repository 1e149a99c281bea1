// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.predicate.Row;
import dev.waybill.predicate.Term;
import dev.waybill.publication.Audience;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Reads rows by values of their columns, in the caller's transaction. One thread. */
final class Rows {

    /** So many are asked for at once. */
    static final int TOGETHER = 100;

    private final Connection raw;
    private final Dialect dialect;
    private final boolean locks;

    /** @param locks whether rows are read as they are now, and waited for */
    Rows(Connection raw, Dialect dialect, boolean locks) {
        this.raw = raw;
        this.dialect = dialect;
        this.locks = locks;
    }

    /** Takes a row that was found. */
    interface Taking {
        void take(RowImage row) throws SQLException;
    }

    /** The rows of this table whose columns have one of these lists of values. */
    void find(TableShape table, List<ColumnShape> by, Collection<List<Object>> values, Taking taking) throws SQLException {
        List<List<Object>> left = new ArrayList<>(values);
        for (int from = 0; from < left.size(); from += TOGETHER) {
            some(table, by, left.subList(from, Math.min(left.size(), from + TOGETHER)), taking);
        }
    }

    private void some(TableShape table, List<ColumnShape> by, List<List<Object>> values, Taking taking) throws SQLException {
        String one = by.stream().map(column -> dialect.quote(column.name()) + " = ?").collect(Collectors.joining(" AND ", "(", ")"));
        String sql = "SELECT " + table.columns().stream().map(dialect::selected).collect(Collectors.joining(", ")) + " FROM " + dialect.quote(table.schema(), table.name()) + " WHERE "
                + values.stream().map(each -> one).collect(Collectors.joining(" OR ")) + (locks ? dialect.forShare() : "");
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            int parameter = 1;
            for (List<Object> each : values) {
                for (int i = 0; i < by.size(); i++) {
                    dialect.bind(select, parameter++, each.get(i), by.get(i).type());
                }
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    taking.take(image(table, row));
                }
            }
        }
    }

    private RowImage image(TableShape table, ResultSet row) throws SQLException {
        Object[] values = new Object[table.columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = dialect.read(row, i + 1, table.columns().get(i).type());
        }
        return new RowImage(values);
    }

    /** An image as conditions ask it. */
    static Row row(TableShape table, RowImage image) {
        return name -> {
            for (int i = 0; i < table.columns().size(); i++) {
                if (table.columns().get(i).name().equals(name)) {
                    return image.value(i);
                }
            }
            throw new IllegalArgumentException("no column " + name + " in " + table.qualifiedName());
        };
    }

    /** The columns on one side of the joins. */
    static List<ColumnShape> columns(Audience audience, Side side) {
        return audience.joins().stream().map(side::of).map(column -> new ColumnShape(column.name(), column.type())).toList();
    }

    /** One side. */
    interface Side {
        Term.Column of(Audience.Join join);
    }
}
