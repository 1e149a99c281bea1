// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.CapturingConnection.Step;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.function.Supplier;

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

    /** The table behind a column; of empty names when there is none. */
    default TableName table(ResultSetMetaData columns, int column) throws SQLException {
        return new TableName(columns.getSchemaName(column), columns.getTableName(column));
    }

    /** Whether the open transaction can only be rolled back, because a statement in it has failed. */
    default boolean isFailed() throws SQLException {
        return false;
    }

    /** The end of a transaction in one round trip; null where that cannot be. */
    default PipedCommit piped() {
        return null;
    }

    /** Whether several statements of one text, sent when no transaction is open, are one: all of them happen, or none. */
    default boolean textsAreWhole() {
        return false;
    }

    /** Runs queries of ours so that they open no transaction of the application's. */
    default <T> T aside(Step<T> step) throws SQLException {
        return step.run();
    }

    /** Runs this so that its statement's rows outlive the transaction. */
    default <T> T whole(Statement statement, Step<T> step) throws SQLException {
        return step.run();
    }

    /** The time zone by which a Timestamp becomes a local time, from what was asked of the session; gives null when that does not hold any more. */
    default Supplier<ZoneRules> zone(Supplier<ZoneRules> asked) {
        return asked;
    }

    /** Whether no transaction is open, as far as the driver knows. */
    default boolean isIdle() throws SQLException {
        return false;
    }

    /**
     * Puts the cursor of rows that we have read before the first row again.
     *
     * @param limit show no more than this many; 0 for all
     */
    default void rewind(ResultSet rows, int limit) throws SQLException {
        rows.beforeFirst();
    }

    /** Runs this without the limits that the application has set for the rows of its statement. */
    default <T> T unlimited(Statement statement, Step<T> step) throws SQLException {
        return step.run();
    }

    /** Whether a row that a result set has inserted can be read from that result set, with what the database has given for its key. */
    default boolean showsInsertedRows() {
        return false;
    }

    /** Whether a batch is one unit that fails as a whole; otherwise each element is one of its own. */
    default boolean batchesAreWhole() {
        return false;
    }

    /** Whether a statement that was called as what it is not has run when the driver says so. */
    default boolean refusesLate() {
        return false;
    }

    /** The driver's own words for a text that is called as what it is not: as a query, or as an update. */
    default SQLException unexpected(String text, boolean asQuery) throws SQLException {
        throw new IllegalStateException("a statement was run as what it is not");
    }

    @Override
    void close() throws SQLException;
}
