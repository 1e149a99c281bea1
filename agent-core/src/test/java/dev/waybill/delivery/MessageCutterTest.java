// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.BodyFrame;
import dev.waybill.message.Envelope.Held;
import dev.waybill.message.MessageKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Transactions become messages, and messages transactions. The first headers are those of SQL Remote's documentation. */
class MessageCutterTest {

    private final List<MessageCutter.Piece> pieces = new ArrayList<>();

    @Test
    void eachMessageBeginsWhereTheOneBeforeItEnded() throws IOException {
        MessageCutter cutter = cutter(923_357, 1_000);
        write(cutter, 942_712, 900);
        write(cutter, 1_119_170, 900);
        cutter.flush();
        assertThat(headers()).containsExactly("(0-0000923357-0000942712-0)", "(0-0000942712-0001119170-0)");
    }

    @Test
    void aTransactionTooLargeForOneMessageTravelsInParts() throws IOException {
        MessageCutter cutter = cutter(942_712, 1_000);
        write(cutter, 1_119_170, 3_500);
        cutter.flush();
        assertThat(headers()).containsExactly("(0-0000942712-0000942712-0)", "(0-0000942712-0000942712-1)", "(0-0000942712-0000942712-2)", "(0-0000942712-0001119170-3)");
        assertThat(pieces).extracting(piece -> piece.part().fromByte()).containsExactly(0L, 1_000L, 2_000L, 3_000L);
        assertThat(pieces).extracting(piece -> piece.part().totalBytes()).containsExactly(-1L, -1L, -1L, 3_500L + BodyFrame.HEAD_BYTES);
    }

    @Test
    void severalTransactionsShareAMessageAndEachBearsItsOffset() throws IOException {
        MessageCutter cutter = cutter(0, 1_000);
        write(cutter, 100, 100);
        write(cutter, 200, 200);
        write(cutter, 300, 300);
        cutter.flush();
        assertThat(headers()).containsExactly("(0-0000000000-0000000300-0)");
        assertThat(BodyFrame.of(pieces.get(0).body())).extracting(frame -> frame.offset().bytes()).containsExactly(100L, 200L, 300L);
    }

    @Test
    void severalTransactionsMayFillMoreThanAPartButNoneAlone() throws IOException {
        MessageCutter wide = new MessageCutter(start(0), 0, 1_000, 4_000, new byte[0], List.of(), pieces::add);
        for (int i = 1; i <= 5; i++) {
            write(wide, i * 100, 900);
        }
        write(wide, 600, 2_500);
        write(wide, 700, 100);
        wide.flush();
        assertThat(headers()).containsExactly("(0-0000000000-0000000400-0)", "(0-0000000400-0000000500-0)", "(0-0000000500-0000000500-0)", "(0-0000000500-0000000500-1)",
                "(0-0000000500-0000000600-2)", "(0-0000000600-0000000700-0)");
        List<Digest> cuts = pieces.stream().filter(piece -> piece.part() != null).map(piece -> piece.part().cut()).distinct().toList();
        pieces.clear();
        MessageCutter narrow = cutter(500, 1_000);
        write(narrow, 600, 2_500);
        assertThat(pieces).extracting(piece -> piece.part().cut()).containsOnly(cuts.get(0));
        assertThat(cuts).hasSize(1);
    }

    @Test
    void whatDoesNotConcernTheSubscriberLiesInsideTheNextRange() throws IOException {
        MessageCutter cutter = cutter(0, 1_000);
        write(cutter, 100, 0);
        write(cutter, 200, 50);
        write(cutter, 300, 0);
        cutter.flush();
        assertThat(headers()).containsExactly("(0-0000000000-0000000200-0)");
    }

    @Test
    void nothingToSayIsNoMessage() throws IOException {
        MessageCutter cutter = cutter(0, 1_000);
        write(cutter, 100, 0);
        cutter.flush();
        assertThat(pieces).isEmpty();
    }

    @Test
    void anotherKindBeginsAnotherMessage() throws IOException {
        MessageCutter cutter = cutter(0, 1_000);
        write(cutter, 100, 50);
        try (OutputStream out = cutter.transaction(MessageKind.SNAPSHOT, new LogOffset(200), new Digest(200, 200))) {
            out.write(new byte[50]);
        }
        cutter.flush();
        assertThat(pieces).extracting(MessageCutter.Piece::kind).containsExactly(MessageKind.DATA, MessageKind.SNAPSHOT);
        assertThat(headers()).containsExactly("(0-0000000000-0000000100-0)", "(0-0000000100-0000000200-0)");
    }

    @Test
    void anotherLimitOrFilterIsAnotherCut() throws IOException {
        for (MessageCutter cutter : List.of(cutter(0, 1_000), cutter(0, 1_001), new MessageCutter(start(0), 0, 1_000, new byte[] {1}, pieces::add), cutter(0, 1_000))) {
            write(cutter, 100, 5_000);
        }
        List<Digest> cuts = pieces.stream().map(piece -> piece.part().cut()).toList();
        assertThat(cuts.stream().distinct()).hasSize(3);
        assertThat(cuts.get(0)).isEqualTo(cuts.get(cuts.size() - 1));
    }

