// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.LargeValue;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.journal.Digest;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.Owed.Period;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriberFilterTest {

    private static final Object ABSENT = RowImage.ABSENT;
    private static final UUID ID = new UUID(1, 2);

    private Connection raw;
    private Dialect dialect;
    private CatalogueHistory history;
    private long named;
    private long whole;

    /** Version {@code named} publishes artist (id, name) as {@code names}; {@code whole} adds album (all) as {@code albums}. */
    @BeforeEach
    void publish() throws SQLException {
        raw = DriverManager.getConnection("jdbc:h2:mem:");
        dialect = Dialects.of(raw);
        history = new CatalogueHistory(dialect);
        try (Statement statement = raw.createStatement()) {
            statement.execute("CREATE TABLE artist (name VARCHAR(100), born INT, id INT PRIMARY KEY)");
            statement.execute("CREATE TABLE album (id INT PRIMARY KEY, text CLOB)");
        }
        Administration administration = new Administration(raw, dialect, new InProcessBoard(), InstantSource.system(), false, Duration.ZERO);
        new Users(administration).grantPublish("hq");
        new Publications(administration).create("names", List.of(table("artist", "name")));
        named = CatalogueStore.load(raw, dialect).version();
        new Publications(administration).create("albums", List.of(table("album")));
        whole = CatalogueStore.load(raw, dialect).version();
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void onlySubscribedTablesAndColumnsAreLeftAndTheKeyAlways() throws Exception {
        Change insert = change(artist(named), Operation.INSERT, null, null, image("Nina", 1933, 7));
        Change other = change(album(named), Operation.INSERT, null, null, image(1, "x"));
        List<TransactionRecord> left = project(filter("branch", to("names")), entry(10, insert, other));

        assertThat(left).hasSize(3);
        assertThat(left.get(0)).isEqualTo(begin());
        Change kept = (Change) left.get(1);
        assertThat(kept.table().columns().stream().map(ColumnShape::name)).containsExactly("NAME", "ID");
        assertThat(kept.table().key()).containsExactly(1);
        assertThat(kept.table().publications()).containsExactly("names");
        assertThat(kept.after()).isEqualTo(image("Nina", 7));
        assertThat(((End) left.get(2)).changes()).isEqualTo(1);
    }

    @Test
    void everyOperationKeepsItsMeaning() throws Exception {
        TableShape artist = artist(named);
        List<TransactionRecord> left = project(filter("branch", to("names")), entry(10,
                change(artist, Operation.UPDATE, image(ABSENT, ABSENT, 7), null, image("Nina", 1933, 8)),
                change(artist, Operation.DELETE, null, image("Nina", 1933, 8), null),
                change(artist, Operation.UPSERT, null, null, image("Ella", 1917, 9)),
                change(artist, Operation.TRUNCATE, null, null, null)));
        assertThat(left.subList(1, 5)).extracting(record -> ((Change) record).operation()).containsExactly(Operation.UPDATE, Operation.DELETE, Operation.UPSERT, Operation.TRUNCATE);
        assertThat(((Change) left.get(1)).oldKey()).isEqualTo(image(ABSENT, 7));
        assertThat(((Change) left.get(2)).before()).isEqualTo(image("Nina", 8));
    }

    @Test
    void anUpdateThatTouchesNoSubscribedColumnDisappearsUnlessTheKeyChanged() throws Exception {
        TableShape artist = artist(named);
        SubscriberFilter filter = filter("branch", to("names"));
        assertThat(project(filter, entry(10, change(artist, Operation.UPDATE, null, null, image(ABSENT, 1934, 7))))).isNull();
        assertThat(project(filter, entry(10, change(artist, Operation.UPDATE, null, image("Nina", 1933, 7), image("Nina", 1934, 7))))).isNull();
        assertThat(project(filter, entry(10, change(artist, Operation.UPDATE, null, image("Nina", 1933, 7), image("Eunice", 1933, 7))))).hasSize(3);
        assertThat(project(filter, entry(10, change(artist, Operation.UPDATE, image(ABSENT, ABSENT, 7), null, image(ABSENT, 1934, 8))))).hasSize(3);
    }

    @Test
    void anEntryIsFilteredUnderTheVersionUnderWhichItWasCaptured() throws Exception {
        SubscriberFilter filter = filter("branch", to("albums"));
        assertThat(project(filter, entry(10, change(album(named), Operation.INSERT, null, null, image(1, "x"))))).isNull();
        assertThat(project(filter, entry(10, change(album(whole), Operation.INSERT, null, null, image(1, "x"))))).hasSize(3);
    }

    @Test
    void whatCameFromHimIsWithheldAndWhatIsForOthersToo() throws Exception {
        Change insert = change(artist(named), Operation.INSERT, null, null, image("Nina", 1933, 7));
        SubscriberFilter filter = filter("branch", to("names"));
        assertThat(filter.signature(entry(10, "branch", null, insert))).isNull();
        assertThat(project(filter, entry(10, "branch", null, insert))).isNull();
        assertThat(project(filter, entry(10, "other", null, insert))).hasSize(3);
        assertThat(project(filter, entry(10, null, "other", insert))).isNull();
    }

    @Test
    void whatIsMeantForHimAlonePassesUntouched() throws Exception {
        SnapshotReference reference = new SnapshotReference("names", null, new UUID(3, 4));
        assertThat(project(filter("branch"), entry(10, null, "branch", reference))).containsExactly(begin(), reference, new End(Instant.EPOCH, 0));
    }

    @Test
    void onlyEntriesWithinTheSubscriptionAreOwed() throws Exception {
        Change insert = change(artist(named), Operation.INSERT, null, null, image("Nina", 1933, 7));
        SubscriberFilter filter = filter("branch", new Period("names", new LogOffset(10), new LogOffset(20)), new Period("names", new LogOffset(40), null));
        assertThat(project(filter, entry(10, insert))).isNull();
        assertThat(project(filter, entry(11, insert))).hasSize(3);
        assertThat(project(filter, entry(20, insert))).hasSize(3);
        assertThat(project(filter, entry(21, insert))).isNull();
        assertThat(project(filter, entry(40, insert))).isNull();
        assertThat(project(filter, entry(41, insert))).hasSize(3);
        assertThat(project(filter("branch"), entry(10, insert))).isNull();
    }

    @Test
    void whatIsOwedDoesNotDependOnWhatWasAskedBefore() throws Exception {
        Owed owed = new Owed("branch", new LogOffset(3), List.of(new Period("names", LogOffset.ZERO, new LogOffset(6)), new Period("albums", new LogOffset(5), new LogOffset(9)), new Period("names", new LogOffset(8), null)));
        Random random = new Random(1);
        SubscriberFilter asked = new SubscriberFilter(owed, history);
        for (int i = 0; i < 500; i++) {
            JournalEntry entry = entry(1 + random.nextInt(12), change(artist(named), Operation.INSERT, null, null, image("Nina", 1933, 7)));
            assertThat(asked.signature(entry)).as("%s", entry.offset()).isEqualTo(new SubscriberFilter(owed, history).signature(entry));
        }
    }

    @Test
    void nothingIsOwedOfTheTimeBeforeASubscriberBegan() throws Exception {
        Change insert = change(artist(named), Operation.INSERT, null, null, image("Nina", 1933, 7));
        SubscriberFilter filter = new SubscriberFilter(new Owed("branch", new LogOffset(20), List.of(to("names"))), history);
        assertThat(project(filter, entry(20, insert))).isNull();
        assertThat(project(filter, entry(21, insert))).hasSize(3);
        SnapshotReference reference = new SnapshotReference("names", null, new UUID(3, 4));
        assertThat(project(filter, entry(20, null, "branch", reference))).isNull();
        assertThat(project(filter, entry(21, null, "branch", reference))).hasSize(3);
    }

    @Test
    void subscribersWhoGetTheSameHaveTheSameSignatureAndTheSameBytes() throws Exception {
        JournalEntry entry = entry(10, change(artist(whole), Operation.INSERT, null, null, image("Nina", 1933, 7)), change(album(whole), Operation.INSERT, null, null, image(1, "x")));
        SubscriberFilter one = filter("one", to("names"), to("albums"));
        SubscriberFilter two = filter("two", to("albums"), to("names"));
        SubscriberFilter three = filter("three", to("names"));
        assertThat(one.signature(entry)).isEqualTo(two.signature(entry)).isNotEqualTo(three.signature(entry));
        assertThat(bytes(one, entry)).isEqualTo(bytes(two, entry)).isNotEqualTo(bytes(three, entry));
    }

    @Test
    void aRowThatGetsAnotherValueLeavesOneSubscriberAndComesToAnother() throws Exception {
        new Publications(new Administration(raw, dialect, new InProcessBoard(), InstantSource.system(), false, Duration.ZERO))
                .create("years", List.of(new TableReference(null, new Identifier("artist", false), List.of(new Identifier("name", false)), null, new Identifier("born", false))));
        TableShape artist = artist(CatalogueStore.load(raw, dialect).version());
        SubscriberFilter old = filter("old", new Period("years", "1933", LogOffset.ZERO, null));
        SubscriberFilter young = filter("young", new Period("years", "1950", LogOffset.ZERO, null), new Period("years", "1951", new LogOffset(10), null));
        JournalEntry insert = entry(10, change(artist, Operation.INSERT, null, null, image("Nina", 1933, 7)));
        JournalEntry update = entry(11, change(artist, Operation.UPDATE, null, image(ABSENT, 1933, 7), image("Nina", 1951, 7)));
        assertThat(old.signature(insert)).isNotEqualTo(young.signature(insert));
        assertThat(young.signature(insert)).isNotEqualTo(young.signature(update));
        assertThat(((Change) project(old, insert).get(1)).after()).isEqualTo(image("Nina", 7));
        assertThat(project(young, insert)).isNull();
        assertThat(((Change) project(old, update).get(1)).operation()).isEqualTo(Operation.DELETE);
        assertThat(((Change) project(young, update).get(1)).operation()).isEqualTo(Operation.INSERT);
        assertThat(((Change) project(young, update).get(1)).after()).isEqualTo(image("Nina", 7));
    }

    @Test
    void largeValuesGoThroughWhole() throws Exception {
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 'x');
        LargeValue text = new LargeValue() {
            @Override
            public long lengthBytes() {
                return large.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(large);
            }
        };
        JournalEntry entry = entry(10, change(album(whole), Operation.INSERT, null, null, image(1, text)));
        try (TransactionReader reader = new TransactionReader(new ByteArrayInputStream(bytes(filter("branch", to("albums")), entry)))) {
            reader.next();
            LargeValue read = (LargeValue) ((Change) reader.next()).after().value(1);
            try (InputStream in = read.open()) {
                assertThat(in.readAllBytes()).isEqualTo(large);
            }
        }
    }

    @Test
    void whatIsWhollyHisIsCopiedWithoutBeingDecoded() throws Exception {
        SubscriberFilter filter = filter("branch", to("albums"), to("names"));
        TableShape album = album(whole).in(List.of("albums"));
        Change[] passing = {change(album, Operation.INSERT, null, null, image(1, "x")), change(album, Operation.UPDATE, null, null, image(1, "y")),
                change(album, Operation.UPDATE, image(1, ABSENT), null, image(2, ABSENT)), change(album, Operation.UPSERT, null, null, image(3, "z")),
                change(album, Operation.DELETE, null, image(2, ABSENT), null), change(album, Operation.TRUNCATE, null, null, null)};
        assertThat(project(filter, entry(10, passing))).hasSize(8);
        assertThat(isDecoded(filter, entry(10, passing))).isFalse();
        assertThat(project(filter, entry(10, change(album, Operation.UPDATE, null, image(1, "x"), image(1, "x"))))).as("says nothing new").isNull();
        assertThat(isDecoded(filter, entry(10, change(artist(whole), Operation.INSERT, null, null, image("Nina", 1933, 7))))).as("a column is left out").isTrue();
        assertThat(isDecoded(filter, entry(10, change(album(whole).in(List.of("albums", "other")), Operation.INSERT, null, null, image(1, "x"))))).as("others hold it too").isTrue();
        assertThat(isDecoded(filter, entry(10, change(album(named), Operation.INSERT, null, null, image(1, "x"))))).as("was not published then").isTrue();
    }

    private boolean isDecoded(SubscriberFilter filter, JournalEntry entry) throws Exception {
        Entry inMemory = ((Entry) entry).inMemory();
        filter.project(raw, inMemory, new ByteArrayOutputStream());
        return inMemory.opened().get() > 0;
    }

    private SubscriberFilter filter(String subscriber, Period... periods) {
        return new SubscriberFilter(new Owed(subscriber, LogOffset.ZERO, List.of(periods)), history);
    }

    private static Period to(String publication) {
        return new Period(publication, LogOffset.ZERO, null);
    }

    private byte[] bytes(SubscriberFilter filter, JournalEntry entry) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return filter.project(raw, entry, out) ? out.toByteArray() : null;
    }

    /** An entry in memory may be copied without being decoded: the outcome must be the same, byte by byte. */
    private List<TransactionRecord> project(SubscriberFilter filter, JournalEntry entry) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream fromMemory = new ByteArrayOutputStream();
        boolean left = filter.project(raw, entry, out);
        assertThat(filter.project(raw, ((Entry) entry).inMemory(), fromMemory)).isEqualTo(left);
        assertThat(fromMemory.toByteArray()).isEqualTo(out.toByteArray());
        if (!left) {
            assertThat(out.size()).isZero();
            return null;
        }
        List<TransactionRecord> records = new ArrayList<>();
        try (TransactionReader reader = new TransactionReader(new ByteArrayInputStream(out.toByteArray()))) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
        }
        return records;
    }

    private static Begin begin() {
        return new Begin(ID, "hq", "SA", List.of());
    }

    private static JournalEntry entry(long offset, TransactionRecord... records) {
        return entry(offset, null, null, records);
    }

    private static JournalEntry entry(long offset, String origin, String target, TransactionRecord... records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            TransactionWriter writer = new TransactionWriter(out);
            writer.write(begin());
            for (TransactionRecord record : records) {
                writer.write(record);
            }
            writer.write(new End(Instant.EPOCH, Arrays.stream(records).filter(Change.class::isInstance).count()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Entry(new LogOffset(offset), Digest.ZERO, ID, origin, target, Instant.EPOCH, out.toByteArray(), null, new AtomicInteger());
    }

    private record Entry(LogOffset offset, Digest digest, UUID transactionId, String origin, String target, Instant committedAt, byte[] bytes, byte[] content, AtomicInteger opened)
            implements JournalEntry {
        Entry inMemory() {
            return new Entry(offset, digest, transactionId, origin, target, committedAt, bytes, bytes, new AtomicInteger());
        }

        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            opened.incrementAndGet();
            return new ByteArrayInputStream(bytes);
        }
    }

    private static Change change(TableShape table, Operation operation, RowImage oldKey, RowImage before, RowImage after) {
        return new Change(table, operation, oldKey, before, after, List.of());
    }

    private static RowImage image(Object... values) {
        return new RowImage(Arrays.stream(values).map(value -> value instanceof Integer number ? (Object) number.longValue() : value).toArray());
    }

    private static TableShape artist(long version) {
        return new TableShape("PUBLIC", "ARTIST", version, List.of(new ColumnShape("NAME", ColumnType.of(SqlType.VARCHAR, 100, -1)), new ColumnShape("BORN", ColumnType.of(SqlType.INTEGER)),
                new ColumnShape("ID", ColumnType.of(SqlType.INTEGER))), List.of(2));
    }

    private static TableShape album(long version) {
        return new TableShape("PUBLIC", "ALBUM", version, List.of(new ColumnShape("ID", ColumnType.of(SqlType.INTEGER)), new ColumnShape("TEXT", ColumnType.of(SqlType.CLOB))), List.of(0));
    }

    private static TableReference table(String name, String... columns) {
        return new TableReference(null, new Identifier(name, false), Arrays.stream(columns).map(column -> new Identifier(column, false)).toList());
    }
}
