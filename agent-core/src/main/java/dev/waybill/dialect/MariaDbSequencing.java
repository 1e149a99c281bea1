// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;

/** The two statements of MariaDB's sequencing step. Lists go in as one JSON document, since there are no arrays. At READ COMMITTED neither locks a row that is not in the list. */
final class MariaDbSequencing {

    private static final String LIST = "JSON_TABLE(?, '$[*]' COLUMNS (entry_id BIGINT PATH '$[0]', part_end BIGINT PATH '$[1]', log_offset BIGINT PATH '$[2]', digest CHAR(32) PATH '$[3]')) AS n";

    private final String copy;
    private final String delete;

    MariaDbSequencing(Dialect dialect) {
        String outbox = dialect.catalogueTable("outbox");
        copy = "INSERT INTO " + dialect.catalogueTable("journal") + " (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload)"
                + " SELECT STRAIGHT_JOIN n.part_end, n.log_offset, o.part, o.transaction_id, o.last, o.origin, NULL, UNHEX(n.digest), ?, o.size, o.digest, o.payload"
                + " FROM " + LIST + " JOIN " + outbox + " AS o FORCE INDEX (PRIMARY) ON o.entry_id = n.entry_id";
        delete = "DELETE o FROM JSON_TABLE(?, '$[*]' COLUMNS (entry_id BIGINT PATH '$')) AS n STRAIGHT_JOIN " + outbox + " AS o FORCE INDEX (PRIMARY) ON o.entry_id = n.entry_id";
    }

    int copy(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        StringBuilder list = new StringBuilder("[");
        for (int i = 0; i < entryIds.length; i++) {
            list.append(i == 0 ? "[" : ",[").append(entryIds[i]).append(',').append(partEnds[i]).append(',').append(logOffsets[i]).append(",\"").append(HexFormat.of().formatHex(digests[i])).append("\"]");
        }
        try (PreparedStatement statement = raw.prepareStatement(copy)) {
            statement.setString(1, MariaDbValues.moment(committedAt.toInstant()));
            statement.setString(2, list.append(']').toString());
            return statement.executeUpdate();
        }
    }

    /** Row by row through the key, in the order of the list: a scan, which MariaDB prefers for short tables, would wait for the rows of those who have not committed. */
    int delete(Connection raw, Long[] entryIds) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(delete)) {
            statement.setString(1, Arrays.toString(entryIds));
            return statement.executeUpdate();
        }
    }
}
