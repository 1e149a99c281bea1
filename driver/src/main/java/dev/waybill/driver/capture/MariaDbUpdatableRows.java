// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.CapturingConnection.RawCall;
import dev.waybill.driver.capture.ConnectionCapture.UpdatableRows;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.Relatives;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Writes through an updatable result set of MariaDB's driver: the row is locked by its key before, and read again after it; an inserted row is the last one of the result set then. A result set without the key's columns, or one that cannot go
 * to its last row, follows {@code waybill.uncaptured}. As thread-safe as the connection, whose lock it takes.
 */
final class MariaDbUpdatableRows implements UpdatableRows {

    private final CapturingConnection connection;
    private final ResultSet raw;
    private final MariaDbDialect dialect;

    MariaDbUpdatableRows(CapturingConnection connection, ResultSet raw, MariaDbDialect dialect) {
        this.connection = connection;
        this.raw = raw;
        this.dialect = dialect;
    }

    @Override
    public ResultSet inserting() {
        return raw;
    }

    @Override
    public void notInserting() {
        // What was set is forgotten by the rows themselves.
    }

    @Override
    public void insertRow() throws SQLException {
        write(raw::insertRow, (table, key) -> {
            if (raw.getType() == ResultSet.TYPE_FORWARD_ONLY) {
                uncaptured("the result set cannot go to the row that it inserts", raw::insertRow);
                return;
            }
            connection.inTransaction(() -> {
                raw.insertRow();
                record(table, Operation.INSERT, null, inserted(table, key));
                return null;
            });
        });
    }

    /** The cursor is where it was afterwards: at the row that is inserted, and behind it at the current one. */
    private RowImage inserted(CapturedTable table, KeyOfRow key) throws SQLException {
        raw.moveToCurrentRow();
        int row = raw.getRow();
        boolean after = raw.isAfterLast();
        raw.last();
        RowImage inserted = key.image(raw, dialect);
        if (row > 0) {
            raw.absolute(row);
        } else if (after) {
            raw.afterLast();
        } else {
            raw.beforeFirst();
        }
        raw.moveToInsertRow();
        return inserted;
    }

    @Override
    public void updateRow() throws SQLException {
        write(raw::updateRow, (table, key) -> connection.inTransaction(() -> {
            RowImage old = key.image(raw, dialect);
            boolean isThere = !new CurrentRows(connection, table).read(List.of(old)).isEmpty();
            raw.updateRow();
            if (isThere) {
                record(table, Operation.UPDATE, old, key.image(raw, dialect));
            }
            return null;
        }));
    }

    @Override
    public void deleteRow() throws SQLException {
        write(raw::deleteRow, (table, key) -> connection.inTransaction(() -> {
            CurrentRows rows = new CurrentRows(connection, table);
            RowImage old = key.image(raw, dialect);
            boolean isThere = !rows.read(List.of(old)).isEmpty();
            raw.deleteRow();
            if (isThere && rows.read(List.of(old)).isEmpty()) {
                rows.recordGone(old);
            }
            return null;
        }));
    }

    private void write(RawCall bare, Captured captured) throws SQLException {
        synchronized (connection) {
            try {
                CapturedTable table = table();
                KeyOfRow key = table == null ? null : KeyOfRow.in(raw.getMetaData(), table, String::equalsIgnoreCase);
                if (table == null) {
                    connection.unpublished(raw.getStatement(), () -> {
                        bare.run();
                        return null;
                    });
                } else if (key == null || Pinnable.unfindable(table) != null) {
                    uncaptured(key == null ? "the result set has not all columns of the key" : Pinnable.unfindable(table), bare);
                } else {
                    captured.run(table, key);
                }
            } catch (SQLException failed) {
                throw connection.failed(failed);
            }
        }
    }

    /** The published table behind the rows, or null; the connection is marked as writing. The driver itself refuses rows of several tables. */
    private CapturedTable table() throws SQLException {
        connection.begin();
        ResultSetMetaData columns = raw.getMetaData();
        TableName name = new TableName("", "");
        for (int column = 1; column <= columns.getColumnCount() && name.name().isEmpty(); column++) {
            name = new TableName(dialect.schema(columns.getCatalogName(column), null), columns.getTableName(column));
        }
        DatabaseFacts facts = connection.facts();
        connection.written().add(name);
        MariaDbNames names = new MariaDbNames(facts, connection.names(), dialect);
        if (facts.isNothingPublished()) {
            connection.written().addAnything();
        } else if (name.name().isEmpty() || names.isHidden(name) || new Relatives(facts).isParent(name)) {
            connection.execution().uncaptured().refuse("a view, a trigger, or foreign keys of the table behind the result set may change published rows", "updatable result set of " + name);
        }
        if (names.isElsewhere(name)) {
            connection.execution().uncaptured().refuse(MariaDbDmlPlanner.OTHER_DATABASE, "updatable result set of " + name);
        }
        return facts.captured().get(name);
    }

    private void uncaptured(String why, RawCall call) throws SQLException {
        connection.execution().uncaptured().refuse(why, "updatable result set of " + raw.getMetaData().getTableName(1));
        connection.uncaptured(() -> {
            call.run();
            return null;
        });
    }

    /** Records the row that the result set has written, as it is in the table now. */
    private void record(CapturedTable table, Operation operation, RowImage old, RowImage key) throws SQLException {
        Map<KeyImage, RowImage> now = new CurrentRows(connection, table).read(List.of(key));
        if (now.isEmpty()) {
            connection.recorder().fail(new IllegalStateException("the row that a result set has written is not found by its key"));
            return;
        }
        RowImage after = now.values().iterator().next();
        connection.recorder().record(connection.publisher(), new Change(table.shape(), operation, old == null ? null : table.oldKey(old, after), null, after, List.of()));
    }

    /** What becomes of a published table's row. */
    @FunctionalInterface
    private interface Captured {
        void run(CapturedTable table, KeyOfRow key) throws SQLException;
    }
}
