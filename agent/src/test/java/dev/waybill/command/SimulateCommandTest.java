// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulateCommandTest {

    @Test
    void protocolIsTriedAndEverySideOfEveryStepIsCounted() {
        Outcome outcome = Outcome.of("simulate", "--seed", "100", "--runs", "201");
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        assertThat(outcome.out()).contains("seeds 100 to 300, 201 runs").contains("Run twice and the same to the last bit: 3 of these seeds.").contains("ended before it")
                .containsPattern("APPLY +[1-9]\\d* +[1-9]").contains("Processes ended on both sides of every durable step. Nothing was violated.");
    }

    @Test
    void wholeNodesAreTriedAndWhatWasNotComeToIsSaid() {
        Outcome outcome = Outcome.of("simulate", "--level", "nodes", "--runs", "1");
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        assertThat(outcome.out()).contains("whole nodes: seeds 1 to 1, 1 runs").contains("SPOOL_SNAPSHOT").contains("Nothing ended yet at");
    }

    @Test
    void wrongNumbersAndLevelsAreWrongCommandLines() {
        assertThat(Outcome.of("simulate", "--runs", "0").exitCode()).isEqualTo(2);
        assertThat(Outcome.of("simulate", "--runs", "0").err()).contains("Nothing was run");
        assertThat(Outcome.of("simulate", "--level", "deep").err()).contains("protocol, nodes");
    }
}
