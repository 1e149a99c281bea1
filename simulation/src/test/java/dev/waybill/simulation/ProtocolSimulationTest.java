// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guaranteed delivery under loss, repetition, disorder, corruption, partition, crashes and restored backups: the machines of production, one seed for each run. */
class ProtocolSimulationTest {

    private static final long FIRST_SEED = Long.getLong("waybill.test.seed", 1);

    @Test
    void everyReplicaShowsAPrefixAndConverges() {
        runs(Integer.getInteger("waybill.test.runs", 1_000));
    }

    @Test
    @Tag("long")
    void everyReplicaShowsAPrefixAndConvergesForAsManyRunsAsAskedFor() {
        runs(Integer.getInteger("waybill.test.runs", 1_000_000));
    }

    /** 1057505: a database that was restored to the time before its stream began anew let it begin anew with the same number, and served a subscriber who was in the other one. The others: nobody went an hour without a hello. */
    @ParameterizedTest
    @ValueSource(longs = {1057505, 1161669, 1346547})
    void seedsThatOnceFailedHold(long seed) {
        Runs runs = new Runs(new ProtocolLevel());
        assertThat(runs.run(seed, 1, () -> { })).as("%s", runs.failure()).isTrue();
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
