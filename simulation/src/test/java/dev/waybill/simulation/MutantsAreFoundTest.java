// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator is worth what it finds: each rule, broken on purpose, must show. */
class MutantsAreFoundTest {

    private static final int MOST_RUNS = 1_000;

    static Stream<String> mutants() {
        return Mutants.all().keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void aBrokenRuleIsFound(String rule) {
        Supplier<Mutant> mutant = Mutants.all().get(rule);
        assertThat(LongStream.rangeClosed(1, MOST_RUNS).anyMatch(seed -> Simulator.finds(seed, mutant.get()))).as("found within %d runs: %s", MOST_RUNS, rule).isTrue();
    }
}
