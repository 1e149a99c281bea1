// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the partitions where something for this database may be, by long polls in a thread of its own, and puts what is ours on their shelves, until these are closed. It joins no group and commits nothing to the cluster. What goes wrong is told to
 * whoever asks next, and tried again. The consumer is its own thread's; who wakes is told by any thread.
 */
final class Reading implements Runnable {

    private static final System.Logger LOG = System.getLogger(Reading.class.getName());
    /** So long is waited for news; what else is to be done with the consumer waits so long at most. */
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long BETWEEN_WAKES_NANOS = 1_000_000_000L;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final byte[] key;
    private final int maxMessageBytes;
    private final Shelves shelves;
    private final Losses losses;
    private volatile Runnable wake = () -> { };
    private volatile boolean missing;
    private long wokenAt;
    /** For which the consumer stands elsewhere than where reading goes on. */
    private OnceMore.Wanted asked;

    /** @param key of what is for this database */
    Reading(Supplier<Consumer<byte[], byte[]>> consumers, byte[] key, int maxMessageBytes, Shelves shelves) {
        this.consumers = consumers;
        this.key = key;
        this.maxMessageBytes = maxMessageBytes;
        this.shelves = shelves;
        this.losses = new Losses(shelves);
    }

    /** What the cluster has lost, and where that is said. */
    Losses losses() {
        return losses;
    }

    void onArrival(Runnable run) {
        wake = run;
    }

    /** Whether there are topics that do not exist yet: whoever looks for them is woken now and then, since nobody can wait at them. */
    void someAreMissing(boolean are) {
        missing = are;
    }

    @Override
    public void run() {
        Consumer<byte[], byte[]> consumer = null;
        while (!shelves.isClosed()) {
            try {
                consumer = consumer == null ? consumers.get() : consumer;
                turn(consumer);
            } catch (RuntimeException | LinkageError | OutOfMemoryError failed) {
                LOG.log(System.Logger.Level.DEBUG, "reading was cut", failed);
                shelves.failed(failed instanceof KafkaException known ? known : new KafkaException(failed));
            }
        }
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void turn(Consumer<byte[], byte[]> consumer) {
        wakeForMissing();
        if (!prepare(consumer)) {
            return;
        }
        try {
            take(consumer, consumer.poll(POLL));
        } catch (OffsetOutOfRangeException lost) {
            losses.beginAnew(lost.offsetOutOfRangePartitions(), consumer.beginningOffsets(lost.offsetOutOfRangePartitions().keySet()));
        } catch (KafkaException failed) {
            if (failed.getClass() != KafkaException.class || !losses.passOver(failed)) {
                throw failed;
            }
        }
    }

    private void wakeForMissing() {
        long now = System.nanoTime();
        if (missing && now - wokenAt >= BETWEEN_WAKES_NANOS) {
            wokenAt = now;
            wake.run();
        }
    }

    /** Tells the consumer what is to be read now; false when that is nothing. */
    private boolean prepare(Consumer<byte[], byte[]> consumer) {
        synchronized (shelves) {
            Set<TopicPartition> all = shelves.places();
            if (shelves.haveChanged() || asked != null) {
                consumer.assign(all);
                all.forEach(place -> consumer.seek(place, shelves.at(place).next()));
                shelves.changeIsMade();
            }
            OnceMore.Wanted wanted = shelves.onceMore().wanted();
            asked = wanted != null && all.contains(wanted.place()) ? wanted : null;
            if (asked != null) {
                consumer.seek(asked.place(), asked.offset());
            }
            Set<TopicPartition> resting = resting(all);
            consumer.pause(resting);
            consumer.resume(all.stream().filter(place -> !resting.contains(place)).toList());
            if (resting.size() == all.size()) {
                shelves.rest();
            }
            return resting.size() < all.size();
        }
    }

    private Set<TopicPartition> resting(Set<TopicPartition> all) {
        return asked == null ? shelves.full() : all.stream().filter(place -> !place.equals(asked.place())).collect(Collectors.toSet());
    }

    private void take(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        boolean ours = false;
        synchronized (shelves) {
            shelves.answered();
            if (asked != null) {
                takeAgain(records.records(asked.place()));
            } else if (!shelves.haveChanged()) {
                ours = takeNew(consumer, records);
            }
        }
        if (ours) {
            wake.run();
        }
    }

    private boolean takeNew(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        boolean ours = false;
        for (TopicPartition place : records.partitions()) {
            Shelf shelf = shelves.at(place);
            if (shelf != null) {
                for (ConsumerRecord<byte[], byte[]> record : records.records(place)) {
                    ours |= take(place, shelf, record);
                }
            }
        }
        shelves.places().forEach(place -> shelves.at(place).goOn(consumer.position(place)));
        return ours;
    }

    private boolean take(TopicPartition place, Shelf shelf, ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() < shelf.next()) {
            return false;
        }
        long gap = shelf.looked(record.offset());
        if (gap > 0) {
            losses.sayGap(place, gap, record.offset());
        }
        if (!Arrays.equals(key, record.key())) {
            return false;
        }
        shelves.put(place, record.offset(), record.value() == null ? 0 : record.value().length, bounded(record.value()));
        return true;
    }

    /** A record without a value is no message, and shows as an empty one; one that is too long shows by one byte. */
    private byte[] bounded(byte[] value) {
        return value == null ? new byte[0] : value.length > maxMessageBytes ? Arrays.copyOf(value, maxMessageBytes + 1) : value;
    }

    /** What was asked for once more, and what follows it: the next one that is asked for will be that. Reading goes on where it was. */
    private void takeAgain(List<ConsumerRecord<byte[], byte[]>> found) {
        Shelf shelf = shelves.at(asked.place());
        if (shelf == null || found.isEmpty()) {
            return;
        }
        shelves.onceMore().begin(asked.place());
        for (ConsumerRecord<byte[], byte[]> record : found) {
            if (shelf.get(record.offset()) != null) {
                shelves.onceMore().keep(record.offset(), bounded(record.value()));
            }
        }
        if (found.get(0).offset() > asked.offset()) {
            shelves.delete(asked.place(), shelf.topicId(), asked.offset()); // the cluster has removed it meanwhile
        }
        shelves.onceMore().done(asked);
    }
}
