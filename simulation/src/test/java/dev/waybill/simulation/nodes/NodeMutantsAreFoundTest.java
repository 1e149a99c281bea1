// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.simulation.Mischief;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What whole nodes do around the machines, broken on purpose between our code and the database, or between it and the mailboxes, must show. */
@Tag("extended")
class NodeMutantsAreFoundTest {

    /** The rarest are found by one run in fifty, and no run is quite like the last one of its seed. */
    private static final int MOST_RUNS = 600;
    /** What runs from here on show soon: one in some thirty has a word that is said right before a database is restored. */
    private static final Map<String, Integer> FIRST_SEEDS = Map.of("R11 a word counts for anybody", 2_000);
    private static final Logger WARNINGS = Logger.getLogger("dev.waybill");

    @BeforeAll
    static void quiet() {
        WARNINGS.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        WARNINGS.setLevel(null);
    }

    private static Map<String, Supplier<Saboteur>> all() {
        Map<String, Supplier<Saboteur>> all = new LinkedHashMap<>(NodeMutants.all());
        all.putAll(MessageMutants.all());
        return all;
    }

    static Stream<String> mutants() {
        return all().keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void brokenNodesAreFound(String what) throws SQLException {
        Supplier<Saboteur> mutant = all().get(what);
        assertThat(isFound(what, MOST_RUNS, mutant)).as("found within %d runs: %s", MOST_RUNS, what).isTrue();
    }

    private static boolean isFound(String what, int runs, Supplier<Saboteur> mutant) throws SQLException {
        int first = FIRST_SEEDS.getOrDefault(what, 0);
        for (int seed = first; seed < first + runs; seed++) {
            if (finds(what, seed, mutant.get())) {
                return true;
            }
        }
        return false;
    }

    private static boolean finds(String what, long seed, Saboteur saboteur) throws SQLException {
        DriverManager.registerDriver(saboteur);
        Throwable failure;
        try {
            failure = new NodeLevel(saboteur).run(seed, Mischief.all(), false).failure();
        } finally {
            DriverManager.deregisterDriver(saboteur);
        }
        if (failure != null) {
            System.out.println(what + ": found by seed " + seed + ": " + failure.toString().lines().findFirst().orElse(""));
        }
        return failure != null;
    }

    /** The saboteur himself is not what is found. */
    @Test
    void whoDoesWhatHeIsToldIsNotFound() throws SQLException {
        assertThat(isFound("nothing", 5, Saboteur::new)).isFalse();
    }

    @Test
    void whoMeddlesWithNothingIsNotFound() throws SQLException {
        assertThat(isFound("nothing", 5, Meddler::new)).isFalse();
    }

    @Test
    void failuresThatAreRolledBackAreNotFound() throws SQLException {
        assertThat(isFound("failures", 20, NodeMutants.FailsInTheEnd::new)).isFalse();
    }
}
