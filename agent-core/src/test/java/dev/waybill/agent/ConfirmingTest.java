// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mailbox that takes several looks to read: what is confirmed meanwhile is brought to disk beside the next look. */
class ConfirmingTest {

    private static final int ROWS = 500;

    @TempDir
    Path folder;

    @Test
    void whileABacklogIsAppliedOnlyWhatIsOnDiskIsConfirmed() throws Exception {
        Watching watching = new Watching(Thread.currentThread());
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.converge(100);
            two.branch.with(watching).guard(watching).restart();
            backlog(two);
            for (int i = 0; i < 4; i++) {
                two.branch.turn();
                two.clock.pass(Duration.ofMillis(250));
            }
            two.converge(100);
        }
        assertThat(watching.wrong).isEmpty();
        assertThat(watching.beside).as("flushes in another thread").hasPositiveValue();
        assertThat(watching.confirmedLess).as("confirmations that were overtaken by what was applied while they were flushed").hasPositiveValue();
    }

    @Test
    void anAgentThatDiesInAFlushBesideABacklogLosesAndRepeatsNothing() throws Exception {
        AtomicInteger applied = new AtomicInteger();
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.converge(100);
            Dying dying = new Dying(Thread.currentThread());
            two.branch.with(counting(applied)).guard(dying).restart();
            backlog(two);
            for (int i = 0; i < 6; i++) {
                two.branch.turnSurviving();
                two.clock.pass(Duration.ofMillis(250));
            }
            assertThat(dying.deaths).hasValue(1);
            two.converge(100);
            assertThat(applied).hasValue(ROWS);
        }
    }

    /** More than two looks take in. */
    private static void backlog(TwoDatabases two) throws Exception {
        for (int i = 1; i <= ROWS; i++) {
            two.hq.insert(i, "x".repeat(40_000));
        }
        for (int i = 0; i < 12; i++) {
            two.hq.turn();
            two.clock.pass(Duration.ofMillis(500));
        }
    }

    private static AgentEvents counting(AtomicInteger applied) {
        return new AgentEvents() {
            @Override
            public void applied(String sender, int transactions, long rows, LogOffset logReceived) {
                applied.addAndGet(transactions);
            }
        };
    }

    /** What was applied before a flush began is on disk when it has ended. */
    private static final class Watching implements AgentEvents, StepGuard {

        private final Thread own;
        private final AtomicLong applied = new AtomicLong();
        private final AtomicLong onDisk = new AtomicLong();
        private final AtomicInteger beside = new AtomicInteger();
        private final AtomicInteger confirmedLess = new AtomicInteger();
        private final List<String> wrong = new ArrayList<>();

        private Watching(Thread own) {
            this.own = own;
        }

        @Override
        public void applied(String sender, int transactions, long rows, LogOffset logReceived) {
            applied.set(logReceived.bytes());
        }

        @Override
        public void sent(Envelope envelope, int bytes) {
            long confirmed = envelope.confirmation().offset().bytes();
            if (onDisk.get() > 0 && confirmed > onDisk.get()) {
                wrong.add(envelope.kind() + " confirms " + confirmed + ", on disk is " + onDisk);
            }
            if (envelope.kind() == MessageKind.CONFIRMATION && confirmed < applied.get()) {
                confirmedLess.incrementAndGet();
            }
        }

        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            long before = applied.get();
            T done = effect.run();
            if (step == DurableStep.MAKE_DURABLE) {
                onDisk.accumulateAndGet(before, Math::max);
                beside.addAndGet(Thread.currentThread() == own ? 0 : 1);
            }
            return done;
        }
    }

    /** In the first flush in another thread than the agent's own. */
    private static final class Dying implements StepGuard {

        private final Thread own;
        private final AtomicInteger deaths = new AtomicInteger();

        private Dying(Thread own) {
            this.own = own;
        }

        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            if (step == DurableStep.MAKE_DURABLE && Thread.currentThread() != own && deaths.compareAndSet(0, 1)) {
                throw new Crash();
            }
            return effect.run();
        }
    }

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
