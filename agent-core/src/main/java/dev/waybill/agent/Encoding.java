// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.Seal;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** One of many messages while it is encoded. One thread. */
final class Encoding {

    private final Envelope envelope;
    private final int plainBytes;
    private final Eager<byte[]> encoded;
    private final String trouble;

    /**
     * @param codecs what the recipient decodes
     * @param seal   how it is signed and encrypted
     */
    Encoding(MessageCodec codec, Envelope envelope, byte[] body, List<Integer> codecs, Seal seal) {
        this.envelope = envelope;
        this.plainBytes = body.length;
        this.trouble = null;
        this.encoded = new Eager<>(() -> codec.encode(new Message(envelope, body), codecs, seal));
    }

    /** One that cannot leave, since it cannot be sealed as it must be. */
    Encoding(Envelope envelope, byte[] body, String trouble) {
        this.envelope = envelope;
        this.plainBytes = body.length;
        this.trouble = trouble;
        this.encoded = new Eager<>(() -> new byte[0]);
    }

    /** Why it cannot leave; null when it can. */
    String trouble() {
        return trouble;
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
