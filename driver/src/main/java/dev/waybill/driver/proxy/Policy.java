// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What all our JDBC objects have in common: whatever a call on the delegate gives is led back to our side before the application sees it. As thread-safe as the delegate.
 *
 * <p>Each policy class holds its delegate in a field {@code delegate}. The methods {@code lead} are found by their types by {@link DirectCall}. {@code null} stays {@code null}. An object is equal to itself only, like those of the drivers.
 */
public abstract class Policy {

    /** The connection to which it belongs. */
    abstract ConnectionPolicy connection();

    /** The raw object. */
    abstract Object raw();

    /** Ours over these rows. */
    protected ResultSet lead(ResultSet rows) throws SQLException {
        return rows == null ? null : proxies().resultSet(rows, this);
    }

    /** Ours over this array. */
    protected Array lead(Array array) throws SQLException {
        return array == null ? null : proxies().array(array, this);
    }

    /** The real driver's own, by our connection where it has one. */
    protected Blob lead(Blob blob) throws SQLException {
        VendorCalls.leadObject(connection(), blob);
        return blob;
    }

    /** As {@link #lead(Blob)}. */
    protected Clob lead(Clob clob) throws SQLException {
        VendorCalls.leadObject(connection(), clob);
        return clob;
    }

    /** Ours: there is only one. */
    protected Connection lead(Connection connection) throws SQLException {
        return connection == null ? null : connection();
    }

    /** Ours over these metadata. */
    protected DatabaseMetaData lead(DatabaseMetaData metaData) throws SQLException {
        return metaData == null ? null : proxies().metaData(metaData, connection());
    }

    /** Ours over a statement that the real driver made for itself. */
    protected Statement lead(Statement statement) throws SQLException {
        return statement == null ? null : connection().foreign(statement);
    }

    /** Ours over a prepared statement that the real driver made for itself. */
    protected PreparedStatement lead(PreparedStatement statement) throws SQLException {
        return statement == null ? null : connection().foreignPrepared(statement);
    }

    /** Ours when the value is of a kind that leads back, else the value. Nothing of the JDK's core does; asking this first spares two searches among the value's interfaces. */
    final Object leadValue(Object value) throws SQLException {
        if (value == null || value.getClass().getClassLoader() == null) {
            return value;
        }
        if (value instanceof Array array) {
            return lead(array);
        }
        if (value instanceof Blob || value instanceof Clob) {
            VendorCalls.leadObject(connection(), value);
        }
        return value instanceof ResultSet rows ? lead(rows) : value;
    }

    /** As {@link #leadValue}; a value of the real driver's own class stays what it is when ours does not have the type that was asked for. */
    final <T> T leadTyped(T value, Class<T> type) throws SQLException {
        Object led = leadValue(value);
        return led == value || !type.isInstance(led) ? value : type.cast(led);
    }

    /** The raw object behind one of ours, when it is one that an application may hand to the driver. */
    static Object bare(Object value) {
        return value instanceof ArrayPolicy array ? array.delegate : value;
    }

    /** As {@link #bare(Object)}. */
    static Array bare(Array value) {
        return value instanceof ArrayPolicy array ? array.delegate : value;
    }

    /** As {@link #bare(Object)} for each; the same array when none is ours. */
    static Object[] bare(Object[] values) {
        Object[] result = values;
        for (int i = 0; values != null && i < values.length; i++) {
            if (values[i] instanceof ArrayPolicy) {
                result = result == values ? values.clone() : result;
                result[i] = bare(values[i]);
            }
        }
        return result;
    }

    final Proxies proxies() {
        return connection().origin().proxies();
    }

    /** As the raw object's: people and tools read the SQL of a prepared statement from it. */
    @Override
    public final String toString() {
        return raw().toString();
    }
}
