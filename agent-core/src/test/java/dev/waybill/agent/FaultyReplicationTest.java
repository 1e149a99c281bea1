// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.FaultyLink;
import dev.waybill.link.FaultyLink.Fault;
import dev.waybill.link.FaultyLink.Rates;
import dev.waybill.link.LinkFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultyReplicationTest {

    @TempDir
    Path folder;
    private final Map<Fault, Integer> told = new EnumMap<>(Fault.class);

    private LinkFactory faulty(LinkFactory links, Rates rates, long seed) {
        return (type, max) -> new FaultyLink(links.open(type, max), rates, new Random(seed), (fault, address, message) -> told.merge(fault, 1, Integer::sum));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLinkThatLosesRepeatsReordersAndCorruptsOnlyCostsTime(long seed) throws Exception {
        Rates rates = new Rates(0.2, 0.2, 0.2, 0.1, 5, 0.05, 0.05);
        try (TwoDatabases two = new TwoDatabases(folder, links -> faulty(links, rates, seed), links -> faulty(links, rates, seed + 100)).started()) {
            Random random = new Random(seed);
            for (int i = 0; i < 120 || told.size() < Fault.values().length && i < 2_000; i++) { // how many messages that makes is the agent's to say, so until each fault has happened
                int id = i;
                two.hq.write(writes -> {
                    writes.insert(id, "x".repeat(random.nextInt(200)));
                    if (id % 10 == 9) {
                        writes.delete(id - 5);
                    } else if (id % 3 == 2) {
                        writes.update(id - 1, "changed by " + id);
                    }
                });
                two.turn(Duration.ofMillis(100));
            }
            two.converge(20_000);
            assertThat(told.keySet()).containsExactlyInAnyOrder(Fault.values());
            assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.counter WHERE name = 'already_gone'")).isEqualTo("0\n");
        }
    }
}
