// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.io.DataInputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Committed transactions become journal entries: whole, once, in order. */
class SequencerTest {

    private TestDatabase database;
    private Sequencer sequencer;
    private Journal journal;

    @BeforeEach
    void open() throws SQLException {
        database = TestDatabase.inMemory();
        sequencer = new Sequencer(database.dialect, TestDatabase.CLOCK);
        journal = new Journal(database.dialect);
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @Test
    void everyTransactionGetsTheOffsetOfItsEndInBytes() throws Exception {
        UUID first = database.commit(bytes("seven b"));
        UUID second = database.commit(bytes("abc"), bytes("de"));
        Position head = database.sequenceAll(sequencer);
        assertThat(head.incarnation()).isEqualTo(database.incarnation);
        assertThat(entries(LogOffset.ZERO)).containsExactly(first + " 7 seven b", second + " 12 abcde");
        assertThat(head.offset()).isEqualTo(new LogOffset(12));
        assertThat(database.texts("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("0");
        assertThat(database.sequenceAll(sequencer)).isEqualTo(head);
    }

    @Test
    void orderIsThatOfLastPartsAndOpenTransactionsAreLeftAlone() throws Exception {
        try (Connection large = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, large);
                Connection idle = database.open(); OutboxWriter idler = new OutboxWriter(database.dialect, idle)) {
            UUID late = UUID.randomUUID();
            writer.write(late, 0, false, bytes("L0"), 0, 2);
            idler.write(UUID.randomUUID(), 0, true, bytes("never"), 0, 5);
            UUID early = database.commit(bytes("early"));
            writer.write(late, 1, true, bytes("L1"), 0, 2);
            UUID after = database.commit(bytes("after"));
            assertThat(database.sequenceAll(sequencer).offset().bytes()).isEqualTo(10);
            large.commit();
            database.sequenceAll(sequencer);
            assertThat(entries(LogOffset.ZERO)).containsExactly(early + " 5 early", after + " 10 after", late + " 14 L0L1");
            idle.rollback();
        }
        assertThat(database.texts("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("0");
    }

    @Test
    void boundsAreKeptButALargeTransactionGoesWhole() throws Exception {
        Sequencer small = new Sequencer(database.dialect, TestDatabase.CLOCK, 3, 10);
        byte[][] parts = new byte[40][];
        Arrays.setAll(parts, i -> bytes("part" + i));
        UUID large = database.commit(parts);
        List<String> expected = new ArrayList<>();
        expected.add(large + " " + String.join("", Arrays.stream(parts).map(part -> new String(part, StandardCharsets.UTF_8)).toList()));
        for (int i = 0; i < 7; i++) {
            expected.add(database.commit(bytes("tx" + i)) + " tx" + i);
        }
        try (Connection raw = database.open()) {
            Sequenced first = small.sequence(raw);
            assertThat(first.transactions()).isEqualTo(1);
            assertThat(first.more()).isTrue();
            raw.commit();
        }
        database.sequenceAll(small);
        assertThat(entries(LogOffset.ZERO).stream().map(text -> text.replaceFirst(" \\d+ ", " "))).isEqualTo(expected);
    }

    @Test
    void stepThatDoesNotCommitLeavesNothingBehind() throws Exception {
        UUID id = database.commit(bytes("kept"));
        try (Connection raw = database.open()) {
            assertThat(sequencer.sequence(raw).transactions()).isEqualTo(1);
            raw.rollback();
            assertThat(journal.head(raw)).isEqualTo(Position.start(database.incarnation));
        }
        assertThat(entries(LogOffset.ZERO)).isEmpty();
        try (Connection raw = database.open()) {
            sequencer.sequence(raw);
        }
        assertThat(entries(LogOffset.ZERO)).isEmpty();
        database.sequenceAll(sequencer);
        assertThat(entries(LogOffset.ZERO)).containsExactly(id + " 4 kept");
    }

    private void keepOutbox() throws SQLException {
        database.execute("CREATE TABLE kept AS SELECT * FROM waybill.outbox");
    }

    /** With other row ids, as after a script was run. */
    private void bringBack(String which) throws SQLException {
        database.execute("INSERT INTO waybill.outbox SELECT * FROM kept WHERE " + which);
    }

    @Test
    void whatWasLeftInTheOutboxIsNotTakenAgainAndWhoIsLateIsFoundBetweenAndBeforeIt() throws Exception {
        try (Connection first = database.open(); OutboxWriter firstWriter = new OutboxWriter(database.dialect, first); Connection second = database.open(); OutboxWriter secondWriter = new OutboxWriter(database.dialect, second);
                Connection raw = database.open()) {
            UUID early = UUID.randomUUID();
            firstWriter.write(early, 0, true, bytes("early"), 0, 5);
            UUID one = database.commit(bytes("one"));
            UUID late = UUID.randomUUID();
            secondWriter.write(late, 0, true, bytes("late"), 0, 4);
            UUID two = database.commit(bytes("two"));
            List<EntryIds> left = leave(raw, List.of());
            assertThat(left).hasSize(2);
            first.commit();
            second.commit();
            UUID three = database.commit(bytes("three"));
            assertThat(sequencer.look(raw, left).small()).hasSize(3);
            left = leave(raw, left);
            assertThat(sequencer.look(raw, left).isEmpty()).isTrue();
            assertThat(entries(LogOffset.ZERO)).containsExactly(one + " 3 one", two + " 6 two", early + " 11 early", late + " 15 late", three + " 20 three");
            assertThat(database.texts("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("5");
            sequencer.delete(raw, left);
            raw.commit();
        }
        assertThat(database.texts("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("0");
    }

    /** One step whose rows stay; they and those that stayed before. */
    private List<EntryIds> leave(Connection raw, List<EntryIds> before) throws SQLException {
        Look look = sequencer.look(raw, before);
        raw.rollback();
        assertThat(sequencer.moveAndLeave(raw, look)).isNotNull();
        raw.commit();
        List<EntryIds> left = new ArrayList<>(before);
        left.addAll(look.small());
        return EntryIds.joined(left);
    }

    @Test
    void lookAfterWhichSomebodySequencedIsVoid() throws Exception {
        UUID id = database.commit(bytes("once"));
        try (Connection raw = database.open()) {
            Look look = sequencer.look(raw, List.of());
            raw.rollback();
            database.sequenceAll(sequencer);
            database.commit(bytes("later"));
            assertThat(sequencer.moveAndLeave(raw, look)).isNull();
            assertThat(sequencer.move(raw, look)).isNull();
            raw.commit();
        }
        assertThat(entries(LogOffset.ZERO)).containsExactly(id + " 4 once");
    }

    @Test
    void whoDoesNotKnowWhatWasLeftFindsItInTheJournal() throws Exception {
        database.commit(bytes("one"));
        database.commit(bytes("two"));
        try (Connection raw = database.open()) {
            leave(raw, List.of());
            database.commit(bytes("three"));
            assertThat(sequencer.deleteBroughtBack(raw)).isEqualTo(2);
            assertThat(sequencer.sequenceExactly(raw, sequencer.settled(raw)).transactions()).isEqualTo(1);
            raw.commit();
        }
        assertThat(entries(LogOffset.ZERO)).hasSize(3);
    }

    /** H2 that is killed while it stores may keep the journal rows of a step and forget that the outbox rows were deleted, or one of several. */
    @Test
    void rowsThatAKilledDatabaseBroughtBackAreNotSequencedAgain() throws Exception {
        UUID first = database.commit(bytes("first"));
        UUID large = database.commit(bytes("L0"), bytes("L1"), bytes("L2"));
        keepOutbox();
        database.sequenceAll(sequencer);
        bringBack("SUBSTRING(payload FROM 3 FOR 4) <> X'00000001'");
        UUID after = database.commit(bytes("after"));
        try (Connection raw = database.open()) {
            assertThat(sequencer.deleteBroughtBack(raw)).isEqualTo(3);
            assertThat(sequencer.sequence(raw).transactions()).isEqualTo(1);
            assertThat(sequencer.deleteBroughtBack(raw)).isZero();
            raw.commit();
        }
        assertThat(entries(LogOffset.ZERO)).containsExactly(first + " 5 first", large + " 11 L0L1L2", after + " 16 after");
        assertThat(database.texts("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("0");
    }

    /** An agent that stopped has deleted them for good; that they are here again cannot be, and shows whether anybody looks. */
    @Test
    void rowsThatWereSequencedAreLookedForOnlyWhenSomebodyHasSequencedSinceAllWereDeleted() throws Exception {
        database.commit(bytes("first"));
        keepOutbox();
        Position head = database.sequenceAll(sequencer);
        bringBack("TRUE");
        try (Connection raw = database.open()) {
            sequencer.cleared(raw, LogOffset.ZERO);
            assertThat(sequencer.deleteBroughtBack(raw)).as("the journal has moved since").isEqualTo(1);
            raw.rollback();
            sequencer.cleared(raw, head.offset());
            assertThat(sequencer.deleteBroughtBack(raw)).isZero();
            sequencer.append(raw, new NewEntry(UUID.randomUUID(), null, "branch", bytes("snapshot")));
            assertThat(sequencer.deleteBroughtBack(raw)).isEqualTo(1);
            raw.rollback();
        }
    }

    @Test
    void manySmallOnesThatWereBroughtBackAreFoundInTheirBlocks() throws Exception {
        for (int i = 0; i < 300; i++) {
            database.commit(bytes("small" + i));
        }
        keepOutbox();
        database.sequenceAll(sequencer);
        assertThat(database.texts("SELECT COUNT(*) < 300 FROM waybill.journal")).containsExactly("TRUE");
        bringBack("TRUE");
        try (Connection raw = database.open()) {
            assertThat(sequencer.deleteBroughtBack(raw)).isEqualTo(300);
            raw.commit();
        }
        assertThat(entries(LogOffset.ZERO)).hasSize(300);
    }

    /** Rows of format 3, some of which an upgrade that was interrupted has rewritten already. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5})
    void rowsOfAnOlderFormatAreSequencedAsTheyWouldHaveBeen(int rewritten) throws Exception {
        UUID first = database.commit(bytes("first"));
        UUID large = database.commit(bytes("L0"), bytes("L1"), bytes("L2"));
        UUID other = UUID.randomUUID();
        try (Connection raw = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, raw, "branch")) {
            writer.write(other, 0, true, bytes("other"), 0, 5);
            raw.commit();
        }
        database.execute("ALTER TABLE waybill.outbox ADD (transaction_id UUID, part INTEGER, last BOOLEAN, size INTEGER, digest INTEGER)");
        database.execute("UPDATE waybill.outbox SET transaction_id = CAST(SUBSTRING(payload FROM 7 FOR 16) AS UUID), part = CAST(SUBSTRING(payload FROM 3 FOR 4) AS INTEGER), last = SUBSTRING(payload FROM 2 FOR 1) = X'01',"
                + " size = OCTET_LENGTH(payload) - 26, digest = CAST(SUBSTRING(payload FROM 23 FOR 4) AS INTEGER), payload = SUBSTRING(payload FROM 27) WHERE _ROWID_ > " + rewritten);
        if (rewritten == 0) {
            for (String column : List.of("transaction_id", "part", "last", "size", "digest")) {
                database.execute("ALTER TABLE waybill.outbox ALTER COLUMN " + column + " SET NOT NULL");
            }
        }
        database.execute("UPDATE waybill.catalogue SET format = 3");
        try (Connection raw = database.open()) {
            assertThat(new CatalogueInstaller(database.dialect, UUID::randomUUID, TestDatabase.CLOCK).install(raw)).isTrue();
        }
        UUID after = database.commit(bytes("after"));
        database.sequenceAll(sequencer);
        assertThat(entries(LogOffset.ZERO)).containsExactly(first + " 5 first", large + " 11 L0L1L2", other + " 16 <branch other", after + " 21 after");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE FROM waybill.journal WHERE part_end = 11", "DELETE FROM waybill.journal", "UPDATE waybill.journal_head SET log_offset = 5"})
    void journalThatDoesNotEndAtItsHeadIsSaidToBeBroken(String half) throws Exception {
        database.commit(bytes("first"));
        database.commit(bytes("second"));
        database.sequenceAll(sequencer);
        database.execute(half);
        database.commit(bytes("third"));
        try (Connection raw = database.open()) {
            assertThatThrownBy(() -> sequencer.sequence(raw)).hasMessageContaining("JOURNAL_BROKEN").hasMessageContaining("killed");
            raw.rollback();
        }
        assertThat(database.texts("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"copyToJournal", "deleteFromOutbox"})
    void stepThatFailsInTheMiddleLeavesNothingHalf(String where) throws Exception {
        UUID id = database.commit(bytes("kept"));
        UUID large = database.commit(bytes("in"), bytes("parts"));
        InvocationHandler failing = (proxy, method, arguments) -> {
            Object result = method.invoke(database.dialect, arguments);
            if (method.getName().equals(where)) {
                throw new SQLException("stopped after " + where);
            }
            return result;
        };
        Dialect dialect = (Dialect) Proxy.newProxyInstance(Dialect.class.getClassLoader(), new Class<?>[] {Dialect.class}, failing);
        try (Connection raw = database.open()) {
            assertThatThrownBy(() -> new Sequencer(dialect, TestDatabase.CLOCK).sequence(raw)).hasMessageContaining(where);
            raw.rollback();
        }
        assertThat(entries(LogOffset.ZERO)).isEmpty();
        database.sequenceAll(sequencer);
        assertThat(entries(LogOffset.ZERO)).containsExactly(id + " 4 kept", large + " 11 inparts");
    }

    @Test
    void twoSequencersAtOnceStopEachOtherButNeverSequenceTwice() throws Exception {
        Set<String> committed = new TreeSet<>();
        for (int i = 0; i < 400; i++) {
            committed.add(database.commit(bytes("tx")).toString());
        }
        Sequencer small = new Sequencer(database.dialect, TestDatabase.CLOCK, 5, 1000);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> both = List.of(threads.submit(() -> insist(small)), threads.submit(() -> insist(small)));
            for (Future<?> one : both) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(entries(LogOffset.ZERO)).hasSize(400).extracting(text -> text.substring(0, 36)).containsExactlyInAnyOrderElementsOf(committed);
        try (Connection raw = database.open()) {
            assertThat(journal.head(raw).digest()).isEqualTo(recomputed());
        }
    }

    /** Goes on after every failure until nothing is left. */
    private Void insist(Sequencer small) throws SQLException {
        try (Connection raw = database.open()) {
            while (true) {
                try {
                    long done = small.sequence(raw).transactions();
                    raw.commit();
                    if (done == 0) {
                        return null;
                    }
                } catch (SQLException e) {
                    raw.rollback();
                }
            }
        }
    }

    @Test
    void snapshotTakesExactlyWhatItSawAndTheRestComesBehindIt() throws Exception {
        UUID seen = database.commit(bytes("seen"));
        try (Connection snapshot = DriverManager.getConnection(database.url); Connection raw = database.open()) {
            database.dialect.beginSnapshot(snapshot);
            Position head = journal.head(snapshot);
            UUID unseen = database.commit(bytes("unseen"));
            List<Long> visible = sequencer.visible(snapshot);
            Sequenced done = sequencer.sequenceExactly(raw, visible);
            Position place = sequencer.append(raw, new NewEntry(new UUID(9, 9), null, "branch", bytes("spool")));
            raw.commit();
            assertThat(head.offset()).isEqualTo(LogOffset.ZERO);
            assertThat(done.transactions()).isEqualTo(1);
            assertThat(place.offset().bytes()).isEqualTo(9);
            database.sequenceAll(sequencer);
            assertThat(entries(LogOffset.ZERO)).containsExactly(seen + " 4 seen", new UUID(9, 9) + " 9 >branch spool", unseen + " 15 unseen");
            assertThatThrownBy(() -> sequencer.sequenceExactly(raw, visible)).hasMessageContaining("OUTBOX_ROWS_GONE");
        }
    }

    @Test
    void ownEntryBeyondOnePartIsCutAndComesBackWhole() throws Exception {
        byte[] payload = new byte[OutboxWriter.MAX_PART_BYTES * 2 + 5];
        new Random(1).nextBytes(payload);
        Position place;
        try (Connection raw = database.open()) {
            place = sequencer.append(raw, new NewEntry(new UUID(9, 9), "hq", null, payload));
            raw.commit();
            try (JournalScan scan = journal.scan(raw, LogOffset.ZERO, null)) {
                JournalEntry entry = scan.next();
                assertThat(entry.open().readAllBytes()).isEqualTo(payload);
                assertThat(entry.origin()).isEqualTo("hq");
                assertThat(entry.sizeBytes()).isEqualTo(payload.length);
                assertThat(scan.next()).isNull();
            }
        }
        assertThat(place.digest()).isEqualTo(recomputed());
        try (Connection raw = database.open()) {
            assertThatThrownBy(() -> sequencer.append(raw, new NewEntry(new UUID(9, 9), null, null, new byte[0]))).hasMessageContaining("ENTRY_TOO_LARGE");
        }
    }

    @Test
    void originOfAppliedWorkReachesTheJournal() throws Exception {
        try (Connection raw = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, raw, "branch")) {
            writer.write(new UUID(1, 2), 0, true, bytes("xxabcxx"), 2, 3);
            raw.commit();
        }
        database.sequenceAll(sequencer);
        assertThat(entries(LogOffset.ZERO)).containsExactly(new UUID(1, 2) + " 3 <branch abc");
    }

    @Test
    void digestsAreWhatAnIndependentComputationGives() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            byte[][] parts = new byte[1 + random.nextInt(4)][];
            Arrays.setAll(parts, part -> new byte[1 + random.nextInt(50)]);
            Arrays.stream(parts).forEach(random::nextBytes);
            database.commit(parts);
        }
        Position head = database.sequenceAll(sequencer);
        assertThat(head.digest()).isEqualTo(recomputed());
        assertThat(head.digest()).isNotEqualTo(Digest.ZERO);
    }

    /** As the package page says, with other means than the code's: from the table, by one buffer for each transaction; every stored digest on the way must agree. */
    private Digest recomputed() throws Exception {
        byte[] digest = new byte[16];
        ByteBuffer text = null;
        try (Connection raw = database.open();
                PreparedStatement select = raw.prepareStatement("SELECT transaction_id, part, size, crc, last, digest, payload, transactions FROM waybill.journal ORDER BY part_end");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                if (row.getInt("transactions") > 1) {
                    digest = recomputed(digest, row.getBytes("payload"), row.getInt("transactions"), row.getInt("size"));
                    assertThat(row.getBytes("digest")).isEqualTo(digest);
                    continue;
                }
                if (row.getInt("part") == 0) {
                    UUID id = (UUID) row.getObject("transaction_id");
                    text = ByteBuffer.allocate(10_000).put(digest).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
                }
                text.putInt(row.getInt("part")).putInt(row.getInt("size")).putInt(row.getInt("crc"));
                assertThat(row.getBytes("payload")).hasSize(row.getInt("size"));
                if (row.getBoolean("last")) {
                    digest = sha(text);
                    assertThat(row.getBytes("digest")).isEqualTo(digest);
                }
            }
        }
        return Digest.of(digest);
    }

    private static byte[] recomputed(byte[] before, byte[] payload, int transactions, int size) throws Exception {
        byte[] digest = before;
        ByteBuffer directory = ByteBuffer.wrap(payload);
        assertThat(directory.get()).isEqualTo((byte) 1);
        byte[] stored = new byte[16];
        directory.get(stored);
        assertThat(stored).isEqualTo(before);
        int at = payload.length - size;
        for (int i = 0; i < transactions; i++) {
            varint(directory);
            ByteBuffer text = ByteBuffer.allocate(100).put(digest).putLong(directory.getLong()).putLong(directory.getLong());
            int length = varint(directory);
            int crc = directory.getInt();
            CRC32C computed = new CRC32C();
            computed.update(payload, at, length);
            assertThat((int) computed.getValue()).isEqualTo(crc);
            digest = sha(text.putInt(0).putInt(length).putInt(crc));
            at += length;
        }
        assertThat(directory.position()).isEqualTo(payload.length - size);
        assertThat(at).isEqualTo(payload.length);
        return digest;
    }

    private static int varint(ByteBuffer from) {
        int value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = from.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static byte[] sha(ByteBuffer text) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(text.array(), 0, text.position());
        return Arrays.copyOf(sha.digest(), 16);
    }

    @Test
    void smallTransactionsShareRowsAndLargeOnesDoNot() throws Exception {
        List<String> expected = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < 300; i++) {
            String text = i % 100 == 50 ? "x".repeat(OutboxRow.SMALL_BYTES + 1) : "transaction " + i;
            end += text.length();
            expected.add((i % 100 == 70 ? database.commit(bytes(text.substring(0, 1)), bytes(text.substring(1))) : database.commit(bytes(text))) + " " + end + " " + text);
        }
        database.sequenceAll(sequencer);
        assertThat(entries(LogOffset.ZERO)).isEqualTo(expected);
        assertThat(database.texts("SELECT transactions FROM waybill.journal WHERE last ORDER BY part_end")).containsExactly("50", "1", "19", "1", "79", "1", "19", "1", "79", "1", "19", "1", "29");
        assertThat(database.texts("SELECT MAX(LENGTH(payload)) <= " + OutboxWriter.MAX_PART_BYTES + " FROM waybill.journal")).containsExactly("TRUE");
    }

    @Test
    void aBlockIsFullBeforeItIsTooLongToBeDeletedOneDay() throws Exception {
        for (int i = 0; i < 100; i++) {
            database.commit(new byte[OutboxRow.SMALL_BYTES - i]);
        }
        Position head = database.sequenceAll(sequencer);
        assertThat(head.digest()).isEqualTo(recomputed());
        assertThat(database.texts("SELECT MAX(LENGTH(payload)) BETWEEN 18000 AND " + OutboxWriter.MAX_PART_BYTES + " FROM waybill.journal")).containsExactly("TRUE");
    }

    @Test
    void workOfDifferentOriginIsInDifferentBlocks() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String origin = i < 3 ? null : i < 6 ? "left" : "right";
            try (Connection raw = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, raw, origin)) {
                writer.write(new UUID(1, i), 0, true, bytes("abc"), 0, 3);
                raw.commit();
            }
            expected.add(new UUID(1, i) + " " + (3 * i + 3) + (origin == null ? "" : " <" + origin) + " abc");
        }
        database.sequenceAll(sequencer);
        assertThat(entries(LogOffset.ZERO)).isEqualTo(expected);
        assertThat(database.texts("SELECT transactions FROM waybill.journal")).containsExactly("3", "3", "3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUBSTRING(payload FROM 1 FOR 26) || X'07' || SUBSTRING(payload FROM 28)", "payload || X'00'", "SUBSTRING(payload FROM 1 FOR 27)", "SUBSTRING(payload FROM 1 FOR 25) || X'07' || SUBSTRING(payload FROM 27)"})
    void aSmallTransactionThatWasDamagedStopsTheSequencerLoudly(String damage) throws Exception {
        database.commit(bytes("a"));
        UUID id = database.commit(bytes("bb"));
        database.execute("UPDATE waybill.outbox SET payload = " + damage + " WHERE OCTET_LENGTH(payload) = 28");
        try (Connection raw = database.open()) {
            assertThatThrownBy(() -> sequencer.sequence(raw)).hasMessageContaining("OUTBOX_BROKEN").hasMessageContaining(id.toString());
            raw.rollback();
        }
        assertThat(entries(LogOffset.ZERO)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X'02' || SUBSTRING(payload FROM 2)", "X'0102' || SUBSTRING(payload FROM 3)", "SUBSTRING(payload FROM 1 FOR 26)", "X'01'"})
    void aRowThatDoesNotBeginAsEveryRowStopsTheSequencerLoudly(String damage) throws Exception {
        database.commit(bytes("a"));
        database.execute("UPDATE waybill.outbox SET payload = " + damage);
        try (Connection raw = database.open()) {
            assertThatThrownBy(() -> sequencer.sequence(raw)).hasMessageContaining("OUTBOX_BROKEN").hasMessageContaining("of row 1");
            raw.rollback();
        }
        assertThat(entries(LogOffset.ZERO)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE FROM waybill.outbox WHERE SUBSTRING(payload FROM 3 FOR 4) = X'00000001'", "DELETE FROM waybill.outbox WHERE SUBSTRING(payload FROM 2 FOR 1) = X'01'",
        "UPDATE waybill.outbox SET payload = SUBSTRING(payload FROM 1 FOR 2) || X'00000003' || SUBSTRING(payload FROM 7) WHERE SUBSTRING(payload FROM 3 FOR 4) = X'00000002'"})
    void transactionThatIsNotWholeStopsTheSequencerLoudly(String damage) throws Exception {
        UUID id = database.commit(bytes("a"), bytes("b"), bytes("c"));
        database.execute(damage);
        try (Connection raw = database.open()) {
            assertThatThrownBy(() -> sequencer.sequence(raw)).hasMessageContaining("OUTBOX_BROKEN").hasMessageContaining(id.toString());
            raw.rollback();
        }
        assertThat(entries(LogOffset.ZERO)).isEmpty();
    }

    @Test
    void partsOutsideTheBoundAreRefusedBeforeTheyAreWritten() throws Exception {
        try (Connection raw = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, raw)) {
            byte[] buffer = new byte[OutboxWriter.MAX_PART_BYTES + 1];
            assertThatThrownBy(() -> writer.write(new UUID(1, 1), 0, true, buffer, 0, buffer.length)).hasMessageContaining("ENTRY_TOO_LARGE");
            assertThatThrownBy(() -> writer.write(new UUID(1, 1), 0, true, buffer, 0, 0)).hasMessageContaining("ENTRY_TOO_LARGE");
            writer.write(new UUID(1, 1), 0, true, buffer, 0, buffer.length - 1);
            raw.commit();
        }
        assertThat(database.sequenceAll(sequencer).offset().bytes()).isEqualTo(OutboxWriter.MAX_PART_BYTES);
    }

    @Test
    void idsGoOnGrowingAfterARestartWithRowsLeftInTheOutbox(@TempDir Path directory) throws Exception {
        UUID before;
        UUID first;
        try (TestDatabase file = TestDatabase.inFile(directory)) {
            first = file.commit(bytes("one"));
            before = file.commit(bytes("two"));
            file.execute("DELETE FROM waybill.outbox WHERE CAST(SUBSTRING(payload FROM 7 FOR 16) AS UUID) = '" + first + "'");
        }
        try (TestDatabase file = TestDatabase.inFile(directory)) {
            UUID after = file.commit(bytes("three"));
            assertThat(file.texts("SELECT CAST(SUBSTRING(payload FROM 7 FOR 16) AS UUID) FROM waybill.outbox ORDER BY _ROWID_")).containsExactly(before.toString(), after.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LEGACY IDENTITY()", "LEGACY SCOPE_IDENTITY()", "MySQL LAST_INSERT_ID()", "MariaDB LAST_INSERT_ID()", "PostgreSQL LASTVAL()", "MSSQLServer SCOPE_IDENTITY()",
        "PostgreSQL CURRVAL('app_id')", "REGULAR CURRENT VALUE FOR app_id"})
    void outboxMovesNoFunctionThatTheApplicationCanSee(String modeAndFunction) throws Exception {
        String mode = modeAndFunction.split(" ", 2)[0];
        String query = "SELECT " + modeAndFunction.split(" ", 2)[1];
        String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";MODE=" + mode + (mode.equals("PostgreSQL") ? ";DATABASE_TO_LOWER=TRUE" : "");
        try (Connection raw = DriverManager.getConnection(url); var statement = raw.createStatement()) {
            Dialect dialect = Dialects.of(raw);
            new CatalogueInstaller(dialect, UUID::randomUUID, TestDatabase.CLOCK).install(raw);
            statement.execute("CREATE SEQUENCE app_id START WITH 40");
            statement.execute("CREATE TABLE app (id BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 70) PRIMARY KEY, v INTEGER)");
            statement.execute("INSERT INTO app (v) VALUES (1), (2)");
            statement.executeQuery("SELECT NEXT VALUE FOR app_id");
            String before = one(statement.executeQuery(query));
            try (OutboxWriter writer = new OutboxWriter(dialect, raw)) {
                for (int i = 0; i < 3; i++) {
                    writer.write(UUID.randomUUID(), 0, true, bytes("x"), 0, 1);
                }
            }
            assertThat(one(statement.executeQuery(query))).isEqualTo(before).isNotNull();
        }
    }

    private static String one(ResultSet row) throws SQLException {
        row.next();
        return row.getString(1);
    }

    private List<String> entries(LogOffset after) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Connection raw = database.open(); JournalScan scan = journal.scan(raw, after, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                assertThat(entry.committedAt()).isEqualTo(TestDatabase.NOON);
                try (DataInputStream in = new DataInputStream(entry.open())) {
                    byte[] payload = in.readAllBytes();
                    assertThat(payload).hasSize((int) entry.sizeBytes());
                    texts.add(entry.transactionId() + " " + entry.offset().bytes() + (entry.target() == null ? "" : " >" + entry.target()) + (entry.origin() == null ? "" : " <" + entry.origin())
                            + " " + new String(payload, StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
