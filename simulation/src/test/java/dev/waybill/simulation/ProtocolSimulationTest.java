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
        Runs runs = new Runs(new ProtocolLevel());
        assertThat(runs.run(FIRST_SEED, count, () -> { })).as("%s", runs.failure()).isTrue();
        System.out.printf("protocol simulation: seeds %d to %d, %s%n", FIRST_SEED, FIRST_SEED + count - 1, runs.summary());
        assertThat(runs.missed()).as("sides of durable steps that were never crashed at").isEmpty();
        assertThat(runs.figures().values()).as("%s", runs.figures()).allMatch(happened -> happened > 0);
        assertThat(runs.twice()).as("runs that were the same a second time").isGreaterThanOrEqualTo(count / 100);
    }
}
