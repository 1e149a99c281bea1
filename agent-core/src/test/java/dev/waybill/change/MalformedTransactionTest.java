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
import static dev.waybill.change.TransactionSamples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.MalformedException.Reason;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class MalformedTransactionTest {

    private static final TableShape TABLE = table(ColumnType.of(SqlType.VARCHAR), ColumnType.of(SqlType.NUMERIC), ColumnType.of(SqlType.BLOB),
            new ColumnType(SqlType.ARRAY, -1, -1, "", List.of(), List.of(ColumnType.of(SqlType.TIMESTAMP_WITH_TIME_ZONE))));
    private static final byte[] GOOD = good();
    private static final byte[] SMALL = small();

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (int length = 0; length < GOOD.length; length += length > 1500 && length < GOOD.length - 1500 ? 61 : 1) { // the middle is one long chunk
            byte[] cut = Arrays.copyOf(GOOD, length);
            assertThatThrownBy(() -> read(cut)).as("first %s bytes", length).isInstanceOf(MalformedException.class);
            assertThat(isRefused(new TransactionReader(new ByteArrayInputStream(cut)))).isTrue();
        }
    }

    @Test
    void bytesAfterTheEndAreRefused() {
        assertThatThrownBy(() -> read(Arrays.copyOf(GOOD, GOOD.length + 1))).isInstanceOf(MalformedException.class).hasMessageContaining("follow the end");
    }

    @Test
    void everySingleBitFlipIsRefusedOrReadsAsAnotherTransactionThatIsWrittenTheSameWay() throws IOException {
        int accepted = 0;
        for (int bit = 0; bit < 8 * SMALL.length; bit++) {
            byte[] flipped = SMALL.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            accepted += isRefusedOrCanonical(flipped) ? 0 : 1;
        }
        assertThat(accepted).isPositive().isLessThan(4 * SMALL.length);
    }

    @Property(tries = 2000)
    void arbitraryBytesNeverHangAndNeverGiveAnythingButATransactionOrARefusal(@ForAll @Size(max = 400) byte[] bytes) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> isRefusedOrCanonical(bytes));
    }

    @Property(tries = 2000)
    void arbitraryDamageNeverHangs(@ForAll @IntRange(max = 1_000_000) int where, @ForAll @Size(min = 1, max = 6) byte[] what) {
        byte[] damaged = GOOD.clone();
        for (int i = 0; i < what.length; i++) {
            damaged[(where + i) % damaged.length] = what[i];
        }
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> isRefusedOrCanonical(damaged));
    }

    @Property(tries = 300_000)
    @Tag("extended")
    void muchDamageInManyPlacesNeverHangs(@ForAll @Size(min = 1, max = 4) List<@IntRange(max = 1_000_000) Integer> places, @ForAll byte what) throws IOException {
        byte[] damaged = SMALL.clone();
        places.forEach(where -> damaged[where % damaged.length] ^= what);
        isRefusedOrCanonical(damaged);
    }

    @Test
    void announcedLengthsAllocateNothingBeforeTheirBytesAreThere() throws IOException {
        ByteSink claim = new ByteSink();
        claim.putByte(1);
        claim.putByte(RecordCode.BEGIN);
        claim.putVarint(TransactionWriter.MAX_RECORD_BYTES);
        claim.putBytes(new byte[5]);
        assertRefusedWithin(200_000, claim.bytes());
        ByteSink columns = new ByteSink();
        columns.putText("S");
        columns.putText("T");
        columns.putVarint(1);
        columns.putVarint(Integer.MAX_VALUE);
        columns.putBytes(new byte[100]);
        assertRefusedWithin(200_000, withTableRecord(columns.bytes()));
    }

    @Test
    void recordBeyondTheBoundIsOversize() {
        ByteSink claim = new ByteSink();
        claim.putByte(1);
        claim.putByte(RecordCode.BEGIN);
        claim.putVarint(TransactionWriter.MAX_RECORD_BYTES + 1L);
        assertReason(Reason.OVERSIZE, claim.bytes());
    }

    @Test
    void newerFormatIsTooNew() {
        byte[] newer = GOOD.clone();
        newer[0] = 2;
        assertReason(Reason.TOO_NEW, newer);
    }

    @Test
    void unknownRecordIsSkippedOrRefusedByItsCriticalBit() throws IOException {
        byte[] plain = write(begin(), insert(TABLE, 1L, "a", null, null, null), end(1));
        int at = 1 + 2 + plain[2];
        assertThat(read(insertAt(plain, at, new byte[] {0x55, 3, 1, 2, 3}))).hasSize(3);
        assertReason(Reason.UNKNOWN_CRITICAL, insertAt(plain, at, new byte[] {(byte) 0xd5, 3, 1, 2, 3}));
        assertReason(Reason.UNKNOWN_CRITICAL, insertAt(plain, at, new byte[] {(byte) 0xff, 0}));
        assertReason(Reason.CORRUPT, insertAt(plain, 1, new byte[] {0x55, 0}));
    }

    @Test
    void wrongFingerprintIsRefused() throws IOException {
        byte[] bytes = transaction(insert(TABLE, 1L, "a", null, null, null));
        int table = 1 + 2 + bytes[2];
        assertThat(bytes[table] & 0xff).isEqualTo(RecordCode.TABLE);
        bytes[table + 5] ^= 1;
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(MalformedException.class).hasMessageContaining("fingerprint");
    }

    @Test
    void chunksThatNoRecordRefersToAreRefused() throws IOException {
        byte[] head = write(begin());
        ByteSink sink = new ByteSink();
        sink.putBytes(head);
        for (int i = 0; i < 2; i++) {
            sink.putByte(RecordCode.CHUNK);
            sink.putVarint(2 + TransactionWriter.LARGE_VALUE_BYTES);
            sink.putVarint(0);
            sink.putByte(i);
            sink.putBytes(new byte[TransactionWriter.LARGE_VALUE_BYTES]);
        }
        byte[] whole = write(begin(), end(0));
        sink.write(whole, head.length, whole.length - head.length);
        assertThatThrownBy(() -> read(sink.bytes())).isInstanceOf(MalformedException.class).hasMessageContaining("does not refer to");
    }

    private static byte[] withTableRecord(byte[] shape) throws IOException {
        ByteSink sink = new ByteSink();
        sink.putBytes(write(begin()));
        sink.putByte(RecordCode.TABLE);
        sink.putVarint(9 + shape.length);
        sink.putVarint(0);
        sink.putLong(0);
        sink.putBytes(shape);
        return sink.bytes();
    }

    private static void assertRefusedWithin(long allocatedBytes, byte[] bytes) throws IOException {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(MalformedException.class);
        TransactionReader reader = new TransactionReader(new ByteArrayInputStream(bytes));
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        boolean refused = isRefused(reader);
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before).isLessThan(allocatedBytes);
        assertThat(refused).isTrue();
    }

    private static boolean isRefused(TransactionReader reader) throws IOException {
        try {
            while (reader.next() != null) {
                assertThat(reader).isNotNull();
            }
            return false;
        } catch (MalformedException expected) {
            return true;
        }
    }

    /** True when refused; false when accepted, and then writing it again gives the same bytes. */
    private static boolean isRefusedOrCanonical(byte[] bytes) throws IOException {
        try (TransactionReader reader = bytes.length % 2 == 0 ? new TransactionReader(bytes) : new TransactionReader(new ByteArrayInputStream(bytes))) {
            ByteSink again = new ByteSink();
            TransactionWriter writer = new TransactionWriter(again);
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                writer.write(record);
            }
            assertThat(again.bytes()).isEqualTo(bytes);
            return false;
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return true;
        }
    }

    private static void assertReason(Reason reason, byte[] bytes) {
        assertThatThrownBy(() -> read(bytes)).isInstanceOfSatisfying(MalformedException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static byte[] insertAt(byte[] bytes, int at, byte[] more) {
        ByteSink sink = new ByteSink();
        sink.write(bytes, 0, at);
        sink.putBytes(more);
        sink.write(bytes, at, bytes.length - at);
        return sink.bytes();
    }

    private static byte[] good() {
        try {
            TableDefinition definition = new TableDefinition(TABLE, true, Collections.nCopies(5, new ColumnFacts(true, false, "1 + 1")), List.of(List.of("C0")),
                    List.of(new ForeignKey(List.of("C0"), "S", "P", List.of("ID"), Action.CASCADE, Action.RESTRICT)), List.of("nothing"));
            return write(begin(), new SnapshotStart("music", "x", List.of(definition)), insert(TABLE, 1L, "a", null, null, null), new SnapshotEnd(1),
                    insert(TABLE, 2L, "grün\ud83d\ude00", new BigDecimal("1.5"), large(new byte[40_000]), new Object[] {OffsetDateTime.MIN}),
                    new Change(TABLE, Operation.DELETE, null, row(2L, RowImage.ABSENT, RowImage.ABSENT, null, RowImage.ABSENT), null, List.of(new Note(1, new byte[10]))), end(3));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static byte[] small() {
        try {
            return transaction(insert(TABLE, 1L, "AC/DC", new BigDecimal("-12.50"), new byte[] {1, 2, 3}, new Object[] {OffsetDateTime.MAX, null}),
                    new Change(TABLE, Operation.UPDATE, row(1L, RowImage.ABSENT, RowImage.ABSENT, RowImage.ABSENT, RowImage.ABSENT), null, row(2L, "x", null, RowImage.ABSENT, null), List.of(new Note(5, new byte[] {7}))));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
