// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

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
}
