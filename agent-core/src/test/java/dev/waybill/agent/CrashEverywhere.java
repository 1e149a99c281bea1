// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.MemoryLink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** One story told again and again, with an agent that stops before or after one durable step each time; new agents go on. */
final class CrashEverywhere {

    /** Steps of after-commit jobs are in another story: {@code JobCrashTest}. */
    static final Set<DurableStep> OF_REPLICATION = EnumSet.complementOf(EnumSet.of(DurableStep.ADMIT_JOBS, DurableStep.BEGIN_JOBS, DurableStep.RUN_JOB, DurableStep.RECORD_JOBS, DurableStep.RECORD_NOTICES,
            DurableStep.TAKE_CALL, DurableStep.BEGIN_CALL, DurableStep.RUN_CALL, DurableStep.RECORD_CALL, DurableStep.RECORD_TENTATIVE, DurableStep.RUN_TENTATIVE));
    /** Only an H2 that may have kept halves of what its log holds clears anything apart. */
    static final Set<DurableStep> NOT_ON_H2 = without(OF_REPLICATION, DurableStep.CLEAR_OUTBOX);

    private final Path folder;
    private final Databases databases;
    private final List<DurableStep> met;
    private final Set<String> hit = new TreeSet<>();
    private int runs;

    /** @param met the steps that this story must meet */
    CrashEverywhere(Path folder, Databases databases, Set<DurableStep> met) {
        this.folder = folder;
        this.databases = databases;
        this.met = List.copyOf(met);
    }

    private static Set<DurableStep> without(Set<DurableStep> steps, DurableStep one) {
        Set<DurableStep> others = EnumSet.copyOf(steps);
        others.remove(one);
        return others;
    }

    /** Two that are to be replicated, made for each telling. */
    interface Databases {
        TwoDatabases at(Path place) throws Exception;
    }

    /** Linked by memory. */
    static TwoDatabases linked(String hq, String branch, Path place) throws SQLException {
        MemoryLink.PostOffice office = new MemoryLink.PostOffice();
        UnaryOperator<LinkFactory> links = files -> (type, max) -> new MemoryLink(office, type.address(), max);
        return new TwoDatabases(hq, branch, place, links, links);
    }

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
            throw new Crash(toString());
        }

        @Override
        public String toString() {
            return (after ? "after " : "before ") + at;
        }
    }

    /** One agent stops in each telling. */
    void oneAtATime(int... times) throws Exception {
        for (DurableStep step : met) {
            for (boolean after : new boolean[] {false, true}) {
                for (int time : times) {
                    tell(new CrashOnce(step, after, time), null);
                    tell(null, new CrashOnce(step, after, time));
                }
            }
        }
        demandAll();
    }

    /** Both stop in each telling, at steps that differ: half as many tellings, for databases that take their time. */
    void bothAtATime() throws Exception {
        for (int i = 0; i < met.size(); i++) {
            for (boolean after : new boolean[] {false, true}) {
                tell(new CrashOnce(met.get(i), after, 1), new CrashOnce(met.get(met.size() - 1 - i), !after, 1));
            }
        }
        demandAll();
    }

    private void demandAll() {
        List<String> missed = new ArrayList<>();
        for (DurableStep step : met) {
            for (String side : List.of("before ", "after ")) {
                if (!hit.contains(side + step)) {
                    missed.add(side + step);
                }
            }
        }
        assertThat(missed).as("steps that were never met").isEmpty();
    }

    private void tell(CrashOnce atHq, CrashOnce atBranch) throws Exception {
        try (TwoDatabases two = databases.at(folder.resolve("run" + runs++)).with(AgentSettings.DEFAULTS.withMaxMessageBytes(10_000))) {
            guard(two.hq, atHq);
            guard(two.branch, atBranch);
            try {
                two.hq.insert(1, "before the snapshot");
                two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
                go(two, 12);
                two.hq.insert(2, "small").insert(3, "x".repeat(45_000)).insert(4, "after the large one");
                two.hq.write(writes -> writes.update(1, "changed"));
                garbage(two);
                go(two, 12);
                two.hq.write(writes -> writes.delete(2));
                two.converge(400);
            } catch (AssertionError wrong) {
                throw new AssertionError("crash at hq: " + atHq + ", at the branch: " + atBranch, wrong);
            }
            assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.counter WHERE name = 'already_gone'")).isEqualTo("0\n");
        }
        note(atHq);
        note(atBranch);
    }

    private static void guard(Site site, CrashOnce crash) {
        if (crash != null) {
            site.guard(crash);
        }
    }

    private void note(CrashOnce crash) {
        if (crash != null && crash.happened) {
            hit.add(crash.toString());
        }
    }

    private static void garbage(TwoDatabases two) throws Exception {
        two.hq.drop("branch", "garbage".getBytes(StandardCharsets.UTF_8));
        two.branch.drop("hq", "garbage".getBytes(StandardCharsets.UTF_8));
    }

    private static void go(TwoDatabases two, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            two.turnSurviving(Duration.ofMillis(400));
        }
    }
}
