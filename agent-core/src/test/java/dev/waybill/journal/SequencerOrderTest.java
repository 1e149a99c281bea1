// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sequencer property: the journal is equivalent to the commit order, and nothing is missing or there twice, whatever writers do at the same time. Writers say in their payloads what they did; replaying the journal must find every step
 * possible exactly where it stands.
 */
class SequencerOrderTest {

    private static final int WRITERS = 8;
    /** However slow the machine is, there is something to look at; MariaDB waits whole seconds for a lock. */
    private static final int COMMITTED_AT_LEAST = 400;

    @TempDir
    private Path directory;

    @Test
    void journalIsEquivalentToTheCommitOrderInMemory() throws Exception {
        run(TestDatabase.inMemory(), Duration.ZERO, 10_000);
    }

    @Test
    void journalIsEquivalentToTheCommitOrderInAFile() throws Exception {
        run(TestDatabase.inFile(directory), Duration.ZERO, 100);
    }

    @Test
    void journalIsEquivalentToTheCommitOrderOnPostgres() throws Exception {
        run(TestDatabase.onPostgres(), Duration.ZERO, 100);
    }

    @Test
    void journalIsEquivalentToTheCommitOrderOnMariaDb() throws Exception {
        run(TestDatabase.onMariaDb(), Duration.ZERO, 100);
    }

    @Test
    void journalIsEquivalentToTheCommitOrderOnHsqldb() throws Exception {
        run(TestDatabase.onHsqldb(), Duration.ZERO, 100);
    }

    @Test
    @Tag("extended")
    void journalIsEquivalentToTheCommitOrderOnHsqldbForLonger() throws Exception {
        run(TestDatabase.onHsqldb(), Duration.ofSeconds(20), 1_000);
    }

    @Test
    @Tag("extended")
    void journalIsEquivalentToTheCommitOrderOnMariaDbForLonger() throws Exception {
        run(TestDatabase.onMariaDb(), Duration.ofSeconds(20), 1_000);
    }

    @Test
    @Tag("extended")
    void journalIsEquivalentToTheCommitOrderOnPostgresForLonger() throws Exception {
        run(TestDatabase.onPostgres(), Duration.ofSeconds(20), 1_000);
    }

    @Test
    @Tag("extended")
    void journalIsEquivalentToTheCommitOrderForLonger() throws Exception {
        run(TestDatabase.inMemory(), Duration.ofSeconds(20), 1_000);
    }

    /**
     * The bug that SymmetricDS (0003590) and Marten (4977) had: how far the last look came is remembered, and who drew a lower number and commits later is never looked at. Planted here, it must be found.
     */
    @Test
    void aSequencerThatRemembersHowFarItCameIsFound() {
        // of a transaction in several parts some are looked at and some are not: that is said before the transactions are compared
        assertThatThrownBy(() -> run(TestDatabase.inMemory(), Duration.ZERO, 10_000, new Watermark()))
                .satisfies(found -> assertThat(found instanceof AssertionError || found.getCause() instanceof SQLException broken && WaybillError.OUTBOX_BROKEN.is(broken)).as("%s", found).isTrue());
    }

    private static final class Watermark implements Before {
        private long highest;

        @Override
        public void step(Connection raw) throws SQLException {
            try (Statement statement = raw.createStatement()) {
                statement.executeUpdate("DELETE FROM waybill.outbox WHERE _ROWID_ < " + highest);
                try (ResultSet row = statement.executeQuery("SELECT MAX(_ROWID_) FROM waybill.outbox")) {
                    row.next();
                    highest = Math.max(highest, row.getLong(1));
                }
            }
        }
    }

    /** What is done in the transaction of each step of the sequencer, before it. */
    private interface Before {
        void step(Connection raw) throws SQLException;
    }

    private static void run(TestDatabase database, Duration duration, int rowLimit) throws Exception {
        run(database, duration, rowLimit, raw -> { });
    }

    private static void run(TestDatabase database, Duration duration, int rowLimit, Before before) throws Exception {
        long seed = Long.getLong("waybill.test.seed", System.nanoTime());
        System.out.println("SequencerOrderTest seed " + seed + " (-Dwaybill.test.seed)");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
        try (database; Connection idle = database.open(); OutboxWriter idleWriter = new OutboxWriter(database.dialect, idle)) {
            OrderWriter.createTables(database);
            UUID open = UUID.randomUUID();
            idleWriter.write(open, 0, true, "IDLE".getBytes(StandardCharsets.UTF_8), 0, 4);
            AtomicBoolean stop = new AtomicBoolean();
            Future<Integer> sequencing = threads.submit(() -> sequence(database, rowLimit, stop, before));
            Set<UUID> committed = write(database, threads, seed, duration);
            stop.set(true);
            assertThat(sequencing.get()).as("steps of the sequencer").isGreaterThan(1);
            Map<UUID, Integer> times = replay(database, seed);
            assertThat(times.size()).as("committed transactions").isGreaterThanOrEqualTo(COMMITTED_AT_LEAST);
            assertThat(times.keySet().equals(committed)).as("%s of %s committed transactions, seed %s", times.size(), committed.size(), seed).isTrue();
            assertThat(times.values()).as("seed %s", seed).containsOnly(1);
            idle.commit();
            sequence(database, rowLimit, stop, before);
            assertThat(replay(database, seed).keySet()).as("the idle transaction comes when it commits").matches(ids -> ids.contains(open) && ids.size() == committed.size() + 1);
        } finally {
            threads.shutdown();
        }
    }

