// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ByteSink;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.OutboxWriter;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * One transaction on its way into the outbox, in the transaction that applies it: parts as they fill, the last one when all of it has been performed. So its place in the journal is behind everything that it followed. One thread.
 */
final class OnwardEntry {

    private final Connection raw;
    private final Dialect dialect;
    private final String origin;
    private final Begin begin;
    private final ByteSink sink = new ByteSink(1024, OutboxWriter.MAX_PART_BYTES + 1, this::writeParts);
    private final TransactionWriter writer = new TransactionWriter(sink);
    private OutboxWriter outbox;
    private Seen seen;
    private boolean begun;
    private int part;

    /** @param origin from whom it came; null for this database's own */
    OnwardEntry(Connection raw, Dialect dialect, String origin, Begin begin) {
        this.raw = raw;
        this.dialect = dialect;
        this.origin = origin;
        this.begin = begin;
    }

    /** What its sender had seen; before the first change. */
    void seen(Seen said) {
        seen = said;
    }

    void add(Change change) throws SQLException {
        begin();
        write(change);
    }

    /**
     * It is complete. Without changes it is not written, unless it has to mark a place.
     *
     * @param committedAt by its writer's clock
     */
    void end(Instant committedAt, boolean marks) throws SQLException {
        if (!begun && !marks) {
            return;
        }
        begin();
        write(new End(committedAt, writer.changes()));
        byte[] rest = sink.bytes();
        outbox().write(begin.transactionId(), part, true, rest, 0, rest.length);
        close();
    }

    /** Nothing more is written; what was is the caller's to roll back. */
    void close() throws SQLException {
        if (outbox != null) {
            outbox.close();
            outbox = null;
        }
    }

    private void begin() throws SQLException {
        if (!begun) {
            begun = true;
            write(begin);
            if (seen != null) {
                write(seen);
            }
        }
    }

    private void write(TransactionRecord record) throws SQLException {
        try {
            writer.write(record);
        } catch (IOException failed) {
            throw failed.getCause() instanceof SQLException database ? database : new SQLException(failed.getMessage(), failed);
        }
    }

    private void writeParts(ByteSink full) throws IOException {
        try {
            while (full.size() > OutboxWriter.MAX_PART_BYTES) {
                byte[] next = full.takeFirst(OutboxWriter.MAX_PART_BYTES);
                outbox().write(begin.transactionId(), part++, false, next, 0, next.length);
            }
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
    }

    private OutboxWriter outbox() throws SQLException {
        if (outbox == null) {
            outbox = new OutboxWriter(dialect, raw, origin);
        }
        return outbox;
    }
}
