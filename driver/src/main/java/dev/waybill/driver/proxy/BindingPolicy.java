// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.BoundParameters;
import dev.waybill.driver.capture.ConnectionCapture.PreparedWork;
import dev.waybill.driver.capture.Outcome;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/**
 * Binding: everything is bound to the delegate, and simple values are told to capture where it wants to know them. What is not simple ends that for this statement. As thread-safe as the delegate.
 */
public abstract class BindingPolicy extends AnyStatementPolicy implements PreparedStatement {

    final PreparedWork work;
    private PreparedStatement prepared;
    private BoundParameters bound;

    BindingPolicy(PreparedStatement delegate, ConnectionPolicy connection, PreparedWork work) {
        super(delegate, connection);
        this.work = work;
        this.prepared = delegate;
        this.bound = work.bound();
    }

    /** The delegate, in a field of its type: a cast to an interface is looked for among all that a class implements, where threads get into each other's way. */
    final PreparedStatement prepared() {
        return prepared;
    }

    /** Capture may have prepared it anew, and may have run another statement than the raw one. */
    final void afterFailure(Outcome left) throws SQLException {
        preparedAnew();
        accept(bound == null ? left : Outcome.count(-1, null));
    }

    private void preparedAnew() {
        prepared = work.raw();
        replace(prepared);
        bound = work.bound();
    }

    /** Where to bind what capture cannot keep. */
    private PreparedStatement any() throws SQLException {
        if (bound != null) {
            settle();
            work.bindsMore();
            preparedAnew();
        }
        return prepared();
    }

    @Override
    public void clearParameters() throws SQLException {
        prepared().clearParameters();
        if (bound != null) {
            bound.clear();
        }
    }

    // ---- simple values ----

    @Override
    public void setNull(int index, int type) throws SQLException {
        prepared().setNull(index, type);
        if (bound != null) {
            bound.setNull(index);
        }
    }

    @Override
    public void setNull(int index, int type, String name) throws SQLException {
        prepared().setNull(index, type, name);
        if (bound != null) {
            bound.setNull(index);
        }
    }

