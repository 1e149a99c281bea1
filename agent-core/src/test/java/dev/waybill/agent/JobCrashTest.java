// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.link.LinkFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** After-commit jobs whose agents end before and after every durable step, or come too late. */
class JobCrashTest {

    private static final List<DurableStep> STEPS = List.of(DurableStep.SEQUENCE, DurableStep.ADMIT_JOBS, DurableStep.BEGIN_JOBS, DurableStep.MAKE_DURABLE, DurableStep.RUN_JOB, DurableStep.RECORD_JOBS);

    private final VirtualClock clock = new VirtualClock();

    private Site site() throws SQLException {
        String url = "jdbc:h2:mem:jobs" + UUID.randomUUID();
        Site site = new Site(url, clock, LinkFactory.standard(clock, new Random(1), Site::daemon), 1);
        site.jobs(() -> DriverManager.getConnection(url));
        return site.say(Site.CREATE_ITEM, "CREATE TABLE ran (what VARCHAR(20))", "GRANT PUBLISH TO hq", "CREATE PUBLICATION stock (TABLE item)", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '01:00:00'");
    }

    private void untilAllHaveEnded(Site site) {
        await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(1)).until(() -> {
            site.turnSurviving();
            clock.pass(Duration.ofMillis(250));
            return site.rows("SELECT COUNT(*) FROM waybill.after_commit_job WHERE ended_at IS NULL").equals("0\n");
        });
    }

    /** The process ends at a step, on one side of it: nothing durable happens in it afterwards. */
    private static final class Ending implements StepGuard {
        private final DurableStep at;
        private final boolean after;
        private boolean dead;

        Ending(DurableStep at, boolean after) {
            this.at = at;
            this.after = after;
        }

        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            boolean here;
            synchronized (this) {
                here = !dead && step == at;
                dead |= here && !after;
                if (dead) {
                    throw new StackOverflowError("the process ended at " + at);
                }
            }
            T result = effect.run();
            synchronized (this) {
                dead |= here;
                if (dead) {
                    throw new StackOverflowError("the process ended behind " + at);
                }
            }
            return result;
        }

