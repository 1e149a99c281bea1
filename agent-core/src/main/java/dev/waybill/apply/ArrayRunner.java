// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Performs many changes in one statement, one array for each column, where the database takes that. In one statement rows have no order, so only changes of different rows go together. One thread.
 */
final class ArrayRunner {

    /** Fewer do not earn back another statement. */
    private static final int LEAST = 4;

    private final Statements statements;
    private final Tally tally;
    private final int limit;

    ArrayRunner(Statements statements, Tally tally, int limit) {
        this.statements = statements;
        this.tally = tally;
        this.limit = limit;
    }

    /** Whether this batch was performed; otherwise nothing was done. */
    boolean runs(Batch batch) throws SQLException {
        List<Work> works = batch.works();
        Work first = batch.first();
        if (works.size() < LEAST || !first.landing().takesArrays()) {
            return false;
        }
        switch (first.kind()) {
            case INSERT -> inParts(works, this::insert);
            case UPDATE -> {
                if (first.columns().isEmpty() || !areDifferent(works)) {
                    return false;
                }
                inParts(works, this::update);
            }
            case DELETE -> inParts(works, this::delete);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean areDifferent(List<Work> works) {
        Set<Key> keys = new HashSet<>();
        return works.stream().allMatch(work -> keys.add(Key.of(work.landing().shape(), work.keyImage())));
    }

    private interface Part {
        void run(List<Work> works) throws SQLException;
    }

    private void inParts(List<Work> works, Part part) throws SQLException {
        for (int from = 0; from < works.size(); from += limit) {
            part.run(works.subList(from, Math.min(from + limit, works.size())));
        }
    }

    private void insert(List<Work> works) throws SQLException {
        Work first = works.get(0);
        PreparedStatement statement = statements.prepare(statements.sql().insertArrays(first.landing(), first.columns()));
        statements.bindArrays(statement, 1, works, first.columns().stream().boxed().toList(), work -> work.change().after());
        expect(works.size(), statement.executeUpdate());
    }

    private void update(List<Work> works) throws SQLException {
        Work first = works.get(0);
        PreparedStatement statement = statements.prepare(statements.sql().updateArrays(first.landing(), first.columns()));
        int next = statements.bindArrays(statement, 1, works, first.landing().keyOrder(), Work::keyImage);
        statements.bindArrays(statement, next, works, first.columns().stream().boxed().toList(), work -> work.change().after());
        expect(works.size(), statement.executeUpdate());
    }

    /** Rows that are gone already are counted; which ones, nobody asks. */
    private void delete(List<Work> works) throws SQLException {
        Work first = works.get(0);
        PreparedStatement statement = statements.prepare(statements.sql().deleteArrays(first.landing()));
        statements.bindArrays(statement, 1, works, first.landing().keyOrder(), Work::keyImage);
        int count = statement.executeUpdate();
        if (count > works.size()) {
            throw new BatchRunner.Unexpected(count);
        }
        long expected = works.stream().filter(work -> !Tally.isExpectedGone(work)).count();
        for (long gone = count; gone < expected; gone++) {
            tally.alreadyGone(first);
        }
    }

    private static void expect(int rows, int count) throws SQLException {
        if (count != rows) {
            throw new BatchRunner.Unexpected(count);
        }
    }
}
