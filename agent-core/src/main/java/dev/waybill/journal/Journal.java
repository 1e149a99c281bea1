// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Reads and trims the journal, inside the caller's transaction. Stateless; any thread. */
public final class Journal {

    private static final int TRIM_ROWS = 10_000;
    /** Some databases hold the rows that one DELETE takes. */
    private static final long TRIM_BYTES = 4L << 20;

    private final Dialect dialect;
    private final int trimRows;

    public Journal(Dialect dialect) {
        this(dialect, TRIM_ROWS);
    }

    Journal(Dialect dialect, int trimRows) {
        this.dialect = dialect;
        this.trimRows = trimRows;
    }

    /** Its end: everything sequenced so far lies at or before it. */
    public Position head(Connection raw) throws SQLException {
        return JournalHead.load(dialect, raw).position();
    }

    /** Its beginning: entries at or before it are gone. */
    public Position trimmed(Connection raw) throws SQLException {
        return JournalHead.loadTrimmed(dialect, raw).position();
    }

    /** The position of this offset, if it is zero, the end of an entry that is there, or the place up to which was trimmed; empty for all others, of which nothing is known. */
    public Optional<Position> positionAt(Connection raw, LogOffset offset) throws SQLException {
        JournalHead trimmed = JournalHead.loadTrimmed(dialect, raw);
        if (offset.bytes() == 0) {
            return Optional.of(Position.start(trimmed.incarnation()));
        }
        if (offset.bytes() == trimmed.offset()) {
            return Optional.of(trimmed.position());
        }
        String sql = "SELECT " + JournalPart.COLUMNS + " FROM " + dialect.catalogueTable("journal") + " WHERE part_end >= ? ORDER BY part_end" + dialect.first(1);
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setLong(1, offset.bytes());
            try (ResultSet row = select.executeQuery()) {
                return Optional.ofNullable(row.next() ? digestAt(JournalPart.of(dialect, row), offset.bytes()) : null).map(digest -> new Position(trimmed.incarnation(), offset, digest));
            }
        }
    }

    /** Of the transaction that ends there; null when none does. */
    private static Digest digestAt(JournalPart row, long offset) throws SQLException {
        if (row.end() == offset) {
            return row.last() ? row.digest() : null;
        }
        Block block = row.isBlock() && row.begin() < offset ? Block.of(row) : null;
        int next = block == null ? -1 : block.startingAt(offset);
        return next < 1 ? null : block.digest(next - 1);
    }

    /**
     * The entries after an offset, up to and including another, or up to the head as it is now when that is null. Holds a few megabytes at most.
     *
     * @throws SQLException JOURNAL_TRIMMED when entries after {@code after} are gone
     */
    public JournalScan scan(Connection raw, LogOffset after, LogOffset upTo) throws SQLException {
        JournalHead trimmed = JournalHead.loadTrimmed(dialect, raw);
        if (after.bytes() < trimmed.offset()) {
            throw WaybillError.JOURNAL_TRIMMED.with(after, new LogOffset(trimmed.offset()));
        }
        long head = JournalHead.load(dialect, raw).offset();
        return new JournalScan(dialect, raw, after.bytes(), upTo == null ? head : Math.min(head, upTo.bytes()));
    }

    /**
     * Deletes entries at or before an offset, a bounded number of them, in whole rows: of a block that goes on behind the offset nothing.
     *
     * @return whether more are left to delete: call again, best in another transaction
     */
    public boolean trim(Connection raw, LogOffset upTo) throws SQLException {
        for (int limit = trimRows;; limit *= 2) {
            Cut cut = cut(raw, upTo, limit);
            if (cut.end > 0) {
                delete(raw, cut);
                return cut.more;
            }
            if (!cut.more) {
                return false;
            }
        }
    }

    /** Where the row begins that holds the latest entry, beginning before this offset, of those that came from this publisher; null when there is none. */
    public LogOffset latestFrom(Connection raw, String origin, LogOffset before) throws SQLException {
        String sql = "SELECT part_end - size FROM " + dialect.catalogueTable("journal") + " WHERE origin = ? AND part = 0 AND part_end - size < ? ORDER BY part_end DESC" + dialect.first(1);
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setString(1, origin);
            select.setLong(2, before.bytes());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? new LogOffset(row.getLong(1)) : null;
            }
        }
    }

    /**
     * An offset up to which everything was sequenced before a moment, as far as halving finds it: where the clock jumped it may be off by as much. Costs a few look-ups, however long the journal is.
     */
    public LogOffset before(Connection raw, Instant moment) throws SQLException {
        long least = trimmed(raw).offset().bytes();
        long most = head(raw).offset().bytes();
        String sql = "SELECT part_end, committed_at FROM " + dialect.catalogueTable("journal") + " WHERE part_end > ? ORDER BY part_end" + dialect.first(1);
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            while (least < most) {
                long middle = least + (most - least) / 2;
                select.setLong(1, middle);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next() && dialect.moment(row, 2).isBefore(moment)) {
                        least = Math.min(row.getLong(1), most);
                    } else {
                        most = middle;
                    }
                }
            }
        }
        return new LogOffset(least);
    }

    /** Where to cut: the end of the last whole entry among the first rows. */
    private record Cut(long end, byte[] digest, boolean more) {}

    private Cut cut(Connection raw, LogOffset upTo, int limit) throws SQLException {
        String sql = "SELECT part_end, digest, last FROM " + dialect.catalogueTable("journal") + " WHERE part_end <= ? ORDER BY part_end" + dialect.first(limit);
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setLong(1, upTo.bytes());
            long end = 0;
            byte[] digest = null;
            int count = 0;
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    count++;
                    if (row.getBoolean(3)) {
                        end = row.getLong(1);
                        digest = row.getBytes(2);
                    }
                }
            }
            return new Cut(end, digest, count == limit);
        }
    }

    private void delete(Connection raw, Cut cut) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + dialect.catalogueTable("journal") + " WHERE part_end <= ?")) {
            long at = JournalHead.loadTrimmed(dialect, raw).offset();
            while (at < cut.end) {
                at = Math.min(cut.end, at + TRIM_BYTES);
                delete.setLong(1, at);
                delete.executeUpdate();
            }
        }
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("journal_head") + " SET trimmed_to = ?, trimmed_digest = ?")) {
            update.setLong(1, cut.end);
            update.setBytes(2, cut.digest);
            update.executeUpdate();
        }
    }
}
