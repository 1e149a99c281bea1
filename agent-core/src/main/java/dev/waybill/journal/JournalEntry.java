// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.UUID;

/**
 * One sequenced transaction, as a scan of the journal yields it. Valid until the scan moves on.
 */
public interface JournalEntry {

    /** Offset of its COMMIT. */
    LogOffset offset();

    /** Rolling digest up to and including it. */
    Digest digest();

    UUID transactionId();

    /** The publisher that it came from, when it was applied here for someone; null for local work. */
    String origin();

    /** The only subscriber whom it concerns (a snapshot, administration in the chain); null for ordinary transactions. */
    String target();

    /** When the sequencer met it, by the agent's clock. */
    Instant committedAt();

    /** Length of the encoded transaction in bytes. */
    long sizeBytes();

    /** The encoded transaction, for {@link dev.waybill.change.TransactionReader}; streamed part by part, each checked against its CRC. */
    InputStream open() throws IOException;

    /** The encoded transaction, checked, when it lies in memory whole; null when it has to be streamed. Not to be changed. */
    default byte[] content() throws IOException {
        return null;
    }
}
