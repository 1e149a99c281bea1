// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import java.io.ByteArrayInputStream;
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
    private final long upTo;
    private Block block;
    private int number;
    private long position;

    JournalScan(Dialect dialect, Connection raw, long after, long upTo) throws SQLException {
        this.dialect = dialect;
        this.raw = raw;
        this.position = after;
        this.upTo = upTo;
        this.parts = new PartCursor(dialect, raw, after, upTo);
    }

    /**
     * The next entry, valid until the next call; null at the end.
     *
     * @throws SQLException JOURNAL_BROKEN
     */
    public JournalEntry next() throws SQLException {
        if (position >= upTo) {
            return null;
        }
        if (block == null || number == block.count()) {
            parts.skipTo(position);
            JournalPart row = parts.next();
            if (!row.isBlock()) {
                block = null;
                return single(row);
            }
            block = Block.of(row);
            number = block.startingAt(position);
            if (number < 0) {
                throw row.broken("no transaction in it begins at " + new LogOffset(position));
            }
        }
        position = block.end(number);
        checkEnd(block.row());
        return new InBlock(block, number++);
    }

    private JournalEntry single(JournalPart first) throws SQLException {
        if (first.part() != 0 || first.last() != (first.end() == first.logOffset())) {
            throw first.broken("transaction " + first.transactionId() + " begins with part " + first.part() + ", which ends at " + new LogOffset(first.end()));
        }
        Entry entry = new Entry(dialect, raw, first, first.logOffset() - position);
        position = first.logOffset();
        checkEnd(first);
        return entry;
    }

    /** A walk ends between two transactions. */
    private void checkEnd(JournalPart row) throws SQLException {
        if (position > upTo) {
            throw row.broken("a transaction goes on to " + new LogOffset(position) + ", beyond " + new LogOffset(upTo));
        }
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

    private record InBlock(Block block, int number) implements JournalEntry {

        @Override
        public LogOffset offset() {
            return new LogOffset(block.end(number));
        }

        @Override
        public Digest digest() {
            return block.digest(number);
        }

        @Override
        public UUID transactionId() {
            return block.transactionId(number);
        }

        @Override
        public String origin() {
            return block.row().origin();
        }

        @Override
        public String target() {
            return block.row().target();
        }

        @Override
        public Instant committedAt() {
            return block.row().committedAt();
        }

        @Override
        public long sizeBytes() {
            return block.end(number) - block.begin(number);
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(content());
        }

        @Override
        public byte[] content() {
            return block.content(number);
        }
    }
}
