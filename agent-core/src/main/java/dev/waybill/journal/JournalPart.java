// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One row of the journal: a part of a transaction, or a {@link Block} of several whole ones.
 *
 * @param transactions how many there are: 1, or more in a block
 */
record JournalPart(long end, long logOffset, int part, UUID transactionId, boolean last, String origin, String target, Digest digest, Instant committedAt, int size, int crc, byte[] payload, int transactions) {

    static final String COLUMNS = "part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload, transactions";

    static JournalPart of(Dialect dialect, ResultSet row) throws SQLException {
        return new JournalPart(row.getLong(1), row.getLong(2), row.getInt(3), dialect.uuid(row, 4), row.getBoolean(5), row.getString(6), row.getString(7), Digest.of(row.getBytes(8)),
                dialect.moment(row, 9), row.getInt(10), row.getInt(11), row.getBytes(12), row.getInt(13));
    }

    /** Where it begins, which is where the row before it ends. */
    long begin() {
        return end - size;
    }

    boolean isBlock() {
        return transactions > 1;
    }

    /** The payload, after it was held against its size, unless it is a block, and its checksum. */
    byte[] checkedPayload() throws SQLException {
        if (!isBlock() && payload.length != size) {
            throw broken("part " + part + " of transaction " + transactionId + " has " + payload.length + " bytes, " + size + " were written");
        }
        CRC32C computed = new CRC32C();
        computed.update(payload);
        if ((int) computed.getValue() != crc) {
            throw broken("part " + part + " of transaction " + transactionId + " does not match its checksum");
        }
        return payload;
    }

    SQLException broken(String fact) {
        return WaybillError.JOURNAL_BROKEN.with(new LogOffset(logOffset), fact);
    }
}
