// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.CallableStatement;
import java.sql.SQLException;
import java.sql.SQLType;
import java.util.Map;

/** A callable statement: as a prepared one, and its out parameters (cursors, arrays) lead back. As thread-safe as the delegate. */
public abstract class CallableStatementPolicy extends PreparedStatementPolicy implements CallableStatement {

    public CallableStatementPolicy(CallableStatement delegate, PreparedOrigin origin) {
        super(delegate, origin);
    }

    @Override
    public Object getObject(int index) throws SQLException {
        return leadValue(callable().getObject(index));
    }

    @Override
    public Object getObject(String name) throws SQLException {
        return leadValue(callable().getObject(name));
    }

    @Override
    public Object getObject(int index, Map<String, Class<?>> map) throws SQLException {
        return leadValue(callable().getObject(index, map));
    }

    @Override
    public Object getObject(String name, Map<String, Class<?>> map) throws SQLException {
        return leadValue(callable().getObject(name, map));
    }

    @Override
    public <T> T getObject(int index, Class<T> type) throws SQLException {
        return leadTyped(callable().getObject(index, type), type);
    }

    @Override
    public <T> T getObject(String name, Class<T> type) throws SQLException {
        return leadTyped(callable().getObject(name, type), type);
    }

    @Override
    public void setObject(String name, Object value) throws SQLException {
        callable().setObject(name, bare(value));
    }

    @Override
    public void setObject(String name, Object value, int type) throws SQLException {
        callable().setObject(name, bare(value), type);
    }

    @Override
    public void setObject(String name, Object value, int type, int scale) throws SQLException {
        callable().setObject(name, bare(value), type, scale);
    }

    @Override
    public void setObject(String name, Object value, SQLType type) throws SQLException {
        callable().setObject(name, bare(value), type);
    }

    @Override
    public void setObject(String name, Object value, SQLType type, int scale) throws SQLException {
        callable().setObject(name, bare(value), type, scale);
    }

    private CallableStatement callable() {
        return (CallableStatement) delegate;
    }
}
