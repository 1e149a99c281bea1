// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.Savepoint;
import java.sql.SQLException;
import java.util.List;

/**
 * Performs changes one by one, in exactly their order, and names the one that does not work. A source may have changed many rows in one statement and looked at unique keys and foreign keys only afterwards: a change
 * that meets such a conflict is {@link Parked} until others of its statement have made room. One thread.
 */
final class OneByOne {

    private final Statements statements;
    private final Dialect dialect;
    private final Blame blame;
    private final Tally tally;
    private final Parked parked;

    OneByOne(Statements statements, Dialect dialect, Blame blame, Tally tally, int limit) {
        this.statements = statements;
        this.dialect = dialect;
        this.blame = blame;
        this.tally = tally;
        this.parked = new Parked(limit);
    }

    void perform(Work work) throws SQLException {
        if (!parked.isEmpty() && !parked.belongsTogether(work)) {
            finish();
        }
        SQLException failure = attempt(work);
        if (failure == null) {
            retryLast();
        } else if (isParkable(work, failure)) {
            if (!parked.add(work, failure)) {
                throw blame.failed(work, failure);
            }
        } else {
            throw blame.failed(work, failure);
        }
    }

    /** Performs what is parked, or says why it cannot be. */
    void finish() throws SQLException {
        boolean progress = true;
        while (!parked.isEmpty() && progress) {
            progress = false;
            for (int index = parked.size() - 1; index >= 0; index--) {
                if (attempt(parked.get(index)) == null) {
                    parked.remove(index);
                    progress = true;
                }
            }
        }
        if (!parked.isEmpty()) {
            Work first = parked.get(0);
            SQLException failure = together();
            if (failure != null) {
                throw blame.failed(first, failure);
            }
        }
    }

    private void retryLast() throws SQLException {
        while (!parked.isEmpty() && attempt(parked.get(parked.size() - 1)) == null) {
            parked.remove(parked.size() - 1);
        }
    }

    private boolean isParkable(Work work, SQLException failure) {
        if (work.hasLargeValue()) {
            return false;
        }
        ErrorClass kind = dialect.classify(failure);
        return switch (work.kind()) {
            case UPDATE, UPDATE_KEY -> kind == ErrorClass.DUPLICATE || kind == ErrorClass.REFERENCE;
            case DELETE -> kind == ErrorClass.REFERENCE;
            case INSERT -> kind == ErrorClass.REFERENCE && work.landing().table().refersToItself();
            default -> false;
        };
    }

    /** What hinders the change; null when it is done. */
    private SQLException attempt(Work work) throws SQLException {
        Tally done = new Tally();
        Savepoint savepoint = statements.raw().setSavepoint();
        try {
            new BatchRunner(statements, done, 1).run(new Batch(work));
        } catch (BatchRunner.Unexpected unexpected) {
            statements.raw().rollback(savepoint);
            throw blame.count(work, unexpected);
        } catch (SQLException failure) {
            if (dialect.classify(failure) == ErrorClass.TRANSIENT) {
                throw failure;
            }
            statements.raw().rollback(savepoint);
            return failure;
        }
        statements.raw().releaseSavepoint(savepoint);
        tally.add(done);
        return null;
    }

    /** All that is parked in one statement, as at the source. */
    private SQLException together() throws SQLException {
        List<Work> works = parked.take();
        Savepoint savepoint = statements.raw().setSavepoint();
        try {
            int count = new Together(statements).run(works);
            if (count != works.size()) {
                statements.raw().rollback(savepoint);
                return parked.lastFailure();
            }
        } catch (SQLException failure) {
            if (dialect.classify(failure) == ErrorClass.TRANSIENT) {
                throw failure;
            }
            statements.raw().rollback(savepoint);
            return failure;
        }
        works.forEach(tally::performed);
        return null;
    }
}
