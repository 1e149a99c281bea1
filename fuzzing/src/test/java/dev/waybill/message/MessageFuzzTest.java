// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.change.MalformedException;
import dev.waybill.change.TransactionReader;
import dev.waybill.fuzzing.Bounds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Timeout;

/** Messages from anybody: envelope, extensions, compressed body, frames, transactions, and what is printed of them. */
class MessageFuzzTest {

    private static final int LIMIT = 50_000;
    private static final MessageCodec CODEC = new MessageCodec(MessageBounds.of(LIMIT));
    /** The body may be sixteen times as long as the message; it is held twice while it is decompressed, once more while it is written again, and printed in words. */
    private static final long ALLOCATED_AT_MOST = 256L * LIMIT * 16;

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyBytesAreAMessageOrRefused(byte[] bytes) throws Exception {
        Bounds.within(ALLOCATED_AT_MOST, () -> {
            decode(bytes);
            decode(sealed(bytes));
        });
    }

    private static void decode(byte[] bytes) throws IOException {
        MessageCodec.seemingSender(bytes);
        new MessagePrinter(new StringBuilder(), MessageBounds.of(LIMIT)).print(bytes);
        try {
            Message message = CODEC.decode(bytes);
            Bounds.demand(CODEC.peek(bytes).envelope().equals(message.envelope()), "peek and decode differ");
            Message again = CODEC.decode(new MessageCodec(MessageBounds.of(64 * LIMIT)).encode(message, MessageCodec.CODECS));
            Bounds.demand(again.envelope().equals(message.envelope()) && Arrays.equals(again.body(), message.body()), "written again it is another message");
            transactions(message);
        } catch (MalformedException refused) {
            Bounds.demand(refused.getMessage() != null && refused.reason() != null, "refused without a reason");
        }
    }

    private static void transactions(Message message) throws IOException {
        for (BodyFrame frame : BodyFrame.of(message.body())) {
            try (TransactionReader reader = new TransactionReader(Arrays.copyOfRange(message.body(), frame.start(), frame.start() + (int) frame.length()))) {
                while (reader.next() != null) {
                    Bounds.demand(true, "read on");
                }
            }
        }
    }

    /** With a checksum that is right, as somebody would who knows the format. */
    private static byte[] sealed(byte[] bytes) {
        if (bytes.length < MessageCodec.KIND_AT) {
            return bytes;
        }
        byte[] mended = bytes.clone();
        ByteBuffer buffer = ByteBuffer.wrap(mended).putInt(0, MessageCodec.MAGIC);
        int at = buffer.getInt(MessageCodec.CHECKSUM_AT);
        if (at < MessageCodec.KIND_AT || at > mended.length - 4) {
            at = Math.max(MessageCodec.KIND_AT, mended.length - 6);
            if (at > mended.length - 4) {
                return mended;
            }
            buffer.putInt(MessageCodec.CHECKSUM_AT, at);
        }
        CRC32C crc = new CRC32C();
        crc.update(mended, 0, at);
        buffer.putInt(at, (int) crc.getValue());
        return mended;
    }
}
