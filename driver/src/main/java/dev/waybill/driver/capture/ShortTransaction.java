// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.capture.CapturingConnection.Step;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What autocommit mode makes of single statements: a captured one runs in a short transaction of its own, any other one ends with itself. Used under the connection's lock. */
final class ShortTransaction {

    private final Connection raw;
    private final OpenTransaction transaction;
    private final ProductSession session;
    private final Tally tally;
    private boolean isOpen;
    private int depth;

    ShortTransaction(Connection raw, OpenTransaction transaction, ProductSession session, Tally tally) {
        this.raw = raw;
        this.transaction = transaction;
        this.session = session;
        this.tally = tally;
    }

    /** Runs a captured write: in a transaction of its own when the application is in autocommit mode. */
    <T> T run(Step<T> step) throws SQLException {
        if (!isAlone()) {
            return within(step);
        }
        raw.setAutoCommit(false);
        isOpen = true;
        T result;
        boolean recorded;
        try {
            if (!transaction.isWriting()) {
                transaction.begin();
            }
            result = done(step);
            recorded = transaction.finishAndCommit();
        } catch (SQLException failed) {
            TableName table = transaction.written().first();
            undo(failed);
            throw transaction.fenced(failed, table);
        } catch (RuntimeException | Error failed) {
            undo(failed);
            throw failed;
        } finally {
            isOpen = false;
        }
        transaction.ended(recorded);
        raw.setAutoCommit(true);
        tally.write();
        return result;
    }

    /** In the application's transaction, or in the one that is open here: the outermost step is the statement, and changes that wait for its end are settled then. */
    private <T> T within(Step<T> step) throws SQLException {
        depth++;
        try {
            T result = step.run();
            if (depth == 1 && !isOpen) {
                transaction.recorder().settle();
            }
            return result;
        } finally {
            depth--;
        }
    }

    /** Whether a statement now, whose row is known, can travel with its outbox part: nothing that waits for COMMIT would be missed. */
    boolean goesAlong() {
        return isAlone() && session.piped() != null && session.textsAreWhole() && !transaction.defers();
    }

    /**
     * Runs a write together with its outbox part.
     *
     * @param write after which nothing is left to do but to end; it leaves nothing when it fails
     */
    <T> T along(Step<T> write) throws SQLException {
        T result;
        try {
            result = write.run();
        } catch (SQLException failed) {
            TableName table = transaction.written().first();
            transaction.end();
            throw transaction.fenced(failed, table);
        } catch (RuntimeException | Error failed) {
            transaction.end();
            throw failed;
        }
        transaction.ended(true);
        tally.write();
        return result;
    }

    /** Where the database keeps what was done before a failure, that is committed. */
    private <T> T done(Step<T> step) throws SQLException {
        try {
            return step.run();
        } catch (SQLException failed) {
            if (session.keepsDone()) {
                session.failed(failed);
                transaction.ended(transaction.finishAndCommit());
            }
            throw failed;
        }
    }

    private void undo(Throwable failed) {
        try {
            raw.rollback();
        } catch (SQLException second) {
            failed.addSuppressed(second);
        }
        transaction.end();
        try {
            raw.setAutoCommit(true);
        } catch (SQLException second) {
            failed.addSuppressed(second);
        }
    }

    /** A statement was refused before it did anything: what was marked for it alone is taken back. */
    void refused() {
        if (transaction.isAutoCommit()) {
            transaction.end();
            tally.write();
        }
    }

    /** Runs a write to tables that are not published: where other processes may publish them, so that this is noticed at its end. */
    <T> T unpublished(Statement statement, Step<T> step) throws SQLException {
        return isAlone() && session.meetsFence() ? run(() -> session.whole(statement, step)) : uncaptured(step);
    }

    /** Runs a write that is not captured. */
    <T> T uncaptured(Step<T> step) throws SQLException {
        try {
            T result = step.run();
            if (isAlone()) {
                transaction.wroteLocally();
            }
            return result;
        } catch (BatchUpdateException failed) {
            if (isAlone()) {
                transaction.wroteLocally();
            }
            throw failed;
        } finally {
            if (isAlone()) {
                transaction.end();
                tally.write();
            }
        }
    }

    /** Whether a statement now is a transaction by itself. */
    boolean isAlone() {
        return transaction.isAutoCommit() && !isOpen;
    }
}
