// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.audience.Settlement;
import dev.waybill.change.ByteSink;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.OutboxWriter;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction on its way into the outbox, in the transaction that applies it: parts as they fill, the last one when all of it has been performed. So its place in the journal is behind everything that it followed. One thread.
 */
final class OnwardEntry {

    private static final int MOST_HELD = 100_000;

    private final Connection raw;
    private final Dialect dialect;
    private final String origin;
    private final Begin begin;
    private final ByteSink sink = new ByteSink(1024, OutboxWriter.MAX_PART_BYTES + 1, this::writeParts);
    private final TransactionWriter writer = new TransactionWriter(sink);
    private final Settlement settlement;
    private final List<Change> held = new ArrayList<>();
    private OutboxWriter outbox;
    private Seen seen;
    private boolean begun;
    private int part;

    /**
     * @param origin     from whom it came; null for this database's own
     * @param settlement how it is found out who gets rows of which other tables say so; null where there are none
     */
    OnwardEntry(Connection raw, Dialect dialect, String origin, Begin begin, Settlement settlement) {
        this.settlement = settlement;
        this.raw = raw;
        this.dialect = dialect;
        this.origin = origin;
        this.begin = begin;
    }

    /** What its sender had seen; before the first change. */
    void seen(Seen said) {
        seen = said;
    }

    /** From a change that has to be settled on, all wait for the end. */
    void add(Change change) throws SQLException {
        if (settlement != null && !change.has(Note.ASKED) && (!held.isEmpty() || settlement.concerns(TableName.of(change.table())))) {
            if (held.size() == MOST_HELD) {
                throw WaybillError.AUDIENCE_TOO_MANY.with(MOST_HELD);
            }
            held.add(change);
        } else {
            begin();
            write(change);
        }
    }

    private void settle() throws SQLException {
        if (!held.isEmpty()) {
            begin();
            settlement.settle(held, this::write);
            held.clear();
        }
    }

    /**
     * It is complete. Without changes it is not written, unless it has to mark a place.
     *
     * @param committedAt by its writer's clock
     */
    void end(Instant committedAt, boolean marks) throws SQLException {
        settle();
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
