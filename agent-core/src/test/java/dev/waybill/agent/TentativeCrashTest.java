// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved transactions whose messages are lost and repeated, and whose agents end before and after every durable step. */
class TentativeCrashTest {

    private static final int SAVED = 4;

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
        two.hq.say("CREATE TABLE ran (what VARCHAR(20))", "GRANT PROPAGATE TO branch");
        two.hq.jobs(() -> DriverManager.getConnection(two.hq.url));
        return two;
    }

    private static void save(TwoDatabases two, int count) throws SQLException {
        for (int i = 1; i <= count; i++) {
            two.branch.say("SAVE INSERT INTO ran VALUES ('" + i + "')");
            two.clock.pass(Duration.ofMillis(1));
        }
    }

    private static void untilAllAreJudged(TwoDatabases two, Ending... endings) throws SQLException {
        while (!two.branch.rows("SELECT COUNT(*) FROM waybill.tentative_transaction WHERE judged_at IS NULL").equals("0\n")) {
            two.turnSurviving(Duration.ofMillis(250));
            for (Ending ending : endings) {
                if (ending.happened()) {
                    two.hq.guard(StepGuard.PLAIN).restart();
                    two.branch.guard(StepGuard.PLAIN).restart();
                }
            }
            Thread.yield();
        }
    }

    @Test
    @Tag("extended")
    void eachIsCarriedOutOnceAndInOrderWhereverAgentsEnd() throws Exception {
        List<String> missed = new ArrayList<>();
        for (boolean after : new boolean[] {false, true}) {
            for (DurableStep step : List.of(DurableStep.RUN_TENTATIVE, DurableStep.SEND_MESSAGE, DurableStep.DELETE_MESSAGE)) {
                tell(new Ending(step, after), true, missed);
            }
            for (DurableStep step : List.of(DurableStep.RECORD_TENTATIVE, DurableStep.SEND_MESSAGE, DurableStep.DELETE_MESSAGE)) {
                tell(new Ending(step, after), false, missed);
            }
        }
        assertThat(missed).as("steps that were never met").isEmpty();
    }

    private void tell(Ending ending, boolean above, List<String> missed) throws Exception {
        String name = ending.at + (ending.after ? " after" : " before") + (above ? " at hq" : " at branch");
        try (TwoDatabases two = two(folder.resolve(name.replace(' ', '_')), links -> links)) {
            for (int i = 0; i < 8; i++) {
                two.turn(Duration.ofMillis(250)); // they know one another
            }
            save(two, SAVED);
            (above ? two.hq : two.branch).guard(ending).restart();
            untilAllAreJudged(two, ending);
            if (!ending.happened()) {
                missed.add(name);
            }
            assertThat(two.hq.rows("SELECT what FROM ran")).as(name).isEqualTo("1\n2\n3\n4\n");
            assertThat(two.branch.rows("SELECT DISTINCT state FROM waybill.tentative_transaction")).as(name).isEqualTo("ACCEPTED\n");
        }
    }

    @Test
    void linkThatLosesRepeatsReordersAndCorruptsOnlyCostsTime() throws Exception {
        Rates rates = new Rates(0.3, 0.3, 0.2, 0.1, 5, 0.05, 0.05);
        try (TwoDatabases two = two(folder.resolve("faulty"), links -> (type, max) -> new FaultyLink(links.open(type, max), rates, new Random(11), (fault, address, message) -> { }))) {
            save(two, 20);
            untilAllAreJudged(two);
            assertThat(two.hq.rows("SELECT COUNT(*), COUNT(DISTINCT what) FROM ran")).isEqualTo("20|20\n");
        }
    }
}
