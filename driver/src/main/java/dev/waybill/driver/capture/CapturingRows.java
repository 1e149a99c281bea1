// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.capture.ConnectionCapture.UpdatableRows;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes through an updatable result set: the key is read from the row before and after, the row itself again from the table; a new row is inserted by a statement of ours. A result set without the key's columns follows
 * {@code waybill.uncaptured} where a row of it is changed. As thread-safe as the connection, whose lock it takes.
 */
final class CapturingRows implements UpdatableRows {

    private final CapturingConnection connection;
    private final ResultSet raw;
    private final NewRow fresh;

    CapturingRows(CapturingConnection connection, ResultSet raw) {
        this.connection = connection;
        this.raw = raw;
        this.fresh = new NewRow(raw);
    }

    /** Whether the database would refuse it anyway, in its own words. */
    private boolean isReadOnly() throws SQLException {
        return raw.isClosed() || raw.getConcurrency() != ResultSet.CONCUR_UPDATABLE;
    }

    @Override
    public ResultSet inserting() {
        return fresh.begin();
    }

    @Override
    public void notInserting() {
        fresh.end();
    }

    @Override
    public void insertRow() throws SQLException {
        write(() -> {
            if (isReadOnly() || !fresh.isBegun()) {
                raw.insertRow();
                return;
            }
            CapturedTable table = table(Operation.INSERT);
            KeyOfRow key = table == null ? null : KeyOfRow.in(raw.getMetaData(), table, String::equals);
            if (table == null) {
                pass(raw::insertRow);
            } else if (!connection.session().showsInsertedRows()) {
                connection.inTransaction(() -> insert(table));
                raw.moveToCurrentRow();
            } else if (key == null) {
                uncaptured("the result set has not all columns of the key", raw::insertRow);
            } else {
                connection.inTransaction(() -> {
                    raw.insertRow();
                    recordNow(table, key, Operation.INSERT, null);
                    return null;
                });
            }
            fresh.end();
        });
    }

    /** What the database has stored is told by a statement of ours only: it is the same that the raw result set would run. */
    private Void insert(CapturedTable table) throws SQLException {
        try (PreparedStatement insert = connection.raw().prepareStatement(fresh.insert(), table.requested().names())) {
            fresh.bind(insert);
            insert.executeUpdate();
            connection.execution().rows().recorded(new Plan.KeysWrite(table, Operation.INSERT), insert.getGeneratedKeys(), table.requested(), false);
            return null;
        }
    }

    @Override
    public void updateRow() throws SQLException {
        write(() -> {
            CapturedTable table = isReadOnly() || fresh.isBegun() ? null : table(Operation.UPDATE);
            KeyOfRow key = table == null ? null : KeyOfRow.in(raw.getMetaData(), table, String::equals);
            if (table == null) {
                pass(raw::updateRow);
            } else if (key == null) {
                uncaptured("the result set has not all columns of the key", raw::updateRow);
            } else {
                connection.inTransaction(() -> {
                    RowImage old = key.image(raw, connection.database().dialect());
                    raw.updateRow();
                    recordNow(table, key, Operation.UPDATE, old);
                    return null;
                });
            }
        });
    }

    @Override
    public void deleteRow() throws SQLException {
        write(() -> {
            CapturedTable table = isReadOnly() || fresh.isBegun() ? null : table(Operation.DELETE);
            KeyOfRow key = table == null ? null : KeyOfRow.in(raw.getMetaData(), table, String::equals);
            if (table == null) {
                pass(raw::deleteRow);
            } else if (key == null) {
                uncaptured("the result set has not all columns of the key", raw::deleteRow);
            } else {
                connection.inTransaction(() -> {
                    RowImage old = key.image(raw, connection.database().dialect());
                    raw.deleteRow();
                    record(new Change(table.shape(), Operation.DELETE, null, old, null, List.of()));
                    return null;
                });
            }
        });
    }

    private void write(CapturingConnection.RawCall call) throws SQLException {
        synchronized (connection) {
            try {
                call.run();
            } catch (SQLException failed) {
                throw connection.failed(failed);
            }
        }
    }

    /** The published table behind the rows, or null; the connection is marked as writing. Refused where other rows would change along. */
    private CapturedTable table(Operation operation) throws SQLException {
        connection.begin();
        TableName name = name(raw.getMetaData());
        DatabaseFacts facts = connection.facts();
        if (facts.isNothingPublished()) {
            connection.written().addAnything();
        }
        connection.written().add(name);
        if (!facts.isNothingPublished()) {
            if (name.name().isEmpty()) {
                connection.execution().uncaptured().refuse("the table behind the result set cannot be made out", "updatable result set");
            }
            if (facts.triggers().contains(name) || new Relatives(facts).isFollowed(name, operation)) {
                connection.execution().uncaptured().refuse("triggers or foreign keys of table " + name + " may change published rows", "updatable result set of " + name);
            }
        }
        return facts.captured().get(name);
    }

    /** Of the first column that has one: an expression has none. */
    private TableName name(ResultSetMetaData columns) throws SQLException {
        TableName name = new TableName("", "");
        for (int column = 1; column <= columns.getColumnCount() && name.name().isEmpty(); column++) {
            name = connection.session().table(columns, column);
        }
        return name;
    }

    private void pass(CapturingConnection.RawCall call) throws SQLException {
        connection.uncaptured(() -> {
            call.run();
            return null;
        });
    }

    private void uncaptured(String why, CapturingConnection.RawCall call) throws SQLException {
        connection.execution().uncaptured().refuse(why, "updatable result set of " + raw.getMetaData().getTableName(1));
        pass(call);
    }

    /** Records the row that the result set has written, as it is in the table now. */
    private void recordNow(CapturedTable table, KeyOfRow key, Operation operation, RowImage old) throws SQLException {
        RowImage moved = key.image(raw, connection.database().dialect());
        String columns = Arrays.stream(table.captured()).map(Quoting::quote).collect(Collectors.joining(", "));
        String condition = table.keyColumns().stream().map(column -> Quoting.quote(column) + " = ?").collect(Collectors.joining(" AND "));
        try (PreparedStatement again = connection.raw().prepareStatement("SELECT " + columns + " FROM " + Quoting.quote(table.name()) + " WHERE " + condition)) {
            for (int i = 0; i < table.key().length; i++) {
                connection.database().dialect().bind(again, i + 1, moved.value(table.key()[i]), table.type(table.key()[i]));
            }
            try (ResultSet row = again.executeQuery()) {
                if (!row.next()) {
                    connection.recorder().fail(new IllegalStateException("the row that a result set has written is not found by its key"));
                    return;
                }
                RowImage after = table.image(connection.database().dialect(), row, table.requested().captured(false));
                record(new Change(table.shape(), operation, old == null ? null : table.oldKey(old, after), null, after, List.of()));
            }
        }
    }

    private void record(Change change) throws SQLException {
        connection.recorder().record(connection.publisher(), change);
    }
}
