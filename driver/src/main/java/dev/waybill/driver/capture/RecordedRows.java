// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.RowWriter;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.driver.recording.Recorder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;

/** Rows that the database shows become changes, and what the application may see of them. On one connection, under its lock. */
final class RecordedRows {

    private final CapturingConnection connection;
    private final Recorder recorder;

    RecordedRows(CapturingConnection connection) {
        this.connection = connection;
        this.recorder = connection.recorder();
    }

    /** What to ask for so that both the application and capture get their columns. */
    RequestedColumns columns(CapturedTable table, KeyRequest keys) throws SQLException {
        if (keys instanceof KeyRequest.None || keys instanceof KeyRequest.Names none && none.columns().length == 0 || keys instanceof KeyRequest.Indexes nothing && nothing.columns().length == 0) {
            return table.requested();
        } else if (keys instanceof KeyRequest.Names names) {
            return RequestedColumns.of(Arrays.asList(names.columns()), table);
        } else if (keys instanceof KeyRequest.Indexes indexes) {
            return RequestedColumns.of(RequestedColumns.names(indexes.columns(), table), table);
        }
        return RequestedColumns.of(connection.session().generated(table), table);
    }

    /**
     * Records the rows of a generated-keys result.
     *
     * @return what the application sees of it; null when it asked for none
     */
    ResultSet recorded(Plan.KeysWrite write, ResultSet keys, RequestedColumns columns, boolean batch) throws SQLException {
        return recorded(write, Map.of(), keys, columns, batch);
    }

    /**
     * As {@link #recorded(Plan.KeysWrite, ResultSet, RequestedColumns, boolean)}.
     *
     * @param before what some of the rows were, by their keys
     */
    ResultSet recorded(Plan.KeysWrite write, Map<KeyImage, RowImage> before, ResultSet keys, RequestedColumns columns, boolean batch) throws SQLException {
        CapturedTable table = write.table();
        int[] positions = columns.captured(batch);
        try {
            while (keys.next()) {
                RowImage after = table.image(connection.database().dialect(), keys, positions);
                RowImage old = before.isEmpty() ? null : before.get(table.key(after));
                recorder.record(connection.publisher(), old == null ? table.change(write.operation(), after) : table.updated(old, after));
            }
            if (!columns.isShown()) {
                keys.close();
                return null;
            }
            connection.session().rewind(keys, 0);
            return connection.views().view(keys, columns.shown(batch));
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
    }

    /** How many generated keys there are; they are before the first one again. */
    long size(ResultSet keys) throws SQLException {
        long size = 0;
        while (keys.next()) {
            size++;
        }
        connection.session().rewind(keys, 0);
        return size;
    }

    /** The generated keys of a statement that changed so many rows, whole. */
    ResultSet keys(Source source, long count) throws SQLException {
        ResultSet keys = source.keysResult();
        if (count > connection.facts().sureRows()) {
            connection.session().complete(keys);
        }
        return keys;
    }

    /** Records a row that is inserted in a transaction of its own; false when it takes more than one part, and nothing is recorded. */
    boolean recordAlone(CapturedTable table, RowWriter row) throws SQLException {
        try {
            return recorder.insertAlone(connection.publisher(), table.shape(), row);
        } catch (SQLException | RuntimeException failed) {
            connection.refused();
            throw failed;
        }
    }

    /** Records a row that was inserted, which stands there; what cannot be recorded cannot be committed. */
    void recordInsert(CapturedTable table, RowWriter rows, int from, int to) throws SQLException {
        try {
            recorder.insert(connection.publisher(), table.shape(), rows, from, to);
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
    }

    /** Records the rows of a batch that is known, without those that failed. */
    void recordBatch(CapturedTable table, PlainInsert insert, BatchElements elements, long[] counts) throws SQLException {
        boolean rows = elements.areRowsOf(insert);
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == Statement.EXECUTE_FAILED) {
                continue;
            } else if (rows) {
                recordInsert(table, elements.rows(), elements.start(i), elements.start(i + 1));
            } else {
                record(table, Operation.INSERT, insert.image(elements.values().get(i)));
            }
        }
    }

    /** Records a row; what cannot be recorded cannot be committed. */
    void record(CapturedTable table, Operation operation, RowImage row) throws SQLException {
        try {
            recorder.record(connection.publisher(), table.change(operation, row));
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
    }

    /** Records that the rows with these keys were deleted; the key's columns begin at {@code from}. */
    void recordGone(CapturedTable table, ResultSet gone, int from) throws SQLException {
        while (gone.next()) {
            recordGone(table, table.oldImage(connection.database().dialect(), gone, from));
        }
    }

    /** Records that the row with this key was deleted. */
    void recordGone(CapturedTable table, RowImage key) throws SQLException {
        recorder.record(connection.publisher(), table.gone(key));
    }
}
