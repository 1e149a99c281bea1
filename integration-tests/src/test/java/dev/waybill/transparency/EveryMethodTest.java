// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of every JDBC interface, on H2's own driver and on ours, in the same state, with the same arguments: the application can see no difference. */
class EveryMethodTest {

    private static final List<String> PUBLISH = List.of("GRANT PUBLISH TO hq", "CREATE PUBLICATION p (TABLE t)");

    private final EveryMethod every = new EveryMethod(new H2Ground(), KnownDifferences.H2);

    static Stream<Scenario> scenarios() {
        return Scenarios.of(Scenarios.H2).stream();
    }

    /** What is written is captured, and the application sees nothing of it. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void everyMethodBehavesAsOnTheBareDriver(Scenario scenario) throws SQLException {
        assertThat(every.differences(scenario, 1, PUBLISH)).isEmpty();
    }

    @Tag("extended")
    @ParameterizedTest
    @MethodSource("scenarios")
    void everyMethodBehavesAsOnTheBareDriverWithManyArguments(Scenario scenario) throws SQLException {
        assertThat(every.differences(scenario, 40, PUBLISH)).isEmpty();
    }

    @Tag("extended")
    @ParameterizedTest
    @MethodSource("scenarios")
    void everyMethodBehavesAsOnTheBareDriverWhereNothingIsPublished(Scenario scenario) throws SQLException {
        assertThat(every.differences(scenario, 40, List.of())).isEmpty();
    }
}
