// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.journal.LogOffset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backlog of more transactions than one step of the sequencer takes: while it is sent, sequencing goes on in a thread of its own. */
class BacklogTest {

    private static final int TRANSACTIONS = 8_000;

    @TempDir
    Path folder;

    @Test
    void aBacklogThatIsSequencedWhileItIsSentArrivesWholeAndOnce() throws Exception {
        AtomicInteger applied = new AtomicInteger();
        Queue<Thread> sequencers = new ConcurrentLinkedQueue<>();
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            backlog(two);
            two.hq.guard(watching(sequencers)).restart();
            two.branch.with(counting(applied)).restart();
            two.converge(100);
            assertThat(applied).hasValue(TRANSACTIONS + 1);
            assertThat(two.hq.rows("SELECT SUM(transactions) FROM waybill.journal")).isEqualTo(TRANSACTIONS + 2 + "\n");
            assertThat(two.hq.rows("SELECT COUNT(*) < 1000 FROM waybill.journal")).isEqualTo("TRUE\n");
            assertThat(sequencers).as("some step ran beside").anyMatch(thread -> thread != Thread.currentThread());
        }
    }

    @Test
    void aStepBesideTheSendingThatFailsIsToldAndDoneAgain() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        AtomicInteger failed = new AtomicInteger();
        AtomicInteger applied = new AtomicInteger();
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            backlog(two);
            two.hq.guard(failingBeside(Thread.currentThread(), fails, failed)).restart();
            two.branch.with(counting(applied)).restart();
            two.converge(100);
            assertThat(failed).hasValue(1);
            assertThat(applied).hasValue(TRANSACTIONS + 1);
        }
    }

    @Test
    void aMailboxFullOfMessagesIsReadInPiecesOfBoundedSize() throws Exception {
        AtomicInteger applied = new AtomicInteger();
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.converge(100);
            two.branch.with(counting(applied)).restart();
            two.hq.write(writes -> writes.insert(1, "x"));
            for (int i = 2; i <= 600; i++) {
                two.hq.insert(i, "x".repeat(40_000));
            }
            for (int i = 0; i < 20; i++) {
                two.hq.turn();
                two.clock.pass(Duration.ofMillis(500));
            }
            two.branch.turn();
            assertThat(applied.get()).as("24 million bytes lie there").isBetween(100, 400);
            two.branch.turn();
            assertThat(applied.get()).isBetween(300, 599);
            two.converge(100);
            assertThat(applied).hasValue(600);
        }
    }

    /** One captured transaction, and many copies of its outbox row. */
    private static void backlog(TwoDatabases two) throws Exception {
        two.hq.insert(1, "one");
        two.converge(100);
        two.hq.write(writes -> writes.update(1, "two"));
        two.hq.say("INSERT INTO waybill.outbox (transaction_id, part, last, size, digest, payload) SELECT RANDOM_UUID(), part, last, size, digest, payload FROM waybill.outbox, SYSTEM_RANGE(1, " + TRANSACTIONS + ")");
    }

    private static AgentEvents counting(AtomicInteger applied) {
        return new AgentEvents() {
            @Override
            public void applied(String sender, int transactions, long rows, LogOffset logReceived) {
                applied.addAndGet(transactions);
            }
        };
    }

    private static StepGuard watching(Queue<Thread> sequencers) {
        return new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                if (step == DurableStep.SEQUENCE) {
                    sequencers.add(Thread.currentThread());
                }
                return effect.run();
            }
        };
    }

    /** The first step in another thread than the agent's own is a crash. */
    private static StepGuard failingBeside(Thread own, AtomicBoolean fails, AtomicInteger failed) {
        return new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                if (step == DurableStep.SEQUENCE && Thread.currentThread() != own && fails.getAndSet(false)) {
                    failed.incrementAndGet();
                    throw new Crash();
                }
                return effect.run();
            }
        };
    }

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
