// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** One of many messages while it is encoded. One thread. */
final class Encoding {

    private final Envelope envelope;
    private final int plainBytes;
    private final Eager<byte[]> encoded;

    /** @param codecs what the recipient decodes */
    Encoding(MessageCodec codec, Envelope envelope, byte[] body, List<Integer> codecs) {
        this.envelope = envelope;
        this.plainBytes = body.length;
        this.encoded = new Eager<>(() -> codec.encode(new Message(envelope, body), codecs));
    }

    Envelope envelope() {
        return envelope;
    }

    int plainBytes() {
        return plainBytes;
    }

    /** Another thread may begin. */
    void begin(Executor beside) {
        encoded.begin(beside);
    }

    /** The message: at once, if need be. */
    byte[] bytes() {
        try {
            return encoded.outcome();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never.getCause());
        }
    }
}
