// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads the partitions where something for this database may be, by long polls in a thread of its own, and keeps what is ours on shelves. It joins no group and commits nothing to the cluster. What goes wrong is told to whoever asks next, and tried
 * again. Its own thread has the consumer; everything else is any thread's.
 */
final class Reading implements Runnable, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Reading.class.getName());
    /** So long is waited for news; what else is to be done with the consumer waits so long at most. */
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long REST_MILLIS = 500;
    private static final long BETWEEN_WAKES_NANOS = 1_000_000_000L;
    /** Content that nobody has asked for yet, at most, and then a poll's worth. */
    static final long UNREAD_BYTES = 16L << 20;
    private static final long AGAIN_BYTES = 2L << 20;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final byte[] key;
    private final int maxMessageBytes;
    private final Map<TopicPartition, Shelf> shelves = new HashMap<>();
    private final Map<Long, byte[]> again = new TreeMap<>();
    private Runnable wake = () -> { };
    private TopicPartition readAgain;
    private Wanted wanted;
    /** For which the consumer stands elsewhere than where reading goes on; its own thread's. */
    private Wanted asked;
    private RuntimeException trouble;
    private boolean changed;
    private boolean missing;
    private long wokenAt;
    private boolean closed;
    private long unreadBytes;
    private long orders;

    /** @param key of what is for this database */
    Reading(Supplier<Consumer<byte[], byte[]>> consumers, byte[] key, int maxMessageBytes) {
        this.consumers = consumers;
        this.key = key;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** One that was handed out before and is asked for once more. */
    private record Wanted(TopicPartition place, long offset) {}

    /** A message that lies somewhere. */
    record Found(TopicPartition place, String topicId, Shelf.Lying message) {}

    synchronized void onArrival(Runnable run) {
        wake = run;
    }

    /** Whether there are topics that do not exist yet: whoever looks for them is woken now and then, since nobody can wait at them. */
    synchronized void someAreMissing(boolean are) {
        missing = are;
    }

    /** From now on this partition is read, from here; what was on its shelf is forgotten. */
    synchronized void read(TopicPartition place, String topicId, long from) {
        forget(place);
        shelves.put(place, new Shelf(topicId, from));
        changed = true;
        notifyAll();
    }

    /** It is read no longer. */
    synchronized void forget(TopicPartition place) {
        Shelf gone = shelves.remove(place);
        if (gone != null) {
            gone.lying().forEach(this::took);
            changed = true;
        }
    }

    /** The topic's id by which this partition is read; null when it is not. */
    synchronized String topicId(TopicPartition place) {
        Shelf shelf = shelves.get(place);
        return shelf == null ? null : shelf.topicId();
    }

    synchronized Set<TopicPartition> places() {
        return Set.copyOf(shelves.keySet());
    }

    /** How far was read, as text: the topic's id, and the first offset that is not done with. */
    synchronized Map<String, String> reached() {
        Map<String, String> all = new HashMap<>();
        shelves.forEach((place, shelf) -> all.put(Reached.name(place), new Reached(shelf.topicId(), shelf.reached()).text()));
        return all;
    }

    /** Waits until everything before these offsets was looked at, or there is as much here as may be; false when that did not come in time. */
    synchronized boolean await(Map<TopicPartition, Long> ends, Duration within) throws InterruptedException {
        long until = System.nanoTime() + within.toNanos();
        while (!isRead(ends)) {
            long millis = (until - System.nanoTime()) / 1_000_000;
            if (millis <= 0 || closed) {
                return false;
            }
            if (trouble != null) {
                RuntimeException said = trouble;
                trouble = null;
                throw said;
            }
            wait(Math.min(millis, REST_MILLIS));
        }
        return true;
    }

    private boolean isRead(Map<TopicPartition, Long> ends) {
        return unreadBytes >= UNREAD_BYTES || ends.entrySet().stream().allMatch(end -> {
            Shelf shelf = shelves.get(end.getKey());
            return shelf == null || shelf.isFull() || shelf.next() >= end.getValue();
        });
    }

    /** What lies here, in the order in which it was found. */
    synchronized List<Found> lying(int atMost) {
        List<Found> all = new ArrayList<>();
        shelves.forEach((place, shelf) -> shelf.lying().stream().limit(atMost).forEach(message -> all.add(new Found(place, shelf.topicId(), message))));
        all.sort(Comparator.comparingLong(found -> found.message().order()));
        return List.copyOf(all.subList(0, Math.min(atMost, all.size())));
    }

    /**
     * The content, read once more where it was handed out before; null when it has gone.
     *
     * @throws KafkaException it does not come now
     */
    synchronized byte[] content(TopicPartition place, String topicId, long offset, Duration within) throws InterruptedException {
        Shelf.Lying message = at(place, topicId, offset);
        if (message == null) {
            return null;
        }
        if (message.content() != null) {
            took(message);
            shelves.get(place).handedOut(message);
            return message.content();
        }
        return contentAgain(new Wanted(place, offset), within);
    }

    private Shelf.Lying at(TopicPartition place, String topicId, long offset) {
        Shelf shelf = shelves.get(place);
        return shelf == null || !shelf.topicId().equals(topicId) ? null : shelf.get(offset);
    }

    private byte[] contentAgain(Wanted which, Duration within) throws InterruptedException {
        long until = System.nanoTime() + within.toNanos();
        while (shelves.containsKey(which.place()) && shelves.get(which.place()).get(which.offset()) != null) {
            long millis = (until - System.nanoTime()) / 1_000_000;
            byte[] content = which.place().equals(readAgain) ? again.get(which.offset()) : null;
            if (content != null) {
                return content;
            }
            if (millis <= 0 || closed) {
                wanted = null;
                throw new TimeoutException("offset " + which.offset() + " of " + which.place() + " does not come");
            }
            wanted = which;
            notifyAll();
            wait(Math.min(millis, REST_MILLIS));
        }
        return null;
    }

    /** It is listed no more. */
    synchronized void delete(TopicPartition place, String topicId, long offset) {
        if (at(place, topicId, offset) != null) {
            took(shelves.get(place).remove(offset));
        }
    }

    private void took(Shelf.Lying message) {
        if (message.content() != null) {
            unreadBytes -= message.content().length;
            notifyAll();
        }
    }

    @Override
    public void run() {
        Consumer<byte[], byte[]> consumer = null;
        while (!isClosed()) {
            try {
                consumer = consumer == null ? consumers.get() : consumer;
                turn(consumer);
            } catch (RuntimeException | LinkageError | OutOfMemoryError failed) {
                LOG.log(System.Logger.Level.DEBUG, "reading was cut", failed);
                rest(failed instanceof KafkaException known ? known : new KafkaException(failed));
            }
        }
        if (consumer != null) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void rest(KafkaException failed) {
        trouble = failed;
        changed = true;
        notifyAll();
        try {
            wait(REST_MILLIS);
        } catch (InterruptedException ended) {
            closed = true;
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
            beginAnew(consumer, lost.offsetOutOfRangePartitions());
        } catch (KafkaException failed) {
            if (failed.getClass() != KafkaException.class || !passOver(failed)) {
                throw failed;
            }
        }
    }

    private void wakeForMissing() {
        Runnable run;
        synchronized (this) {
            long now = System.nanoTime();
            run = missing && now - wokenAt >= BETWEEN_WAKES_NANOS ? wake : null;
            wokenAt = run == null ? wokenAt : now;
        }
        if (run != null) {
            run.run();
        }
    }

    /** Tells the consumer what is to be read now; false when that is nothing. */
    private synchronized boolean prepare(Consumer<byte[], byte[]> consumer) {
        if (changed || asked != null) {
            consumer.assign(shelves.keySet());
            shelves.forEach((place, shelf) -> consumer.seek(place, shelf.next()));
            changed = false;
        }
        Set<TopicPartition> resting = new HashSet<>();
        shelves.forEach((place, shelf) -> {
            if (shelf.isFull() || unreadBytes >= UNREAD_BYTES) {
                resting.add(place);
            }
        });
        asked = wanted != null && shelves.containsKey(wanted.place()) ? wanted : null;
        if (asked != null) {
            consumer.seek(asked.place(), asked.offset());
            resting.addAll(shelves.keySet());
            resting.remove(asked.place());
        }
        consumer.pause(resting);
        consumer.resume(shelves.keySet().stream().filter(place -> !resting.contains(place)).toList());
        if (resting.size() < shelves.size()) {
            return true;
        }
        try {
            wait(REST_MILLIS);
        } catch (InterruptedException ended) {
            closed = true;
        }
        return false;
    }

    private void take(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        Runnable run = null;
        synchronized (this) {
            trouble = null;
            if (asked != null) {
                takeAgain(records);
                return;
            }
            boolean ours = false;
            for (TopicPartition place : records.partitions()) {
                Shelf shelf = shelves.get(place);
                if (shelf != null && !changed) {
                    for (ConsumerRecord<byte[], byte[]> record : records.records(place)) {
                        ours |= take(place, shelf, record);
                    }
                }
            }
            if (!changed) {
                shelves.forEach((place, shelf) -> shelf.goOn(consumer.position(place)));
            }
            notifyAll();
            run = ours ? wake : null;
        }
        if (run != null) {
            run.run();
        }
    }

    private boolean take(TopicPartition place, Shelf shelf, ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() < shelf.next()) {
            return false;
        }
        long missing = shelf.looked(record.offset());
        if (missing > 0) {
            LOG.log(System.Logger.Level.WARNING, "In " + place + " nothing is left of " + missing + " offsets before " + record.offset() + ": the topic is compacted, or somebody writes to it in transactions. What was ours among them is asked for and sent again.");
        }
        if (!Arrays.equals(key, record.key())) {
            return false;
        }
        byte[] content = bounded(record.value());
        shelf.put(new Shelf.Lying(record.offset(), orders++, record.value() == null ? 0 : record.value().length, content));
        unreadBytes += content.length;
        return true;
    }

    /** A record without a value is no message, and shows as an empty one; one that is too long shows by one byte. */
    private byte[] bounded(byte[] value) {
        return value == null ? new byte[0] : value.length > maxMessageBytes ? Arrays.copyOf(value, maxMessageBytes + 1) : value;
    }

    /** What cannot be unpacked is passed over, as the client's own text says: it would stand in the way for ever. False when it is something else. */
    private synchronized boolean passOver(KafkaException failed) {
        for (Map.Entry<TopicPartition, Shelf> each : shelves.entrySet()) {
            if (failed.getMessage() != null && failed.getMessage().contains("next record from " + each.getKey() + ".")) {
                LOG.log(System.Logger.Level.WARNING, "What is at offset " + each.getValue().next() + " of " + each.getKey() + " cannot be read and is passed over: " + failed.getCause() + ". If it was ours, it is asked for and sent again.");
                each.getValue().looked(each.getValue().next());
                changed = true;
                return true;
            }
        }
        return false;
    }

    /** What was asked for once more, and what follows it: the next one that is asked for will be that. Reading goes on where it was. */
    private void takeAgain(ConsumerRecords<byte[], byte[]> records) {
        Shelf shelf = shelves.get(asked.place());
        List<ConsumerRecord<byte[], byte[]>> found = records.records(asked.place());
        if (shelf == null || found.isEmpty()) {
            return;
        }
        again.clear();
        readAgain = asked.place();
        long bytes = 0;
        for (ConsumerRecord<byte[], byte[]> record : found) {
            if (shelf.get(record.offset()) != null && bytes < AGAIN_BYTES) {
                again.put(record.offset(), bounded(record.value()));
                bytes += again.get(record.offset()).length;
            }
        }
        if (found.get(0).offset() > asked.offset()) {
            delete(asked.place(), shelf.topicId(), asked.offset()); // the cluster has removed it meanwhile
        }
        wanted = asked.equals(wanted) ? null : wanted;
        notifyAll();
    }

    /** What the cluster has removed, or never had in this topic's new life, is gone: it is said, and everything that is left is read. */
    private void beginAnew(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> lost) {
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(lost.keySet());
        synchronized (this) {
            lost.forEach((place, offset) -> {
                Shelf shelf = shelves.get(place);
                if (shelf != null && begin.containsKey(place)) {
                    KafkaLink.sayLost(place, offset, begin.get(place));
                    if (wanted != null && wanted.place().equals(place)) {
                        delete(place, shelf.topicId(), wanted.offset());
                        wanted = null;
                    }
                    if (shelf.next() < begin.get(place) || offset >= shelf.next()) {
                        read(place, shelf.topicId(), begin.get(place));
                    }
                }
            });
            changed = true;
            notifyAll();
        }
    }

    /** The thread ends soon. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
