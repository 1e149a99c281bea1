// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Performs batches, quickly. Says only that a batch does not work, not which change: who hears it goes back and performs one by one ({@link OneByOne}). One thread.
 */
final class BatchRunner {

    /** Fewer such INSERTs than this do not earn back what it costs to parse one. */
    private static final int LEAST_TOGETHER = 10;
    private static final int PARAMETERS = 10_000;

    /** A change found no row, or more than one. */
    static final class Unexpected extends SQLException {
        private static final long serialVersionUID = 1L;

        Unexpected(int count) {
            super(count + " rows");
        }
    }

    private final Statements statements;
    private final Tally tally;
    private final int limit;
    private final ArrayRunner arrays;
    private final Guard guard;

    /** @param guard whose rows are looked at one by one goes no way on which a key could find others than {@code key = ?} does */
    BatchRunner(Statements statements, Tally tally, int limit, Guard guard) {
        this.guard = guard;
        this.statements = statements;
        this.tally = tally;
        this.limit = limit;
        this.arrays = new ArrayRunner(statements, tally, limit);
    }

    void run(Batch batch) throws SQLException {
        Work first = batch.first();
        if (!guard.choosesRows(first.landing()) && arrays.runs(batch)) {
            batch.works().forEach(tally::performed);
            return;
        }
        if (first.landing().objects().isEmpty()) {
            perform(batch);
        } else {
            withObjects(batch.works());
        }
        batch.works().forEach(tally::performed);
    }

    /** One by one: what one of them makes, the next one may replace. */
    private void withObjects(List<Work> works) throws SQLException {
        for (Work work : works) {
            statements.objects().losing(List.of(work));
            perform(new Batch(work));
            statements.objects().written();
        }
    }

    private void perform(Batch batch) throws SQLException {
        Work first = batch.first();
        switch (first.kind()) {
            case INSERT -> insert(batch.works());
            case UPDATE, UPDATE_KEY -> inBatches(batch.works(), statements.sql().update(first.landing(), first.columns()), this::update);
            case DELETE -> inBatches(batch.works(), statements.sql().delete(first.landing()), this::delete);
            case UPSERT -> upsert(batch.works());
            case TRUNCATE -> truncate(batch.works());
        }
    }

    private void insert(List<Work> works) throws SQLException {
        Work first = works.get(0);
        int rows = Math.max(1, Math.min(statements.dialect().rowsTogether(), PARAMETERS / Math.max(1, first.columns().cardinality())));
        int done = 0;
        if (works.size() >= LEAST_TOGETHER * rows && rows > 1) {
            PreparedStatement statement = statements.prepare(statements.sql().insert(first.landing(), first.columns(), rows));
            for (; done + rows <= works.size(); done += rows) {
                insertTogether(statement, works.subList(done, done + rows));
            }
        }
        inBatches(works.subList(done, works.size()), statements.sql().insert(first.landing(), first.columns(), 1), this::insertOne);
    }

    private void insertTogether(PreparedStatement statement, List<Work> works) throws SQLException {
        int index = 1;
        for (Work work : works) {
            index = statements.bind(statement, index, work, work.columns());
        }
        int count = statement.executeUpdate();
        if (count != works.size()) {
            throw new Unexpected(count);
        }
    }

    private void insertOne(PreparedStatement statement, List<Work> works) throws SQLException {
        for (Work work : works) {
            statements.bind(statement, 1, work, work.columns());
            statement.addBatch();
        }
        expectOne(statement.executeBatch());
    }

    private void update(PreparedStatement statement, List<Work> works) throws SQLException {
        expectOne(updateCounts(statement, works));
    }

    private int[] updateCounts(PreparedStatement statement, List<Work> works) throws SQLException {
        for (Work work : works) {
            int next = statements.bind(statement, 1, work, work.columns());
            statements.bindKey(statement, next, work);
            statement.addBatch();
        }
        return statement.executeBatch();
    }

    private void delete(PreparedStatement statement, List<Work> works) throws SQLException {
        for (Work work : works) {
            statements.bindKey(statement, 1, work);
            statement.addBatch();
        }
        int[] counts = statement.executeBatch();
        for (int index = 0; index < counts.length; index++) {
            if (counts[index] > 1) {
                throw new Unexpected(counts[index]);
            }
            if (counts[index] == 0) {
                tally.alreadyGone(works.get(index));
            }
        }
    }

    private void upsert(List<Work> works) throws SQLException {
        Work first = works.get(0);
        BitSet columns = (BitSet) first.columns().clone();
        columns.andNot(first.landing().key());
        List<Work> absent = new ArrayList<>();
        inBatches(works.stream().map(work -> new Work(work.landing(), Kind.UPDATE, columns, work.change())).toList(), statements.sql().update(first.landing(), columns), (statement, some) -> {
            int[] counts = updateCounts(statement, some);
            for (int index = 0; index < counts.length; index++) {
                if (counts[index] > 1) {
                    throw new Unexpected(counts[index]);
                }
                if (counts[index] == 0) {
                    absent.add(new Work(first.landing(), Kind.INSERT, first.columns(), some.get(index).change()));
                }
            }
        });
        if (!absent.isEmpty()) {
            insert(absent);
        }
    }

    private void truncate(List<Work> works) throws SQLException {
        statements.prepare(statements.sql().deleteAll(works.get(0).landing())).executeUpdate();
    }

    private static void expectOne(int[] counts) throws SQLException {
        for (int count : counts) {
            if (count != 1) {
                throw new Unexpected(count);
            }
        }
    }

    private interface Step {
        void run(PreparedStatement statement, List<Work> works) throws SQLException;
    }

    private void inBatches(List<Work> works, String text, Step step) throws SQLException {
        for (int from = 0; from < works.size(); from += limit) {
            PreparedStatement statement = statements.prepare(text);
            try {
                step.run(statement, works.subList(from, Math.min(from + limit, works.size())));
            } finally {
                statement.clearBatch();
            }
        }
    }
}
