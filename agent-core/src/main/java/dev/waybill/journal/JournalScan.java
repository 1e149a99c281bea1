// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** Walks the journal forward. A missing or damaged row is JOURNAL_BROKEN with its log offset, never passed over. One thread; closed before its transaction ends. */
public final class JournalScan implements AutoCloseable {

    private final Dialect dialect;
    private final Connection raw;
    private final PartCursor parts;
    private long position;

    JournalScan(Dialect dialect, Connection raw, long after, long upTo) throws SQLException {
        this.dialect = dialect;
        this.raw = raw;
        this.position = after;
        this.parts = new PartCursor(dialect, raw, after, upTo);
    }

    /**
     * The next entry, valid until the next call; null at the end.
     *
     * @throws SQLException JOURNAL_BROKEN
     */
    public JournalEntry next() throws SQLException {
        parts.skipTo(position);
        JournalPart first = parts.next();
        if (first == null) {
            return null;
        }
        if (first.part() != 0 || first.last() != (first.end() == first.logOffset())) {
            throw first.broken("transaction " + first.transactionId() + " begins with part " + first.part() + ", which ends at " + new LogOffset(first.end()));
        }
        Entry entry = new Entry(dialect, raw, first, first.logOffset() - position);
        position = first.logOffset();
        return entry;
    }

    @Override
    public void close() throws SQLException {
        parts.close();
    }

    private record Entry(Dialect dialect, Connection raw, JournalPart first, long sizeBytes) implements JournalEntry {

        @Override
        public LogOffset offset() {
            return new LogOffset(first.logOffset());
        }

        @Override
        public Digest digest() {
            return first.digest();
        }

        @Override
        public UUID transactionId() {
            return first.transactionId();
        }

        @Override
        public String origin() {
            return first.origin();
        }

        @Override
        public String target() {
            return first.target();
        }

        @Override
        public Instant committedAt() {
            return first.committedAt();
        }

        @Override
        public InputStream open() {
            return new PartStream(dialect, raw, first);
        }

        @Override
        public byte[] content() throws IOException {
            if (!first.last()) {
                return null;
            }
            try {
                return first.checkedPayload();
            } catch (SQLException damaged) {
                throw new IOException(damaged.getMessage(), damaged);
            }
        }
    }
}
