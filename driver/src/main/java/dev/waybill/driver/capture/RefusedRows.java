// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.UpdatableRows;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Rows that an application changes through a result set of a product that does not tell which: where something is published, each change is one that cannot be captured. As thread-safe as the connection. */
final class RefusedRows implements UpdatableRows {

    private final CapturingConnection connection;
    private final ResultSet rows;
    private final String sql;

    RefusedRows(CapturingConnection connection, ResultSet rows, String sql) {
        this.connection = connection;
        this.rows = rows;
        this.sql = sql;
    }

    @Override
    public ResultSet inserting() {
        return rows;
    }

    @Override
    public void notInserting() {
        // What was set is forgotten by the rows themselves.
    }

    @Override
    public void insertRow() throws SQLException {
        change(rows::insertRow);
    }

    @Override
    public void updateRow() throws SQLException {
        change(rows::updateRow);
    }

    @Override
    public void deleteRow() throws SQLException {
        change(rows::deleteRow);
    }

    private void change(CapturingConnection.RawCall change) throws SQLException {
        synchronized (connection) {
            connection.begin();
            if (!connection.facts().isNothingPublished()) {
                connection.execution().uncaptured().refuse("it changes a row through a result set", sql == null ? "a result set" : sql);
            }
            connection.written().addAnything();
            connection.unpublished(rows.getStatement(), () -> {
                change.run();
                return null;
            });
        }
    }
}
