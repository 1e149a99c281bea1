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

    @Test
    void scanFromAnyEntryToAnyOtherGivesTheEntriesBetween() throws Exception {
        Random random = new Random(3);
        TreeMap<Long, byte[]> expected = new TreeMap<>();
        long end = 0;
        for (int i = 0; i < 30; i++) {
            byte[][] parts = new byte[1 + random.nextInt(6)][];
            Arrays.setAll(parts, part -> new byte[1 + random.nextInt(OutboxWriter.MAX_PART_BYTES)]);
            Arrays.stream(parts).forEach(random::nextBytes);
            database.commit(parts);
            byte[] whole = concat(parts);
            end += whole.length;
            expected.put(end, whole);
        }
        database.sequenceAll(sequencer);
        List<Long> offsets = new ArrayList<>(expected.keySet());
        for (int round = 0; round < 12; round++) {
            int from = random.nextInt(30);
            int to = from + random.nextInt(30 - from);
            try (JournalScan scan = journal.scan(raw, new LogOffset(from == 0 ? 0 : offsets.get(from - 1)), new LogOffset(offsets.get(to)))) {
                for (int i = from; i <= to; i++) {
                    check(scan.next(), offsets.get(i), expected, random.nextInt(3));
                }
                assertThat(scan.next()).isNull();
            }
        }
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
        try (JournalScan scan = journal.scan(raw, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                entry.open().readAllBytes();
                offsets.add(entry.offset().bytes());
            }
        }
        return offsets;
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
