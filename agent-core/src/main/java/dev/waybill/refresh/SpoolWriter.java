// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.OutboxWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Writes a spool, some parts in each transaction; the spool is complete when it was closed. One thread. */
final class SpoolWriter extends OutputStream {

    private static final int PART_BYTES = OutboxWriter.MAX_PART_BYTES;
    private static final int PARTS_AT_ONCE = 200;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final UUID spoolId;
    private final byte[] buffer = new byte[PART_BYTES];
    private final List<byte[]> parts = new ArrayList<>();
    private int filled;
    private int written;
    private long sizeBytes;

    SpoolWriter(AgentDatabase database, Dialect dialect, UUID spoolId) {
        this.database = database;
        this.dialect = dialect;
        this.spoolId = spoolId;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (filled == PART_BYTES) {
                endPart();
            }
            int count = Math.min(length - done, PART_BYTES - filled);
            System.arraycopy(bytes, offset + done, buffer, filled, count);
            filled += count;
            done += count;
        }
    }

    /** Writes the rest and marks the last part. Not called for a snapshot that failed: what is there is garbage then, and known as such. */
    void complete() throws IOException {
        parts.add(Arrays.copyOf(buffer, filled));
        sizeBytes += filled;
        filled = 0;
        store(true);
    }

    /** The length of what was written, once it is complete. */
    long sizeBytes() {
        return sizeBytes;
    }

    private void endPart() throws IOException {
        parts.add(buffer.clone());
        sizeBytes += filled;
        filled = 0;
        if (parts.size() == PARTS_AT_ONCE) {
            store(false);
        }
    }

    private void store(boolean complete) throws IOException {
        try {
            database.transact(DurableStep.SPOOL_SNAPSHOT, raw -> {
                String sql = "INSERT INTO " + dialect.catalogueTable("snapshot_spool") + " (spool_id, part, last, size, crc, payload) VALUES (?, ?, ?, ?, ?, ?)";
                try (PreparedStatement statement = raw.prepareStatement(sql)) {
                    for (int index = 0; index < parts.size(); index++) {
                        add(statement, written + index, complete && index == parts.size() - 1, parts.get(index));
                    }
                    statement.executeBatch();
                }
                return null;
            });
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
        written += parts.size();
        parts.clear();
    }

    private void add(PreparedStatement statement, int part, boolean last, byte[] payload) throws SQLException {
        statement.setObject(1, spoolId);
        statement.setInt(2, part);
        statement.setBoolean(3, last);
        statement.setInt(4, payload.length);
        statement.setInt(5, SpoolStream.crc(payload));
        statement.setBytes(6, payload);
        statement.addBatch();
    }
}
