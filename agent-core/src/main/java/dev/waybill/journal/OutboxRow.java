// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.util.UUID;

/** A visible row of the outbox without its payload. */
record OutboxRow(long entryId, UUID transactionId, int part, boolean last, int size, int crc) {}
