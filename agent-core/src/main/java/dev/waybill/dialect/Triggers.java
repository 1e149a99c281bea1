// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Complete capture on one database product: triggers of ours on published tables write down what every writer changes, in his own transaction, and one row of the outbox stands for each such transaction, written when nothing of it is left
 * to be done, or made by the query that looks for waiting rows ({@link Dialect#waitingRows}). Everything happens in the caller's transaction. Stateless; any thread.
 */
public interface Triggers {

    /** Whether a table here has them. Asks the metadata, which everybody may. */
    boolean areOn(Connection raw) throws SQLException;

    /** Published tables, by the names of now, whose triggers are there and fire for everybody. */
    Collection<TableName> covered(Connection raw) throws SQLException;

    /** Makes the tables and functions that all triggers need; without harm when they are there. */
    void prepare(Connection raw) throws SQLException;

    /**
     * Locks these tables until the transaction ends: waits for all who have written to them and not ended, so that every one of them is wholly before or wholly after what is done now. Nobody else fails by that.
     *
     * @param written those for {@link #cover}
     * @param whole   those for {@link #uncover}, which nobody can read meanwhile either
     * @return null, or a table whose writers did not end in time
     */
    TableName lock(Connection raw, Collection<TableName> written, Collection<TableName> whole, Duration patience) throws SQLException;

    /** Once triggers capture, nobody commits what a driver captured besides; or that is over. Of locked tables. */
    void turn(Connection raw, boolean on) throws SQLException;

    /**
     * From the end of this transaction on, every change of the table, which is locked, is written down in this shape.
     *
     * @param shapeId under which the shape can be found again
     * @param number  of the table's triggers, the same as long as they are there
     * @param patience how long to wait for the table's writers where {@link #lock} does not keep them out
     * @throws SQLException CAPTURE_IMPOSSIBLE for a table whose changes triggers do not see; CAPTURE_BUSY
     */
    void cover(Connection raw, TableShape shape, long shapeId, long number, Duration patience) throws SQLException;

    /** Removes what {@link #cover} made, if it is still there. */
    void uncover(Connection raw, long number) throws SQLException;

    /** Before our tables go, all triggers go, where they would not go with them. */
    void uncoverAll(Connection raw) throws SQLException;

    /** Ends {@link #lock} where the end of the transaction does not. */
    default void unlock(Connection raw) throws SQLException {}

    /** Those of these transactions of the outbox that triggers have written, in the order in which they are given. */
    List<Ended> ended(Connection raw, List<UUID> transactions) throws SQLException;

    /** Opens what they have written: transaction after transaction, in each an order in which it can be repeated. */
    Rows rows(Connection raw, List<Ended> transactions, Shapes shapes) throws SQLException;

    /** Where the outbox rows stand that the caller's transaction has written itself, few others among them; ready for FROM. */
    String ownRows();

    /** Removes all that was written about these transactions, but for the rows of the outbox that stand for them. */
    void delete(Connection raw, List<Ended> transactions) throws SQLException;

    /**
     * Removes the rows that stood for transactions, after {@link #delete} of these.
     *
     * @param entryIds ascending
     * @return how many were removed
     */
    int deleteStanding(Connection raw, Long[] entryIds) throws SQLException;

    /**
     * A transaction whose writing has ended.
     *
     * @param writer names it, in the product's own words
     * @param begun  when it began, in the product's own words: numbers of transactions come again in a restored database
     * @param user   who ran it
     * @param at     when it ended
     */
    record Ended(UUID transactionId, String writer, String begun, String user, Instant at) {}

    /** Finds the shapes that triggers name. */
    @FunctionalInterface
    interface Shapes {
        TableShape get(long shapeId) throws SQLException;
    }

    /** A cursor over changes; bounded in memory but for single rows. One thread. */
    interface Rows extends AutoCloseable {

        /** To the next change; false at the end. */
        boolean next() throws SQLException;

        /** Which transaction the change belongs to: its place in the list. */
        int transaction();

        /** The change; null for an UPDATE that changed nothing. */
        Change change();

        @Override
        void close() throws SQLException;
    }
}
