// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/** The metadata of a {@link ColumnView}. As thread-safe as those of the raw result set. */
public abstract class ColumnViewMetaData implements ResultSetMetaData, ChosenColumns {

    protected final ResultSetMetaData delegate;
    private final ShownColumns columns;

    public ColumnViewMetaData(ResultSetMetaData delegate, ShownColumns columns) {
        this.delegate = delegate;
        this.columns = columns;
    }

    @Override
    public int getColumnCount() throws SQLException {
        delegate.getColumnCount();
        return columns.raws().length;
    }

    @Override
    public int column(int shown) throws SQLException {
        return columns.raw(shown, delegate);
    }

    /** No method of metadata names a column by text. */
    @Override
    public int column(String label) {
        throw new IllegalArgumentException(label);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type != null && type.isInstance(this) ? type.cast(this) : delegate.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type != null && type.isInstance(this) || delegate.isWrapperFor(type);
    }
}
