// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.aftercommit.Errand;
import dev.waybill.call.CallDesk;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.WaybillStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/**
 * Capture on one connection: how statements are run and what happens at the edges of its transactions. Made with the connection, closed with it. As thread-safe as the connection.
 *
 * <p>The proxies call this for everything that can write or end a transaction, and nothing else.
 */
public interface ConnectionCapture extends AutoCloseable {

    /** Stands for a text that nobody knows: a statement that may do anything. */
    String ANYTHING = "DO LANGUAGE unknown ''";

    /** The work of one prepared statement; prepares the raw statement as the plan wants it, with the application's own wishes kept. */
    PreparedWork prepare(String sql, StatementOptions options) throws SQLException;

    /** As {@link #prepare} for {@code prepareCall}: {@link PreparedWork#raw} is then a {@link java.sql.CallableStatement}. */
    PreparedWork prepareCall(String sql, StatementOptions options) throws SQLException;

    /** The work of one plain statement over its raw one. */
    PlainWork plain(Statement raw, StatementOptions options) throws SQLException;

    /** {@code Connection.commit()}: what is captured goes along, or the commit fails as a whole. */
    void commit() throws SQLException;

    /** {@code Connection.rollback()}. */
    void rollback() throws SQLException;

    /** {@code Connection.setAutoCommit}: commits what is open when the mode changes, as JDBC says. */
    void setAutoCommit(boolean autoCommit) throws SQLException;

    /** What the application set; during a short transaction of ours this differs from the raw connection's. */
    boolean getAutoCommit() throws SQLException;

    /** {@code setSavepoint()}, or with a name when not null: what is in memory is written before it. */
    Savepoint setSavepoint(String name) throws SQLException;

    /** {@code rollback(Savepoint)}. */
    void rollback(Savepoint savepoint) throws SQLException;

    /** {@code releaseSavepoint}. */
    void releaseSavepoint(Savepoint savepoint) throws SQLException;

    /** {@code setTransactionIsolation}: commits what is open on some databases (H2 is one), with what is captured. */
    void setTransactionIsolation(int level) throws SQLException;

    /** {@code setSchema}: changes what unqualified names mean. */
    void setSchema(String schema) throws SQLException;

    /** {@code setCatalog}: the same where catalogs are what others call schemas. */
    void setCatalog(String catalog) throws SQLException;

    /** What a raw updatable result set's {@code insertRow}, {@code updateRow} and {@code deleteRow} go through; null when its rows need no capture. */
    UpdatableRows updatable(ResultSet raw, String sql) throws SQLException;

    /** Carries out a statement that is ours, as the same statement as text would be; its errors too. PRODUCT_UNKNOWN where nothing is captured. */
    void administer(WaybillStatement statement) throws SQLException;

    /** Further raw connections to the same database are opened so: what is asked of neighbours is asked beside the application's transaction. */
    default void besides(CallDesk.Besides more) {
        // Where nothing is captured nobody is asked.
    }

    /** What runs on it from now on is an errand. */
    default void on(Errand errand) {
        // The same.
    }

    /** A text that reaches the database past JDBC, before it does: refused as uncaptured when it may write to a published table. */
    default void show(String sql) throws SQLException {
        // Where nothing is captured nothing is refused.
    }

    /**
     * A function of the database is called past SQL.
     *
     * @param function the database's number of it
     * @param first    its first argument as it is sent; null when it has none
     */
    default byte[] called(int function, byte[] first, Function call) throws SQLException {
        return call.run();
    }

    /** Such a call. */
    interface Function {
        byte[] run() throws SQLException;
    }

    /** A raw statement that is to answer in place of one that has asked for nothing: some drivers do not answer for one that has never run. */
    default void answering(Statement fresh) throws SQLException {
        // It answers.
    }

    /** A branch of a distributed transaction was started on the raw connection, past JDBC. */
    default void branchStarted() throws SQLException {
        // Where nothing is captured nothing is to be known.
    }

