// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.KafkaBroker;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.kafka.KafkaLinks;
import dev.waybill.seal.KeyRing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office and a branch over a Kafka cluster that is killed in the middle, by messages that are lost, repeated and damaged besides; signed, as Kafka demands by itself. */
@Tag("extended")
class KafkaReplicationTest {

    @TempDir
    Path temp;
    private final VirtualClock clock = new VirtualClock();

    @Test
    void overAClusterThatIsKilledAndAgentsThatDieBothBecomeEqual() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(); Site hq = site("hq", 1); Site branch = site("branch", 2)) {
            meet(hq, branch, broker.servers());
            large(hq, 100);
            exchange(hq, branch, 3);
            broker.kill();
            hq.insert(1, "while nobody carries");
            exchange(hq, branch, 2);
            broker.startAgain();
            branch.restart();
            large(hq, 200);
            exchange(hq, branch, 3);
            hq.insert(2, "at last").restart();
            untilEqual(hq, branch);
            assertThat(branch.rows("SELECT link || ' ' || place FROM waybill.link_position")).contains("KAFKA waybill-hq/");
        }
    }

    @Test
    void ofThreeBrokersOneMayBeGoneAndWithOneLeftMessagesWait() throws Exception {
        try (KafkaBroker first = KafkaBroker.start(Map.of("default.replication.factor", "3", "min.insync.replicas", "2")); KafkaBroker second = first.another(2); KafkaBroker third = first.another(3); Site hq = site("hq", 3);
                Site branch = site("branch", 4)) {
            meet(hq, branch, first.servers() + "," + second.servers() + "," + third.servers());
            large(hq, 100);
            untilEqual(hq, branch);
            second.kill();
            large(hq, 200);
            untilEqual(hq, branch);
            third.kill();
            hq.insert(1, "while one broker is too few");
            exchange(hq, branch, 3);
            assertThat(branch.rows("SELECT COUNT(*) FROM item WHERE id = 1").strip()).isEqualTo("0");
            second.startAgain();
            untilEqual(hq, branch);
            third.startAgain();
            first.kill();
            first.startAgain();
            hq.insert(2, "at last");
            untilEqual(hq, branch);
        }
    }

    private void meet(Site hq, Site branch, String servers) throws Exception {
        exchange("hq", "branch");
        exchange("branch", "hq");
        for (Site site : new Site[] {hq, branch}) {
            String name = site == hq ? "hq" : "branch";
            site.say(Site.CREATE_ITEM, "GRANT PUBLISH TO " + name, "CREATE REMOTE MESSAGE TYPE KAFKA ADDRESS '" + name + "'", "SET REMOTE KAFKA OPTION servers = '" + servers + "'", "SET REMOTE KAFKA OPTION security = 'none'");
        }
        hq.say("GRANT REMOTE TO branch TYPE KAFKA ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch", "START SUBSCRIPTION TO stock FOR branch");
        branch.say("GRANT CONSOLIDATE TO hq TYPE KAFKA ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    private void untilEqual(Site hq, Site branch) throws Exception {
        for (int round = 0; !isEqual(hq, branch); round++) {
            assertThat(round).as("rounds; hq: %s branch: %s", hq.neighbour("state_reason"), branch.neighbour("receive_reason")).isLessThan(400);
            exchange(hq, branch, 1);
        }
    }

    /** A transaction of many parts. */
    private static void large(Site hq, int from) throws Exception {
        hq.write(writes -> {
            for (int i = from; i < from + 30; i++) {
                writes.insert(i, new Random(i).ints(4_000, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
            }
        });
    }

    private void exchange(Site hq, Site branch, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            hq.turn();
            branch.turn();
            clock.pass(Duration.ofSeconds(2));
        }
    }

    private static boolean isEqual(Site hq, Site branch) throws Exception {
        return hq.items().equals(branch.items()) && hq.neighbour("CASE WHEN confirm_sent = log_sent AND log_sent > 0 THEN 1 END").equals("1");
    }

    private Site site(String name, long seed) throws Exception {
        Random random = new Random(seed);
        LinkFactory kafka = new KafkaLinks(clock, Site::daemon, Duration.ofSeconds(5));
        LinkFactory faulty = (type, most) -> new FaultyLink(kafka.open(type, most), new FaultyLink.Rates(0.1, 0.1, 0.1, 0.1, 3, 0.05, 0.05), random, FaultyLink.FaultHandler.NONE);
        return new Site("jdbc:h2:mem:" + name + UUID.randomUUID(), clock, faulty, seed).with(AgentSettings.DEFAULTS.withKeys(temp.resolve(name)).withMaxMessageBytes(20_000));
    }

    private void exchange(String whose, String to) throws Exception {
        new KeyRing(temp.resolve(to), clock).trust(KeyRing.export(new KeyRing(temp.resolve(whose), clock).make(whose)), Duration.ofDays(30));
    }
}
