// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.recording.FencedCommit;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.driver.recording.Savepoints;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
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

    /** Whether the mode stays as it is until it is set, or a text turns it. */
    default boolean keepsMode() {
        return false;
    }

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

    /** The end of a transaction where a fence has to be asked; null where there is none. */
    default FencedCommit piped() {
        return null;
    }

    /** Whether several statements of one text, sent when no transaction is open, are one: all of them happen, or none. */
    default boolean textsAreWhole() {
        return false;
    }

    /** Whether every write ends through us, because the catalogue is compared at the end of each transaction. */
    default boolean meetsFence() {
        return piped() != null;
    }

    // ---- products that see rows themselves ----

    /** Whether rows are captured by the connection itself, whatever the statement: then plans only tell what passes. */
    default boolean isFollowing() {
        return false;
    }

    /** Before something is written: from now on the published tables of these facts are followed. */
    default void follow(DatabaseFacts facts, Recorder recorder) throws SQLException {}

    /** The catalogue as this transaction sees it at its end; null when it is the one under which was planned, or when somebody else compares. */
    default Catalogue catalogueNow(Catalogue planned) throws SQLException {
        return null;
    }

    /** At the end of a transaction, before its last part: what was followed goes to the recorder. */
    default void gather(Recorder recorder, String publisher) throws SQLException {}

    /** After a COMMIT that has failed: whether the transaction is still open, as it was before its end began. */
    default boolean keepsOpen(SQLException failedCommit) throws SQLException {
        return false;
    }

    /** Whether in autocommit mode what was done before a failure stays. */
    default boolean keepsDone() {
        return false;
    }

    /** A statement has failed. */
    default void failed(SQLException error) {}

    /** Something was run in the open transaction. */
    default void touched() {}

    /** The transaction was rolled back to a savepoint. */
    default void rolledBackTo() throws SQLException {}

    /** The transaction is over. */
    default void ended() {}

    /** BEGIN, COMMIT or the like were run as text. */
    default void wordsRan() throws SQLException {}

    /** What names mean may have changed, other databases may be attached. */
    default void namesChanged() {}

    /** ROLLBACK, whoever has begun the transaction. */
    default void rollBack(Connection raw) throws SQLException {
        raw.rollback();
    }

    /** In autocommit mode, a savepoint was set. */
    default void savepointBegins(String name) {}

    /** Whether releasing this savepoint commits. */
    default boolean releaseEnds(String name) {
        return false;
    }

    /** An execution of a text that is not prepared, with the count that it would have without us. */
    default Outcome counted(Call call, Step<Outcome> execution) throws SQLException {
        return execution.run();
    }

    // ---- queries and results ----

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

    /** Whether the transaction has been rolled back wholly with this error, though the dialect cannot tell by it. */
    default boolean hasEnded(SQLException error) throws SQLException {
        return false;
    }

    /** A statement that has not run is to answer for itself: where the driver does so only of one that has, nothing is run on it. */
    default void answering(Statement fresh) throws SQLException {}

    /** Whether the count of an UPDATE is that of the rows that it found, changed or not. */
    default boolean countsFound() {
        return false;
    }

    /** The generated keys of a statement that has drawn none, for an application that asked for some. */
    default ResultSet noKeys() throws SQLException {
        throw new SQLFeatureNotSupportedException("generated keys of a statement that draws none");
    }

    /** Whether the generated keys of a statement that has written no row are not to be asked for. */
    default boolean hidesEmptyKeys() {
        return false;
    }

    /** Whether FOR UPDATE locks the rows that are read until the transaction ends; otherwise a write that changes nothing does. */
    default boolean locksReads() {
        return true;
    }

    /** Whether the first element of a batch that fails is the last one that runs; those before it stay. Then batches run element by element. */
    default boolean batchesStop() {
        return false;
    }

    /** Whether the failures of a batch's elements hang behind the batch's own. */
    default boolean chainsFailures() {
        return true;
    }

    /** What stands behind a read of a row as it is now, where a plain one shows a snapshot. */
    default String rereading() {
        return "";
    }

    /** Whether a row that a result set has inserted can be read from that result set, with what the database has given for its key. */
    default boolean showsInsertedRows() {
        return false;
    }

    /** Whether a batch is one unit that fails as a whole; otherwise each element is one of its own. */
    default boolean batchesAreWhole() {
        return false;
    }

    /** Runs a text of several statements, each by its own plan, as this product has such a text. */
    default Outcome several(CapturingConnection connection, Plan.Script script, Source source, Call call) throws SQLException {
        return new ScriptText(connection, script).run(call);
    }

    /**
     * How many elements of a batch the driver sends in one transaction in autocommit mode, where it does not send all of them.
     *
     * @param inserts whether they are INSERTs of rows that it may make one statement of
     * @param rows    what each returns; null for nothing
     * @param columns how many of its columns, the first ones, the application has asked for
     */
    default int together(boolean inserts, ResultSetMetaData rows, int columns) throws SQLException {
        return Integer.MAX_VALUE;
    }

    /** All rows of a result set, to be shown by another one of the same statement. */
    default List<?> held(ResultSet result) throws SQLException {
        throw new SQLFeatureNotSupportedException("rows of several result sets in one");
    }

    /** Lets a result set show these rows. */
    default void show(ResultSet result, List<Object> held) throws SQLException {
        throw new SQLFeatureNotSupportedException("rows of several result sets in one");
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
