// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * A visible row of the outbox.
 *
 * @param origin  publisher whose transaction was applied here; null for local work, and where there is no payload
 * @param payload of a small transaction that goes into a block; null for all others, which the database moves by itself
 */
record OutboxRow(long entryId, UUID transactionId, int part, boolean last, int size, int crc, String origin, byte[] payload) {

    /** The most bytes of a transaction that goes into a block; it bounds what a look at the outbox holds. */
    static final int SMALL_BYTES = 2 * 1024;

    /** By how much the journal grows by a transaction. */
    static long bytes(List<OutboxRow> parts) {
        long bytes = 0;
        for (OutboxRow row : parts) {
            bytes += row.size();
        }
        return bytes;
    }

    /**
     * A row that is its payload alone.
     *
     * @param rowBytes how long it is
     * @param row      all of it where it may go into a block and is not longer than a small transaction's, or else its {@link OutboxHead}
     * @throws SQLException OUTBOX_BROKEN for one that does not begin with a head
     */
    static OutboxRow of(long entryId, int rowBytes, String origin, byte[] row) throws SQLException {
        if (!OutboxHead.isHead(row, rowBytes)) {
            throw WaybillError.OUTBOX_BROKEN.with("of row " + entryId, "it does not begin with what every row begins with, or has nothing behind it");
        }
        int size = rowBytes - OutboxHead.BYTES;
        int part = OutboxHead.part(row);
        boolean last = OutboxHead.last(row);
        boolean small = part == 0 && last && row.length == rowBytes;
        return new OutboxRow(entryId, OutboxHead.transactionId(row), part, last, size, OutboxHead.crc(row), small ? origin : null, small ? Arrays.copyOfRange(row, OutboxHead.BYTES, rowBytes) : null);
    }
}
