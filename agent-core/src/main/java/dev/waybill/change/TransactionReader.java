// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what {@link TransactionWriter} wrote. One thread. Every length is checked against the bounds before anything is allocated.
 */
public final class TransactionReader implements AutoCloseable {

    private final InputStream in;

    /** Reads from this stream; {@link #close} closes it and removes temporary files of large values. */
    public TransactionReader(InputStream in) {
        this.in = in;
    }

    /**
     * The next record, or null after {@link TransactionRecord.End}. Large values of the record can be opened until the next call.
     *
     * @throws MalformedException the bytes are not a transaction
     */
    public TransactionRecord next() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
