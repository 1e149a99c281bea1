// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link EveryMethodTest}, on another product: a few states for every build, since a look at a database costs more than the call, and all of them for the extended one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EveryMethodOfProduct {

    private static final List<String> PUBLISH = List.of("GRANT PUBLISH TO hq", "CREATE PUBLICATION p (TABLE t)");

    private final EveryMethod every;
    private final Scenarios.Words words;
    private final Set<String> few;

    EveryMethodOfProduct(Ground ground, KnownDifferences known, Scenarios.Words words, Set<String> few) {
        this.every = new EveryMethod(ground, known);
        this.words = words;
        this.few = few;
    }

    Stream<Scenario> few() {
        return Scenarios.of(words).stream().filter(scenario -> few.contains(scenario.name()));
    }

    Stream<Scenario> others() {
        return Scenarios.of(words).stream().filter(scenario -> !few.contains(scenario.name()));
    }

    @ParameterizedTest
    @MethodSource("few")
    void everyMethodBehavesAsOnTheBareDriver(Scenario scenario) throws SQLException {
        assertThat(every.differences(scenario, 1, PUBLISH)).isEmpty();
    }

    @Tag("extended")
    @ParameterizedTest
    @MethodSource("others")
    void everyMethodBehavesAsOnTheBareDriverInEveryState(Scenario scenario) throws SQLException {
        assertThat(every.differences(scenario, 1, PUBLISH)).isEmpty();
    }
}
