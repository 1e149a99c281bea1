// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** The two statements of H2's sequencing step, as fast as H2 allows (figures on the package page). */
final class H2Sequencing {

    /**
     * The outer join makes H2 walk the arrays and look each row up by its id; as an inner join it scans the outbox for every element. A row that is not there becomes NULLs, which NOT NULL
     * refuses. The row is taken apart where {@code journal.OutboxHead} has put it together.
     */
    private static final String COPY = "INSERT INTO waybill.journal (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload)"
            + " SELECT n.part_end, n.log_offset, CAST(SUBSTRING(o.payload FROM 3 FOR 4) AS INTEGER), CAST(SUBSTRING(o.payload FROM 7 FOR 16) AS UUID), SUBSTRING(o.payload FROM 2 FOR 1) = X'01', o.origin, NULL, n.digest, ?,"
            + " OCTET_LENGTH(o.payload) - 26, CAST(SUBSTRING(o.payload FROM 23 FOR 4) AS INTEGER), SUBSTRING(o.payload FROM 27)"
            + " FROM UNNEST(CAST(? AS BIGINT ARRAY), CAST(? AS BIGINT ARRAY), CAST(? AS BIGINT ARRAY), CAST(? AS BINARY(16) ARRAY)) AS n(entry_id, part_end, log_offset, digest)"
            + " LEFT JOIN waybill.outbox o ON o._ROWID_ = n.entry_id";

    private static final String DELETE = "DELETE FROM waybill.outbox WHERE _ROWID_ BETWEEN ? AND ?";

    private static final int RANGE = 200;

    private H2Sequencing() {}

    static int copy(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        try (PreparedStatement copy = raw.prepareStatement(COPY)) {
            copy.setObject(1, committedAt);
            copy.setObject(2, entryIds);
            copy.setObject(3, partEnds);
            copy.setObject(4, logOffsets);
            copy.setObject(5, digests);
            return copy.executeUpdate();
        }
    }

    /**
     * {@code = ANY(?)} compares every row with every element; ranges are hundreds of times faster. A range is deleted only where every id between its ends is in the list: ids are unique, so no
     * row that became visible in between can lie there. H2 holds the rows of one DELETE, payloads and all, so a range is short.
     */
    static int delete(Connection raw, Long[] entryIds) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement(DELETE)) {
            int from = 0;
            for (int i = 1; i <= entryIds.length; i++) {
                if (i == entryIds.length || i - from == RANGE || entryIds[i] != entryIds[i - 1] + 1) {
                    delete.setLong(1, entryIds[from]);
                    delete.setLong(2, entryIds[i - 1]);
                    delete.addBatch();
                    from = i;
                }
            }
            int deleted = 0;
            for (int count : delete.executeBatch()) {
                deleted += count;
            }
            return deleted;
        }
    }
}
