// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Faults chosen by jqwik instead of the seed, so that a failure shrinks to the fewest faults and the shortest run. */
class SchedulePropertiesTest {

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void everyScheduleEndsWithEqualDatabases(@ForAll long seed, @ForAll("faults") Faults faults, @ForAll @IntRange(min = 1, max = 60) int turns) {
        Run run = Simulator.run(seed, faults, Mutant.NONE, turns, Mischief.all(), false);
        assertThat(run.failure()).as("seed %d, %s, %d turns", seed, faults, turns).isNull();
        assertThat(run.figures().get("split histories recognised")).as("a writer that forgot nothing is never called split").isZero();
    }

    /** Readers only are restored here: so there is no split history to excuse anything. */
    @Provide
    Arbitrary<Faults> faults() {
        return Combinators.combine(share(0.4), share(0.4), share(0.2), share(0.5), share(0.05), share(0.05), share(0.2), share(0.05))
                .as((lose, repeat, corrupt, delay, crash, restore, failApply, poison) -> new Faults(lose, repeat, corrupt, delay, crash, restore, 0.05, failApply, poison, false, 0, 0));
    }

    private static Arbitrary<Double> share(double most) {
        return Arbitraries.doubles().between(0, most).ofScale(3);
    }
}