    private static Set<UUID> write(TestDatabase database, ExecutorService threads, long seed, Duration duration) throws Exception {
        OrderWriter.Shared shared = new OrderWriter.Shared();
        AtomicInteger transactions = new AtomicInteger();
        long end = System.nanoTime() + duration.toNanos();
        List<Future<Set<UUID>>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            long own = seed + i;
            writers.add(threads.submit(() -> {
                try (OrderWriter writer = new OrderWriter(database, own, shared)) {
                    for (int before = 0; System.nanoTime() < end || transactions.get() < COMMITTED_AT_LEAST; before = writer.committed().size()) {
                        writer.transact();
                        transactions.addAndGet(writer.committed().size() - before);
                    }
                    return writer.committed();
                }
            }));
        }
        Set<UUID> committed = new HashSet<>();
        for (Future<Set<UUID>> writer : writers) {
            committed.addAll(writer.get());
        }
        return committed;
    }

    /** Runs step after step until told to stop and nothing is left; where an agent leaves rows in the outbox, they are left here for a few steps. */
    private static int sequence(TestDatabase database, int rowLimit, AtomicBoolean stop, Before before) throws SQLException {
        Sequencer sequencer = new Sequencer(database.dialect, TestDatabase.CLOCK, rowLimit, 1_000_000);
        List<EntryIds> left = List.of();
        int steps = 0;
        try (Connection raw = database.open()) {
            while (true) {
                boolean last = stop.get();
                before.step(raw);
                long done;
                if (database.dialect.mayKeepHalves()) {
                    Look look = sequencer.look(raw, left);
                    raw.commit();
                    done = look.isEmpty() ? 0 : sequencer.moveAndLeave(raw, look).transactions();
                    raw.commit();
                    left = EntryIds.joined(Stream.concat(left.stream(), look.small().stream()).toList());
                    if (steps % 4 == 0 || left.size() > 30) {
                        List<EntryIds> some = left.subList(0, left.size() - left.size() / 3);
                        sequencer.delete(raw, some);
                        left = List.copyOf(left.subList(some.size(), left.size()));
                    }
                } else {
                    done = sequencer.sequence(raw).transactions();
                }
                raw.commit();
                steps++;
                if (last && done == 0) {
                    sequencer.delete(raw, left);
                    raw.commit();
                    return steps;
                }
            }
        }
    }

    /**
     * Two transactions counted the same row up to the same number under its lock and were committed: the database has lost what happened between them, and no order could explain that. H2 2.5.252 does so about once in a hundred runs of this
     * test on a crowded machine. Our own faults look otherwise: a number that was left out, or a transaction that is there twice.
     */
    private static boolean givenTwice(String deed, long seed) {
        System.out.println("SequencerOrderTest: the database itself gave \"" + deed + "\" to two transactions, seed " + seed);
        return true;
    }

    /** Every place in the journal where somebody did this to this, in order. */
    private static String story(TestDatabase database, String deed, String subject) throws Exception {
        StringBuilder story = new StringBuilder();
        try (Connection raw = database.open(); JournalScan scan = new Journal(database.dialect).scan(raw, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                for (String said : new String(entry.open().readAllBytes(), StandardCharsets.UTF_8).split(";")) {
                    if (said.startsWith(deed + " " + subject + " ")) {
                        story.append(entry.offset()).append(' ').append(entry.transactionId()).append(' ').append(said).append('\n');
                    }
                }
            }
        }
        return story.toString();
    }

    /** What every transaction says that it did must be possible where it stands; how often each is there. */
    private static Map<UUID, Integer> replay(TestDatabase database, long seed) throws Exception {
        Map<UUID, Integer> times = new HashMap<>();
        Map<Integer, Long> versions = new HashMap<>();
        Set<String> given = new HashSet<>();
        Set<String> rows = new HashSet<>();
        Map<String, String> holders = new HashMap<>();
        try (Connection raw = database.open(); JournalScan scan = new Journal(database.dialect).scan(raw, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                times.merge(entry.transactionId(), 1, Integer::sum);
                for (String deed : new String(entry.open().readAllBytes(), StandardCharsets.UTF_8).split(";")) {
                    String[] words = deed.split(" ");
                    boolean possible = switch (words[0]) {
                        case "VERSION" -> {
                            long before = versions.getOrDefault(Integer.valueOf(words[1]), 0L);
                            versions.put(Integer.valueOf(words[1]), Long.valueOf(words[2]));
                            yield given.add(deed) ? before + 1 == Long.parseLong(words[2]) : givenTwice(deed, seed);
                        }
                        case "PARENT" -> rows.add(words[1]);
                        case "CHILD" -> rows.contains(words[1]);
                        case "GIVE" -> holders.remove(words[1], words[2]);
                        case "TAKE" -> holders.put(words[1], words[2]) == null;
                        default -> words[0].equals("IDLE");
                    };
                    if (!possible) {
                        throw new AssertionError("impossible: " + deed + " at " + entry.offset() + ", seed " + seed + "; of the same thing the journal says:\n" + story(database, words[0], words.length > 1 ? words[1] : ""));
                    }
                }
            }
        }
        assertThat(database.texts("SELECT CONCAT(id, ' ', version) FROM account WHERE version > 0 ORDER BY id")).as("seed %s", seed)
                .isEqualTo(versions.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(row -> row.getKey() + " " + row.getValue()).toList());
        assertThat(database.texts("SELECT CONCAT(k, ' ', holder) FROM slot ORDER BY 1")).as("seed %s", seed)
                .isEqualTo(holders.entrySet().stream().map(row -> row.getKey() + " " + row.getValue()).sorted().toList());
        return times;
    }
}
