// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Walks the journal's rows from one place to another, a window at a time: since places are bytes, a window of places bounds the bytes that are held. Every row must begin where the one before it ended; the first and the last may be
 * blocks in which the walk begins and ends. One thread.
 */
final class PartCursor implements AutoCloseable {

    private static final long WINDOW_BYTES = 2L * 1024 * 1024;
    private static final int WINDOW_ROWS = 5_000;

    private final Dialect dialect;
    private final PreparedStatement select;
    private final long upTo;
    private long position;
    private boolean entering = true;
    private ResultSet page;

    /** From {@code after} (exclusive) to {@code upTo} (inclusive). */
    PartCursor(Dialect dialect, Connection raw, long after, long upTo) throws SQLException {
        this.dialect = dialect;
        this.position = after;
        this.upTo = upTo;
        this.select = raw.prepareStatement("SELECT " + JournalPart.COLUMNS + " FROM " + dialect.catalogueTable("journal")
                + " WHERE part_end > ? AND part_end <= ? ORDER BY part_end" + dialect.first(WINDOW_ROWS));
    }

    /** The next part; null at the end. */
    JournalPart next() throws SQLException {
        if (position >= upTo) {
            return null;
        }
        if (page == null || !page.next()) {
            turnPage();
        }
        JournalPart part = JournalPart.of(dialect, page);
        boolean isInside = entering && part.isBlock() && part.begin() < position;
        if (part.begin() != position && !isInside || part.size() < 1) {
            throw part.broken("part " + part.part() + " of transaction " + part.transactionId() + " begins at " + new LogOffset(part.begin()) + ", not at " + new LogOffset(position));
        }
        entering = false;
        position = part.end();
        return part;
    }

    /** A window is longer than any row (at most a million bytes), so it holds at least one; beyond the end of the walk lies the end of a block that it leads into. */
    private void turnPage() throws SQLException {
        select.setLong(1, position);
        select.setLong(2, position + Math.min(upTo - position + Block.MAX_BYTES, WINDOW_BYTES));
        page = select.executeQuery();
        if (!page.next()) {
            throw WaybillError.JOURNAL_BROKEN.with(new LogOffset(position), "there is no part behind it, but the journal goes on to " + new LogOffset(upTo));
        }
    }

    /** Goes on behind a place that is further on. */
    void skipTo(long place) throws SQLException {
        while (position < place && page != null && page.next()) {
            position = page.getLong(1);
        }
        if (position < place) {
            page = null;
            position = place;
        }
    }

    @Override
    public void close() throws SQLException {
        select.close();
    }
}
