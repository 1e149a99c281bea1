// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Guaranteed delivery under loss, repetition, disorder, corruption, partition, crashes and restored backups: the machines of production, one seed for each run. */
class ProtocolSimulationTest {

    private static final long FIRST_SEED = Long.getLong("waybill.test.seed", 1);

    @Test
    void everyReplicaShowsAPrefixAndConverges() {
        runs(Integer.getInteger("waybill.test.runs", 1_500));
    }

    @Test
    @Tag("long")
    void everyReplicaShowsAPrefixAndConvergesForAsManyRunsAsAskedFor() {
        runs(Integer.getInteger("waybill.test.runs", 1_000_000));
    }

    private static void runs(int count) {
        long messages = 0;
        long crashes = 0;
        long restores = 0;
        long splits = 0;
        long transactions = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
            World.Outcome outcome = Simulator.run(seed);
            if (seed % 100 == 0) {
                assertThat(Simulator.run(seed)).as("the same seed is the same run, to the last bit: seed %d", seed).isEqualTo(outcome);
            }
            messages += outcome.messages();
            crashes += outcome.crashes();
            restores += outcome.restores();
            splits += outcome.splits();
            transactions += outcome.transactions();
        }
        System.out.printf("protocol simulation: seeds %d to %d, %d transactions, %d messages, %d crashes, %d restored databases, %d split histories recognised%n", FIRST_SEED,
                FIRST_SEED + count - 1, transactions, messages, crashes, restores, splits);
        assertThat(crashes).isPositive();
        assertThat(restores).isPositive();
        assertThat(splits).isPositive();
    }
}
