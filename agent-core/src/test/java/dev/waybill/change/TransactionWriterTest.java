// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static dev.waybill.change.TransactionSamples.begin;
import static dev.waybill.change.TransactionSamples.end;
import static dev.waybill.change.TransactionSamples.insert;
import static dev.waybill.change.TransactionSamples.read;
import static dev.waybill.change.TransactionSamples.row;
import static dev.waybill.change.TransactionSamples.table;
import static dev.waybill.change.TransactionSamples.transaction;
import static dev.waybill.change.TransactionSamples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TransactionWriterTest {

    private static final Object ABSENT = RowImage.ABSENT;
    private static final TableShape ARTIST = table(ColumnType.of(SqlType.VARCHAR, 120, -1));
    private static final TableShape WIDE = table(ints(20));

    @Test
    void everyOperationComesBackWithItsOwnMasksKeysAndNotes() throws IOException {
        Object[] sparse = new Object[21];
        Arrays.fill(sparse, ABSENT);
        sparse[0] = 5L;
        sparse[8] = null;
        sparse[20] = 20L;
        List<Note> notes = List.of(new Note(Note.CASCADED, new byte[0]), new Note(99, new byte[] {1, 2, 3}));
        TransactionRecord[] records = {begin(), insert(ARTIST, 1L, "AC/DC"),
            new Change(ARTIST, Operation.UPDATE, row(1L, ABSENT), row(1L, "AC/DC"), row(2L, "Accept"), List.of()),
            new Change(ARTIST, Operation.UPDATE, null, null, row(2L, ABSENT), notes),
            new Change(WIDE, Operation.UPSERT, null, null, row(sparse), List.of()),
            new Change(ARTIST, Operation.DELETE, null, row(2L, ABSENT), null, notes),
            new Change(WIDE, Operation.DELETE, null, row(sparse), null, List.of()),
            new Change(ARTIST, Operation.TRUNCATE, null, null, null, List.of()), end(7)};
        assertThat(read(write(records))).containsExactly(records);
    }

    @Test
    void aRowInBinaryFormIsWrittenAsItsChangeWouldBe() throws IOException {
        TableShape shape = table(ColumnType.of(SqlType.VARCHAR, 120, -1), ColumnType.of(SqlType.BOOLEAN), ColumnType.of(SqlType.REAL), ColumnType.of(SqlType.DOUBLE), ColumnType.of(SqlType.TIMESTAMP, -1, 9),
                ColumnType.of(SqlType.NUMERIC, 9, 2), ColumnType.of(SqlType.VARBINARY, 9, -1), ColumnType.of(SqlType.DATE));
        Object[] values = {7L, "Ünal", true, -1.5f, 1e300, LocalDateTime.of(1969, 12, 31, 23, 59, 59, 5), new BigDecimal("-1.25"), new byte[] {1, 2}, null};
        ByteSink known = new ByteSink();
        TransactionWriter writer = new TransactionWriter(known);
        ByteSink expected = new ByteSink();
        TransactionWriter plain = new TransactionWriter(expected);
        for (String publisher : List.of("hq", "hq", "a publisher with a name ".repeat(5), "hq", "p".repeat(128))) {
            Begin begin = new Begin(UUID.randomUUID(), publisher, "clerk", List.of());
            plain.write(begin);
            writer.begin(begin.transactionId().getMostSignificantBits(), begin.transactionId().getLeastSignificantBits(), publisher, "clerk");
            RowWriter rows = new RowWriter(1);
            for (int i = 0; i < 2; i++) {
                values[0] = 100_000L * i;
                plain.write(new Change(shape, Operation.INSERT, null, null, row(values.clone()), List.of()));
                int start = rows.size();
                encode(rows, values);
                assertThat(row(rows.values(shape.columns().stream().map(ColumnShape::type).toList(), start))).isEqualTo(row(values));
                writer.insert(shape, rows, start, rows.size());
            }
            plain.write(end(2));
            writer.write(end(2));
            plain.reset();
            writer.reset();
        }
        assertThat(known.bytes()).isEqualTo(expected.bytes());
    }

    private static void encode(RowWriter row, Object[] values) {
        row.integer((Long) values[0]);
        row.value(ValueKind.TEXT, values[1]);
        row.truth(true);
        row.realBits(Float.floatToRawIntBits(-1.5f));
        row.doubleBits(Double.doubleToRawLongBits(1e300));
        row.timestamp(-1, 5);
        row.value(ValueKind.DECIMAL, values[6]);
        row.value(ValueKind.BYTES, values[7]);
        row.nothing();
    }

    @Test
    void aRowThatComesBeforeItsTransactionIsNotWritten() throws IOException {
        ByteSink sink = new ByteSink();
        RowWriter row = new RowWriter(8);
        row.integer(1);
        row.nothing();
        TransactionWriter writer = new TransactionWriter(sink);
        assertThatIllegalArgumentException().isThrownBy(() -> writer.insert(ARTIST, row, 0, row.size()));
        assertThat(sink.size()).isZero();
        writer.reset();
        writer.begin(1, 2, "hq", "clerk");
        assertThatIllegalArgumentException().isThrownBy(() -> writer.begin(1, 2, "hq", "clerk"));
        assertThatIllegalArgumentException().isThrownBy(() -> row.value(ValueKind.TEXT, "x".repeat(TransactionWriter.LARGE_VALUE_BYTES)));
    }

    @Test
    void theKeyOfATableThatIsNothingButItsKeyMayChange() throws IOException {
        TableShape all = table();
        TransactionRecord[] records = {begin(), new Change(all, Operation.UPDATE, row(1L), null, row(2L), List.of()), end(1)};
        assertThat(read(write(records))).containsExactly(records);
    }

    @Test
    void snapshotsComeBackWithCompleteDefinitions() throws IOException {
        ForeignKey toArtist = new ForeignKey(List.of("C0"), "PUBLIC", "T1", List.of("ID"), Action.CASCADE, Action.SET_NULL);
        TableDefinition parent = new TableDefinition(ARTIST, true, List.of(new ColumnFacts(false, true, null), new ColumnFacts(true, false, "UPPER(\"NAME\")")), List.of(List.of("C0"), List.of("C0", "ID")), List.of(),
                List.of("The check constraint C does not travel."));
        TableDefinition child = new TableDefinition(table(ColumnType.of(SqlType.INTEGER)), false, List.of(new ColumnFacts(false, false, null), new ColumnFacts(true, false, null)), List.of(), List.of(toArtist), List.of());
        TransactionRecord[] records = {begin(), new SnapshotStart("music", null, List.of(parent, child)), insert(ARTIST, 1L, "AC/DC"), new SnapshotEnd(1),
            new SnapshotStart("music", "", List.of()), new SnapshotEnd(0), end(1)};
        assertThat(read(write(records))).containsExactly(records);
    }

    @Test
    void extremesOfBeginAndEndComeBack() throws IOException {
        Begin begin = new Begin(new UUID(-1, -1), "hq\ud83d", "", List.of());
        for (Instant at : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.ofEpochSecond(-1, 999_999_999))) {
            assertThat(read(write(begin, new End(at, 0)))).containsExactly(begin, new End(at, 0));
        }
    }

    @Test
    void aTableIsNamedOnceAndSoIsAnEqualShapeOfAnotherInstance() throws IOException {
        TableShape same = new TableShape(ARTIST.schema(), ARTIST.name(), ARTIST.version(), ARTIST.columns(), ARTIST.key());
        int one = transaction(insert(ARTIST, 1L, "a")).length;
        int two = transaction(insert(ARTIST, 1L, "a"), insert(same, 2L, "b")).length;
        assertThat(two - one).isLessThan(15);
        TableShape newer = new TableShape(ARTIST.schema(), ARTIST.name(), ARTIST.version() + 1, ARTIST.columns(), ARTIST.key());
        List<TransactionRecord> records = read(transaction(insert(ARTIST, 1L, "a"), insert(newer, 2L, "b")));
        assertThat(((Change) records.get(2)).table().version()).isEqualTo(ARTIST.version() + 1);
    }

    @Test
    void aTableSaysWhichPublicationsHoldIt() throws IOException {
        TableShape shared = ARTIST.in(List.of("music", "names"));
        List<TransactionRecord> records = read(transaction(insert(shared, 1L, "a"), insert(ARTIST, 2L, "b")));
        assertThat(((Change) records.get(1)).table()).isEqualTo(shared).isNotEqualTo(ARTIST);
        assertThat(((Change) records.get(2)).table()).isEqualTo(ARTIST);
        assertThat(shared.fingerprint()).isEqualTo(ARTIST.fingerprint());
    }

    @Test
    void rewindDropsTablesAndCountsNamedAfterTheMark() throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        writer.write(begin());
        writer.write(insert(ARTIST, 1L, "a"));
        int size = sink.size();
        TransactionWriter.Mark mark = writer.mark();
        for (int round = 0; round < 3; round++) {
            writer.write(new Change(WIDE, Operation.TRUNCATE, null, null, null, List.of()));
            writer.write(insert(ARTIST, 2L, "b"));
            writer.rewind(mark);
            sink.truncate(size);
        }
        Change after = new Change(WIDE, Operation.TRUNCATE, null, null, null, List.of());
        writer.write(after);
        writer.write(end(2));
        assertThat(writer.changes()).isEqualTo(2);
        assertThat(read(sink.bytes())).containsExactly(begin(), insert(ARTIST, 1L, "a"), after, end(2));
    }

    @Test
    void rewindToBeforeTheBeginningWritesTheFormatAgain() throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        TransactionWriter.Mark mark = writer.mark();
        writer.write(begin());
        writer.rewind(mark);
        sink.truncate(0);
        writer.write(begin());
        writer.write(end(0));
        assertThat(read(sink.bytes())).containsExactly(begin(), end(0));
    }

    @Test
    void resetBeginsATransactionThatNamesItsOwnTables() throws IOException {
        ByteSink sink = new ByteSink();
        TransactionWriter writer = new TransactionWriter(sink);
        byte[] expected = transaction(insert(ARTIST, 1L, "a"));
        for (int round = 0; round < 3; round++) {
            writer.reset();
            sink.clear();
            writer.write(begin());
            writer.write(insert(ARTIST, 1L, "a"));
            writer.write(end(1));
            assertThat(sink.bytes()).isEqualTo(expected);
        }
    }

    @Test
    void readersAndWritersThatShareACacheHandOutTheSameShapeAndWriteTheSameBytes() throws IOException {
        ShapeCache cache = new ShapeCache();
        TableShape newer = new TableShape(ARTIST.schema(), ARTIST.name(), ARTIST.version() + 1, ARTIST.columns(), ARTIST.key());
        for (TableShape shape : List.of(ARTIST, ARTIST, newer, ARTIST)) {
            byte[] bytes = transaction(insert(shape, 1L, "a"), insert(WIDE, ints(1, 21)));
            TableShape first = shapeIn(bytes, cache);
            assertThat(first).isEqualTo(shape);
            assertThat(shapeIn(bytes, cache)).isSameAs(first);
            ByteSink sink = new ByteSink();
            TransactionWriter writer = new TransactionWriter(sink, cache);
            try (TransactionReader reader = new TransactionReader(bytes, 0, bytes.length, cache)) {
                for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                    writer.write(record);
                }
            }
            assertThat(sink.bytes()).isEqualTo(bytes);
        }
    }

    private static TableShape shapeIn(byte[] bytes, ShapeCache cache) throws IOException {
        try (TransactionReader reader = new TransactionReader(new ByteArrayInputStream(bytes), cache)) {
            reader.next();
            return ((Change) reader.next()).table();
        }
    }

    private static Object[] ints(long from, int count) {
        return LongStream.range(from, from + count).boxed().toArray();
    }

    @Test
    void anyStreamGetsTheSameBytesAsASink() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TransactionWriter writer = new TransactionWriter(out);
        writer.write(begin());
        writer.write(insert(ARTIST, 1L, "a"));
        writer.write(end(1));
        assertThat(out.toByteArray()).isEqualTo(transaction(insert(ARTIST, 1L, "a")));
    }

    @Test
    void recordsThatBreakARuleOfValidityAreNotWritten() {
        refused("before the beginning", insert(ARTIST, 1L, "a"));
        refused("begins twice", begin(), begin());
        refused("with 2 changes, 1 came", begin(), insert(ARTIST, 1L, "a"), end(2));
        refused("after the end", begin(), end(0), insert(ARTIST, 1L, "a"));
        refused("2 values", begin(), insert(ARTIST, 1L));
        refused("without the key in its after-image", begin(), insert(ARTIST, ABSENT, "a"));
        refused("without the key in its before-image", begin(), new Change(ARTIST, Operation.DELETE, null, row(ABSENT, "a"), null, List.of()));
        refused("with an after-image", begin(), new Change(ARTIST, Operation.TRUNCATE, null, null, row(1L, "a"), List.of()));
        refused("with a before-image", begin(), new Change(ARTIST, Operation.INSERT, null, row(1L, "a"), row(1L, "a"), List.of()));
        refused("old key", begin(), new Change(ARTIST, Operation.UPDATE, row(1L, "a"), null, row(1L, "a"), List.of()));
        refused("old key", begin(), new Change(ARTIST, Operation.INSERT, row(1L, ABSENT), null, row(1L, "a"), List.of()));
        refused("DELETE inside a snapshot", begin(), new SnapshotStart("p", null, List.of()), new Change(ARTIST, Operation.DELETE, null, row(1L, "a"), null, List.of()));
        refused("ends with 1 rows, 0 came", begin(), new SnapshotStart("p", null, List.of()), new SnapshotEnd(1));
        refused("inside a snapshot", begin(), new SnapshotStart("p", null, List.of()), end(0));
        refused("-1 where a number from 0 on belongs", begin(), new Change(ARTIST, Operation.INSERT, null, null, row(1L, "a"), List.of(new Note(-1, new byte[0]))));
        refused("PUBLIC.T1.C0 has a value of java.lang.Integer", begin(), insert(ARTIST, 1L, 5));
        refused("PUBLIC.T1.ID has a value of java.lang.Integer", begin(), insert(ARTIST, 5, "a"));
    }

    private static void refused(String why, TransactionRecord... records) {
        assertThatIllegalArgumentException().isThrownBy(() -> write(records)).withMessageContaining(why);
    }

    private static ColumnType[] ints(int count) {
        ColumnType[] types = new ColumnType[count];
        Arrays.fill(types, ColumnType.of(SqlType.INTEGER));
        return types;
    }
}
