// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.MemoryLink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the world before and after every durable step of both agents, and lets new agents go on. */
class CrashTest {

    /** Only an H2 that may have kept halves of what its log holds clears anything apart. */
    private static final Set<DurableStep> NOT_ON_H2 = EnumSet.complementOf(EnumSet.of(DurableStep.CLEAR_OUTBOX));

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
        crashEverywhere(place -> databases(place, true), EnumSet.allOf(DurableStep.class), 1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepOnPostgresLosesNothingAndRepeatsNothing() throws Exception {
        crashEverywhere(place -> linked(PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url(), place), NOT_ON_H2, 1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepOnMariaDbLosesNothingAndRepeatsNothing() throws Exception {
        crashEverywhere(place -> linked(MariaDbServer.running().freshDatabase().url(), MariaDbServer.running().freshDatabase().url(), place), NOT_ON_H2, 1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepOnSqliteLosesNothingAndRepeatsNothing() throws Exception {
        crashEverywhere(place -> {
            Files.createDirectories(place);
            return linked("jdbc:sqlite:" + place.resolve("hq.db"), "jdbc:sqlite:" + place.resolve("branch.db"), place);
        }, NOT_ON_H2, 1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepOnHsqldbLosesNothingAndRepeatsNothing() throws Exception {
        crashEverywhere(place -> linked(hsqldb(place, "hq"), hsqldb(place, "branch"), place), NOT_ON_H2, 1);
    }

    private static String hsqldb(Path place, String name) {
        return "jdbc:hsqldb:file:" + place.resolve(name) + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepLosesNothingAndRepeatsNothingWhereTriggersOfPostgresCapture() throws Exception {
        crashEverywhere(place -> complete(linked(PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url(), place)), NOT_ON_H2, 1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepLosesNothingAndRepeatsNothingWhereTriggersOfMariaDbCapture() throws Exception {
        crashEverywhere(place -> complete(linked(MariaDbServer.running().freshDatabase().url(), MariaDbServer.running().freshDatabase().url(), place)), NOT_ON_H2, 1);
    }

    private static TwoDatabases complete(TwoDatabases two) throws SQLException {
        two.hq.complete();
        return two;
    }

    private static TwoDatabases linked(String hq, String branch, Path place) throws SQLException {
        MemoryLink.PostOffice office = new MemoryLink.PostOffice();
        UnaryOperator<LinkFactory> links = files -> (type, max) -> new MemoryLink(office, type.address(), max);
        return new TwoDatabases(hq, branch, place, links, links);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepAtAnyTimeLosesNothingAndRepeatsNothing() throws Exception {
        crashEverywhere(place -> databases(place, false), EnumSet.allOf(DurableStep.class), 1, 3, 8);
    }

    /** As it is when the connection to a database server breaks at the wrong moment. */
    @Test
    void aCommitThatSucceedsAndSaysThatItFailedIsNotRepeated() throws Exception {
        boolean[] broken = new boolean[1];
        StepGuard doubtful = new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                T result = effect.run();
                if (step == DurableStep.APPLY && !broken[0]) {
                    broken[0] = true;
                    throw CrashTest.<RuntimeException>sneaky(new SQLTransientException("the connection broke", "08006"));
                }
                return result;
            }
        };
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.branch.guard(doubtful);
            two.hq.insert(1, "one").insert(2, "two");
            for (int i = 0; i < 40 && !broken[0]; i++) {
                try {
                    two.turn(Duration.ofMillis(250));
                } catch (SQLException expected) {
                    assertThat(expected.getMessage()).isEqualTo("the connection broke");
                }
            }
            assertThat(broken[0]).isTrue();
            two.converge(40);
            assertThat(two.branch.neighbour("receive_state")).isEqualTo("ACTIVE");
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Exception> X sneaky(Exception failed) throws X {
        throw (X) failed;
    }

    private interface Databases {
        TwoDatabases at(Path place) throws Exception;
    }

    private void crashEverywhere(Databases databases, Set<DurableStep> met, int... times) throws Exception {
        Set<String> hit = new TreeSet<>();
        List<String> missed = new ArrayList<>();
        int run = 0;
        for (boolean atHq : new boolean[] {true, false}) {
            for (DurableStep step : met) {
                for (boolean after : new boolean[] {false, true}) {
                    for (int time : times) {
                        CrashOnce crash = new CrashOnce(step, after, time);
                        story(folder.resolve("run" + run++), crash, atHq, databases);
                        if (crash.happened) {
                            hit.add(step + (after ? " after" : " before"));
                        }
                    }
                }
            }
        }
        for (DurableStep step : met) {
            for (String side : List.of(" before", " after")) {
                if (!hit.contains(step + side)) {
                    missed.add(step + side);
                }
            }
        }
        assertThat(missed).as("steps that were never met").isEmpty();
    }

    private void story(Path place, CrashOnce crash, boolean atHq, Databases databases) throws Exception {
        try (TwoDatabases two = databases.at(place).with(AgentSettings.DEFAULTS.withMaxMessageBytes(10_000))) {
            (atHq ? two.hq : two.branch).guard(crash);
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
                throw new AssertionError("crash " + (crash.after ? "after " : "before ") + crash.at + " at " + (atHq ? "hq" : "branch"), wrong);
            }
            assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.counter WHERE name = 'already_gone'")).isEqualTo("0\n");
        }
    }

    private static TwoDatabases databases(Path place, boolean inMemory) throws Exception {
        MemoryLink.PostOffice office = new MemoryLink.PostOffice();
        UnaryOperator<LinkFactory> links = inMemory ? files -> (type, max) -> new MemoryLink(office, type.address(), max) : files -> files;
        return new TwoDatabases(place, links, links);
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
