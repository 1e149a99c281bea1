// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.CapturingConnection.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;

/** One raw connection as its product has it. Used under the connection's lock. */
interface ProductSession extends AutoCloseable {

    /** Whether the next statement is a transaction of its own: not after BEGIN as text. */
    boolean isAutoCommit() throws SQLException;

    /** The database's number of the open transaction; null when it has changed nothing. */
    String transactionId() throws SQLException;

    /** Savepoints as this product keeps them. */
    Savepoints savepoints();

    /** Runs a statement of ours that writes, so that after a failure nothing of it is left. */
    <T> T wholly(Step<T> dataChange) throws SQLException;

    /** A result of the generated-keys channel with many rows, before it is read: what the database has left of it undone is done. */
    default void complete(ResultSet keys) throws SQLException {
        // It is whole.
    }

    /** Whether an element of a batch has changed rows and failed nevertheless, because the database could not tell which. */
    default boolean isUntold(SQLException failure) {
        return false;
    }

    /** The columns that the database gives of a row of this table for RETURN_GENERATED_KEYS. */
    List<String> generated(CapturedTable table) throws SQLException;

    /** A result set with the keys of a batch of this table, as the raw statement would have shown them. */
    default ResultSet rows(TableName table, GatheredKeys keys) throws SQLException {
        throw new SQLFeatureNotSupportedException("keys of a batch that ran element by element");
    }

    @Override
    void close() throws SQLException;
}
