// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static dev.waybill.change.TransactionSamples.begin;
import static dev.waybill.change.TransactionSamples.end;
import static dev.waybill.change.TransactionSamples.insert;
import static dev.waybill.change.TransactionSamples.large;
import static dev.waybill.change.TransactionSamples.read;
import static dev.waybill.change.TransactionSamples.row;
import static dev.waybill.change.TransactionSamples.table;
import static dev.waybill.change.TransactionSamples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.TransactionRecord.Change;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LargeValueTest {

    private static final int BOUND = TransactionWriter.LARGE_VALUE_BYTES;
    private static final TableShape TABLE = table(ColumnType.of(SqlType.CLOB), ColumnType.of(SqlType.BLOB), ColumnType.of(SqlType.JSON), ColumnType.of(SqlType.VARCHAR));

    @Test
    void valuesUpToTheBoundStayInlineAndLongerOnesComeAsLargeValues() throws IOException {
        byte[] atBound = random(BOUND);
        byte[] above = random(BOUND + 1);
        Object[] values = first(transaction(insert(TABLE, 1L, large("short".getBytes(StandardCharsets.UTF_8)), large(atBound), above, "é".repeat(BOUND))));
        assertThat(values[1]).isEqualTo("short");
        assertThat((byte[]) values[2]).isEqualTo(atBound);
        assertThat(values[3]).isInstanceOf(LargeValue.class);
        assertThat(values[4]).isInstanceOf(LargeValue.class);
    }

    @Test
    void contentOfSeveralLargeValuesComesBackWhenOpenedInAnyOrderAndTwice() throws IOException {
        byte[] blob = random(700_000);
        byte[] json = random(BOUND + 1);
        String text = "\ud83d\ude00x\ud83d".repeat(20_000);
        byte[] bytes = transaction(insert(TABLE, 1L, text, large(blob), json, "small"), insert(TABLE, 2L, null, large(new byte[0]), null, text));
        try (TransactionReader reader = new TransactionReader(bytes)) {
            reader.next();
            Object[] values = ((Change) reader.next()).after().values();
            assertThat(bytesOf(values[3])).isEqualTo(json);
            assertThat(bytesOf(values[2])).isEqualTo(blob);
            assertThat(bytesOf(values[2])).isEqualTo(blob);
            assertThat(textOf(values[1])).isEqualTo(text);
            assertThat(((LargeValue) values[2]).lengthBytes()).isEqualTo(blob.length);
            assertThat(values[4]).isEqualTo("small");
            Object[] next = ((Change) reader.next()).after().values();
            assertThat((byte[]) next[2]).isEmpty();
            assertThat(textOf(next[4])).isEqualTo(text);
            assertThatThrownBy(() -> ((LargeValue) values[2]).open()).isInstanceOf(IOException.class).hasMessageContaining("moved on");
        }
    }

    @Test
    void beforeAndAfterImageMayBothHoldLargeValues() throws IOException {
        byte[] before = random(300_000);
        byte[] after = random(400_000);
        Change change = new Change(TABLE, Operation.UPDATE, null, row(1L, RowImage.ABSENT, large(before), RowImage.ABSENT, RowImage.ABSENT), row(1L, null, large(after), null, null), List.of());
        try (TransactionReader reader = new TransactionReader(transaction(change))) {
            reader.next();
            Change back = (Change) reader.next();
            assertThat(bytesOf(back.before().value(2))).isEqualTo(before);
            assertThat(bytesOf(back.after().value(2))).isEqualTo(after);
            assertThat(back.before().has(1)).isFalse();
        }
    }

    @Test
    void keysAreAlwaysInlineHoweverLong() throws IOException {
        TableShape byText = new TableShape("", "K", 1, List.of(new ColumnShape("K", ColumnType.of(SqlType.VARCHAR))), List.of(0));
        String key = "k".repeat(3 * BOUND);
        assertThat(first(transaction(insert(byText, key)))).containsExactly(key);
    }

    @Test
    void aHundredMegabytesPassWithoutBeingHeldWhole() throws IOException {
        long total = 100L << 20;
        long[] drained = {0, 0};
        ByteSink sink = new ByteSink(1024, 100_000, full -> {
            drained[0] = Math.max(drained[0], full.size());
            drained[1] += full.size();
            full.clear();
        });
        TransactionWriter writer = new TransactionWriter(sink);
        writer.write(begin());
        writer.write(insert(TABLE, 1L, null, zeros(total), null, null));
        writer.write(end(1));
        assertThat(drained[0]).isLessThan(100_000 + 2 * BOUND);
        assertThat(drained[1] + sink.size()).isBetween(total, total + 100_000);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void temporaryFileIsGoneAfterTheNextRecordAndAfterClose() throws IOException {
        byte[] bytes = transaction(insert(TABLE, 1L, null, random(2_000_000), null, null), insert(TABLE, 2L, null, null, null, null));
        try (TransactionReader reader = new TransactionReader(bytes)) {
            reader.next();
            reader.next();
            assertThat(openTemporaryFiles()).isEqualTo(1);
            reader.next();
            assertThat(openTemporaryFiles()).isZero();
        }
        try (TransactionReader abandoned = new TransactionReader(bytes)) {
            abandoned.next();
            abandoned.next();
        }
        assertThat(openTemporaryFiles()).isZero();
    }

    @Test
    void valueThatCannotBeReadLeavesTheWriterWaitingForRewind() throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        writer.write(begin());
        TransactionWriter.Mark mark = writer.mark();
        int size = sink.size();
        assertThatThrownBy(() -> writer.write(insert(TABLE, 1L, null, failing(), null, null))).isInstanceOf(IOException.class).hasMessage("gone");
        assertThatThrownBy(() -> writer.write(end(0))).isInstanceOf(IllegalStateException.class);
        writer.rewind(mark);
        sink.truncate(size);
        Change good = insert(TABLE, 2L, "a", new byte[0], null, null);
        writer.write(good);
        writer.write(end(1));
        assertThat(read(sink.bytes())).containsExactly(begin(), good, end(1));
    }

    private static LargeValue failing() {
        return new LargeValue() {
            @Override
            public long lengthBytes() {
                return 1 << 20;
            }

            @Override
            public InputStream open() {
                return new InputStream() {
                    private int count;

                    @Override
                    public int read() throws IOException {
                        if (count++ > 3 * BOUND) {
                            throw new IOException("gone");
                        }
                        return 0;
                    }
                };
            }
        };
    }

    private static LargeValue zeros(long total) {
        return new LargeValue() {
            @Override
            public long lengthBytes() {
                return total;
            }

            @Override
            public InputStream open() {
                return new InputStream() {
                    private long left = total;

                    @Override
                    public int read() {
                        return left-- > 0 ? 0 : -1;
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) {
                        int given = (int) Math.min(left, length);
                        left -= given;
                        return given == 0 ? -1 : given;
                    }
                };
            }
        };
    }

    /** Temporary files that this process has open; other processes on the machine may run the same test. */
    private static long openTemporaryFiles() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(link -> target(link).contains(".large")).count();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Object[] first(byte[] transaction) throws IOException {
        return ((Change) read(transaction).get(1)).after().values();
    }

    private static byte[] bytesOf(Object value) throws IOException {
        try (InputStream in = ((LargeValue) value).open()) {
            return in.readAllBytes();
        }
    }

    private static String textOf(Object value) throws IOException {
        StringWriter text = new StringWriter();
        try (var reader = TextForm.reader(((LargeValue) value).open())) {
            reader.transferTo(text);
        }
        return text.toString();
    }
}
