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

    /** As long as so few are parked, a change that worked lets all of them try again. */
    private static final int ALL_AGAIN = 100;
    private static final int PREFIXES = 100;

    private final Statements statements;
    private final Dialect dialect;
    private final Blame blame;
    private final Guard guard;
    private final Tally tally;
    private final Parked parked;

    OneByOne(Statements statements, Dialect dialect, Blame blame, Guard guard, Tally tally, int limit) {
        this.guard = guard;
        this.statements = statements;
        this.dialect = dialect;
        this.blame = blame;
        this.tally = tally;
        this.parked = new Parked(limit);
    }

    void perform(Work work) throws SQLException {
        while (parked.concerns(work)) {
            resolve();
        }
        if (!parked.isEmpty() && !parked.belongsTogether(work)) {
            finish();
        }
        SQLException failure = attempt(work);
        if (failure == null) {
            retry(parked.size() <= ALL_AGAIN);
        } else if (!isParkable(work, failure) || !parked.add(work, failure)) {
            throw blame.failed(work, failure);
        }
    }

    /** Whether nothing is parked. */
    boolean isIdle() {
        return parked.isEmpty();
    }

    /** Performs what is parked, or says why it cannot be. */
    void finish() throws SQLException {
        while (!parked.isEmpty()) {
            resolve();
        }
    }

    /** Performs at least one of those that are parked: by itself, or together with others. */
    private void resolve() throws SQLException {
        if (retry(true)) {
            return;
        }
        int all = parked.size();
        SQLException failure = together(all);
        // The last ones may be of a later statement, which needs room that the first ones have yet to make.
        for (int first = 2; failure != null && first < Math.min(all, PREFIXES); first++) {
            if (together(first) == null) {
                return;
            }
        }
        if (failure != null) {
            throw blame.failed(parked.get(0), failure);
        }
    }

    /** Tries them again, the last one first, as long as that helps: all, or only the last. */
    private boolean retry(boolean all) throws SQLException {
        boolean any = false;
        int index = parked.size() - 1;
        while (index >= 0) {
            boolean done = attempt(parked.get(index)) == null;
            if (done) {
                parked.remove(index);
                any = true;
            } else if (!all) {
                return any;
            }
            index = done && all ? parked.size() - 1 : index - 1;
        }
        return any;
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
    SQLException attempt(Work work) throws SQLException {
        guard.before(List.of(work));
        Tally done = new Tally();
        Savepoint savepoint = statements.raw().setSavepoint();
        try {
            new BatchRunner(statements, done, 1, guard).run(new Batch(work));
        } catch (BatchRunner.Unexpected unexpected) {
            statements.raw().rollback(savepoint);
            throw blame.count(work, unexpected);
        } catch (SQLException failure) {
            if (dialect.classify(failure) == ErrorClass.TRANSIENT) {
                throw failure;
            }
            statements.raw().rollback(savepoint);
            guard.meets(work);
            return failure;
        }
        statements.raw().releaseSavepoint(savepoint);
        guard.after(List.of(work));
        tally.add(done);
        return null;
    }

    /** The first of those that are parked in one statement, as at the source, or else one after the other when all have stepped aside; what hinders them, or null when they are done. */
    private SQLException together(int count) throws SQLException {
        List<Work> works = parked.first(count);
        SQLException failure = wholly(() -> new Together(statements).run(works) == count);
        if (failure != null && wholly(() -> new Aside(statements, guard).run(works)) != null) {
            return failure;
        }
        guard.after(works);
        works.forEach(work -> {
            tally.performed(work);
            parked.remove(0);
        });
        return null;
    }

    private interface Way {
        boolean works() throws SQLException;
    }

    /** What hinders the way, of which nothing is left then; null when it worked. */
    private SQLException wholly(Way way) throws SQLException {
        Savepoint savepoint = statements.raw().setSavepoint();
        try {
            if (way.works()) {
                return null;
            }
            statements.raw().rollback(savepoint);
            return parked.lastFailure();
        } catch (SQLException failure) {
            if (dialect.classify(failure) == ErrorClass.TRANSIENT) {
                throw failure;
            }
            statements.raw().rollback(savepoint);
            return failure;
        }
    }
}
