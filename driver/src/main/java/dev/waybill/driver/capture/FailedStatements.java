// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;
import java.sql.SQLException;

/** What the failure of a statement leaves of the transaction: the database may have ended it. Used under the connection's lock. */
final class FailedStatements {

    private final OpenTransaction transaction;
    private final ProductSession session;
    private final Dialect dialect;

    FailedStatements(OpenTransaction transaction, ProductSession session, Dialect dialect) {
        this.transaction = transaction;
        this.session = session;
        this.dialect = dialect;
    }

    /** A statement failed. If that has ended the transaction, what was captured in it has gone with it. */
    SQLException failed(SQLException error) {
        session.failed(error);
        if (session.isFollowing()) {
            synchronize(error);
        }
        if (hasEndedTransaction(error)) {
            transaction.end();
        }
        return error;
    }

    private void synchronize(SQLException error) {
        try {
            transaction.synchronizeAutoCommit();
        } catch (SQLException closed) {
            error.addSuppressed(closed);
        }
    }

    /**
     * A batch failed that the database ran to its end. If one of its elements ended the transaction, those after it are in another one, and nobody can tell the rows of the two apart.
     *
     * @param captured whether its rows were to be captured: then the new transaction can only be rolled back
     */
    SQLException failedBatch(SQLException error, boolean captured) {
        if (!hasEndedTransaction(error)) {
            return error;
        }
        transaction.end();
        if (!transaction.isAutoCommit()) {
            transaction.mark();
            transaction.written().addAnything();
            if (captured) {
                transaction.recorder().fail(error);
            }
        }
        return error;
    }

    /** Whether this error, or one that came with it, ended the transaction. */
    boolean hasEndedTransaction(SQLException error) {
        for (SQLException one = error; one != null; one = one.getNextException()) {
            if (dialect.endsTransaction(one) || isRolledBack(one)) {
                return true;
            }
        }
        return false;
    }

    /** Where even that cannot be asked the session is over, and the transaction with it. */
    private boolean isRolledBack(SQLException error) {
        try {
            return session.hasEnded(error);
        } catch (SQLException lost) {
            error.addSuppressed(lost);
            return true;
        }
    }
}
