// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.change.ByteSink;
import java.time.Instant;
import java.util.zip.CRC32C;

/** Gathers small transactions that follow one another until they fill a row of the journal: see {@link Block}. One thread. */
final class BlockWriter {

    /** Entry id (growing by little, as a rule), transaction id, size, checksum. */
    private static final int MOST_DIRECTORY_BYTES = 10 + 16 + 5 + 4;

    private final ByteSink directory = new ByteSink(Block.MAX_BYTES);
    private final ByteSink contents = new ByteSink(Block.MAX_BYTES);
    private OutboxRow latest;
    private long latestEntry;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether this one may follow those that are here. */
    boolean takes(OutboxRow row) {
        return count == 0 || directory.size() + MOST_DIRECTORY_BYTES + contents.size() + row.size() <= Block.MAX_BYTES
                && (row.origin() == null ? latest.origin() == null : row.origin().equals(latest.origin()));
    }

    /**
     * The next one.
     *
     * @param before the rolling digest before it
     */
    void add(OutboxRow row, Digest before) {
        if (count == 0) {
            directory.putByte(Block.FORM);
            directory.putLong(before.high());
            directory.putLong(before.low());
            latestEntry = 0;
        }
        directory.putZigzag(row.entryId() - latestEntry);
        directory.putUuid(row.transactionId());
        directory.putNumber(row.size());
        directory.putInt(row.crc());
        contents.putBytes(row.payload());
        latest = row;
        latestEntry = row.entryId();
        count++;
    }

    /**
     * The row of the journal that holds them, which for a single one is as if it had never been here; empty afterwards.
     *
     * @param end    where the last one ends
     * @param digest rolling, of the last one
     */
    JournalPart take(long end, Digest digest, Instant now) {
        int size = contents.size();
        byte[] payload = latest.payload();
        int crc = latest.crc();
        if (count > 1) {
            directory.putBytes(contents.bytes());
            payload = directory.bytes();
            CRC32C computed = new CRC32C();
            computed.update(payload);
            crc = (int) computed.getValue();
        }
        JournalPart row = new JournalPart(end, end, 0, latest.transactionId(), true, latest.origin(), null, digest, now, size, crc, payload, count);
        directory.clear();
        contents.clear();
        count = 0;
        return row;
    }
}
