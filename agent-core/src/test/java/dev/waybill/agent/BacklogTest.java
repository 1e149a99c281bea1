// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backlog of more transactions than one step of the sequencer takes: while it is sent, sequencing goes on in a thread of its own. */
class BacklogTest {

    private static final int TRANSACTIONS = 8_000;

    private static final String CLEARED = "SELECT c.log_offset = h.log_offset FROM waybill.outbox_cleared c, waybill.journal_head h";

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
    void sequencingDoesNotStandStillWhileASendingLasts() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            backlog(two, 4 * TRANSACTIONS);
            CountDownLatch steps = new CountDownLatch(5);
            two.hq.guard(sendingOnlyAfter(steps)).restart();
            for (int turn = 0; turn < 200 && !two.hq.rows("SELECT COUNT(*) FROM waybill.outbox").equals("0\n"); turn++) {
                two.hq.turn();
                two.clock.pass(Duration.ofMillis(250));
            }
            assertThat(steps.getCount()).isZero();
            assertThat(two.hq.rows("SELECT SUM(transactions) FROM waybill.journal")).isEqualTo(4 * TRANSACTIONS + 2 + "\n");
        }
    }

    /** The first message of the chain leaves when so many steps were done; waits for them a while at most. */
    private static StepGuard sendingOnlyAfter(CountDownLatch steps) {
        return new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                if (step == DurableStep.SEND_MESSAGE && steps.getCount() < 5) {
                    assertThat(await(steps)).as("the first sending saw five steps pass").isTrue();
                }
                T done = effect.run();
                if (step == DurableStep.SEQUENCE) {
                    steps.countDown();
                }
                return done;
            }
        };
    }

    private static boolean await(CountDownLatch steps) {
        try {
            return steps.await(120, TimeUnit.SECONDS);
        } catch (InterruptedException nobodyInterrupts) {
            throw new IllegalStateException(nobodyInterrupts);
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

    /** When it would have deleted the first of what it sequenced; those that stood in the journal when it began do not count. */
    @Test
    void anAgentThatDiesBeforeItDeletesWhatItSequencedTakesNothingTwice() throws Exception {
        AtomicInteger deaths = new AtomicInteger(1);
        AtomicInteger applied = new AtomicInteger();
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            backlog(two);
            two.hq.guard(dyingBeforeDeleting(deaths)).restart();
            two.branch.with(counting(applied)).restart();
            two.converge(100);
            assertThat(deaths).hasValue(0);
            assertThat(applied).hasValue(TRANSACTIONS + 1);
            assertThat(two.hq.rows("SELECT SUM(transactions) FROM waybill.journal")).isEqualTo(TRANSACTIONS + 2 + "\n");
        }
    }

    @Test
    void anAgentThatStopsSaysThatNothingSequencedIsLeftAndOneThatDiesDoesNot() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.insert(1, "one");
            two.converge(100);
            assertThat(two.hq.rows(CLEARED)).isEmpty();
            two.clock.pass(AgentSettings.DEFAULTS.leaseTime().multipliedBy(2)); // the one that was turned until here just dies
            assertThat(two.hq.batch()).isTrue();
            assertThat(two.hq.rows(CLEARED)).isEqualTo("TRUE\n");
            two.hq.insert(2, "two");
            two.converge(100);
            two.hq.restart();
            assertThat(two.hq.rows(CLEARED)).isEqualTo("FALSE\n");
        }
    }

    private static StepGuard dyingBeforeDeleting(AtomicInteger deaths) {
        AtomicBoolean sequenced = new AtomicBoolean();
        return new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                if (step == DurableStep.CLEAR_OUTBOX && sequenced.getAndSet(false) && deaths.get() > 0) {
                    deaths.decrementAndGet();
                    throw new Crash();
                }
                T done = effect.run();
                sequenced.compareAndSet(false, step == DurableStep.SEQUENCE);
                return done;
            }
        };
    }

    @Test
    void anAgentThatBeginsCompressesItsFirstMessageToWhomItKnows() throws Exception {
        AtomicInteger longest = new AtomicInteger();
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.insert(1, "one");
            two.converge(100);
            two.hq.with(new AgentEvents() {
                @Override
                public void sent(Envelope envelope, int length) {
                    longest.accumulateAndGet(length, Math::max);
                }
            }).restart();
            two.hq.insert(2, "x".repeat(10_000));
            for (int turn = 0; turn < 100 && longest.get() == 0; turn++) {
                two.hq.turn();
                two.clock.pass(Duration.ofMillis(250));
            }
            assertThat(longest.get()).isBetween(1, 2_000);
            two.converge(100);
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
        backlog(two, TRANSACTIONS);
    }

    private static void backlog(TwoDatabases two, int transactions) throws Exception {
        two.hq.insert(1, "one");
        two.converge(100);
        two.hq.write(writes -> writes.update(1, "two"));
        two.hq.say("INSERT INTO waybill.outbox (payload) SELECT SUBSTRING(payload FROM 1 FOR 6) || CAST(RANDOM_UUID() AS BINARY(16)) || SUBSTRING(payload FROM 23) FROM waybill.outbox, SYSTEM_RANGE(1, " + transactions + ")");
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
