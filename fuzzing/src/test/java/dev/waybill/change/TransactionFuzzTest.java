// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.fuzzing.Bounds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;

/** Transactions from anybody: records, row images, large values, shapes; from memory and from a stream; what is accepted is written the same way. */
class TransactionFuzzTest {

    /** A record may be long; large values go to a file. */
    private static final long ALLOCATED_AT_MOST = 64L << 20;

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyBytesAreATransactionOrRefused(byte[] bytes) throws Exception {
        Bounds.within(ALLOCATED_AT_MOST, () -> {
            byte[] again = written(new TransactionReader(bytes));
            byte[] streamed = written(new TransactionReader(new ByteArrayInputStream(bytes)));
            Bounds.demand(Arrays.equals(again, streamed), "from memory and from a stream it is not the same");
            Bounds.demand(again == null || Arrays.equals(again, written(new TransactionReader(again))), "written again it is another transaction");
        });
    }

    /** The transaction, written; null when it is refused. */
    private static byte[] written(TransactionReader reader) throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        try (reader) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Change change && change.after() != null && !change.table().key().isEmpty()) {
                    KeyImage.of(change.table(), change.after()).bytes();
                }
                writer.write(record);
            }
            return sink.bytes();
        } catch (MalformedException refused) {
            return null;
        }
    }
}
