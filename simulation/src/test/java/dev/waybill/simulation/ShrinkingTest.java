// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A run that fails is told so short that a person can read it. */
class ShrinkingTest {

    @Test
    void failingSeedIsShrunkToFewEventsAndDrawn() {
        Supplier<Mutant> mutant = Mutants.all().get("R1 transactions at or below log_received are applied again");
        Level broken = new Broken(mutant);
        Runs runs = new Runs(broken);
        assertThat(runs.run(1, 1_000, () -> { })).isFalse();
        String told = runs.failure();
        assertThat(told).contains("shrunk to").contains("├─").contains("commits").contains("seconds  hq");
        assertThat(told.lines().count()).isLessThan(200);
        int kept = Integer.parseInt(told.replaceFirst("(?s).*turns and (\\d+) of.*", "$1"));
        assertThat(kept).as("events that the violation needs: %s", told).isLessThan(40);
    }

    @Test
    void shrunkRunLeavesOutWhatIsNotNeeded() {
        Run all = new ProtocolLevel().run(7, Mischief.all(), false);
        Run none = new ProtocolLevel().run(7, Mischief.only(new java.util.BitSet(), 60), false);
        assertThat(all.figures().get("transactions")).isPositive();
        assertThat(none.failure()).isNull();
        assertThat(none.figures().get("crashes")).isZero();
        assertThat(none.figures().get("restored databases")).isZero();
    }

    /** A mutant may have a state of its own: each run gets a new one. */
    private record Broken(Supplier<Mutant> mutant) implements Level {
        @Override
        public String title() {
            return "broken";
        }

        @Override
        public java.util.Set<dev.waybill.durable.DurableStep> steps() {
            return Node.STEPS;
        }

        @Override
        public boolean isExact() {
            return true;
        }

        @Override
        public int turns() {
            return Simulator.TURNS;
        }

        @Override
        public Run run(long seed, Mischief mischief, boolean isTold) {
            return Simulator.run(seed, null, mutant.get(), Simulator.TURNS, mischief, isTold);
        }

        @Override
        public int shrinkingRunsAtMost() {
            return 2_000;
        }
    }
}
