// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.RowImage;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One execution of a DELETE of a published table. In a transaction already.
 *
 * <p>OLD TABLE tells which rows it has deleted; but H2 2.5.252 forgets the last ones of a data change table in a file as soon as there are more than MAX_MEMORY_ROWS (40,000 for each gigabyte of heap, if it is not set): it never
 * completes that result. So its word is taken for as many rows as are certain to be there, {@code DatabaseFacts.sureRows}. A DELETE of more is undone and done in another way, next time at once: the keys are read and locked, the DELETE
 * runs by itself, and it counts only if as many rows were deleted as were read and every one of these is gone. Otherwise (a row was committed in between, a number of rows is to be deleted and not which, the condition is of chance) it is
 * undone, and the rows that are locked are deleted by their keys. The result of the locking read is the database's to keep, so memory is bounded.
 */
final class Deleting {

    private static final int BATCH = 1_000;

    private final CapturingConnection connection;
    private final Plan.DeleteWrite write;
    private final Source source;
    private final Before before;
    private final CapturedTable table;
    private final Set<KeyImage> expected;

    Deleting(CapturingConnection connection, Plan.DeleteWrite write, Source source) {
        this(connection, write, source, () -> { }, null);
    }

    /**
     * @param before   records what comes before the deleted rows
     * @param expected the rows that are to go and no others; null for any
     */
    Deleting(CapturingConnection connection, Plan.DeleteWrite write, Source source, Before before, Set<KeyImage> expected) {
        this.expected = expected;
        this.connection = connection;
        this.write = write;
        this.source = source;
        this.before = before;
        this.table = write.table();
    }

    /** Null when other rows have gone than those that were expected: the caller undoes it. */
    Outcome run() throws SQLException {
        List<RowImage> gone = connection.execution().manyDeletes().has(write.sql()) || write.all() && hasMany() ? null : few();
        if (gone == null) {
            return Outcome.count(many(), null);
        }
        if (!isExpected(gone)) {
            return null;
        }
        connection.written().add(table.name());
        record(() -> {
            before.record();
            for (RowImage key : gone) {
                connection.execution().rows().recordGone(table, key);
            }
            return null;
        });
        return Outcome.count(gone.size(), null);
    }

    private boolean isExpected(List<RowImage> gone) throws SQLException {
        if (expected == null) {
            return true;
        }
        for (RowImage key : gone) {
            if (!expected.contains(table.key(key))) {
                return false;
            }
        }
        return gone.size() == expected.size();
    }

    /** Whether the table has so many rows that there is no use in trying. */
    private boolean hasMany() throws SQLException {
        String sql = "SELECT 1 FROM " + Quoting.quote(table.name()) + " OFFSET " + connection.facts().sureRows() + " ROWS FETCH NEXT 1 ROW ONLY";
        try (PreparedStatement look = connection.raw().prepareStatement(sql); ResultSet row = look.executeQuery()) {
            return row.next();
        }
    }

    /** Deletes by OLD TABLE; the keys, or null when they may not be all: then nothing was done. */
    private List<RowImage> few() throws SQLException {
        int sure = connection.facts().sureRows();
        PreparedStatement delete = source.derived(write.oldTableSql(), null);
        try {
            return connection.session().wholly(() -> few(delete, sure));
        } catch (TooManyException unsure) {
            connection.execution().manyDeletes().add(write.sql());
            return null;
        } finally {
            source.release(delete);
        }
    }

    private List<RowImage> few(PreparedStatement delete, int sure) throws SQLException {
        try (ResultSet rows = delete.executeQuery()) {
            List<RowImage> gone = new ArrayList<>();
            while (rows.next()) {
                if (gone.size() == sure) {
                    throw new TooManyException();
                }
                gone.add(table.oldImage(connection.database().dialect(), rows, 1));
            }
            return gone;
        }
    }

    private long many() throws SQLException {
        Recorder.Mark mark = connection.recorder().mark();
        Savepoint undo = connection.raw().setSavepoint("WAYBILL_STATEMENT");
        long count = many(keys -> delete());
        if (count < 0) {
            connection.raw().rollback(undo);
            connection.recorder().rewind(mark);
            count = many(this::deleteByKey);
        }
        if (count < 0) {
            connection.raw().rollback(undo);
            connection.recorder().rewind(mark);
            throw WaybillError.ROWS_MOVED.with(table, 2);
        }
        return count;
    }

    /** How many rows were deleted and recorded; -1 when these are not the same. */
    private long many(Deletion deletion) throws SQLException {
        try (ResultSet keys = source.scrollable(write.keysSql())) {
            long count = deletion.delete(keys);
            connection.written().add(table.name());
            return record(() -> recorded(keys)) == count ? count : -1;
        }
    }

    private long delete() throws SQLException {
        PreparedStatement delete = source.derived(write.sql(), null);
        try {
            return delete.executeLargeUpdate();
        } finally {
            source.release(delete);
        }
    }

    private long deleteByKey(ResultSet keys) throws SQLException {
        long count = 0;
        try (PreparedStatement delete = connection.raw().prepareStatement("DELETE FROM " + Quoting.quote(table.name()) + byKey())) {
            int waiting = 0;
            while (keys.next()) {
                bind(delete, table.oldImage(connection.database().dialect(), keys, 1));
                delete.addBatch();
                if (++waiting == BATCH) {
                    count += Arrays.stream(delete.executeLargeBatch()).sum();
                    waiting = 0;
                }
            }
            count += Arrays.stream(delete.executeLargeBatch()).sum();
        }
        keys.beforeFirst();
        return count;
    }

    /** How many rows were read and are gone; -1 when one of them is still there. */
    private long recorded(ResultSet keys) throws SQLException {
        before.record();
        long count = 0;
        try (PreparedStatement again = connection.raw().prepareStatement("SELECT 1 FROM " + Quoting.quote(table.name()) + byKey())) {
            while (keys.next()) {
                RowImage key = table.oldImage(connection.database().dialect(), keys, 1);
                if (isThere(again, key) || expected != null && !expected.contains(table.key(key))) {
                    return -1;
                }
                connection.execution().rows().recordGone(table, key);
                count++;
            }
        }
        return count;
    }

    private String byKey() {
        return table.keyColumns().stream().map(column -> Quoting.quote(column) + " = ?").collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private void bind(PreparedStatement statement, RowImage key) throws SQLException {
        for (int i = 0; i < table.key().length; i++) {
            int column = table.key()[i];
            connection.database().dialect().bind(statement, i + 1, key.value(column), table.type(column));
        }
    }

    private boolean isThere(PreparedStatement again, RowImage key) throws SQLException {
        bind(again, key);
        try (ResultSet found = again.executeQuery()) {
            return found.next();
        }
    }

    /** The rows are gone: what cannot be recorded must not be committed. */
    private <T> T record(CapturingConnection.Step<T> recording) throws SQLException {
        try {
            return recording.run();
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }

    /** More rows than are certain to be all; what was deleted is undone. */
    private static final class TooManyException extends SQLException {
        private static final long serialVersionUID = 1L;
    }

    /** Deletes the rows that were read; how many. */
    private interface Deletion {
        long delete(ResultSet keys) throws SQLException;
    }

    /** Records something. */
    @FunctionalInterface
    interface Before {
        void record() throws SQLException;
    }
}
