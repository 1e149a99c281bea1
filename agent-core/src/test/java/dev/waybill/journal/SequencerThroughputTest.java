// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures for the package pages: 200-byte transactions written, sequenced, scanned, trimmed, one thread. Nothing is asserted of time. */
@Tag("long")
class SequencerThroughputTest {

    private static final int TRANSACTIONS = 200_000;

    @TempDir
    private Path directory;

    @Test
    void smallTransactionsInMemory() throws Exception {
        for (int round = 0; round < 4; round++) {
            measure("memory", TestDatabase.inMemory());
        }
    }

    @Test
    void smallTransactionsInAFile() throws Exception {
        for (int round = 0; round < 4; round++) {
            measure("file", TestDatabase.inFile(directory.resolve("round" + round)));
        }
    }

    private static void measure(String where, TestDatabase database) throws Exception {
        Sequencer sequencer = new Sequencer(database.dialect, TestDatabase.CLOCK);
        Journal journal = new Journal(database.dialect);
        try (database; Connection raw = database.open()) {
            database.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, a CHARACTER VARYING(30), b CHARACTER VARYING(30), c BIGINT, d BIGINT, e NUMERIC(10, 2), f TIMESTAMP, g BOOLEAN)");
            double[] write = write(database, raw);
            double[] steps = sequence(sequencer, raw);
            double scan = rate(() -> scan(journal, raw));
            double trim = rate(() -> {
                LogOffset head = journal.head(raw).offset();
                while (journal.trim(raw, head)) {
                    raw.commit();
                }
                raw.commit();
            });
            System.out.printf(Locale.ROOT, "%s: bare %.0f k/s, with outbox %.0f k/s (%.2f); sequence %.0f k/s, in two steps: move %.0f k/s, delete %.0f k/s; scan %.0f k/s, trim %.0f k/s%n", where, write[0], write[1], write[1] / write[0], steps[0], steps[1], steps[2], scan,
                    trim);
        }
    }

    /** One-row transactions without and with their outbox row, in alternating slices. */
    private static double[] write(TestDatabase database, Connection raw) throws Exception {
        long[] nanos = new long[2];
        byte[] payload = new byte[200];
        Arrays.fill(payload, (byte) 7);
        try (OutboxWriter outbox = new OutboxWriter(database.dialect, raw); PreparedStatement insert = raw.prepareStatement("INSERT INTO orders VALUES (?, 'some text', 'more text', 1, 2, 3.45, CURRENT_TIMESTAMP, TRUE)")) {
            for (int i = 0; i < 2 * TRANSACTIONS; i++) {
                int variant = i / 500 % 2;
                long start = System.nanoTime();
                insert.setLong(1, i);
                insert.executeUpdate();
                if (variant == 1) {
                    outbox.write(UUID.randomUUID(), 0, true, payload, 0, payload.length);
                }
                raw.commit();
                nanos[variant] += System.nanoTime() - start;
            }
        }
        return new double[] {TRANSACTIONS / (nanos[0] / 1e6), TRANSACTIONS / (nanos[1] / 1e6)};
    }

    /** At once, and in two steps, in turns. */
    private static double[] sequence(Sequencer sequencer, Connection raw) throws Exception {
        long[] nanos = new long[3];
        long[] transactions = new long[2];
        boolean more = true;
        while (more) {
            long start = System.nanoTime();
            transactions[0] += sequencer.sequence(raw).transactions();
            raw.commit();
            long at = System.nanoTime();
            Look look = sequencer.look(raw, List.of());
            Sequenced moved = sequencer.moveAndLeave(raw, look);
            raw.commit();
            long left = System.nanoTime();
            sequencer.delete(raw, look.small());
            raw.commit();
            nanos[0] += at - start;
            nanos[1] += left - at;
            nanos[2] += System.nanoTime() - left;
            transactions[1] += moved.transactions();
            more = moved.more();
        }
        return new double[] {transactions[0] / (nanos[0] / 1e6), transactions[1] / (nanos[1] / 1e6), transactions[1] / (nanos[2] / 1e6)};
    }

    private static void scan(Journal journal, Connection raw) throws Exception {
        int count = 0;
        try (JournalScan scan = journal.scan(raw, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                count += entry.open().readAllBytes().length / 200;
            }
        }
        assertThat(count).isEqualTo(TRANSACTIONS);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double rate(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return TRANSACTIONS / ((System.nanoTime() - start) / 1e6);
    }
}
