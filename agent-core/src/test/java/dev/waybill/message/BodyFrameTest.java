// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ByteSink;
import dev.waybill.change.MalformedException;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BodyFrameTest {

    @Property(tries = 200)
    void everyTransactionOfABodyComesBackWithItsOffsetAndDigest(@ForAll @Size(max = 8) List<@Size(max = 50) byte[]> transactions) throws MalformedException {
        ByteSink body = new ByteSink();
        for (int i = 0; i < transactions.size(); i++) {
            body.putBytes(BodyFrame.head(new LogOffset(1000L + i), new Digest(i, -i), transactions.get(i).length));
            body.putBytes(transactions.get(i));
        }
        List<BodyFrame> frames = BodyFrame.of(body.bytes());
        assertThat(frames).hasSameSizeAs(transactions);
        for (int i = 0; i < transactions.size(); i++) {
            BodyFrame frame = frames.get(i);
            assertThat(frame.offset().bytes()).isEqualTo(1000L + i);
            assertThat(frame.digest()).isEqualTo(new Digest(i, -i));
            assertThat(body.slice(frame.start(), frame.start() + (int) frame.length())).isEqualTo(transactions.get(i));
        }
    }

    @Property(tries = 1000)
    void arbitraryBytesAreRefusedOrFramesInsideThem(@ForAll @Size(max = 300) byte[] bytes) {
        try {
            int at = 0;
            for (BodyFrame frame : BodyFrame.of(bytes)) {
                assertThat(frame.start()).isEqualTo(at + BodyFrame.HEAD_BYTES);
                at = frame.start() + (int) frame.length();
            }
            assertThat(at).isEqualTo(bytes.length);
        } catch (MalformedException refused) {
            assertThat(refused.reason()).isEqualTo(MalformedException.Reason.CORRUPT);
        }
    }

    @Test
    void everyTruncationOfABodyIsRefused() {
        byte[] body = Arrays.copyOf(BodyFrame.head(new LogOffset(1), Digest.ZERO, 10), BodyFrame.HEAD_BYTES + 10);
        for (int length = 1; length < body.length; length++) {
            byte[] cut = Arrays.copyOf(body, length);
            assertThatThrownBy(() -> BodyFrame.of(cut)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void groupThatEndsBeforeItsTransactionBeginsIsMalformed() throws IOException {
        byte[] head = BodyFrame.head(new LogOffset(5), new Digest(1, 2), -1);
        assertThat(BodyFrame.head(new ByteArrayInputStream(head))).isEqualTo(new BodyFrame(new LogOffset(5), new Digest(1, 2), BodyFrame.HEAD_BYTES, -1));
        assertThatThrownBy(() -> BodyFrame.head(new ByteArrayInputStream(head, 0, 20))).isInstanceOf(MalformedException.class);
    }
}
