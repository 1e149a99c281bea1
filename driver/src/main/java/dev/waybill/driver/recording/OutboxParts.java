// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.OutboxWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Parts of the open transaction as rows of the outbox, by the connection's own transaction. Prepares nothing before the first one. */
public final class OutboxParts implements Recorder.Outbox {

    private final Connection raw;
    private final Dialect dialect;
    private OutboxWriter writer;

    public OutboxParts(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    @Override
    public void write(UUID transactionId, int part, boolean last, byte[] buffer, int length) throws SQLException {
        if (writer == null) {
            writer = new OutboxWriter(dialect, raw);
        }
        writer.write(transactionId, part, last, buffer, 0, length);
        if (last && !dialect.keepsStatements()) {
            close();
        }
    }

    @Override
    public void delete(UUID transactionId, int part) throws SQLException {
        OutboxWriter.takeBack(dialect, raw, transactionId, part);
    }

    @Override
    public void close() throws SQLException {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }
}
