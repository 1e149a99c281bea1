// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.change.TransactionWriter;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A source database whose statements are executed and noted at once, by H2's own data change tables: what a capture would write, without one. */
final class Source {

    private final TestDatabase database;
    private final Connection connection;
    private final Map<String, TableShape> shapes = new HashMap<>();
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private TransactionWriter writer;
    private long changes;
    private long offset;

    Source(TestDatabase database) {
        this(database, database.connection());
    }

    Source(TestDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    Source insert(String table, String sql) throws SQLException, IOException {
        return run(table, Operation.INSERT, "FINAL TABLE", sql);
    }

    Source update(String table, String sql) throws SQLException, IOException {
        return run(table, Operation.UPDATE, "FINAL TABLE", sql);
    }

    Source delete(String table, String sql) throws SQLException, IOException {
        return run(table, Operation.DELETE, "OLD TABLE", sql);
    }

    /** A change noted but not executed. */
    Source note(Change change) throws IOException {
        begin();
        writer.write(change);
        changes++;
        return this;
    }

    /** The content of a table as a snapshot that replaces it. */
    Source snapshot(String table) throws SQLException, IOException {
        begin();
        writer.write(new SnapshotStart("all", null, List.of(database.dialect().describe(connection, "PUBLIC", table))));
        long rows = changes;
        TableShape shape = shape(table);
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
            while (row.next()) {
                note(new Change(shape, Operation.INSERT, null, null, read(shape, row), List.of()));
            }
        }
        writer.write(new SnapshotEnd(changes - rows));
        return this;
    }

    private void begin() throws IOException {
        if (writer == null) {
            bytes = new ByteArrayOutputStream();
            writer = new TransactionWriter(bytes);
            writer.write(new Begin(UUID.randomUUID(), "hq", "", List.of()));
        }
    }

    /** The end of the transaction. */
    ReceivedTransaction commit() throws IOException {
        byte[] content = end();
        offset += content.length;
        return received(offset, content);
    }

    /** The bytes of the transaction, which ends. */
    byte[] end() throws IOException {
        if (writer == null) {
            throw new IllegalStateException("nothing was written");
        }
        writer.write(new End(Instant.EPOCH, changes));
        forget();
        return bytes.toByteArray();
    }

    /** The transaction was rolled back. */
    void forget() {
        writer = null;
        changes = 0;
    }

    boolean isEmpty() {
        return writer == null;
    }

    static ReceivedTransaction received(long offset, byte[] content) {
        return new ReceivedTransaction(new LogOffset(offset), new Digest(offset, 1), new ReceivedTransaction.InMemory(content, 0, content.length));
    }

    TableShape shape(String table) throws SQLException {
        TableShape shape = shapes.get(table);
        if (shape == null) {
            shape = database.dialect().describe(connection, "PUBLIC", table).shape();
            shapes.put(table, shape);
        }
        return shape;
    }

    /** An image with these columns, named and given in turn. */
    RowImage image(String table, Object... namesAndValues) throws SQLException {
        TableShape shape = shape(table);
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        for (int index = 0; index < namesAndValues.length; index += 2) {
            values[shape.columns().stream().map(ColumnShape::name).toList().indexOf(namesAndValues[index])] = namesAndValues[index + 1];
        }
        return new RowImage(values);
    }

    /** H2 does not undo a data change table that fails (2.5.252): a savepoint does. */
    private Source run(String table, Operation operation, String which, String sql) throws SQLException, IOException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        Savepoint before = connection.setSavepoint();
        try {
            execute(shape(table), operation, which, sql);
        } catch (SQLException refused) {
            connection.rollback(before);
            throw refused;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
        return this;
    }

    private void execute(TableShape shape, Operation operation, String which, String sql) throws SQLException, IOException {
        String columns = shape.columns().stream().map(column -> '"' + column.name() + '"').collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT " + columns + " FROM " + which + " (" + sql + ")")) {
            while (row.next()) {
                RowImage image = read(shape, row);
                note(operation == Operation.DELETE ? new Change(shape, operation, null, image, null, List.of()) : new Change(shape, operation, null, null, image, List.of()));
            }
        }
    }

    private RowImage read(TableShape shape, ResultSet row) throws SQLException {
        Object[] values = new Object[shape.columns().size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = database.dialect().read(row, index + 1, shape.columns().get(index).type());
        }
        return new RowImage(values);
    }
}
