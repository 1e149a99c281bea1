// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was sequenced is read back exactly or not at all, and trimming forgets only what it says. */
class JournalTest {

    private TestDatabase database;
    private Sequencer sequencer;
    private Journal journal;
    private Connection raw;

    @BeforeEach
    void open() throws SQLException {
        database = TestDatabase.inMemory();
        sequencer = new Sequencer(database.dialect, TestDatabase.CLOCK);
        journal = new Journal(database.dialect, 4);
        raw = database.open();
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {OutboxWriter.MAX_PART_BYTES, 3_000, 40})
    void scanFromAnyEntryToAnyOtherGivesTheEntriesBetween(int mostBytes) throws Exception {
        Random random = new Random(mostBytes);
        int count = mostBytes > 3_000 ? 30 : 150;
        TreeMap<Long, byte[]> expected = new TreeMap<>();
        long end = 0;
        for (int i = 0; i < count; i++) {
            byte[][] parts = new byte[random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1][];
            Arrays.setAll(parts, part -> new byte[1 + random.nextInt(mostBytes)]);
            Arrays.stream(parts).forEach(random::nextBytes);
            database.commit(parts);
            byte[] whole = concat(parts);
            end += whole.length;
            expected.put(end, whole);
        }
        database.sequenceAll(sequencer);
        List<Long> offsets = new ArrayList<>(expected.keySet());
        Map<Long, Digest> digests = new TreeMap<>();
        for (int round = 0; round < 40; round++) {
            int from = round == 0 ? 0 : random.nextInt(count);
            int to = round == 0 ? count - 1 : from + random.nextInt(count - from);
            try (JournalScan scan = journal.scan(raw, new LogOffset(from == 0 ? 0 : offsets.get(from - 1)), new LogOffset(offsets.get(to)))) {
                for (int i = from; i <= to; i++) {
                    JournalEntry entry = scan.next();
                    check(entry, offsets.get(i), expected, random.nextInt(3));
                    assertThat(entry.digest()).isEqualTo(digests.computeIfAbsent(offsets.get(i), offset -> entry.digest()));
                }
                assertThat(scan.next()).isNull();
            }
        }
        checkPositions(digests, end);
    }

    /** Every end of an entry is a known place with the digest that the scan gave, and no other place is. */
    private void checkPositions(Map<Long, Digest> digests, long end) throws SQLException {
        for (Map.Entry<Long, Digest> each : digests.entrySet()) {
            assertThat(journal.positionAt(raw, new LogOffset(each.getKey()))).contains(new Position(database.incarnation, new LogOffset(each.getKey()), each.getValue()));
            for (long other : new long[] {each.getKey() - 1, each.getKey() + 1}) {
                assertThat(journal.positionAt(raw, new LogOffset(other)).isPresent()).as("%d", other).isEqualTo(other == 0 || digests.containsKey(other));
            }
        }
        assertThat(journal.positionAt(raw, new LogOffset(end)).map(Position::digest)).contains(journal.head(raw).digest());
    }

