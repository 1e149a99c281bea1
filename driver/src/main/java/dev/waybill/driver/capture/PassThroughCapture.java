// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.WaybillStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/** Captures nothing: every call is the raw object's. As thread-safe as the connection. */
final class PassThroughCapture implements ConnectionCapture {

    private final Connection raw;

    PassThroughCapture(Connection raw) {
        this.raw = raw;
    }

    @Override
    public PreparedWork prepare(String sql, StatementOptions options) throws SQLException {
        return new PassThroughPrepared(RawExecution.prepare(raw, sql, options));
    }

    @Override
    public PreparedWork prepareCall(String sql, StatementOptions options) throws SQLException {
        return new PassThroughPrepared(RawExecution.prepareCall(raw, sql, options));
    }

    @Override
    public PlainWork plain(Statement statement, StatementOptions options) {
        return new PassThroughPlain(statement);
    }

    @Override
    public void commit() throws SQLException {
        raw.commit();
    }

    @Override
    public void rollback() throws SQLException {
        raw.rollback();
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        raw.setAutoCommit(autoCommit);
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        return raw.getAutoCommit();
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        return name == null ? raw.setSavepoint() : raw.setSavepoint(name);
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        raw.rollback(savepoint);
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        raw.releaseSavepoint(savepoint);
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        raw.setTransactionIsolation(level);
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        raw.setCatalog(catalog);
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        raw.setSchema(schema);
    }

    @Override
    public UpdatableRows updatable(ResultSet rows, String sql) {
        return null;
    }

    @Override
    public void administer(WaybillStatement statement) throws SQLException {
        throw WaybillError.PRODUCT_UNKNOWN.with(raw.getMetaData().getDatabaseProductName(), "H2");
    }

    @Override
    public Catalogue catalogue() {
        return Catalogue.NONE;
    }

    /** Holds nothing. */
    @Override
    public void close() {
        // The raw connection is its owner's to close.
    }

    private record PassThroughPlain(Statement raw) implements PlainWork {

        @Override
        public Outcome execute(Call call, String sql, KeyRequest keys) throws SQLException {
            return RawExecution.execute(raw, call, sql, keys);
        }

        @Override
        public void addBatch(String sql) throws SQLException {
            raw.addBatch(sql);
        }

        @Override
        public void clearBatch() throws SQLException {
            raw.clearBatch();
        }

        @Override
        public BatchOutcome executeBatch(boolean large) throws SQLException {
            return RawExecution.executeBatch(raw, large);
        }

        @Override
        public void close() {
            // The raw statement is the proxy's to close.
        }
    }
}
