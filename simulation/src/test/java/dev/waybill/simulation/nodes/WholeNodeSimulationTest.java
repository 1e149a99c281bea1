// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.simulation.Runs;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The promises, kept by whole nodes: capture, agents, catalogue and applier on databases in memory, under bad links, crashes at every durable step, failures and restored backups. */
class WholeNodeSimulationTest {

    private static final long FIRST_SEED = Long.getLong("waybill.test.seed", 0);
    /** What agents warn of is part of the story of a failing run. */
    private static final Logger WARNINGS = Logger.getLogger("dev.waybill");

    @BeforeAll
    static void quiet() {
        WARNINGS.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        WARNINGS.setLevel(null);
    }

    /** Few, because each takes a second or two; the extended ones also aim at each side of each step. */
    @Test
    void everyoneShowsAPrefixAndBecomesEqual() {
        Runs runs = new Runs(new NodeLevel());
        assertThat(runs.run(FIRST_SEED, Integer.getInteger("waybill.test.runs", 4), () -> { })).as("%s", runs.failure()).isTrue();
    }

    /** Runs are not exact to the bit: a fault may show in some runs of a seed only. This one took a stream's new beginning back, of whose commit the agent was not told, in a quarter of them. */
    @Test
    @Tag("extended")
    void newBeginningOfWhichNobodyWasToldIsNotTakenBack() {
        for (int run = 0; run < 12; run++) {
            Runs runs = new Runs(new NodeLevel());
            assertThat(runs.run(7_200_045, 1, () -> { })).as("%s", runs.failure()).isTrue();
        }
    }

    @Test
    @Tag("extended")
    void everyoneShowsAPrefixAndBecomesEqualInMoreRuns() {
        runs(Integer.getInteger("waybill.test.runs", 30));
    }

    @Test
    @Tag("long")
    void everyoneShowsAPrefixAndBecomesEqualForAsManyRunsAsAskedFor() {
        runs(Integer.getInteger("waybill.test.runs", 20_000));
    }

    /** A run aims at one side of one step, which it may never come to; so runs that aim at what was missed follow, a few for each. */
    private static void runs(int count) {
        Runs runs = new Runs(new NodeLevel());
        assertThat(runs.run(FIRST_SEED, count, () -> { }) && runs.aimAtMissed()).as("%s", runs.failure()).isTrue();
        System.out.printf("whole nodes: seeds %d to %d, %d runs, %s%n", FIRST_SEED, FIRST_SEED + count - 1, runs.runs(), runs.summary());
        assertThat(runs.missed()).as("sides of durable steps that were never crashed at").isEmpty();
    }
}
