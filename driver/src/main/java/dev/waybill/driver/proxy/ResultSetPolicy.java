// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.ConnectionCapture.UpdatableRows;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;
import java.util.Map;

/** A result set: leads back to its statement, and its own writes go through capture. As thread-safe as the delegate. */
public abstract class ResultSetPolicy extends WrapperPolicy implements ResultSet {

    /** Another one, over the raw one, while a row is inserted. */
    protected ResultSet delegate;
    private final ResultSet raw;
    private final Policy origin;
    private boolean writes;
    private UpdatableRows captured;

    /** The origin is the statement, or what else gave these rows. */
    public ResultSetPolicy(ResultSet delegate, Policy origin) {
        this.delegate = delegate;
        this.raw = delegate;
        this.origin = origin;
    }

    @Override
    public Statement getStatement() throws SQLException {
        Statement raw = delegate.getStatement();
        return raw != null && origin instanceof AnyStatementPolicy statement ? statement : lead(raw);
    }

    @Override
    public void close() throws SQLException {
        delegate.close();
        if (origin instanceof AnyStatementPolicy statement) {
            statement.closed(this);
        }
    }

    // ---- values that may lead back ----

    @Override
    public Object getObject(int column) throws SQLException {
        return leadValue(delegate.getObject(column));
    }

    @Override
    public Object getObject(String label) throws SQLException {
        return leadValue(delegate.getObject(label));
    }

    @Override
    public Object getObject(int column, Map<String, Class<?>> map) throws SQLException {
        return leadValue(delegate.getObject(column, map));
    }

    @Override
    public Object getObject(String label, Map<String, Class<?>> map) throws SQLException {
        return leadValue(delegate.getObject(label, map));
    }

    @Override
    public <T> T getObject(int column, Class<T> type) throws SQLException {
        return leadTyped(delegate.getObject(column, type), type);
    }

    @Override
    public <T> T getObject(String label, Class<T> type) throws SQLException {
        return leadTyped(delegate.getObject(label, type), type);
    }

    // ---- writes ----

    @Override
    public void moveToInsertRow() throws SQLException {
        raw.moveToInsertRow();
        if (captured() != null) {
            delegate = captured.inserting();
        }
    }

    @Override
    public void moveToCurrentRow() throws SQLException {
        raw.moveToCurrentRow();
        if (captured != null) {
            captured.notInserting();
        }
        delegate = raw;
    }

    @Override
    public void insertRow() throws SQLException {
        if (captured() == null) {
            raw.insertRow();
        } else {
            captured.insertRow();
        }
        delegate = raw;
    }

    @Override
    public void updateRow() throws SQLException {
        if (captured() == null) {
            delegate.updateRow();
        } else {
            captured.updateRow();
        }
    }

    @Override
    public void deleteRow() throws SQLException {
        if (captured() == null) {
            delegate.deleteRow();
        } else {
            captured.deleteRow();
        }
    }

    private UpdatableRows captured() throws SQLException {
        if (!writes && raw.getConcurrency() == CONCUR_UPDATABLE) {
            captured = connection().capture().updatable(raw, origin instanceof AnyStatementPolicy statement ? statement.text() : null);
            writes = true;
        }
        return captured;
    }

    @Override
    public void updateArray(int column, Array value) throws SQLException {
        delegate.updateArray(column, bare(value));
    }

    @Override
    public void updateArray(String label, Array value) throws SQLException {
        delegate.updateArray(label, bare(value));
    }

    @Override
    public void updateObject(int column, Object value) throws SQLException {
        delegate.updateObject(column, bare(value));
    }

    @Override
    public void updateObject(int column, Object value, int scale) throws SQLException {
        delegate.updateObject(column, bare(value), scale);
    }

    @Override
    public void updateObject(String label, Object value) throws SQLException {
        delegate.updateObject(label, bare(value));
    }

    @Override
    public void updateObject(String label, Object value, int scale) throws SQLException {
        delegate.updateObject(label, bare(value), scale);
    }

    @Override
    public void updateObject(int column, Object value, SQLType type) throws SQLException {
        delegate.updateObject(column, bare(value), type);
    }

    @Override
    public void updateObject(int column, Object value, SQLType type, int scale) throws SQLException {
        delegate.updateObject(column, bare(value), type, scale);
    }

    @Override
    public void updateObject(String label, Object value, SQLType type) throws SQLException {
        delegate.updateObject(label, bare(value), type);
    }

    @Override
    public void updateObject(String label, Object value, SQLType type, int scale) throws SQLException {
        delegate.updateObject(label, bare(value), type, scale);
    }

    @Override
    final ConnectionPolicy connection() {
        return origin.connection();
    }

    @Override
    final ResultSet raw() {
        return raw;
    }
}
