// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.OutboxWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A snapshot is the source after exactly the transactions before its offset, whoever writes meanwhile. */
class SnapshotUnderWritersTest {

    private static final int WRITERS = 4;
    private static final String[] TABLES = {"account", "movement"};

    @Test
    void aSnapshotAmongWritersIsTheStateAtItsOffsetAndTheJournalGoesOnFromThere() throws Exception {
        try (TestDatabase source = new TestDatabase(); TestDatabase replica = new TestDatabase(); TestDatabase replayed = new TestDatabase()) {
            String[] tables = {"CREATE TABLE account (id INT PRIMARY KEY, place INT UNIQUE, v INT)", "CREATE TABLE movement (id BIGINT PRIMARY KEY, account INT NOT NULL REFERENCES account, delta INT)"};
            source.execute(tables);
            replayed.execute(tables);
            HeadOffice hq = new HeadOffice(source);
            hq.publish("bank", "account", "movement");
            write(source, new Random(1), 0, 30);
            List<ReceivedTransaction> all = amongWriters(source, hq);
            LogOffset offset = new LogOffset(source.number("SELECT started FROM waybill.subscription"));
            int at = all.stream().map(ReceivedTransaction::offset).toList().indexOf(offset);
            assertThat(at).as("transactions before the snapshot").isGreaterThan(50);
            assertThat(all.size() - at).as("transactions after it").isGreaterThan(50);
            apply(replayed, all.subList(0, at));
            apply(replica, all.subList(at, at + 1));
            assertEqual(replica, replayed);
            apply(replica, all.subList(at + 1, all.size()));
            assertEqual(replica, source);
        }
    }

    private static List<ReceivedTransaction> amongWriters(TestDatabase source, HeadOffice hq) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger committed = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 1; writer <= WRITERS; writer++) {
                int number = writer;
                writers.add(threads.submit(() -> {
                    Random random = new Random(number);
                    for (int round = 0; !stop.get(); round++) {
                        committed.addAndGet(write(source, random, number * 1_000_000 + round * 100, 5));
                    }
                    return null;
                }));
            }
            awaitMore(committed, 100, writers);
            hq.synchronize("bank");
            assertThat(hq.takeSnapshots()).hasSize(1);
            awaitMore(committed, 100, writers);
            stop.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            stop.set(true);
            threads.shutdown();
        }
        hq.sequence();
        return hq.journal(LogOffset.ZERO);
    }

    private static void awaitMore(AtomicInteger committed, int more, List<Future<?>> writers) {
        int enough = committed.get() + more;
        Awaitility.await().until(() -> committed.get() >= enough || writers.stream().anyMatch(Future::isDone));
    }

    /** Some transactions: conflicting updates, exchanged unique values, rows with parents, rollbacks. */
    private static int write(TestDatabase source, Random random, int firstId, int transactions) throws Exception {
        int committed = 0;
        try (Connection raw = source.another()) {
            raw.setAutoCommit(false);
            Source statements = new Source(source, raw);
            try (OutboxWriter outbox = new OutboxWriter(source.dialect(), raw)) {
                for (int i = 0; i < transactions; i++) {
                    committed += write(raw, statements, outbox, random, firstId + i) ? 1 : 0;
                }
            }
        }
        return committed;
    }

    private static boolean write(Connection raw, Source statements, OutboxWriter outbox, Random random, int id) throws Exception {
        try {
            int account = random.nextInt(20);
            statements.update("ACCOUNT", "UPDATE account SET v = v + 1 WHERE id = " + account);
            if (statements.isEmpty()) {
                statements.insert("ACCOUNT", "INSERT INTO account VALUES (" + account + ", NULL, 0)");
            }
            statements.insert("MOVEMENT", "INSERT INTO movement VALUES (" + id + ", " + account + ", 1)");
            if (random.nextInt(3) == 0) {
                statements.delete("MOVEMENT", "DELETE FROM movement WHERE id = (SELECT MIN(id) FROM movement)");
            }
            if (random.nextInt(4) == 0) {
                statements.update("ACCOUNT", "UPDATE account SET place = CASE WHEN id = " + account + " THEN 1 END WHERE place = 1 OR id = " + account);
            }
            if (random.nextInt(20) == 0) {
                throw new SQLException("changed my mind");
            }
            byte[] content = statements.end();
            outbox.write(UUID.randomUUID(), 0, true, content, 0, content.length);
            raw.commit();
            return true;
        } catch (SQLException conflict) {
            raw.rollback();
            statements.forget();
            return false;
        }
    }

    private static void apply(TestDatabase replica, List<ReceivedTransaction> transactions) throws SQLException {
        if (replica.number("SELECT COUNT(*) FROM waybill.remote_user") == 0) {
            replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
        }
        PlainAgentDatabase agent = new PlainAgentDatabase(replica);
        Applier applier = new Applier(replica.dialect());
        for (int done = 0; done < transactions.size();) {
            List<ReceivedTransaction> left = transactions.subList(done, transactions.size());
            applier.prepare(agent, left);
            ApplyResult result = agent.transact(DurableStep.APPLY, raw -> applier.apply(raw, "hq", left));
            assertThat((Throwable) result.halt()).isNull();
            done += result.transactions();
        }
    }

    private static void assertEqual(TestDatabase one, TestDatabase other) throws SQLException {
        for (String table : TABLES) {
            assertThat(Contents.of(one.connection(), "SELECT * FROM " + table)).as(table).isNotEmpty().isEqualTo(Contents.of(other.connection(), "SELECT * FROM " + table));
        }
    }
}
