// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the world before and after every durable step of both agents, each time it is met first and third, and lets new agents go on. */
class CrashTest {

    @TempDir
    Path folder;

    /** The process is no more. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(String where) {
            super(where);
        }
    }

    /** Crashes once, at a step, on one side of it, at its n-th time. */
    private static final class CrashOnce implements StepGuard {
        private final DurableStep at;
        private final boolean after;
        private int left;
        private boolean happened;

        CrashOnce(DurableStep at, boolean after, int time) {
            this.at = at;
            this.after = after;
            this.left = time;
        }

        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            boolean here = step == at && --left == 0;
            if (here && !after) {
                crash();
            }
            T result = effect.run();
            if (here) {
                crash();
            }
            return result;
        }

        private void crash() {
            happened = true;
            throw new Crash((after ? "after " : "before ") + at);
        }
    }

    @Test
    void aCrashAtAnyStepLosesNothingAndRepeatsNothing() throws Exception {
        Set<String> hit = new TreeSet<>();
        List<String> missed = new ArrayList<>();
        int run = 0;
        for (boolean atHq : new boolean[] {true, false}) {
            for (DurableStep step : DurableStep.values()) {
                for (boolean after : new boolean[] {false, true}) {
                    for (int time : new int[] {1, 3}) {
                        CrashOnce crash = new CrashOnce(step, after, time);
                        story(folder.resolve("run" + run++), crash, atHq);
                        if (crash.happened) {
                            hit.add(step + (after ? " after" : " before"));
                        }
                    }
                }
            }
        }
        for (DurableStep step : reachable()) {
            for (String side : List.of(" before", " after")) {
                if (!hit.contains(step + side)) {
                    missed.add(step + side);
                }
            }
        }
        assertThat(missed).as("steps that were never met").isEmpty();
    }

    private static Set<DurableStep> reachable() {
        return EnumSet.allOf(DurableStep.class);
    }

    private void story(Path place, CrashOnce crash, boolean atHq) throws Exception {
        try (TwoDatabases two = TwoDatabases.over(place).with(AgentSettings.DEFAULTS.withMaxMessageBytes(10_000))) {
            (atHq ? two.hq : two.branch).guard(crash);
            try {
                two.hq.insert(1, "before the snapshot");
                two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
                go(two, 12);
                two.hq.insert(2, "small").insert(3, "x".repeat(45_000)).insert(4, "after the large one");
                two.hq.write(writes -> writes.update(1, "changed"));
                garbage(place);
                go(two, 12);
                two.hq.write(writes -> writes.delete(2));
                two.converge(400);
            } catch (AssertionError wrong) {
                throw new AssertionError("crash " + (crash.after ? "after " : "before ") + crash.at + " at " + (atHq ? "hq" : "branch"), wrong);
            }
            assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.counter WHERE name = 'already_gone'")).isEqualTo("0\n");
        }
    }

    private static void garbage(Path place) throws Exception {
        java.nio.file.Files.writeString(java.nio.file.Files.createDirectories(place.resolve("branch")).resolve("zzz"), "garbage");
        java.nio.file.Files.writeString(java.nio.file.Files.createDirectories(place.resolve("hq")).resolve("zzz"), "garbage");
    }

    private static void go(TwoDatabases two, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            two.turnSurviving(Duration.ofMillis(400));
        }
    }
}
