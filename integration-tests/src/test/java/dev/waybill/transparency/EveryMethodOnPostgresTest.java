// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link EveryMethodTest}, on PostgreSQL. */
class EveryMethodOnPostgresTest {

    private static final List<String> PUBLISH = List.of("GRANT PUBLISH TO hq", "CREATE PUBLICATION p (TABLE t)");

    private final EveryMethod every = new EveryMethod(new PostgresGround(), KnownDifferences.POSTGRES);

    /** One of each of those that matter most, for every build: a connection to a server and a look at its content cost more than the call. */
    private static final Set<String> FEW = Set.of("connection", "plain statement", "prepared with keys", "rows, on the first", "keys", "array");

    static Stream<Scenario> scenarios() {
        return Scenarios.of(Scenarios.POSTGRES).stream();
    }

    static Stream<Scenario> few() {
        return scenarios().filter(scenario -> FEW.contains(scenario.name()));
    }

    static Stream<Scenario> others() {
        return scenarios().filter(scenario -> !FEW.contains(scenario.name()));
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