    @Test
    void partsThatAreThereAreLeftOutButForTheLastAndForOtherCutsAndPlaces() throws IOException {
        write(cutter(0, 1_000), 100, 3_500);
        Digest cut = pieces.get(0).part().cut();
        assertThat(leavingOut(new Held(cut, parts(0, 2, 3)))).containsExactly("(0-0000000000-0000000000-1)", "(0-0000000000-0000000100-3)");
        assertThat(pieces).extracting(piece -> piece.part().fromByte()).containsExactly(1_000L, 3_000L);
        assertThat(leavingOut(new Held(new Digest(1, 2), parts(0, 1, 2)))).hasSize(4);
        pieces.clear();
        MessageCutter later = new MessageCutter(start(0), 0, 1_000, 1_000, new byte[0], List.of(new Held(cut, parts(0, 1, 2))), pieces::add);
        write(later, 50, 900);
        write(later, 100, 3_500);
        later.flush();
        assertThat(headers()).as("the same transaction behind another one is at another place").hasSize(5);
    }

    private List<String> leavingOut(Held held) throws IOException {
        pieces.clear();
        MessageCutter cutter = new MessageCutter(start(0), 0, 1_000, 1_000, new byte[0], List.of(held), pieces::add);
        write(cutter, 100, 3_500);
        cutter.flush();
        return headers();
    }

    private static BitSet parts(int... sequences) {
        BitSet parts = new BitSet();
        Arrays.stream(sequences).forEach(parts::set);
        return parts;
    }

    @Test
    void aMillionRowTransactionIsNeverHeldWhole() throws IOException {
        long[] seen = new long[2];
        MessageCutter cutter = new MessageCutter(start(0), 0, 48_000, new byte[0], piece -> {
            seen[0]++;
            seen[1] = Math.max(seen[1], piece.body().length);
        });
        try (OutputStream out = cutter.transaction(MessageKind.DATA, new LogOffset(100_000_000), new Digest(1, 1))) {
            byte[] row = new byte[100];
            for (int i = 0; i < 1_000_000; i++) {
                out.write(row);
            }
        }
        cutter.flush();
        assertThat(seen[0]).isEqualTo((100_000_000L + BodyFrame.HEAD_BYTES + 47_999) / 48_000);
        assertThat(seen[1]).isEqualTo(48_000);
    }

    @Test
    void theEnvelopeHasRoomWithinTheLowerOfBothLimits() {
        DeliverySettings settings = DeliverySettings.STANDARD;
        assertThat(MessageCutter.bodyBytes(settings, null)).isEqualTo(48_000);
        assertThat(MessageCutter.bodyBytes(settings, 20_000)).isEqualTo(18_000);
        assertThat(MessageCutter.bodyBytes(settings, 1)).isEqualTo(8_000);
        assertThatThrownBy(() -> settings.withMaxMessageBytes(9_999)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void anyTransactionsCutToAnyLimitComeOutEqual(@ForAll @Size(max = 30) List<@IntRange(max = 700) Integer> sizes, @ForAll @IntRange(min = 33, max = 400) int limit)
            throws IOException {
        pieces.clear();
        MessageCutter cutter = cutter(0, limit);
        List<byte[]> written = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            byte[] bytes = write(cutter, i + 1, sizes.get(i));
            if (bytes.length > 0) {
                written.add(bytes);
            }
        }
        cutter.flush();
        assertThat(read(limit)).usingRecursiveComparison().isEqualTo(written);
    }

    /** Follows the chain as a receiver does. */
    private List<byte[]> read(int limit) throws IOException {
        List<byte[]> read = new ArrayList<>();
        ByteArrayOutputStream group = new ByteArrayOutputStream();
        LogOffset at = LogOffset.ZERO;
        for (MessageCutter.Piece piece : pieces) {
            assertThat(piece.body().length).isBetween(1, limit);
            assertThat(piece.header().prev()).isEqualTo(at);
            if (piece.header().isWhole()) {
                for (BodyFrame frame : BodyFrame.of(piece.body())) {
                    read.add(Arrays.copyOfRange(piece.body(), frame.start(), frame.start() + (int) frame.length()));
                }
            } else {
                assertThat(piece.part().fromByte()).isEqualTo(group.size());
                group.writeBytes(piece.body());
            }
            if (piece.header().isLastPart()) {
                assertThat(piece.part().totalBytes()).isEqualTo(group.size());
                ByteArrayInputStream in = new ByteArrayInputStream(group.toByteArray());
                assertThat(BodyFrame.head(in).offset()).isEqualTo(piece.header().last());
                read.add(in.readAllBytes());
                group.reset();
            }
            at = piece.header().last();
        }
        return read;
    }

    private MessageCutter cutter(long prev, int limit) {
        return new MessageCutter(start(prev), 0, limit, new byte[0], pieces::add);
    }

    private static Position start(long offset) {
        return Correspondence.at(offset);
    }

    private static byte[] write(MessageCutter cutter, long offset, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(offset).nextBytes(bytes);
        try (OutputStream out = cutter.transaction(MessageKind.DATA, new LogOffset(offset), new Digest(offset, offset))) {
            for (int from = 0; from < size; from += 37) {
                out.write(bytes, from, Math.min(37, size - from));
            }
        }
        return bytes;
    }

    private List<String> headers() {
        return pieces.stream().map(piece -> piece.header().toString()).toList();
    }
}
