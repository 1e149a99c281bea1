// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.aftercommit.Errand;
import dev.waybill.call.Answer;
import dev.waybill.call.CallDesk;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.FaultyLink.Rates;
import dev.waybill.link.LinkFactory;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of remote procedures whose messages are lost and repeated, and whose agents end before and after every durable step. */
class CallCrashTest {

    private static final List<DurableStep> AT_THE_CALLEE = List.of(DurableStep.TAKE_CALL, DurableStep.BEGIN_CALL, DurableStep.RUN_CALL, DurableStep.RECORD_CALL, DurableStep.SEND_MESSAGE);
    private static final List<DurableStep> AT_THE_CALLER = List.of(DurableStep.SEND_MESSAGE, DurableStep.RECORD_CALL, DurableStep.DELETE_MESSAGE);

    @TempDir
    private Path folder;

    /** The process ends once, at a step, on one side of it; nothing durable happens in it afterwards. */
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
            boolean here = meet(step, false);
            T result = effect.run();
            if (here) {
                meet(step, true);
            }
            return result;
        }

        private synchronized boolean meet(DurableStep step, boolean behind) {
            boolean here = !dead && step == at;
            dead |= here && behind == after;
            if (dead) {
                throw new StackOverflowError("the process ended at " + at);
            }
            return here;
        }

        synchronized boolean happened() {
            return dead;
        }
    }

    private TwoDatabases two(Path place, UnaryOperator<LinkFactory> links) throws SQLException {
        TwoDatabases two = new TwoDatabases(place, links, links);
        two.hq.say("CREATE TABLE ran (what VARCHAR(20))", "CREATE REMOTE PROCEDURE note AS INSERT INTO ran VALUES (?)", "GRANT EXECUTE ON REMOTE PROCEDURE note TO branch");
        two.hq.jobs(() -> DriverManager.getConnection(two.hq.url));
        return two;
    }

    /** What came of it, while both agents are turned. */
    private static String call(TwoDatabases two, String what, Ending... endings) throws SQLException {
        CallDesk desk = new CallDesk(() -> DriverManager.getConnection(two.branch.url), two.branch.dialect, two.branch.board, two.clock);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return desk.call(null, "note", List.of(what), Errand.NONE, Duration.ofHours(20));
            } catch (SQLException failed) {
                throw new CompletionException(failed);
            }
        });
        while (!answer.isDone()) {
            two.turnSurviving(Duration.ofMillis(250));
            for (Ending ending : endings) {
                if (ending.happened()) {
                    two.hq.guard(StepGuard.PLAIN).restart();
                    two.branch.guard(StepGuard.PLAIN).restart();
                }
            }
            Thread.yield();
        }
        return answer.handle((given, failed) -> failed == null ? given.toString() : failed.getCause().getMessage()).join();
    }

    @Test
    @Tag("extended")
    void procedureRunsAtMostOnceWhereverAgentsEndAndWhateverIsRepeated() throws Exception {
        List<String> missed = new ArrayList<>();
        for (DurableStep step : AT_THE_CALLEE) {
            for (boolean after : new boolean[] {false, true}) {
                tell(new Ending(step, after), true, missed);
            }
        }
        for (DurableStep step : AT_THE_CALLER) {
            for (boolean after : new boolean[] {false, true}) {
                tell(new Ending(step, after), false, missed);
            }
        }
        assertThat(missed).as("steps that were never met").isEmpty();
    }

    private void tell(Ending ending, boolean atCallee, List<String> missed) throws Exception {
        String name = ending.at + (ending.after ? " after" : " before") + (atCallee ? " at hq" : " at branch");
        try (TwoDatabases two = two(folder.resolve(name.replace(' ', '_')), links -> links)) {
            assertThat(call(two, "before")).isEqualTo("Count[rows=1]");
            (atCallee ? two.hq : two.branch).guard(ending).restart();
            String outcome = call(two, "meanwhile", ending);
            if (!ending.happened()) {
                missed.add(name);
            }
            (atCallee ? two.hq : two.branch).guard(StepGuard.PLAIN).restart();
            assertThat(call(two, "after")).as(name).isEqualTo("Count[rows=1]");
            int times = two.hq.rows("SELECT what FROM ran WHERE what = 'meanwhile'").split("\n", -1).length - 1;
            boolean interrupted = outcome.contains("CALL_INTERRUPTED");
            assertThat(times).as(name + ": " + outcome).isBetween(interrupted ? 0 : 1, 1);
            assertThat(outcome.equals("Count[rows=1]") || interrupted).as(name + ": " + outcome).isTrue();
            assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.remote_call")).isEqualTo("0\n");
        }
    }

    @Test
    void linkThatLosesRepeatsReordersAndCorruptsOnlyCostsTime() throws Exception {
        Rates rates = new Rates(0.3, 0.3, 0.2, 0.1, 5, 0.05, 0.05);
        try (TwoDatabases two = two(folder.resolve("faulty"), links -> (type, max) -> new FaultyLink(links.open(type, max), rates, new Random(7), (fault, address, message) -> { }))) {
            for (int i = 0; i < 20; i++) {
                assertThat(call(two, "call " + i)).isEqualTo("Count[rows=1]");
            }
            assertThat(two.hq.rows("SELECT COUNT(*) FROM ran")).isEqualTo("20\n");
            assertThat(two.hq.rows("SELECT COUNT(DISTINCT what) FROM ran")).isEqualTo("20\n");
        }
    }

    @Test
    void whatNobodyCanAskAgainIsForgotten() throws Exception {
        try (TwoDatabases two = two(folder.resolve("forgotten"), links -> links)) {
            call(two, "once");
            assertThat(two.hq.rows("SELECT state FROM waybill.remote_request")).isEqualTo("ANSWERED\n");
            two.branch.say("INSERT INTO waybill.remote_call (call_id, kind, node, subject, state, asked_at, until, request) VALUES (RANDOM_UUID(), 'CALL', 'nobody', 'left behind', 'ASKED', TIMESTAMP '2000-01-01 00:00:00', TIMESTAMP '2000-01-01 00:00:00', X'00')");
            two.clock.pass(Duration.ofHours(41));
            two.turn(Duration.ofMinutes(2));
            two.turn(Duration.ofMinutes(2));
            assertThat(two.hq.rows("SELECT state FROM waybill.remote_request")).isEmpty();
            assertThat(two.branch.rows("SELECT state FROM waybill.remote_call")).isEmpty();
        }
    }
}
