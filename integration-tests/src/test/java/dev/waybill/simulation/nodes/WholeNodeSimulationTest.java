// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.simulation.nodes.StepFaults.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The promises, kept by whole nodes: capture, agents, catalogue and applier on databases in memory, under bad links, crashes at every durable step, failures and restored backups. */
class WholeNodeSimulationTest {

    private static final long FIRST_SEED = Long.getLong("waybill.test.seed", 0);
    private static final int RUNS_FOR_MISSED = 5;
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

    @Test
    void everyBranchShowsAPrefixAndBecomesEqual() throws Exception {
        assertThat(runs(Integer.getInteger("waybill.test.runs", 30))).as("sides of durable steps that were never crashed at").isEmpty();
    }

    @Test
    @Tag("long")
    void everyBranchShowsAPrefixAndBecomesEqualForAsManyRunsAsAskedFor() throws Exception {
        assertThat(runs(Integer.getInteger("waybill.test.runs", 20_000))).as("sides of durable steps that were never crashed at").isEmpty();
    }

    /** A run aims at one side of one step, which it may never come to; so runs that aim at what was missed follow, a few for each. Returns the sides of steps that no crash happened at. */
    private static Set<String> runs(int count) throws Exception {
        Set<String> missed = new TreeSet<>();
        for (DurableStep step : DurableStep.values()) {
            for (Side side : Side.values()) {
                missed.add(NodeWorld.named(side, step));
            }
        }
        List<NodeWorld.Outcome> outcomes = new ArrayList<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
            NodeWorld.Outcome outcome = run(seed);
            missed.removeAll(outcome.hit());
            outcomes.add(outcome);
        }
        for (int again = 1; again <= RUNS_FOR_MISSED; again++) {
            for (String side : List.copyOf(missed)) {
                NodeWorld.Outcome outcome = run(NodeWorld.seedThatAimsAt(side, again));
                missed.removeAll(outcome.hit());
                outcomes.add(outcome);
            }
        }
        System.out.printf("whole nodes: seeds %d to %d, %d states, %d crashes, %d failures, %d restored databases, %d new beginnings, %d split histories recognised, at most %d rounds to settle%n", FIRST_SEED,
                FIRST_SEED + count - 1, outcomes.stream().mapToInt(NodeWorld.Outcome::states).sum(), outcomes.stream().mapToInt(NodeWorld.Outcome::crashes).sum(),
                outcomes.stream().mapToInt(NodeWorld.Outcome::failures).sum(), outcomes.stream().mapToInt(NodeWorld.Outcome::restores).sum(),
                outcomes.stream().mapToInt(NodeWorld.Outcome::anews).sum(), outcomes.stream().mapToInt(NodeWorld.Outcome::splits).sum(), outcomes.stream().mapToInt(NodeWorld.Outcome::rounds).max().orElse(0));
        return missed;
    }

    private static NodeWorld.Outcome run(long seed) throws Exception {
        try (NodeWorld world = new NodeWorld(seed)) {
            try {
                return world.run();
            } catch (Exception | Error failed) {
                throw new AssertionError("seed " + seed + ": " + failed + "\n" + String.join("\n", world.story(400)), failed);
            }
        }
    }
}
