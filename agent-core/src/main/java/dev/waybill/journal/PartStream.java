// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/** The payload of one entry, part after part; each is checked before its first byte is given out. One thread. */
final class PartStream extends InputStream {

    private final Dialect dialect;
    private final Connection raw;
    private final JournalPart first;
    private PartCursor cursor;
    private JournalPart part;
    private byte[] payload = {};
    private int at;

    PartStream(Dialect dialect, Connection raw, JournalPart first) {
        this.dialect = dialect;
        this.raw = raw;
        this.first = first;
    }

    @Override
    public int read() throws IOException {
        return fill() ? payload[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, payload.length - at);
        System.arraycopy(payload, at, buffer, offset, count);
        at += count;
        return count;
    }

    @Override
    public int available() {
        return payload.length - at;
    }

    private boolean fill() throws IOException {
        if (at < payload.length) {
            return true;
        }
        if (part != null && part.last()) {
            return false;
        }
        try {
            part = part == null ? first : following();
            payload = part.checkedPayload();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
        at = 0;
        return true;
    }

    private JournalPart following() throws SQLException {
        if (cursor == null) {
            cursor = new PartCursor(dialect, raw, first.end(), first.logOffset());
        }
        JournalPart next = cursor.next();
        if (next == null) {
            throw part.broken("transaction " + part.transactionId() + " ends without a last part");
        }
        if (next.part() != part.part() + 1 || !next.transactionId().equals(part.transactionId()) || next.logOffset() != part.logOffset()
                || next.last() != (next.end() == next.logOffset())) {
            throw next.broken("part " + next.part() + " of transaction " + next.transactionId() + " follows part " + part.part() + " of " + part.transactionId());
        }
        return next;
    }

    @Override
    public void close() throws IOException {
        try {
            if (cursor != null) {
                cursor.close();
            }
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
