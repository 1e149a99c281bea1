// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The two statements of the sequencing step, run row by row by the key: calls inside the process. Stateless; any thread.
 *
 * @param copy   its parameters are part_end, log_offset, digest, committed_at and entry_id, in this order
 * @param delete its parameter is entry_id
 */
record RowByRow(String copy, String delete) {

    int copy(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, Object committedAt) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(copy)) {
            int copied = 0;
            for (int i = 0; i < entryIds.length; i++) {
                statement.setLong(1, partEnds[i]);
                statement.setLong(2, logOffsets[i]);
                statement.setBytes(3, digests[i]);
                statement.setObject(4, committedAt);
                statement.setLong(5, entryIds[i]);
                copied += statement.executeUpdate();
            }
            return copied;
        }
    }

    int delete(Connection raw, Long[] entryIds) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(delete)) {
            int deleted = 0;
            for (Long id : entryIds) {
                statement.setLong(1, id);
                deleted += statement.executeUpdate();
            }
            return deleted;
        }
    }
}
