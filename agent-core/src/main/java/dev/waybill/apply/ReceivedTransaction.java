// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ShapeCache;
import dev.waybill.change.TransactionReader;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.io.ByteArrayInputStream;
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

    /**
     * Content that lies in memory, and does not change there.
     *
     * @param to exclusive
     */
    public record InMemory(byte[] bytes, int from, int to) implements Content {

        @Override
        public InputStream open(Connection raw) {
            return new ByteArrayInputStream(bytes, from, length());
        }

        int length() {
            return to - from;
        }

        TransactionReader read(ShapeCache shapes) {
            return new TransactionReader(bytes, from, to, shapes);
        }
    }

    /** Its records. */
    TransactionReader read(Connection raw, ShapeCache shapes) throws IOException, SQLException {
        return content instanceof InMemory memory ? memory.read(shapes) : new TransactionReader(content.open(raw), shapes);
    }
}
