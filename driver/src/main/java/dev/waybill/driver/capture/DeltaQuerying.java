// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowImage;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.error.WaybillError;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.IntStream;

/**
 * One execution of a query of FINAL TABLE or OLD TABLE. Its rows are read once by us and then shown: by a statement of ours that can go back to the first one. Of more than H2 shows for certain nothing can be said: see {@link Deleting}. In a
 * transaction already.
 */
final class DeltaQuerying {

    private final CapturingConnection connection;
    private final Recorder recorder;
    private final Plan.DeltaQuery query;
    private final Source source;

    DeltaQuerying(CapturingConnection connection, Plan.DeltaQuery query, Source source) {
        this.connection = connection;
        this.recorder = connection.recorder();
        this.query = query;
        this.source = source;
    }

    Outcome run() throws SQLException {
        ResultSet rows = connection.session().wholly(() -> sure(source.scrollable(query.sql())));
        int columns = rows.getMetaData().getColumnCount();
        int own = query.inner() instanceof Plan.KeysWrite write ? columns - write.table().captured().length : columns - ((Plan.DeleteWrite) query.inner()).table().old().length;
        try {
            if (query.inner() instanceof Plan.KeysWrite write) {
                connection.written().add(write.table().name());
                int[] positions = IntStream.rangeClosed(own + 1, columns).toArray();
                while (rows.next()) {
                    RowImage after = write.table().image(connection.database().dialect(), rows, positions);
                    recorder.record(connection.publisher(), write.table().change(write.operation(), after));
                }
            } else if (query.inner() instanceof Plan.DeleteWrite write) {
                connection.written().add(write.table().name());
                connection.execution().rows().recordGone(write.table(), rows, own + 1);
            }
            rows.beforeFirst();
        } catch (SQLException | RuntimeException failed) {
            recorder.fail(failed);
            throw failed;
        }
        return Outcome.rows(connection.views().view(rows, IntStream.rangeClosed(1, own).toArray()));
    }

    private ResultSet sure(ResultSet rows) throws SQLException {
        int most = connection.facts().sureRows();
        if (rows.last() && rows.getRow() > most) {
            rows.close();
            throw WaybillError.UNCAPTURED.with("it changes more than " + most + " rows in a data change table, of which the database may not show all");
        }
        rows.beforeFirst();
        return rows;
    }
}
