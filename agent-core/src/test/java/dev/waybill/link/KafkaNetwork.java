// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.databases.KafkaBroker;
import dev.waybill.link.kafka.KafkaLinks;
import dev.waybill.publication.MessageType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of one test on the broker of its class; links to them, and what strangers do there. */
final class KafkaNetwork {

    private static final AtomicInteger NETWORKS = new AtomicInteger();
    private static final Duration WITHIN = Duration.ofSeconds(60);

    final KafkaBroker broker;
    final String prefix = "net" + NETWORKS.incrementAndGet() + "-";
    private final AtomicLong seconds = new AtomicLong();

    KafkaNetwork(KafkaBroker broker) {
        this.broker = broker;
    }

    /** Every look at the clock is a minute later: topics are looked for each time. */
    InstantSource hurried() {
        return () -> Instant.EPOCH.plusSeconds(60 * seconds.incrementAndGet());
    }

    Map<String, String> options() {
        return new HashMap<>(Map.of("servers", broker.servers(), "security", "none", "topic_prefix", prefix));
    }

    /** A link that knows hq and branch. */
    Link open(String ownAddress, int maxMessageBytes) throws IOException {
        return open(ownAddress, maxMessageBytes, options());
    }

    Link open(String ownAddress, int maxMessageBytes, Map<String, String> options) throws IOException {
        Link link = new KafkaLinks(hurried(), FileLinkTest::daemon, WITHIN).open(new MessageType("KAFKA", ownAddress, options), maxMessageBytes);
        link.expect(Set.of("hq", "branch"));
        return link;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.servers()));
    }

    /** A record as a stranger writes it, with these settings of his producer. */
    void write(ProducerRecord<byte[], byte[]> record, Map<String, Object> more) throws InterruptedException, ExecutionException {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", broker.servers(), "max.request.size", 20 << 20));
        settings.putAll(more);
        try (KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            stranger.send(record).get();
        }
    }

    /** Everything in a topic's partitions. */
    List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.servers(), "enable.auto.commit", false), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> places = consumer.partitionsFor(topic).stream().map(each -> new TopicPartition(topic, each.partition())).toList();
            consumer.assign(places);
            consumer.seekToBeginning(places);
            Map<TopicPartition, Long> end = consumer.endOffsets(places);
            List<ConsumerRecord<byte[], byte[]>> all = new java.util.ArrayList<>();
            while (places.stream().anyMatch(place -> consumer.position(place) < end.get(place))) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
            return all;
        }
    }
}
