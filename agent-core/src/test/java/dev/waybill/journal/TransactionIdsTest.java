// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TransactionIdsTest {

    private static void demandExactly(List<UUID> added, List<UUID> others) {
        TransactionIds ids = new TransactionIds();
        assertThat(ids.isEmpty()).isTrue();
        added.forEach(ids::add);
        added.forEach(ids::add);
        assertThat(ids.isEmpty()).isFalse();
        assertThat(added).allMatch(ids::contains);
        assertThat(others).noneMatch(ids::contains);
    }

    @Test
    void randomIdsAreFoundAndOthersAreNot() {
        Random random = new Random(1);
        List<UUID> all = IntStream.range(0, 20_000).mapToObj(i -> new UUID(random.nextLong(), random.nextLong())).toList();
        demandExactly(all.subList(0, 10_000), all.subList(10_000, 20_000));
    }

    @Test
    void idsThatAreAlikeAreFoundAndOthersAreNot() {
        List<UUID> low = LongStream.range(0, 5_000).mapToObj(i -> new UUID(0, i)).toList();
        List<UUID> high = LongStream.range(1, 5_000).mapToObj(i -> new UUID(i << 32, 0)).toList();
        demandExactly(low, high);
        demandExactly(high, low);
    }
}
