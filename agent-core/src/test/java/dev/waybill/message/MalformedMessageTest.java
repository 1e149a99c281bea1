// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import static dev.waybill.message.MessageSamples.CODEC;
import static dev.waybill.message.MessageSamples.compressible;
import static dev.waybill.message.MessageSamples.encode;
import static dev.waybill.message.MessageSamples.envelope;
import static dev.waybill.message.MessageSamples.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.ByteSink;
import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.message.Envelope.Extension;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class MalformedMessageTest {

    @Test
    void everySingleBitFlipIsCaughtAsCorrupt() {
        for (Message sample : List.of(message(300), compressible(3000), new Message(envelope(MessageKind.HEARTBEAT, null, new Extension(3, false, new byte[5])), new byte[0]))) {
            byte[] good = encode(sample);
            for (int bit = 0; bit < 8 * good.length; bit++) {
                byte[] flipped = good.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(refusal(flipped)).as("bit %s of %s bytes", bit, good.length).isEqualTo(Reason.CORRUPT);
            }
        }
    }

    @Test
    void everyTruncationAndEveryExtraByteIsCorrupt() {
        byte[] good = encode(compressible(3000));
        for (int length = 0; length < good.length; length++) {
            assertThat(refusal(Arrays.copyOf(good, length))).isEqualTo(Reason.CORRUPT);
        }
        assertThat(refusal(Arrays.copyOf(good, good.length + 1))).isEqualTo(Reason.CORRUPT);
    }

    @Property(tries = 2000)
    void arbitraryBytesAreRefused(@ForAll @Size(max = 600) byte[] bytes) {
        assertThat(refusal(bytes)).isNotNull();
    }

    @Property(tries = 3000)
    void damageUnderATrueChecksumNeverHangsAndIsRefusedOrGivesAMessage(@ForAll @IntRange(max = 100_000) int where, @ForAll @Size(min = 1, max = 5) byte[] what) {
        byte[] damaged = encode(compressible(1000));
        int from = MessageCodec.KIND_AT;
        int length = damaged.length - 6 - from;
        for (int i = 0; i < what.length; i++) {
            damaged[from + (where + i) % length] = what[i];
        }
        byte[] checksummed = MessageSurgery.withTrueChecksum(damaged);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            Reason reason = refusal(checksummed);
            if (reason == null) {
                Message accepted = CODEC.decode(checksummed);
                assertThat(CODEC.decode(encode(accepted))).isEqualTo(accepted);
            }
        });
    }

    @Property(tries = 300_000)
    @Tag("extended")
    void muchDamageUnderATrueChecksumNeverHangs(@ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> places, @ForAll byte what) {
        byte[] damaged = encode(compressible(300));
        int length = damaged.length - 6 - MessageCodec.KIND_AT;
        places.forEach(where -> damaged[MessageCodec.KIND_AT + where % length] ^= what);
        Reason reason = refusal(MessageSurgery.withTrueChecksum(damaged));
        assertThat(reason).isNotIn(Reason.TOO_NEW, Reason.UNSIGNED);
    }

    @Test
    void aDecompressionBombIsRefusedWithinItsAnnouncedLength() {
        Message bomb = new Message(envelope(MessageKind.DATA, null), new byte[8 << 20]);
        byte[] bytes = encode(bomb);
        assertThat(bytes).hasSizeLessThan(50_000);
        assertThat(allocatedBy(() -> refusal(bytes))).isLessThan(100_000);
        assertThat(refusal(bytes)).isEqualTo(Reason.OVERSIZE);
        byte[] lying = withPlainLength(bytes, 8 << 20, 700_000);
        assertThat(allocatedBy(() -> refusal(lying))).isLessThan(1_000_000);
        assertThat(refusal(lying)).isEqualTo(Reason.CORRUPT);
    }

    @Test
    void bodyThatIsShorterThanAnnouncedIsCorrupt() {
        byte[] bytes = encode(compressible(20_000));
        assertThat(refusal(withPlainLength(bytes, 20_000, 20_001))).isEqualTo(Reason.CORRUPT);
        assertThat(refusal(withPlainLength(bytes, 20_000, 19_999))).isEqualTo(Reason.CORRUPT);
    }

    @Test
    void headerThatGoesBackIsCorrupt() {
        byte[] bytes = encode(message(0));
        String hex = HexFormat.of().formatHex(bytes);
        assertThat(hex).contains("00ddad38f8c43900");
        byte[] back = HexFormat.of().parseHex(hex.replace("00ddad38f8c43900", "00f8c439ddad3800"));
        assertThat(refusal(MessageSurgery.withTrueChecksum(back))).isEqualTo(Reason.CORRUPT);
    }

    @Test
    void sendersOfGarbageAreNotNamed() {
        assertThat(MessageCodec.seemingSender(new byte[0])).isNull();
        assertThat(MessageCodec.seemingSender(new byte[100])).isNull();
        assertThat(MessageCodec.seemingSender(Arrays.copyOf(encode(message(0)), 12))).isNull();
    }

    /** The announced length, in a varint of three bytes, changed for another. */
    private static byte[] withPlainLength(byte[] bytes, int was, int is) {
        String hex = HexFormat.of().formatHex(bytes);
        String old = varint(was);
        assertThat(hex.split(old, -1)).as("places of %s", old).hasSize(2);
        return sameLength(bytes, hex.replace(old, varint(is)));
    }

    private static byte[] sameLength(byte[] bytes, String hex) {
        byte[] changed = HexFormat.of().parseHex(hex);
        int shift = changed.length - bytes.length;
        ByteBuffer buffer = ByteBuffer.wrap(changed);
        buffer.putInt(MessageCodec.CHECKSUM_AT, buffer.getInt(MessageCodec.CHECKSUM_AT) + shift);
        return MessageSurgery.withTrueChecksum(changed);
    }

    private static String varint(int value) {
        ByteSink sink = new ByteSink();
        sink.putVarint(value);
        return HexFormat.of().formatHex(sink.bytes());
    }

    private static long allocatedBy(Runnable work) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.run();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        work.run();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    /** Null when accepted. */
    private static Reason refusal(byte[] bytes) {
        try {
            CODEC.decode(bytes);
            return null;
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).hasSizeGreaterThan(10);
            return refused.reason();
        }
    }
}