    /** That branch is going to be prepared, or committed in one phase: what is captured is written into it now. When that fails, the raw connection was rolled back. */
    default void branchEnding() throws SQLException {
        // Nothing was captured.
    }

    /**
     * That branch, or one of others, was prepared or committed, or not.
     *
     * @param kept whether what it has done may be seen from now on, or after the second phase
     */
    default void branchEnded(boolean kept) throws SQLException {
        // Nothing was captured.
    }

    /** An object of the real driver, of this class, was handed out by {@code unwrap}: it is counted, since what is done with it is not seen. */
    default void handedOut(String type) throws SQLException {
        // Where nothing is captured nothing is missed.
    }

    /** The catalogue as it is now; {@link Catalogue#NONE} when there is none. */
    Catalogue catalogue() throws SQLException;

    /** The connection is being closed or aborted; what is uncommitted is left to the database, which rolls back or commits as the bare driver would (then captured). */
    @Override
    void close() throws SQLException;

    /** Writes through an updatable result set. */
    interface UpdatableRows {

        /** The raw rows, whose {@code moveToInsertRow} was called just now, as they have to be called from now on: so that what is set is known when it is inserted. */
        ResultSet inserting();

        /** The raw rows' {@code moveToCurrentRow} was called: the row that was to be inserted is given up. */
        void notInserting();

        void insertRow() throws SQLException;

        void updateRow() throws SQLException;

        void deleteRow() throws SQLException;
    }

    /** A prepared statement at work. */
    interface PreparedWork {

        /** Everything on the raw statement itself: for one that writes nothing published, whatever is bound. */
        static PreparedWork passThrough(PreparedStatement raw) {
            return new PassThroughPrepared(raw);
        }

        /**
         * Where parameters are bound and everything without policy goes. It stays the same object until an execution fails: then it may be another one (the catalogue has changed, the statement was prepared anew, the
         * parameters are to be bound again), so it is asked for anew after every failure.
         */
        PreparedStatement raw();

        /** Where simple values that are bound to {@link #raw} are kept too; null when nobody wants them. */
        default BoundParameters bound() {
            return null;
        }

        /** Something is going to be bound that {@link #bound} does not take: from now on it is null, and {@link #raw} may be another statement, with everything bound so far. */
        default void bindsMore() throws SQLException {
            // Nothing is kept here.
        }

        /** {@code execute}, {@code executeUpdate}, {@code executeLargeUpdate} or {@code executeQuery}. */
        Outcome execute(Call call) throws SQLException;

        /** {@code addBatch()}, {@code clearBatch()}. */
        void addBatch() throws SQLException;

        void clearBatch() throws SQLException;

        /** {@code executeBatch()} or {@code executeLargeBatch()}: counts and BatchUpdateException exactly as the bare driver's; generated keys in the outcome. */
        BatchOutcome executeBatch(boolean large) throws SQLException;

        /** What {@code getMetaData()} gives: as on the bare driver, whatever else {@link #raw} reads. */
        default ResultSetMetaData metaData() throws SQLException {
            return raw().getMetaData();
        }

        /** What the statement shows after an execution that failed: the raw statement's own, unless that has asked for more keys than the application. */
        default Outcome afterFailure() {
            return Outcome.raw(false);
        }

        /** {@code cancel()}, from any thread: of what runs now. */
        default void cancel() throws SQLException {
            raw().cancel();
        }

        /** Closes what it holds besides {@link #raw}, which the proxy closes. */
        void close() throws SQLException;
    }

    /** A plain statement at work. */
    interface PlainWork {

        Outcome execute(Call call, String sql, KeyRequest keys) throws SQLException;

        void addBatch(String sql) throws SQLException;

        void clearBatch() throws SQLException;

        BatchOutcome executeBatch(boolean large) throws SQLException;

        void close() throws SQLException;
    }

    /** Which JDBC method was called. */
    enum Call { EXECUTE, UPDATE, LARGE_UPDATE, QUERY }
}
