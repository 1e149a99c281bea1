// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What an outbox row begins with where it is its payload alone (see {@link dev.waybill.dialect.Dialect#hasThinOutbox}). Stateless; any thread.
 * <pre>
 *   0       1        2           6                    22          26
 *   ┌───────┬────────┬───────────┬────────────────────┬───────────┬───── ─ ─
 *   │ form 1│ last   │ part      │ transaction id     │ CRC-32C   │ slice of the transaction's binary form
 *   │       │ 1 or 0 │ from 0    │                    │ of slice  │
 *   └───────┴────────┴───────────┴────────────────────┴───────────┴───── ─ ─
 * </pre>
 */
final class OutboxHead {

    static final int BYTES = 26;

    private static final int FORM = 1;
    private static final int PART = 2;
    private static final int ID = 6;
    private static final int CRC = 22;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private OutboxHead() {}

    /** The row of this part. */
    static byte[] row(UUID transactionId, int part, boolean last, byte[] buffer, int offset, int length, CRC32C crc) {
        byte[] row = new byte[BYTES + length];
        row[0] = FORM;
        row[1] = (byte) (last ? 1 : 0);
        INT.set(row, PART, part);
        LONG.set(row, ID, transactionId.getMostSignificantBits());
        LONG.set(row, ID + 8, transactionId.getLeastSignificantBits());
        System.arraycopy(buffer, offset, row, BYTES, length);
        crc.reset();
        crc.update(row, BYTES, length);
        INT.set(row, CRC, (int) crc.getValue());
        return row;
    }

    /** What all rows of a transaction have in common up to this part, from {@link #PART} on: they are found by it. */
    static byte[] place(UUID transactionId, int part) {
        byte[] place = new byte[CRC - PART];
        INT.set(place, 0, part);
        LONG.set(place, ID - PART, transactionId.getMostSignificantBits());
        LONG.set(place, ID - PART + 8, transactionId.getLeastSignificantBits());
        return place;
    }

    /** Whether a row begins with such a head, and has more than that. */
    static boolean isHead(byte[] row, int rowBytes) {
        return rowBytes > BYTES && row.length >= BYTES && row[0] == FORM && (row[1] & ~1) == 0;
    }

    static boolean last(byte[] row) {
        return row[1] == 1;
    }

    static int part(byte[] row) {
        return (int) INT.get(row, PART);
    }

    static UUID transactionId(byte[] row) {
        return new UUID((long) LONG.get(row, ID), (long) LONG.get(row, ID + 8));
    }

    static int crc(byte[] row) {
        return (int) INT.get(row, CRC);
    }
}
