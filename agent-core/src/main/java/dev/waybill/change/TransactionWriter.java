// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a transaction's records in binary form, as they come. One thread. The table dictionary is kept inside; {@link #mark} and {@link #rewind} restore it
 * for savepoints (the bytes after the mark are the caller's to drop).
 */
public final class TransactionWriter {

    /** Text and binary values beyond this many bytes travel as chunks before their record, so that nobody has to hold them whole. */
    public static final int LARGE_VALUE_BYTES = 32 * 1024;

    private final OutputStream out;

    /** Writes to this stream, which the caller flushes and closes. */
    public TransactionWriter(OutputStream out) {
        this.out = out;
    }

    /** Appends one record. Begin comes first and once, End last and once. */
    public void write(TransactionRecord record) throws IOException {
        throw new UnsupportedOperationException(out + " " + record);
    }

    /** The state of the dictionary and of the counts now. */
    public Mark mark() {
        throw new UnsupportedOperationException();
    }

    /** Back to a mark: tables first named after it will be named again. */
    public void rewind(Mark mark) {
        throw new UnsupportedOperationException(mark.toString());
    }

    /** A point to which {@link #rewind} goes back. */
    public record Mark(int tables, long changes, boolean begun) {}
}
