// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A transaction of a sender, complete and in its turn.
 *
 * @param offset  of its COMMIT in the sender's journal; becomes {@code log_received}
 * @param digest  the sender's rolling digest there; becomes {@code digest_received}
 * @param content its bytes
 */
public record ReceivedTransaction(LogOffset offset, Digest digest, Content content) {

    /** The bytes of a transaction, readable as often as needed: a group that fails is read again to find the record to blame. */
    public interface Content {

        /**
         * The encoded transaction from its beginning, for {@link dev.waybill.change.TransactionReader}; the caller closes it.
         *
         * @param raw the connection of the transaction that applies, for content that is staged in the database; never committed, rolled back or closed by the content
         */
        InputStream open(Connection raw) throws IOException, SQLException;
    }
}
