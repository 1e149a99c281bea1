// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.change.MalformedException;
import dev.waybill.fuzzing.Bounds;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Timeout;

/** Envelopes from anybody, through the receiver: nothing that does not name this database and the sender that is known is applied, whatever it says (R0). */
class EnvelopeFuzzTest {

    private static final UUID ME = new UUID(1, 2);
    private static final UUID HQ = new UUID(3, 4);
    private static final MessageCodec CODEC = new MessageCodec(MessageBounds.of(50_000));
    private static final Receiver RECEIVER = new Receiver("hq", "branch", ME, DeliverySettings.STANDARD);

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void nothingThatIsNotForMeIsApplied(byte[] bytes) throws Exception {
        byte[] sealed = sealed(bytes);
        Message message;
        try {
            message = CODEC.decode(sealed);
        } catch (MalformedException refused) {
            return;
        }
        Envelope envelope = message.envelope();
        Instant now = Instant.EPOCH;
        ReceiverState state = RECEIVER.step(ReceiverState.unknown(), new ReceiverEvent.Started(now)).state();
        Step<ReceiverState, ReceiverAction> arrived = RECEIVER.step(state, new ReceiverEvent.Arrived("m", envelope, message.body().length, now));
        Step<ReceiverState, ReceiverAction> ended = RECEIVER.step(arrived.state(), new ReceiverEvent.PollEnded(now));
        boolean applies = arrived.actions().stream().anyMatch(ReceiverAction.Apply.class::isInstance) || ended.actions().stream().anyMatch(ReceiverAction.Apply.class::isInstance);
        Bounds.demand(!applies || ME.equals(envelope.recipientIncarnation()) && envelope.recipient().equals("branch") && envelope.sender().equals("hq"), "applied, but not for me: " + envelope);
        Bounds.demand(!applies || !HQ.equals(ended.state().kept().refused()), "applied and refused");
    }

    private static byte[] sealed(byte[] bytes) {
        byte[] mended = Arrays.copyOf(bytes, Math.max(bytes.length, 16));
        ByteBuffer buffer = ByteBuffer.wrap(mended);
        int at = buffer.getInt(6);
        if (at >= 10 && at <= mended.length - 4) {
            CRC32C crc = new CRC32C();
            crc.update(mended, 0, at);
            buffer.putInt(at, (int) crc.getValue());
        }
        return mended;
    }
}
