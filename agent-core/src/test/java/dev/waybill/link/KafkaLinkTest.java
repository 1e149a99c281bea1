// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.KafkaBroker;
import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.TestCertificates.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers write to topics, what clusters lose, and clusters that are away. */
@Tag("extended")
class KafkaLinkTest {

    private static final int MAX = 20_000;
    private static final byte[] BRANCH = "branch".getBytes(StandardCharsets.UTF_8);
    @TempDir
    static Path keys;
    private static TestCertificates made;
    private static KafkaBroker broker;

    @TempDir
    Path temp;
    private KafkaNetwork network;

    @BeforeAll
    static void startBroker() throws Exception {
        made = new TestCertificates(keys).self(Kind.AUTHORITY, "authority", "authority").by("authority", Kind.ORDINARY, "branch", "branch").self(Kind.ORDINARY, "stranger", "branch");
        broker = KafkaBroker.start(Map.of("listener.name.mutual.ssl.truststore.type", "PEM", "listener.name.mutual.ssl.truststore.location", made.certificate("authority").toString()));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void begin() {
        network = new KafkaNetwork(broker);
    }

    private String topic() {
        return network.prefix + "hq";
    }

    private static void send(Link link, int... messages) throws LinkException {
        for (int message : messages) {
            link.sendSoon("branch", new byte[] {(byte) message});
        }
        link.flush();
    }

    private static List<Integer> read(Link link) throws LinkException {
        List<Integer> all = new ArrayList<>();
        for (Arrival arrival : link.list(1_000)) {
            byte[] message = link.read(arrival);
            all.add(message.length == 0 ? -1 : (int) message[0]);
        }
        return all;
    }

    private TopicPartition place() throws Exception {
        return network.all(topic()).stream().filter(record -> java.util.Arrays.equals(record.key(), BRANCH)).map(record -> new TopicPartition(record.topic(), record.partition())).findFirst().orElseThrow();
    }

    @Test
    void whatStrangersWriteIsLeftOrShownToBePutAside() throws Exception {
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX)) {
            send(hq, 1);
            int partition = place().partition();
            for (byte[] key : new byte[][] {null, {}, "BRANCH".getBytes(StandardCharsets.UTF_8), "branch2".getBytes(StandardCharsets.UTF_8)}) {
                network.write(new ProducerRecord<>(topic(), partition, key, new byte[] {7}), Map.of());
            }
            ProducerRecord<byte[], byte[]> decorated = new ProducerRecord<>(topic(), partition, BRANCH, new byte[] {2});
            decorated.headers().add("waybill-reason", new byte[100_000]).add("", new byte[0]);
            network.write(decorated, Map.of("compression.type", "gzip"));
            network.write(new ProducerRecord<>(topic(), partition, BRANCH, null), Map.of());
            network.write(new ProducerRecord<>(topic(), partition, BRANCH, new byte[900_000]), Map.of());
            send(hq, 3);
            List<Arrival> arrivals = branch.list(100);
            assertThat(arrivals).extracting(Arrival::sizeBytes).containsExactly(1L, 1L, 0L, 900_000L, 1L);
            assertThat(branch.read(arrivals.get(2))).isEmpty();
            assertThat(branch.read(arrivals.get(3))).hasSize(MAX + 1);
            branch.quarantine(arrivals.get(2), "no message\r\nat all");
            branch.quarantine(arrivals.get(3), "too long");
            assertThat(read(branch)).containsExactly(1, 2, 3);
            assertThat(network.all(network.prefix + "branch.quarantine")).hasSize(2);
        }
    }

    @Test
    void nothingUnfoldsToMoreThanWasStored() throws Exception {
        try (Link hq = network.open("hq", MAX)) {
            send(hq, 1);
            assertThatThrownBy(() -> network.write(new ProducerRecord<>(topic(), BRANCH, new byte[10 << 20]), Map.of("compression.type", "gzip"))).hasMessageContaining("larger");
        }
    }

    @Test
    void whatWasNotDeletedIsThereAgainAndWhatWasIsNot() throws Exception {
        Map<String, String> reached;
        Map<String, String> backup;
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX)) {
            send(hq, 1, 2, 3, 4);
            List<Arrival> arrivals = branch.list(100);
            branch.delete(arrivals.get(0));
            backup = branch.reached();
            branch.delete(arrivals.get(1));
            branch.delete(arrivals.get(3));
            assertThat(read(branch)).containsExactly(3);
            reached = branch.reached();
        }
        try (Link again = network.open("branch", MAX)) {
            again.resume(reached);
            assertThat(read(again)).as("what is behind the first that is not done with is read again, and recognised").containsExactly(3, 4);
        }
        try (Link restored = network.open("branch", MAX)) {
            restored.resume(backup);
            assertThat(read(restored)).containsExactly(2, 3, 4);
            assertThat(read(restored)).as("content is fetched once more").containsExactly(2, 3, 4);
        }
    }

    @Test
    void whatIsReadOnceMoreWhileMoreArrivesIsStillThat() throws Exception {
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX)) {
            List<Integer> twice = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                send(hq, 5 * round, 5 * round + 1, 5 * round + 2);
                List<Arrival> arrivals = branch.list(100);
                hq.sendSoon("branch", new byte[] {(byte) (5 * round + 3)});
                for (Arrival arrival : arrivals) {
                    byte[] once = branch.read(arrival);
                    assertThat(branch.read(arrival)).isEqualTo(once);
                    twice.add((int) once[0]);
                    branch.delete(arrival);
                }
                send(hq, 5 * round + 4);
            }
            twice.addAll(read(branch));
            assertThat(twice).containsExactlyElementsOf(java.util.stream.IntStream.range(0, 100).boxed().toList());
        }
    }

    @Test
    void whatRetentionHasRemovedUnreadIsSaidAndTheRestIsRead() throws Exception {
        Map<String, String> reached;
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX); Said said = new Said(); Admin admin = network.admin()) {
            send(hq, 1, 2, 3);
            branch.delete(branch.list(1).get(0));
            reached = branch.reached();
            admin.deleteRecords(Map.of(place(), RecordsToDelete.beforeOffset(2))).all().get();
            try (Link away = network.open("branch", MAX)) {
                away.resume(reached);
                assertThat(read(away)).containsExactly(3);
            }
            assertThat(said.texts).anyMatch(text -> text.contains("removed 1 records"));
        }
    }

    @Test
    void aTopicThatWasMadeAnewIsReadFromItsBeginningAndThatIsSaid() throws Exception {
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX); Said said = new Said(); Admin admin = network.admin()) {
            send(hq, 1, 2, 3);
            branch.list(100).forEach(arrival -> delete(branch, arrival));
            Map<String, String> reached = branch.reached();
            admin.deleteTopics(List.of(topic())).all().get();
            admin.createTopics(List.of(new NewTopic(topic(), Optional.of(1), Optional.empty()))).all().get();
            try (Link other = network.open("hq", MAX)) {
                send(other, 4, 5);
            }
            assertThat(read(branch)).as("by who was there").containsExactly(4, 5);
            try (Link away = network.open("branch", MAX)) {
                away.resume(reached);
                assertThat(read(away)).as("by who was away").containsExactly(4, 5);
                assertThat(away.losses()).as("for the table").anyMatch(text -> text.contains("made anew"));
                assertThat(away.losses()).as("once").isEmpty();
            }
            assertThat(said.texts).anyMatch(text -> text.contains("made anew"));
        }
    }

    private static void delete(Link link, Arrival arrival) {
        try {
            link.delete(arrival);
        } catch (LinkException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aPlaceBehindTheEndIsNoPlaceToWaitAt() throws Exception {
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX); Said said = new Said()) {
            send(hq, 1, 2);
            branch.list(10);
            Map<String, String> beyond = new HashMap<>();
            branch.reached().forEach((place, text) -> beyond.put(place, text.replaceAll("@\\d+", "@70")));
            try (Link truncated = network.open("branch", MAX)) {
                truncated.resume(beyond);
                assertThat(read(truncated)).containsExactly(1, 2);
            }
            assertThat(said.texts).anyMatch(text -> text.contains("lost the end"));
        }
    }

    @Test
    void whatACompactedTopicHasLostIsSaid() throws Exception {
        try (Admin admin = network.admin(); Said said = new Said()) {
            admin.createTopics(List.of(new NewTopic(topic(), 1, (short) 1).configs(Map.of("cleanup.policy", "compact")))).all().get();
            try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX)) {
                send(hq, 1);
                assertThat(read(branch)).containsExactly(1);
            }
            assertThat(said.texts).anyMatch(text -> text.contains("compacted"));
        }
    }

    @Test
    void moreOrFewerPartitionsLoseNothingThatWasOnItsWay() throws Exception {
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX); Admin admin = network.admin()) {
            send(hq, 1, 2);
            assertThat(read(branch)).containsExactly(1, 2);
            admin.createPartitions(Map.of(topic(), NewPartitions.increaseTo(64))).all().get();
            try (Link other = network.open("hq", MAX)) {
                send(other, 3);
            }
            assertThat(read(branch)).containsExactly(1, 2, 3);
            try (Link fresh = network.open("branch", MAX)) {
                fresh.resume(branch.reached());
                assertThat(read(fresh)).containsExactlyInAnyOrder(1, 2, 3);
            }
        }
    }

    @Test
    void theLinkSaysWhatItsTopicTakes() throws Exception {
        try (Link hq = network.open("hq", 2_000_000); Admin admin = network.admin()) {
            send(hq, 1);
            assertThat(hq.maxMessageBytes()).isBetween(1_000_000, 1_048_576);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic());
            admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "30000"), AlterConfigOp.OpType.SET)))).all().get();
            assertThatThrownBy(() -> hq.send("branch", new byte[200_000])).isInstanceOf(LinkException.class).hasMessageContaining("RecordTooLarge");
            hq.send("branch", new byte[100]);
            assertThat(hq.maxMessageBytes()).isEqualTo(29_000);
            assertThatThrownBy(() -> hq.send("branch", new byte[29_001])).isInstanceOf(LinkException.class).hasMessageContaining("29000 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"what is usual", "scram-sha-512", "scram-sha-256", "plain"})
    void overTlsOneLogsInByAPasswordThatIsReadWhenItIsNeeded(String login) throws Exception {
        Path password = secret("password");
        Map<String, String> options = network.options();
        options.putAll(Map.of("servers", broker.secureServers(), "security", "tls", "certificate", broker.certificate().toString(), "userid", KafkaBroker.USER, "password", "file:" + password));
        if (!login.equals("what is usual")) {
            options.put("login", login);
        }
        try (Link hq = network.open("hq", MAX)) {
            send(hq, 1);
        }
        Files.writeString(password, "another\n");
        try (Link branch = network.open("branch", MAX, options)) {
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER").hasMessageContaining("uthentication");
            Files.writeString(password, KafkaBroker.PASSWORD + "\n");
            assertThat(read(branch)).containsExactly(1);
            branch.send("hq", new byte[] {2});
        }
        options.remove("certificate");
        try (Link trusting = network.open("branch", MAX, options)) {
            assertThatThrownBy(() -> trusting.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER");
        }
    }

    /** The token is where a password would be; one that has ended is worth nothing, and the next one is read without a stop. */
    @Test
    void byOauthATokenOpensThatIsReadAgainBeforeItEnds() throws Exception {
        Path token = secret("token");
        Map<String, String> options = network.options();
        options.putAll(Map.of("servers", broker.secureServers(), "security", "tls", "certificate", broker.certificate().toString(), "userid", KafkaBroker.USER, "password", "file:" + token, "login", "oauthbearer"));
        try (Link hq = network.open("hq", MAX)) {
            send(hq, 1);
        }
        Files.writeString(token, unsigned(-600) + "\n");
        try (Link branch = network.open("branch", MAX, options)) {
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER").hasMessageNotContaining(unsigned(-600));
            Files.writeString(token, unsigned(600) + "\n");
            Awaitility.await().atMost(Duration.ofSeconds(180)).ignoreExceptions().until(() -> read(branch).equals(List.of(1)));
            branch.send("hq", new byte[] {2});
        }
    }

    /** As the broker of the tests believes it: signed by nobody. */
    private static String unsigned(long secondsFromNow) {
        long now = System.currentTimeMillis() / 3_600_000 * 3_600;
        String claims = "{\"sub\":\"" + KafkaBroker.USER + "\",\"iat\":" + (now - 7_200) + ",\"exp\":" + (secondsFromNow < 0 ? now - 3_600 : now + 7_200) + "}";
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "." + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".";
    }

    @Test
    void overMutualTlsACertificateOpensAndWhoHasNoneOrAStrangersStaysOutside() throws Exception {
        Map<String, String> options = network.options();
        options.putAll(Map.of("servers", broker.mutualServers(), "security", "tls", "certificate", broker.certificate().toString()));
        try (Link hq = network.open("hq", MAX)) {
            send(hq, 1);
        }
        assertStaysOutside(options);
        Path password = secret("password-of-the-key");
        Files.writeString(password, TestCertificates.PASSWORD + "\n");
        options.putAll(Map.of("keystore", made.store("stranger").toString(), "keystore_password", "file:" + password));
        assertStaysOutside(options);
        options.put("keystore", made.store("branch").toString());
        Files.writeString(password, "another\n");
        assertStaysOutside(options);
        Files.writeString(password, TestCertificates.PASSWORD + "\n");
        try (Link branch = network.open("branch", MAX, options)) {
            assertThat(read(branch)).containsExactly(1);
            branch.send("hq", new byte[] {2});
        }
    }

    private void assertStaysOutside(Map<String, String> options) throws Exception {
        try (Link stranger = network.open("branch", MAX, options)) {
            assertThatThrownBy(() -> stranger.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER");
            assertThatThrownBy(() -> stranger.send("hq", new byte[] {3})).isInstanceOf(LinkException.class).hasMessageContaining("LINK_BROKER");
        }
    }

    /** An empty file that its owner alone may read. */
    private Path secret(String name) throws IOException {
        return Files.createFile(temp.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Test
    void aBrokerThatIsKilledInTheMiddleLosesNothingThatWasSent() throws Exception {
        try (Link hq = network.open("hq", MAX); Link branch = network.open("branch", MAX)) {
            send(hq, 1, 2, 3);
            assertThat(read(branch)).containsExactly(1, 2, 3);
            branch.delete(branch.list(1).get(0));
            broker.kill();
            broker.startAgain();
            send(hq, 4);
            assertThat(read(branch)).containsExactly(2, 3, 4);
        }
    }

    /** What the link has said. */
    private static final class Said extends Handler implements AutoCloseable {

        final List<String> texts = new ArrayList<>();
        private final Logger log = Logger.getLogger("dev.waybill.link.kafka");

        Said() {
            log.addHandler(this);
        }

        @Override
        public synchronized void publish(LogRecord entry) {
            texts.add(entry.getMessage());
        }

        @Override
        public void flush() { }

        @Override
        public void close() {
            log.removeHandler(this);
        }
    }
}
