// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Extension;
import dev.waybill.message.Envelope.Limits;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Messages for the tests of this room. */
final class MessageSamples {

    static final MessageCodec CODEC = new MessageCodec(MessageBounds.of(50_000));

    private MessageSamples() {}

    static Envelope envelope(MessageKind kind, Envelope.Part part, Extension... extensions) {
        return new Envelope(kind, "hq", "branch", new UUID(1, 2), new UUID(3, 4), new UUID(5, 6), MessageHeader.parse("(0-0000923357-0000942712-0)"), new Digest(7, 8),
                new Position(new UUID(3, 4), new LogOffset(412), new Digest(9, 10)), null, new Position(new UUID(1, 2), new LogOffset(1119170), new Digest(11, 12)),
                Instant.parse("2026-11-21T23:00:00.123456789Z"), part, new Limits(50_000, MessageCodec.CODECS, List.of()), List.of(extensions));
    }

    static Message message(int bodyBytes) {
        return new Message(envelope(MessageKind.DATA, null), random(bodyBytes));
    }

    static Message compressible(int bodyBytes) {
        byte[] body = new byte[bodyBytes];
        for (int i = 0; i < bodyBytes; i++) {
            body[i] = (byte) (i / 50);
        }
        return new Message(envelope(MessageKind.DATA, null), body);
    }

    static byte[] encode(Message message) {
        return CODEC.encode(message, MessageCodec.CODECS);
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