        synchronized boolean happened() {
            return dead;
        }
    }

    @Test
    void noJobIsLostWhereverItsAgentEndsAndNoneOfARolledBackTransactionRuns() throws Exception {
        List<String> missed = new ArrayList<>();
        for (DurableStep step : STEPS) {
            for (boolean after : new boolean[] {false, true}) {
                Ending ending = new Ending(step, after);
                tell(ending);
                if (!ending.happened()) {
                    missed.add(step + (after ? " after" : " before"));
                }
            }
        }
        assertThat(missed).as("steps that were never met").isEmpty();
    }

    private void tell(Ending ending) throws Exception {
        try (Site site = site()) {
            site.write(writes -> {
                writes.insert(1, "one");
                start(site, "NONUNIQUE INSERT INTO ran VALUES ('plain')");
                start(site, "UNIQUE INSERT INTO ran VALUES ('unique')");
                start(site, "UNIQUE INSERT INTO ran VALUES ('unique')");
                start(site, "FOR EACH REPLICA WHERE name LIKE 'b%' NONUNIQUE INSERT INTO ran VALUES ('replica')");
                start(site, "TRANSIENT NONUNIQUE INSERT INTO ran VALUES ('transient')");
            });
            site.application.setAutoCommit(false);
            start(site, "NONUNIQUE INSERT INTO ran VALUES ('rolled back')");
            site.application.rollback();
            site.application.setAutoCommit(true);
            site.guard(ending);
            await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(1)).until(() -> {
                site.turnSurviving();
                clock.pass(Duration.ofMillis(250));
                return ending.happened();
            });
            site.guard(StepGuard.PLAIN).restart();
            untilAllHaveEnded(site);
            assertThat(site.rows("SELECT DISTINCT what FROM ran WHERE what <> 'transient' ORDER BY what")).as(ending.at + " " + ending.after).isEqualTo("plain\nreplica\nunique\n");
            assertThat(site.rows("SELECT COUNT(*) FROM waybill.after_commit_job WHERE NOT is_transient AND state NOT IN ('DONE', 'JOINED', 'EXPANDED')")).isEqualTo("0\n");
            assertThat(site.rows("SELECT state FROM waybill.after_commit_job WHERE is_transient").strip()).isIn("DONE", "LOST");
            assertThat(site.rows("SELECT COUNT(*) FROM waybill.after_commit_job WHERE log_offset IS NULL")).isEqualTo("0\n");
        }
    }

    private static void start(Site site, String rest) throws SQLException {
        site.say("START AFTER COMMIT " + rest);
    }

    @Test
    void agentThatComesLateRecordsNothing() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        try (Site late = site()) {
            late.jobs(() -> {
                if (runs.incrementAndGet() == 1) {
                    held(mayEnd);
                    ended.incrementAndGet();
                    throw new SQLException("the run of the agent that was late");
                }
                return DriverManager.getConnection(late.url);
            });
            start(late, "NONUNIQUE INSERT INTO ran VALUES ('once')");
            await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(1)).until(() -> {
                late.turn();
                return runs.get() == 1;
            });
            try (Site next = new Site(late.url, clock, LinkFactory.standard(clock, new Random(2), Site::daemon), 2); Connection other = DriverManager.getConnection(late.url)) {
                next.jobs(() -> DriverManager.getConnection(late.url));
                untilAllHaveEnded(next);
                assertThat(next.rows("SELECT state, attempts FROM waybill.after_commit_job")).isEqualTo("DONE|2\n");
                assertThat(other.isClosed()).isFalse();
            }
            mayEnd.countDown();
            clock.pass(Duration.ofSeconds(30));
            await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(1)).until(() -> {
                late.turnSurviving();
                clock.pass(Duration.ofSeconds(1));
                return ended.get() == 1 && late.agent().shown() != AgentBeans.Shown.WAITING;
            });
            for (int cycle = 0; cycle < 3; cycle++) {
                late.turn();
            }
            assertThat(late.rows("SELECT state, attempts, error_text FROM waybill.after_commit_job")).isEqualTo("DONE|2|null\n");
        }
    }

    private static void held(CountDownLatch mayEnd) throws SQLException {
        try {
            if (!mayEnd.await(120, TimeUnit.SECONDS)) {
                throw new SQLException("nobody let it go");
            }
        } catch (InterruptedException interrupted) {
            throw new SQLException(interrupted);
        }
    }

    /** Nobody waits here in real time: what is due is a matter of the clock. */
    @Test
    void jobThatEndsItsAgentEachTimeIsGivenUp() throws Exception {
        try (Site site = site()) {
            start(site, "NONUNIQUE INSERT INTO ran VALUES ('x')");
            for (int i = 0; i < 12 && site.rows("SELECT ended_at FROM waybill.after_commit_job").equals("null\n"); i++) {
                Ending ending = new Ending(DurableStep.RUN_JOB, false);
                site.guard(ending).restart();
                await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(1)).until(() -> {
                    site.turnSurviving();
                    clock.pass(Duration.ofSeconds(1));
                    return ending.happened() || !site.rows("SELECT ended_at FROM waybill.after_commit_job").equals("null\n");
                });
            }
            assertThat(site.rows("SELECT state, attempts FROM waybill.after_commit_job")).isEqualTo("FAILED|10\n");
            assertThat(site.rows("SELECT error_text FROM waybill.after_commit_job")).startsWith("JOB_INTERRUPTED");
        }
    }

    @Test
    void historyIsKeptForAWeek() throws Exception {
        try (Site site = site()) {
            start(site, "NONUNIQUE INSERT INTO ran VALUES ('x')");
            untilAllHaveEnded(site);
            clock.pass(Duration.ofDays(6));
            site.turn();
            site.turn();
            assertThat(site.rows("SELECT state FROM waybill.after_commit_job")).isEqualTo("DONE\n");
            clock.pass(Duration.ofDays(2));
            site.turn();
            site.turn();
            assertThat(site.rows("SELECT state FROM waybill.after_commit_job")).isEmpty();
        }
    }
}
