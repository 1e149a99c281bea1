// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.link.Link.LinkException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to the own topic. A message counts as sent when all replicas that the cluster demands have it. One thread. */
final class Sending implements AutoCloseable {

    /** What surrounds a message in a record, and its key, at most. */
    private static final int AROUND_BYTES = 1_000;
    private static final int LEAST_BYTES = 10_000;
    private static final int LONGEST_BYTES = 16 << 20;
    private static final int UNDERWAY_AT_MOST = 200;
    private static final int LINGER_MILLIS = 5;
    private static final Map<String, String> BOUNDED = Map.of("retention.bytes", Integer.toString(64 << 20), "retention.ms", Long.toString(Duration.ofDays(30).toMillis()));

    private final KafkaOptions options;
    private final Topics topics;
    private final Queue<Future<?>> underway = new ArrayDeque<>();
    private KafkaProducer<byte[], byte[]> producer;
    private LinkException failed;
    private int carried = LONGEST_BYTES;

    Sending(KafkaOptions options, Topics topics) {
        this.options = options;
        this.topics = topics;
    }

    /** The longest message that the topic takes, as far as that is known. */
    int longest() {
        return carried;
    }

    /** On its way; {@link #finish} says whether it arrived. */
    void begin(String address, byte[] message) throws LinkException {
        String topic = options.topic(options.address());
        KafkaProducer<byte[], byte[]> open = producer();
        if (message.length > carried) {
            throw topics.failed("a record of its topic " + topic + " may have " + carried + " bytes and this message has " + message.length + "; it is cut anew", null);
        }
        try {
            int partition = Topics.partitionOf(address, open.partitionsFor(topic).size());
            underway.add(open.send(new ProducerRecord<>(topic, partition, address.getBytes(StandardCharsets.UTF_8), message)));
        } catch (KafkaException failed) {
            throw given(failed, message.length);
        }
        while (underway.size() > UNDERWAY_AT_MOST) {
            expectEarlier(underway.remove());
        }
    }

    private void expectEarlier(Future<?> each) throws LinkException {
        try {
            expect(each);
        } catch (LinkException notSent) {
            failed = notSent;
            throw notSent;
        }
    }

    /** All that was begun has arrived; what failed while more was begun is said here, too. */
    void finish() throws LinkException {
        LinkException before = failed;
        failed = null;
        if (before != null) {
            throw before;
        }
        await();
    }

    private void await() throws LinkException {
        if (producer != null && !underway.isEmpty()) {
            producer.flush();
            while (!underway.isEmpty()) {
                expect(underway.remove());
            }
        }
    }

    private void expect(Future<?> each) throws LinkException {
        try {
            each.get(3 * options.within().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw given(failed.getCause(), carried);
        } catch (TimeoutException silent) {
            throw given(silent, carried);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw given(ended, carried);
        }
    }

    /** What failed begins anew with the next call: nobody knows what of it has arrived, and it is sent again. */
    private LinkException given(Throwable cause, int bytes) {
        if (cause instanceof RecordTooLargeException) {
            carried = Math.max(LEAST_BYTES, bytes / 2); // where one may not ask for the topic's limit, it is found
        }
        close();
        return topics.failed(cause);
    }

    /** Puts a message aside, in a topic that is bounded. */
    void putAside(byte[] message, String origin, String reason) throws LinkException {
        producer();
        topics.demand(options.quarantineTopic(), BOUNDED);
        try {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(options.quarantineTopic(), options.address().getBytes(StandardCharsets.UTF_8), message);
            record.headers().add(new RecordHeader("waybill-reason", reason.getBytes(StandardCharsets.UTF_8))).add(new RecordHeader("waybill-origin", origin.getBytes(StandardCharsets.UTF_8)));
            underway.add(producer.send(record));
        } catch (KafkaException failed) {
            throw given(failed, message.length);
        }
        finish();
    }

    private KafkaProducer<byte[], byte[]> producer() throws LinkException {
        if (producer == null) {
            String topic = options.topic(options.address());
            topics.demand(topic, Map.of());
            carried = Math.min(carried, Math.max(LEAST_BYTES, topics.longestRecord(topic) - AROUND_BYTES));
            Map<String, Object> settings = options.common();
            settings.put("acks", "all");
            settings.put("enable.idempotence", true);
            settings.put("linger.ms", LINGER_MILLIS);
            settings.put("max.block.ms", options.within().toMillis());
            settings.put("delivery.timeout.ms", (int) (2 * options.within().toMillis()));
            settings.put("max.request.size", LONGEST_BYTES + AROUND_BYTES);
            try {
                producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            } catch (KafkaException wrong) {
                throw topics.failed(wrong);
            }
        }
        return producer;
    }

    @Override
    public void close() {
        underway.clear();
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }
}
