// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The two statements of the sequencing step in words that all products know, row by row by the key: calls inside the process. */
final class GenericSequencing {

    private static final String COPY = "INSERT INTO waybill.journal (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload, transactions)"
            + " SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), part, transaction_id, last, origin, CAST(NULL AS VARCHAR(128)), ?, ?, size, digest, payload, 1 FROM waybill.outbox WHERE entry_id = ?";

    private static final String DELETE = "DELETE FROM waybill.outbox WHERE entry_id = ?";

    private GenericSequencing() {}

    static int copy(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, Object committedAt) throws SQLException {
        try (PreparedStatement copy = raw.prepareStatement(COPY)) {
            int copied = 0;
            for (int i = 0; i < entryIds.length; i++) {
                copy.setLong(1, partEnds[i]);
                copy.setLong(2, logOffsets[i]);
                copy.setBytes(3, digests[i]);
                copy.setObject(4, committedAt);
                copy.setLong(5, entryIds[i]);
                copied += copy.executeUpdate();
            }
            return copied;
        }
    }

    static int delete(Connection raw, Long[] entryIds) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement(DELETE)) {
            int deleted = 0;
            for (Long id : entryIds) {
                delete.setLong(1, id);
                deleted += delete.executeUpdate();
            }
            return deleted;
        }
    }
}
