// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnType;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The prepared statements of one apply, by text: the least recently used ones are closed beyond a bound. One thread. */
final class Statements implements AutoCloseable {

    private static final int OPEN = 100;
    private static final ColumnType NUMBER = ColumnType.of(SqlType.BIGINT);

    private final Connection raw;
    private final Dialect dialect;
    private final Sql sql;
    private final ObjectsHere objects;
    private final Map<String, PreparedStatement> open = new LinkedHashMap<>(16, 0.75f, true);

    Statements(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
        this.sql = new Sql(dialect);
        this.objects = new ObjectsHere(raw, dialect);
    }

    Connection raw() {
        return raw;
    }

    Dialect dialect() {
        return dialect;
    }

    Sql sql() {
        return sql;
    }

    /** Large objects of the rows that are written. */
    ObjectsHere objects() {
        return objects;
    }

    PreparedStatement prepare(String text) throws SQLException {
        PreparedStatement statement = open.get(text);
        if (statement == null) {
            if (open.size() >= OPEN) {
                Iterator<PreparedStatement> eldest = open.values().iterator();
                eldest.next().close();
                eldest.remove();
            }
            statement = raw.prepareStatement(text);
            open.put(text, statement);
        }
        return statement;
    }

    /** Binds columns of an image in ascending order. */
    int bind(PreparedStatement statement, int from, Work work, BitSet columns) throws SQLException {
        int index = from;
        for (int column = columns.nextSetBit(0); column >= 0; column = columns.nextSetBit(column + 1)) {
            Object value = work.change().after().value(column);
            if (value != null && work.landing().objects().get(column)) {
                dialect.bind(statement, index++, objects.number(value), NUMBER);
            } else {
                dialect.bind(statement, index++, value, work.landing().column(column).type());
            }
        }
        return index;
    }

    /** Binds the key by which the row is found. */
    int bindKey(PreparedStatement statement, int from, Work work) throws SQLException {
        int index = from;
        for (int column : work.landing().keyOrder()) {
            dialect.bind(statement, index++, work.keyImage().value(column), work.landing().column(column).type());
        }
        return index;
    }

    /** Binds one column of an image each, as an array. */
    int bindArrays(PreparedStatement statement, int from, List<Work> works, List<Integer> columns, Function<Work, RowImage> image) throws SQLException {
        int index = from;
        for (int column : columns) {
            Object[] values = new Object[works.size()];
            for (int row = 0; row < values.length; row++) {
                values[row] = image.apply(works.get(row)).value(column);
            }
            dialect.bindArray(statement, index++, values, works.get(0).landing().column(column).type());
        }
        return index;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : open.values()) {
            statement.close();
        }
        open.clear();
    }
}