    @Test
    void aScanThatWouldBeginOrEndInsideAnEntryOfABlockIsRefused() throws Exception {
        for (int i = 0; i < 5; i++) {
            database.commit(filled(10));
        }
        database.sequenceAll(sequencer);
        for (int[] range : new int[][] {{0, 15}, {10, 49}, {20, 25}, {15, 50}, {49, 50}}) {
            assertThatThrownBy(() -> {
                try (JournalScan scan = journal.scan(raw, new LogOffset(range[0]), new LogOffset(range[1]))) {
                    for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                        assertThat(entry.offset().bytes()).as("given out before the end was found").isLessThanOrEqualTo(range[1]);
                    }
                }
            }).hasMessageContaining("JOURNAL_BROKEN");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE waybill.journal SET payload = X'00' || SUBSTRING(payload FROM 2) WHERE part_end = 40", "UPDATE waybill.journal SET payload = X'00' WHERE part_end = 40",
        "UPDATE waybill.journal SET crc = crc + 1 WHERE part_end = 40", "DELETE FROM waybill.journal WHERE part_end = 40", "UPDATE waybill.journal SET transactions = transactions - 1 WHERE part_end = 40",
        "UPDATE waybill.journal SET transactions = transactions + 1 WHERE part_end = 40", "UPDATE waybill.journal SET transactions = 1 WHERE part_end = 40", "UPDATE waybill.journal SET part = 7 WHERE part_end = 40",
        "UPDATE waybill.journal SET last = FALSE WHERE part_end = 40", "UPDATE waybill.journal SET log_offset = 30 WHERE part_end = 40", "UPDATE waybill.journal SET size = 29 WHERE part_end = 40",
        "UPDATE waybill.journal SET digest = X'00000000000000000000000000000001' WHERE part_end = 40", "UPDATE waybill.journal SET transaction_id = RANDOM_UUID() WHERE part_end = 40"})
    void damagedBlockIsNamedAndNothingOfItIsGivenOut(String damage) throws Exception {
        database.commit(new byte[10]);
        database.sequenceAll(sequencer);
        for (int i = 0; i < 3; i++) {
            database.commit(filled(10));
        }
        database.sequenceAll(sequencer);
        assertThat(readAll()).containsExactly(10L, 20L, 30L, 40L);
        database.execute(damage);
        List<Long> given = new ArrayList<>();
        assertThatThrownBy(() -> readInto(given)).hasMessageContaining("JOURNAL_BROKEN");
        assertThat(given).containsExactly(10L);
    }

    @Test
    void onlyWholeBlocksAreTrimmed() throws Exception {
        for (int block = 0; block < 3; block++) {
            for (int i = 0; i < 4; i++) {
                database.commit(filled(10));
            }
            database.sequenceAll(sequencer);
        }
        Position at40 = journal.positionAt(raw, new LogOffset(40)).orElseThrow();
        Position at50 = journal.positionAt(raw, new LogOffset(50)).orElseThrow();
        assertThat(journal.trim(raw, new LogOffset(39))).isFalse();
        assertThat(journal.trimmed(raw).offset()).isEqualTo(LogOffset.ZERO);
        journal.trim(raw, new LogOffset(79));
        assertThat(journal.trimmed(raw)).isEqualTo(at40);
        assertThat(journal.positionAt(raw, new LogOffset(50))).contains(at50);
        assertThat(journal.positionAt(raw, new LogOffset(30))).isEmpty();
        try (JournalScan scan = journal.scan(raw, new LogOffset(50), null)) {
            assertThat(scan.next().offset().bytes()).isEqualTo(60);
        }
        assertThatThrownBy(() -> journal.scan(raw, new LogOffset(30), null)).hasMessageContaining("JOURNAL_TRIMMED");
    }

    /** Reads an entry wholly, twice, or not at all: the scan goes on the same. */
    private static void check(JournalEntry entry, long offset, TreeMap<Long, byte[]> expected, int times) throws IOException {
        assertThat(entry.offset().bytes()).isEqualTo(offset);
        assertThat(entry.sizeBytes()).isEqualTo(expected.get(offset).length);
        for (int i = 0; i < times; i++) {
            try (InputStream in = entry.open()) {
                assertThat(Arrays.equals(in.readAllBytes(), expected.get(offset))).isTrue();
            }
        }
    }

    private static byte[] concat(byte[][] parts) {
        byte[] whole = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE waybill.journal SET payload = X'00' || SUBSTRING(payload FROM 2) WHERE part_end = 30", "UPDATE waybill.journal SET payload = X'00' WHERE part_end = 30",
        "UPDATE waybill.journal SET crc = crc + 1 WHERE part_end = 30", "DELETE FROM waybill.journal WHERE part_end = 30", "DELETE FROM waybill.journal WHERE part_end >= 30",
        "DELETE FROM waybill.journal WHERE part_end = 40", "UPDATE waybill.journal SET part = 7 WHERE part_end = 30", "UPDATE waybill.journal SET last = TRUE WHERE part_end = 30",
        "UPDATE waybill.journal SET log_offset = 30 WHERE part_end = 30", "UPDATE waybill.journal SET size = 9 WHERE part_end = 30",
        "UPDATE waybill.journal SET transaction_id = RANDOM_UUID() WHERE part_end = 30"})
    void damagedJournalIsNamedAndNeverPassedOver(String damage) throws Exception {
        database.commit(new byte[10]);
        database.commit(filled(10), filled(10), filled(10));
        database.commit(new byte[10]);
        database.sequenceAll(sequencer);
        database.execute(damage);
        assertThatThrownBy(this::readAll).hasMessageContaining("JOURNAL_BROKEN").hasMessageMatching("(?s).*00000000[34]0.*");
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    private List<Long> readAll() throws Exception {
        List<Long> offsets = new ArrayList<>();
        readInto(offsets);
        return offsets;
    }

    private void readInto(List<Long> offsets) throws Exception {
        try (JournalScan scan = journal.scan(raw, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                entry.open().readAllBytes();
                offsets.add(entry.offset().bytes());
            }
        }
    }

    @Test
    void trimmingForgetsWholeEntriesInStepsAndKeepsThePlace() throws Exception {
        for (int i = 0; i < 5; i++) {
            database.commit(filled(2), filled(3));
        }
        Position at15 = positionAfter(() -> database.sequenceAll(sequencer), 15);
        assertThat(journal.trim(raw, new LogOffset(4))).isFalse();
        assertThat(journal.trimmed(raw)).isEqualTo(Position.start(database.incarnation));
        assertThat(journal.trim(raw, new LogOffset(17))).isTrue();
        assertThat(journal.trimmed(raw).offset().bytes()).isEqualTo(10);
        while (journal.trim(raw, new LogOffset(17))) {
            raw.commit();
        }
        assertThat(journal.trimmed(raw)).isEqualTo(at15);
        assertThat(journal.positionAt(raw, new LogOffset(15))).contains(at15);
        assertThat(journal.positionAt(raw, new LogOffset(10))).isEmpty();
        assertThat(journal.positionAt(raw, new LogOffset(17))).isEmpty();
        assertThat(journal.positionAt(raw, new LogOffset(18))).isEmpty();
        assertThat(journal.positionAt(raw, LogOffset.ZERO)).contains(Position.start(database.incarnation));
        assertThat(journal.positionAt(raw, new LogOffset(25))).contains(journal.head(raw));
        assertThatThrownBy(() -> journal.scan(raw, new LogOffset(10), null)).hasMessageContaining("JOURNAL_TRIMMED");
        try (JournalScan scan = journal.scan(raw, new LogOffset(15), null)) {
            assertThat(scan.next().offset().bytes()).isEqualTo(20);
        }
    }

    @Test
    void everythingMayBeTrimmedAndTheJournalGoesOnFromItsHead() throws Exception {
        byte[][] parts = new byte[11][];
        Arrays.fill(parts, filled(1));
        database.commit(parts);
        Position head = database.sequenceAll(sequencer);
        assertThat(journal.trim(raw, head.offset())).isFalse();
        raw.commit();
        assertThat(journal.trimmed(raw)).isEqualTo(head);
        database.commit(filled(4));
        assertThat(database.sequenceAll(sequencer).offset().bytes()).isEqualTo(15);
        try (JournalScan scan = journal.scan(raw, head.offset(), null)) {
            assertThat(scan.next().offset().bytes()).isEqualTo(15);
            assertThat(scan.next()).isNull();
        }
    }

    private interface Step {
        Position run() throws SQLException;
    }

    private Position positionAfter(Step step, long offset) throws SQLException {
        step.run();
        Optional<Position> position = journal.positionAt(raw, new LogOffset(offset));
        return position.orElseThrow();
    }
}
