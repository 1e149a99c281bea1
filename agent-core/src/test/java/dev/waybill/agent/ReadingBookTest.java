// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.Link;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.MemoryLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A way whose readers take nothing out: how far was read is the database's. */
class ReadingBookTest {

    private final VirtualClock clock = new VirtualClock();
    private final MemoryLink.PostOffice office = new MemoryLink.PostOffice();
    private final List<Map<String, String>> resumed = new ArrayList<>();
    private final Set<String> expected = new HashSet<>();
    private final List<Integer> sent = new ArrayList<>();

    private Site site(String name, int carries) throws Exception {
        LinkFactory counting = (type, most) -> new Counting(new MemoryLink(office, type.address(), most), carries);
        return new Site("jdbc:h2:mem:" + name + UUID.randomUUID(), clock, counting, name.hashCode()).say(Site.CREATE_ITEM, "GRANT PUBLISH TO " + name, "CREATE REMOTE MESSAGE TYPE FILE ADDRESS '" + name + "'");
    }

    private void replicate(Site hq, Site branch) throws Exception {
        hq.say("GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch", "START SUBSCRIPTION TO stock FOR branch");
        branch.say("GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
        hq.insert(1, new Random(1).ints(40_000, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
        for (int i = 0; i < 400 && !hq.items().equals(branch.items()); i++) {
            hq.turn();
            branch.turn();
            clock.pass(Duration.ofSeconds(1));
        }
        assertThat(branch.items()).isEqualTo(hq.items());
        branch.turn();
        clock.pass(Duration.ofSeconds(2));
        branch.turn();
    }

    @Test
    void howFarWasReadIsKeptByTheDatabaseAndGivenToTheNextAgent() throws Exception {
        try (Site hq = site("hq", 20_000); Site branch = site("branch", 20_000)) {
            replicate(hq, branch);
            assertThat(expected).contains("hq");
            String kept = branch.rows("SELECT link || ' ' || place || ' ' || reached FROM waybill.link_position").strip();
            assertThat(kept).matches("FILE mailbox [1-9]\\d*");
            branch.restart();
            resumed.clear();
            for (int i = 0; i < 100 && resumed.isEmpty(); i++) { // the lease of the dead agent runs out
                branch.turn();
                clock.pass(Duration.ofSeconds(1));
            }
            assertThat(resumed).containsExactly(Map.of("mailbox", kept.substring("FILE mailbox ".length())));
        }
    }

    @Test
    void messagesAreCutToWhatTheWayCarries() throws Exception {
        try (Site hq = site("hq", 12_000); Site branch = site("branch", 12_000)) {
            replicate(hq, branch);
            assertThat(sent).hasSizeGreaterThan(3).allMatch(bytes -> bytes <= 12_000);
        }
    }

    /** A mailbox that says how many were deleted. */
    private final class Counting implements Link {

        private final Link inside;
        private final int carries;
        private int deleted;

        Counting(Link inside, int carries) {
            this.inside = inside;
            this.carries = carries;
        }

        @Override
        public int maxMessageBytes() {
            return carries;
        }

        @Override
        public void expect(Set<String> addresses) {
            expected.addAll(addresses);
        }

        @Override
        public Map<String, String> reached() {
            return Map.of("mailbox", Integer.toString(deleted));
        }

        @Override
        public void resume(Map<String, String> reached) {
            resumed.add(Map.copyOf(reached));
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            sent.add(message.length);
            inside.send(address, message);
        }

        @Override
        public List<Arrival> list(int atMost) throws LinkException {
            return inside.list(atMost);
        }

        @Override
        public byte[] read(Arrival arrival) throws LinkException {
            return inside.read(arrival);
        }

        @Override
        public void delete(Arrival arrival) throws LinkException {
            inside.delete(arrival);
            deleted++;
        }

        @Override
        public void quarantine(Arrival arrival, String reason) throws LinkException {
            inside.quarantine(arrival, reason);
        }

        @Override
        public void onArrival(Runnable wake) {
            inside.onArrival(wake);
        }

        @Override
        public void close() {
            inside.close();
        }
    }
}
