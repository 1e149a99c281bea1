// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/** One of many messages while it is encoded, by whoever comes first: another thread that was asked, or the agent's own when it needs it. Nobody is ever interrupted. */
final class Encoding {

    private final Envelope envelope;
    private final int plainBytes;
    private final FutureTask<byte[]> task;
    private boolean isAsked;

    /** @param codecs what the recipient decodes */
    Encoding(MessageCodec codec, Envelope envelope, byte[] body, List<Integer> codecs) {
        this.envelope = envelope;
        this.plainBytes = body.length;
        this.task = new FutureTask<>(() -> codec.encode(new Message(envelope, body), codecs));
    }

    Envelope envelope() {
        return envelope;
    }

    int plainBytes() {
        return plainBytes;
    }

    /** Another thread may begin. */
    void begin(Executor beside) {
        if (!isAsked) {
            isAsked = true;
            beside.execute(task);
        }
    }

    /** The message: at once, if need be. */
    byte[] bytes() {
        task.run();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException foreign) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed.getCause() instanceof RuntimeException unexpected ? unexpected : new IllegalStateException(failed.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