    @Override
    public void setBoolean(int index, boolean value) throws SQLException {
        prepared().setBoolean(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setByte(int index, byte value) throws SQLException {
        prepared().setByte(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setShort(int index, short value) throws SQLException {
        prepared().setShort(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setInt(int index, int value) throws SQLException {
        prepared().setInt(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setLong(int index, long value) throws SQLException {
        prepared().setLong(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setFloat(int index, float value) throws SQLException {
        prepared().setFloat(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setDouble(int index, double value) throws SQLException {
        prepared().setDouble(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setBigDecimal(int index, BigDecimal value) throws SQLException {
        prepared().setBigDecimal(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setString(int index, String value) throws SQLException {
        prepared().setString(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setBytes(int index, byte[] value) throws SQLException {
        prepared().setBytes(index, value);
        if (bound != null) {
            bound.set(index, value);
        }
    }

    @Override
    public void setTimestamp(int index, Timestamp value) throws SQLException {
        (bound == null || bound.keep(index, value) ? prepared() : any()).setTimestamp(index, value);
    }

    @Override
    public void setObject(int index, Object value) throws SQLException {
        (bound == null || bound.keep(index, value) ? prepared() : any()).setObject(index, bare(value));
    }

    // ---- all others ----

    @Override
    public void setDate(int index, Date value) throws SQLException {
        any().setDate(index, value);
    }

    @Override
    public void setTime(int index, Time value) throws SQLException {
        any().setTime(index, value);
    }

    @Override
    public void setTimestamp(int index, Timestamp value, Calendar calendar) throws SQLException {
        any().setTimestamp(index, value, calendar);
    }

    @Override
    public void setDate(int index, Date value, Calendar calendar) throws SQLException {
        any().setDate(index, value, calendar);
    }

    @Override
    public void setTime(int index, Time value, Calendar calendar) throws SQLException {
        any().setTime(index, value, calendar);
    }

    @Override
    public void setAsciiStream(int index, InputStream value, int length) throws SQLException {
        any().setAsciiStream(index, value, length);
    }

    @Override
    public void setAsciiStream(int index, InputStream value, long length) throws SQLException {
        any().setAsciiStream(index, value, length);
    }

    @Override
    public void setAsciiStream(int index, InputStream value) throws SQLException {
        any().setAsciiStream(index, value);
    }

    @Override
    @Deprecated
    @SuppressWarnings("deprecation")
    public void setUnicodeStream(int index, InputStream value, int length) throws SQLException {
        any().setUnicodeStream(index, value, length);
    }

    @Override
    public void setBinaryStream(int index, InputStream value, int length) throws SQLException {
        any().setBinaryStream(index, value, length);
    }

    @Override
    public void setBinaryStream(int index, InputStream value, long length) throws SQLException {
        any().setBinaryStream(index, value, length);
    }

    @Override
    public void setBinaryStream(int index, InputStream value) throws SQLException {
        any().setBinaryStream(index, value);
    }

    @Override
    public void setCharacterStream(int index, Reader value, int length) throws SQLException {
        any().setCharacterStream(index, value, length);
    }

    @Override
    public void setCharacterStream(int index, Reader value, long length) throws SQLException {
        any().setCharacterStream(index, value, length);
    }

    @Override
    public void setCharacterStream(int index, Reader value) throws SQLException {
        any().setCharacterStream(index, value);
    }

    @Override
    public void setNCharacterStream(int index, Reader value, long length) throws SQLException {
        any().setNCharacterStream(index, value, length);
    }

    @Override
    public void setNCharacterStream(int index, Reader value) throws SQLException {
        any().setNCharacterStream(index, value);
    }

    @Override
    public void setNString(int index, String value) throws SQLException {
        any().setNString(index, value);
    }

    @Override
    public void setRef(int index, Ref value) throws SQLException {
        any().setRef(index, value);
    }

    @Override
    public void setBlob(int index, Blob value) throws SQLException {
        any().setBlob(index, value);
    }

    @Override
    public void setBlob(int index, InputStream value, long length) throws SQLException {
        any().setBlob(index, value, length);
    }

    @Override
    public void setBlob(int index, InputStream value) throws SQLException {
        any().setBlob(index, value);
    }

    @Override
    public void setClob(int index, Clob value) throws SQLException {
        any().setClob(index, value);
    }

    @Override
    public void setClob(int index, Reader value, long length) throws SQLException {
        any().setClob(index, value, length);
    }

    @Override
    public void setClob(int index, Reader value) throws SQLException {
        any().setClob(index, value);
    }

    @Override
    public void setNClob(int index, NClob value) throws SQLException {
        any().setNClob(index, value);
    }

    @Override
    public void setNClob(int index, Reader value, long length) throws SQLException {
        any().setNClob(index, value, length);
    }

    @Override
    public void setNClob(int index, Reader value) throws SQLException {
        any().setNClob(index, value);
    }

    @Override
    public void setURL(int index, URL value) throws SQLException {
        any().setURL(index, value);
    }

    @Override
    public void setRowId(int index, RowId value) throws SQLException {
        any().setRowId(index, value);
    }

    @Override
    public void setSQLXML(int index, SQLXML value) throws SQLException {
        any().setSQLXML(index, value);
    }

    @Override
    public void setArray(int index, Array value) throws SQLException {
        any().setArray(index, bare(value));
    }

    @Override
    public void setObject(int index, Object value, int type) throws SQLException {
        any().setObject(index, bare(value), type);
    }

    @Override
    public void setObject(int index, Object value, int type, int scale) throws SQLException {
        any().setObject(index, bare(value), type, scale);
    }

    @Override
    public void setObject(int index, Object value, SQLType type) throws SQLException {
        any().setObject(index, bare(value), type);
    }

    @Override
    public void setObject(int index, Object value, SQLType type, int scale) throws SQLException {
        any().setObject(index, bare(value), type, scale);
    }
}
