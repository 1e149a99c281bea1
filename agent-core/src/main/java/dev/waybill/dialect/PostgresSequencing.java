// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * The statements of PostgreSQL's sequencing step.
 *
 * <p>Rows that were sequenced stay in the table as dead ones until they are vacuumed, and as long as any old snapshot is open nothing is vacuumed. So a look does not begin at the table's beginning: {@code outbox_seen} holds a
 * snapshot of which everything visible was moved, and what was not visible in it was written by a transaction that had begun later or was under way then:
 * <pre>
 *   writer:   … 88  89  90  91  92 │ 93  94 …        seen = (xmin 88, xmax 93, under way: 88, 91)
 *                ▲       all moved      ▲ ▲
 *                └ 88 and 91 by name,   └ every later one: two look-ups in the index on writer
 * </pre>
 */
final class PostgresSequencing {

    /** The snapshot is moved on when this many transactions were begun since: one row written for each, and at most so many dead rows to look through. */
    private static final int SEEN_EVERY = 1_000;

    private static final String LATER = "writer >= pg_snapshot_xmax((SELECT seen FROM waybill.outbox_seen))";
    private static final String UNDER_WAY = "writer = ANY(ARRAY(SELECT pg_snapshot_xip(seen) FROM waybill.outbox_seen))";

    /** Not one condition with OR: then the planner goes through the whole index. */
    static final String WAITING = "(SELECT * FROM waybill.outbox WHERE " + LATER + " UNION ALL SELECT * FROM waybill.outbox WHERE " + UNDER_WAY + ") AS waiting";

    /** The row is taken apart where {@code journal.OutboxHead} has put it together; its head is hexadecimal digits, of which numbers and ids are made without a look at the rest of a long payload. OFFSET keeps that from being done over and over. */
    private static final String COPY = "INSERT INTO waybill.journal (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload)"
            + " SELECT r.part_end, r.log_offset, " + integer(5) + ", CAST(substr(r.head, 13, 32) AS uuid), substr(r.head, 3, 2) = '01', r.origin, NULL, r.digest, ?, octet_length(r.payload) - 26, " + integer(45)
            + ", substring(r.payload FROM 27) FROM (SELECT n.part_end, n.log_offset, n.digest, waiting.origin, waiting.payload, encode(substring(waiting.payload FROM 1 FOR 26), 'hex') AS head"
            + " FROM unnest(?, ?, ?, ?) AS n(entry_id, part_end, log_offset, digest) JOIN " + WAITING + " ON waiting.entry_id = n.entry_id OFFSET 0) AS r";

    private static final String DELETE = "DELETE FROM waybill.outbox USING unnest(?) AS n(id) WHERE entry_id = n.id AND ";

    /** One statement sees one snapshot: if nothing waits in it (what this transaction has deleted does not), everything visible in it was moved. */
    private static final String SEEN = "UPDATE waybill.outbox_seen SET seen = pg_current_snapshot() WHERE NOT EXISTS (SELECT 1 FROM " + WAITING + ")"
            + " AND abs(pg_snapshot_xmax(pg_current_snapshot())::text::bigint - pg_snapshot_xmax(seen)::text::bigint) > " + SEEN_EVERY;

    /**
     * For an agent that begins: the next look is at everything. In a database that was restored from a dump into another cluster, transaction ids and places in the log begin anew: then rows that came with the dump stand before all others.
     */
    private static final List<String> LOOK_ANEW = List.of(
            "UPDATE waybill.outbox_seen SET seen = '1:1:' WHERE CAST(seen AS text) <> '1:1:'",
            "UPDATE waybill.outbox SET entry_id = entry_id - (SELECT max(entry_id) - coalesce(min(entry_id) FILTER (WHERE entry_id <= pg_current_wal_insert_lsn() - '0/0'), 0) + 1 FROM waybill.outbox)"
                    + " WHERE entry_id > pg_current_wal_insert_lsn() - '0/0'");

    private PostgresSequencing() {}

    private static String integer(int digit) {
        return "CAST(CAST('x' || substr(r.head, " + digit + ", 8) AS bit(32)) AS integer)";
    }

    private static int delete(Connection raw, String which, Long[] entryIds) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement(DELETE + which)) {
            setArray(delete, 1, "int8", entryIds);
            return delete.executeUpdate();
        }
    }

    /** The planner does not know that nearly all rows are dead, and would read the table from its beginning until it has met the first that is not. */
    static void begin(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET LOCAL enable_seqscan = off");
        }
    }

    static int copy(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        try (PreparedStatement copy = raw.prepareStatement(COPY)) {
            copy.setObject(1, committedAt);
            setArray(copy, 2, "int8", entryIds);
            setArray(copy, 3, "int8", partEnds);
            setArray(copy, 4, "int8", logOffsets);
            setArray(copy, 5, "bytea", digests);
            return copy.executeUpdate();
        }
    }

    static int delete(Connection raw, Long[] entryIds) throws SQLException {
        int deleted = delete(raw, LATER, entryIds);
        deleted += deleted < entryIds.length ? delete(raw, UNDER_WAY, entryIds) : 0;
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate(SEEN);
        }
        return deleted;
    }

    static void lookAnew(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            for (String sql : LOOK_ANEW) {
                statement.executeUpdate(sql);
            }
        }
    }

    private static void setArray(PreparedStatement statement, int index, String type, Object[] values) throws SQLException {
        Array array = statement.getConnection().createArrayOf(type, values);
        statement.setArray(index, array);
        array.free();
    }
}
