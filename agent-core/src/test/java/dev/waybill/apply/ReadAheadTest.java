// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.journal.LogOffset;
import dev.waybill.rights.SenderRights;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

    private final ExecutorService reader = Executors.newSingleThreadExecutor();
    private TestDatabase source;
    private TestDatabase replica;
    private Source hq;

    @BeforeEach
    void open() throws Exception {
        source = new TestDatabase();
        replica = new TestDatabase();
        hq = new Source(source);
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR)");
        replica.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR)", "INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
        replica.connection().setAutoCommit(false);
    }

    @AfterEach
    void close() throws Exception {
        reader.shutdown();
        source.close();
        replica.close();
    }

    private List<ReceivedTransaction> inserts(int from, int to) throws Exception {
        List<ReceivedTransaction> transactions = new ArrayList<>();
        for (int i = from; i < to; i++) {
            transactions.add(hq.insert("T", "INSERT INTO t VALUES (" + i + ", 'row " + i + "')").commit());
        }
        return transactions;
    }

    private static ReceivedTransaction cutOff(ReceivedTransaction whole) {
        ReceivedTransaction.InMemory memory = (ReceivedTransaction.InMemory) whole.content();
        return new ReceivedTransaction(whole.offset(), whole.digest(), new ReceivedTransaction.InMemory(memory.bytes(), memory.from(), memory.to() - 3));
    }

    private static long id(List<Change> changes) {
        return (Long) changes.get(0).after().value(0);
    }

    @Test
    void everyTransactionIsReadAheadAsItIsWhereverTheApplyBeginsAnew() throws Exception {
        List<ReceivedTransaction> all = inserts(0, 1_500);
        ReadAhead ahead = new ReadAhead(reader);
        Random random = new Random(1);
        int next = 0;
        for (int apply = 0; apply < 200; apply++) {
            List<ReceivedTransaction> wanted = all.subList(next, all.size());
            ahead.begin(wanted);
            int count = random.nextInt(Math.min(wanted.size(), 300));
            for (int i = 0; i < count; i++) {
                List<Change> changes = ahead.changes(wanted.get(i));
                assertThat(changes == null ? wanted.size() : id(changes)).isEqualTo(changes == null ? Math.min(wanted.size(), 99) : next + i);
            }
            next = random.nextInt(3) == 0 ? random.nextInt(all.size() - 1) : next + Math.min(count, all.size() - next - 1);
        }
    }

    @Test
    void littleIsReadAheadBeforeItIsAskedFor() throws Exception {
        List<ReceivedTransaction> all = inserts(0, 3_000);
        Deque<Runnable> tasks = new ArrayDeque<>();
        ReadAhead ahead = new ReadAhead(tasks::add);
        ahead.begin(all);
        assertThat(tasks).hasSize(3);
        for (ReceivedTransaction transaction : all) {
            tasks.forEach(Runnable::run);
            tasks.clear();
            assertThat(ahead.changes(transaction)).hasSize(1);
            assertThat(tasks).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void whatIsLongOrNotInMemoryOrUnreadableIsReadWhereItIsPerformed() throws Exception {
        List<ReceivedTransaction> all = new ArrayList<>(inserts(0, 200));
        all.set(10, cutOff(all.get(10)));
        ReceivedTransaction elsewhere = all.get(20);
        all.set(20, new ReceivedTransaction(elsewhere.offset(), elsewhere.digest(), raw -> elsewhere.content().open(raw)));
        all.set(30, hq.insert("T", "INSERT INTO t SELECT 1000, REPEAT('x', 60000)").insert("T", "INSERT INTO t SELECT 1001, REPEAT('x', 60000)").insert("T", "INSERT INTO t SELECT 1002, REPEAT('x', 60000)").commit());
        all.set(40, hq.snapshot("T").commit());
        ReadAhead ahead = new ReadAhead(reader);
        ahead.begin(all);
        for (int i = 0; i < all.size(); i++) {
            List<Change> changes = ahead.changes(all.get(i));
            assertThat(changes == null).as("transaction " + i).isEqualTo(i == 10 || i == 20 || i == 30 || i == 40);
        }
    }

    @Test
    void anUnreadableOneIsSaidInItsTurnAndEverythingBeforeItIsApplied() throws Exception {
        List<ReceivedTransaction> all = new ArrayList<>(inserts(0, 600));
        all.set(500, cutOff(all.get(500)));
        Applier applier = new Applier(replica.dialect(), reader, SenderRights.TRUSTING);
        ApplyResult result = applier.apply(replica.connection(), "hq", all);
        replica.connection().commit();
        assertThat(result.transactions()).isEqualTo(500);
        assertThat((Throwable) result.halt()).hasMessageContaining("APPLY_UNREADABLE").hasMessageContaining(all.get(500).offset().toString());
        assertThat(replica.number("SELECT COUNT(*) FROM t")).isEqualTo(500);
        assertThatThrownBy(() -> applier.apply(replica.connection(), "hq", all.subList(500, 600))).hasMessageContaining("APPLY_UNREADABLE");
    }

    /** The groups of one backlog, and what was read for a group that failed. */
    @Test
    void aBacklogOfManyGroupsIsAppliedAlsoAfterOneFailed() throws Exception {
        List<ReceivedTransaction> all = inserts(0, 1_200);
        ApplyLimits limits = new ApplyLimits(150, 100, 1 << 20, 50, 1_000);
        Applier applier = new Applier(replica.dialect(), limits, reader, new DeadLetters(replica.dialect()), SenderRights.TRUSTING);
        replica.execute("INSERT INTO t VALUES (700, 'in the way')");
        replica.connection().commit();
        int done = 0;
        while (done < all.size()) {
            try {
                ApplyResult result = applier.apply(replica.connection(), "hq", all.subList(done, all.size()));
                replica.connection().commit();
                done += result.transactions();
                assertThat(replica.number("SELECT log_received FROM waybill.remote_user")).isEqualTo(all.get(done - 1).offset().bytes());
            } catch (SQLException inTheWay) {
                replica.connection().rollback();
                assertThat(done).isEqualTo(700);
                replica.execute("DELETE FROM t WHERE id = 700");
                replica.connection().commit();
            }
        }
        assertThat(Contents.of(replica.connection(), "SELECT * FROM t")).isEqualTo(Contents.of(source.connection(), "SELECT * FROM t"));
        assertThat(new LogOffset(replica.number("SELECT log_received FROM waybill.remote_user"))).isEqualTo(all.get(1_199).offset());
    }
}
