// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/** A result set that shows chosen columns of another; see {@link dev.waybill.driver.capture.ColumnViews}. As thread-safe as the other. */
public abstract class ColumnView implements ResultSet, ChosenColumns {

    protected final ResultSet delegate;
    private final ShownColumns columns;

    public ColumnView(ResultSet delegate, ShownColumns columns) {
        this.delegate = delegate;
        this.columns = columns;
    }

    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        return columns.metaData(delegate.getMetaData());
    }

    @Override
    public int getType() throws SQLException {
        int type = delegate.getType();
        return columns.forwardOnly() ? TYPE_FORWARD_ONLY : type;
    }

    @Override
    public int findColumn(String label) throws SQLException {
        return columns.find(label, delegate);
    }

    @Override
    public int column(int shown) throws SQLException {
        return columns.raw(shown, delegate.getMetaData());
    }

    @Override
    public int column(String label) throws SQLException {
        return columns.raws()[findColumn(label) - 1];
    }

    /** A column that is not shown is asked by a name that nobody has: the raw result set may refuse the scale first. */
    @Override
    @Deprecated
    @SuppressWarnings("deprecation")
    public BigDecimal getBigDecimal(String label, int scale) throws SQLException {
        ResultSetMetaData rawMetaData = delegate.getMetaData();
        int shown = columns.position(label, rawMetaData);
        return shown > 0 ? delegate.getBigDecimal(columns.raws()[shown - 1], scale) : delegate.getBigDecimal(ShownColumns.unknown(label, rawMetaData), scale);
    }

    /** As the raw result set's. */
    @Override
    public String toString() {
        return delegate.toString();
    }
}
