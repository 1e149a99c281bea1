// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.FaultyLink.Fault;
import dev.waybill.link.FaultyLink.Rates;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FaultyLinkTest {

    private static final int MESSAGES = 2_000;

    private final MemoryLink.PostOffice office = new MemoryLink.PostOffice();
    private final Map<Fault, Integer> told = new EnumMap<>(Fault.class);

    private List<Integer> sendThrough(Rates rates) throws Exception {
        FaultyLink faulty = new FaultyLink(new MemoryLink(office, "hq", 100), rates, new Random(5), (fault, address, message) -> told.merge(fault, 1, Integer::sum));
        for (int i = 0; i < MESSAGES; i++) {
            faulty.send("branch", ByteBuffer.allocate(4).putInt(i).array());
        }
        for (int i = 0; i < 20; i++) {
            faulty.list(1);
        }
        MemoryLink branch = new MemoryLink(office, "branch", 100);
        List<Integer> arrived = new ArrayList<>();
        for (Link.Arrival arrival : branch.list(Integer.MAX_VALUE)) {
            byte[] message = branch.read(arrival);
            arrived.add(message.length == 4 ? ByteBuffer.wrap(message).getInt() : -1);
        }
        return arrived;
    }

    @Test
    void itLosesWhatItSaysAndNothingElse() throws Exception {
        List<Integer> arrived = sendThrough(new Rates(0.2, 0, 0, 0, 1, 0, 0));
        assertThat(arrived).isSorted().doesNotHaveDuplicates().hasSize(MESSAGES - told.get(Fault.LOST));
        assertThat(told.get(Fault.LOST)).isBetween(MESSAGES / 10, MESSAGES * 3 / 10);
    }

    @Test
    void itRepeatsWhatItSays() throws Exception {
        List<Integer> arrived = sendThrough(new Rates(0, 0.2, 0, 0, 1, 0, 0));
        assertThat(arrived).hasSize(MESSAGES + told.get(Fault.REPEATED));
        assertThat(arrived.stream().distinct()).hasSize(MESSAGES);
    }

    @Test
    void itReordersAndDelaysWithoutLosing() throws Exception {
        List<Integer> arrived = sendThrough(new Rates(0, 0, 0.2, 0.2, 10, 0, 0));
        assertThat(told.keySet()).containsExactlyInAnyOrder(Fault.REORDERED, Fault.DELAYED);
        assertThat(arrived).hasSize(MESSAGES).doesNotHaveDuplicates();
        assertThat(arrived).isNotEqualTo(arrived.stream().sorted().toList());
    }

    @Test
    void itDamagesWhatItSays() throws Exception {
        List<Integer> arrived = sendThrough(new Rates(0, 0, 0, 0, 1, 0.2, 0.2));
        assertThat(arrived).hasSize(MESSAGES);
        int wrong = 0;
        for (int i = 0; i < MESSAGES; i++) {
            wrong += arrived.get(i) == i ? 0 : 1;
        }
        assertThat(wrong).isEqualTo(told.get(Fault.CORRUPTED) + told.get(Fault.TRUNCATED));
    }

    @Test
    void oneSeedIsOneRun() throws Exception {
        Rates rates = new Rates(0.2, 0.2, 0.2, 0.2, 5, 0.1, 0.1);
        List<Integer> first = sendThrough(rates);
        office.clear();
        assertThat(sendThrough(rates)).isEqualTo(first);
    }
}
