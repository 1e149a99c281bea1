// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Writes the parts of transactions into the outbox, inside the application's own transaction: its statement is prepared once for a connection. The last part is written after the transaction's
 * last write and immediately before its COMMIT, since the row's {@code entry_id} is drawn then. Neither commits nor rolls back. As thread-safe as the connection.
 */
public final class OutboxWriter implements AutoCloseable {

    /**
     * The most bytes of one part; and of every other row of ours that is deleted in numbers. H2 keeps what a transaction deletes in its undo log, up to 48 rows in one page, and loses its head over a page of more than a megabyte: while the chunk
     * with it is on its way to the disk, whoever has to write next looks for it in the file, and the database is closed under everybody (2.5.252; seen when the sequencer moved a transaction whose COMMIT was still being completed).
     */
    public static final int MAX_PART_BYTES = 20 * 1024;

    private final PreparedStatement insert;
    private final boolean thin;
    /** The parameter of a thin row. */
    private final int payload;
    private final CRC32C crc = new CRC32C();
    private int boundPart = -1;
    private boolean boundLast;

    /** A writer of local work on this connection. */
    public OutboxWriter(Dialect dialect, Connection raw) throws SQLException {
        this(dialect, raw, null);
    }

    /**
     * @param origin the publisher whose transactions are being applied here; null for local work
     */
    public OutboxWriter(Dialect dialect, Connection raw, String origin) throws SQLException {
        this(raw.prepareStatement(dialect.hasThinOutbox() ? thinInsert(dialect, origin) : insert(dialect)), dialect.hasThinOutbox(), 1);
        if (!thin) {
            insert.setString(6, origin);
        } else if (origin != null) {
            insert.setString(2, origin);
        }
    }

    private OutboxWriter(PreparedStatement insert, boolean thin, int payload) {
        this.insert = insert;
        this.thin = thin;
        this.payload = payload;
    }

    /** A column that is not bound costs nothing, and local work has no origin. */
    private static String thinInsert(Dialect dialect, String origin) {
        return "INSERT INTO " + dialect.catalogueTable("outbox") + (origin == null ? " (payload) VALUES (?)" : " (payload, origin) VALUES (?, ?)");
    }

    /**
     * A writer of last parts of local work, for databases where several statements travel in one text and rows are thin: each {@link #write} asks the fence, writes and commits, or fails and commits nothing.
     *
     * @param before  what else has to be run first, with a semicolon; may be empty
     * @param version of the catalogue under which was planned
     */
    public static OutboxWriter committing(Dialect dialect, Connection raw, String before, long version) throws SQLException {
        return fenced(raw.prepareStatement(before + fencedInsert(dialect) + ";COMMIT"), 0, version);
    }

    /**
     * A writer of local work that goes along with a statement of the application's, which is a transaction by itself, for databases where several statements of one text are one when there is no other, and rows are thin: each
     * {@link #write} runs that statement, asks the fence and writes, or fails and leaves nothing.
     *
     * @param sql        that statement; whoever writes binds its parameters before, on {@link #statement}
     * @param parameters how many it has
     * @param version    of the catalogue under which was planned
     */
    public static OutboxWriter along(Dialect dialect, Connection raw, String sql, int parameters, long version) throws SQLException {
        return fenced(raw.prepareStatement(sql + "\n;" + fencedInsert(dialect)), parameters, version);
    }

    private static OutboxWriter fenced(PreparedStatement statement, int before, long version) throws SQLException {
        statement.setLong(before + 1, version);
        return new OutboxWriter(statement, true, before + 2);
    }

    /** The check is part of the INSERT: each statement costs the server, and its client, nearly as much as the row. */
    private static String fencedInsert(Dialect dialect) {
        return "INSERT INTO " + dialect.catalogueTable("outbox") + " (payload) VALUES (" + dialect.fencedPayload() + ")";
    }

    /** The statement that it runs. */
    public PreparedStatement statement() {
        return insert;
    }

    private static String insert(Dialect dialect) {
        boolean draws = dialect.drawnEntryId() != null;
        return "INSERT INTO " + dialect.catalogueTable("outbox") + " (transaction_id, part, last, size, digest, origin, payload" + (draws ? ", " + dialect.entryId() : "") + ") VALUES (?, ?, ?, ?, ?, ?, ?"
                + (draws ? ", " + dialect.drawnEntryId() : "") + ")";
    }

    /**
     * Writes one part.
     *
     * @param part from 0, without holes in what is left after rollbacks to savepoints
     * @param last whether the transaction ends with it
     * @throws SQLException the database's own, or ENTRY_TOO_LARGE for a length that is not 1 to {@link #MAX_PART_BYTES}
     */
    public void write(UUID transactionId, int part, boolean last, byte[] buffer, int offset, int length) throws SQLException {
        if (length < 1 || length > MAX_PART_BYTES) {
            throw WaybillError.ENTRY_TOO_LARGE.with(transactionId, length, MAX_PART_BYTES);
        }
        if (thin) {
            insert.setBytes(payload, OutboxHead.row(transactionId, part, last, buffer, offset, length, crc));
            insert.execute();
            return;
        }
        crc.reset();
        crc.update(buffer, offset, length);
        insert.setObject(1, transactionId);
        bindPlace(part, last);
        insert.setInt(4, length);
        insert.setInt(5, (int) crc.getValue());
        insert.setBytes(7, offset == 0 && length == buffer.length ? buffer : Arrays.copyOfRange(buffer, offset, offset + length));
        insert.execute();
    }

    /** Nearly all are the first and last part, and what is bound stays bound. */
    private void bindPlace(int part, boolean last) throws SQLException {
        if (part != boundPart || last != boundLast) {
            boundPart = -1;
            insert.setInt(2, part);
            insert.setBoolean(3, last);
            boundPart = part;
            boundLast = last;
        }
    }

    /** Takes a part back that the open transaction has written on this connection, as if it had never been. */
    public static void takeBack(Dialect dialect, Connection raw, UUID transactionId, int part) throws SQLException {
        String which = dialect.hasThinOutbox() ? "SUBSTRING(payload FROM 3 FOR 20) = ?" : "transaction_id = ? AND part = ?";
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + dialect.catalogueTable("outbox") + " WHERE " + which)) {
            if (dialect.hasThinOutbox()) {
                delete.setBytes(1, OutboxHead.place(transactionId, part));
            } else {
                delete.setObject(1, transactionId);
                delete.setInt(2, part);
            }
            delete.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        insert.close();
    }
}
