// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import dev.waybill.change.ByteSink;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Triggers;
import dev.waybill.dialect.Triggers.Ended;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

/** What triggers wrote of committed transactions becomes the binary form of these, in parts. In the caller's transaction; memory is bounded but for single rows. Stateless; any thread. */
public final class WrittenByTriggers {

    private final Dialect dialect;
    private final Triggers triggers;

    /** On a database of this product. */
    public WrittenByTriggers(Dialect dialect) {
        this.dialect = dialect;
        this.triggers = dialect.triggers();
    }

    /** Takes the parts of transactions, in order. */
    @FunctionalInterface
    public interface Parts {
        void write(UUID transactionId, int part, boolean last, byte[] payload) throws SQLException;
    }

    /** Those of these transactions that triggers have written. */
    public List<Ended> among(Connection raw, List<UUID> transactions) throws SQLException {
        return triggers == null ? List.of() : triggers.ended(raw, transactions);
    }

    /**
     * Writes out these transactions, in this order, until so many bytes are exceeded, and forgets what was written about them. One that changed nothing has no part.
     *
     * @param partBytes the most bytes of one part
     * @return how many transactions were written out; at least one if there is any
     */
    public int writeOut(Connection raw, List<Ended> transactions, long byteLimit, int partBytes, Parts parts) throws SQLException {
        Run run = new Run(publisher(raw), transactions, partBytes, parts);
        int done;
        try (Triggers.Rows rows = triggers.rows(raw, transactions, new TriggerShapes(raw, dialect)::get)) {
            done = run.all(rows, byteLimit);
        } catch (IOException unwritable) {
            throw unwritable.getCause() instanceof SQLException refused ? refused : WaybillError.TRIGGERS_BROKEN.because(unwritable, unwritable.getMessage());
        }
        triggers.delete(raw, transactions.subList(0, done));
        return done;
    }

    private String publisher(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT publisher FROM " + dialect.catalogueTable("catalogue") + " WHERE one = 1")) {
            row.next();
            return row.getString(1);
        }
    }

    /** One cursor's worth. */
    private static final class Run {

        private final String publisher;
        private final List<Ended> transactions;
        private final int partBytes;
        private final Parts parts;
        private final ByteSink sink;
        private final TransactionWriter writer;
        private Ended current;
        private int nextPart;
        private long bytes;

        Run(String publisher, List<Ended> transactions, int partBytes, Parts parts) {
            this.publisher = publisher;
            this.transactions = transactions;
            this.partBytes = partBytes;
            this.parts = parts;
            this.sink = new ByteSink(1024, partBytes, full -> spill());
            this.writer = new TransactionWriter(sink);
        }

        int all(Triggers.Rows rows, long byteLimit) throws SQLException, IOException {
            int at = -1;
            while (rows.next()) {
                if (rows.transaction() != at) {
                    end();
                    if (bytes > byteLimit) {
                        return rows.transaction();
                    }
                    at = rows.transaction();
                }
                if (rows.change() != null) {
                    if (current == null) {
                        begin(transactions.get(at));
                    }
                    writer.write(rows.change());
                }
            }
            end();
            return transactions.size();
        }

        private void begin(Ended transaction) throws IOException {
            current = transaction;
            nextPart = 0;
            sink.clear();
            writer.reset();
            writer.write(new Begin(transaction.transactionId(), publisher, transaction.user(), List.of()));
        }

        private void end() throws SQLException, IOException {
            if (current != null) {
                writer.write(new End(current.at(), writer.changes()));
                spill();
                parts.write(current.transactionId(), nextPart, true, sink.bytes());
                bytes += sink.size();
                current = null;
            }
        }

        private void spill() throws IOException {
            try {
                while (sink.size() > partBytes) {
                    parts.write(current.transactionId(), nextPart++, false, sink.takeFirst(partBytes));
                    bytes += partBytes;
                }
            } catch (SQLException refused) {
                throw new IOException(refused);
            }
        }
    }
}
