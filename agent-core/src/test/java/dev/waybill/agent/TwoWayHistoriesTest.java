// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/** Random conflicting histories: when everybody has heard everything, all databases agree. */
class TwoWayHistoriesTest {

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void headOfficeAndTwoBranchesAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, 25, false, "hq", "one", "two");
    }

    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void threeTiersWithTwoBranchesAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, 25, true, "hq", "middle", "one", "two");
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    @Tag("extended")
    void longHistoriesOfTwoTiersAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, 80, false, "hq", "one", "two");
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Tag("extended")
    void longHistoriesOfThreeTiersAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, 80, true, "hq", "middle", "one", "two");
    }

    private static void run(long seed, int steps, boolean tiers, String... names) throws Exception {
        Path folder = Files.createTempDirectory("histories");
        Map<String, String> urls = new LinkedHashMap<>();
        List.of(names).forEach(name -> urls.put(name, "jdbc:h2:mem:" + name + UUID.randomUUID()));
        try {
            new ConflictingHistory(folder, seed, urls, tiers).run(steps);
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
            }
        }
    }
}
