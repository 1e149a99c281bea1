// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What is kept of the partitions that are read, a shelf for each: where the agent asks and waits for what the reading thread puts here. What went wrong with reading is told to whoever asks next. Any thread; this object is the lock of everything on it,
 * and the reading thread holds it over several steps that belong together.
 */
final class Shelves implements AutoCloseable {

    /** Content that nobody has asked for yet, at most, and then a poll's worth. */
    static final long UNREAD_BYTES = 16L << 20;
    /** Whoever waits here looks again after so long. */
    static final long REST_MILLIS = 500;

    private final Map<TopicPartition, Shelf> shelves = new HashMap<>();
    private final OnceMore onceMore = new OnceMore(this);
    private RuntimeException trouble;
    private boolean changed;
    private boolean closed;
    private long unreadBytes;
    private long orders;

    /** A message that lies somewhere. */
    record Found(TopicPartition place, String topicId, Shelf.Lying message) {}

    /** From now on this partition is read, from here; what was on its shelf is forgotten. */
    synchronized void read(TopicPartition place, String topicId, long from) {
        forget(place);
        shelves.put(place, new Shelf(topicId, from));
        change();
    }

    /** It is read no longer. */
    synchronized void forget(TopicPartition place) {
        Shelf gone = shelves.remove(place);
        if (gone != null) {
            gone.lying().forEach(this::took);
            onceMore.forget(place);
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
        return unreadBytes >= UNREAD_BYTES || ends.entrySet().stream().allMatch(end -> !shelves.containsKey(end.getKey()) || shelves.get(end.getKey()).isRead(end.getValue()));
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
        return onceMore.await(new OnceMore.Wanted(place, offset), within);
    }

    private Shelf.Lying at(TopicPartition place, String topicId, long offset) {
        Shelf shelf = shelves.get(place);
        return shelf == null || !shelf.topicId().equals(topicId) ? null : shelf.get(offset);
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

    /** The thread that reads ends soon. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    // From here on: for the thread that reads, which holds the lock where an answer must stay true.

    synchronized boolean isClosed() {
        return closed;
    }

    /** Null when it is not read. */
    synchronized Shelf at(TopicPartition place) {
        return shelves.get(place);
    }

    synchronized OnceMore onceMore() {
        return onceMore;
    }

    /** Those of which nothing more is fetched until something is taken. */
    synchronized Set<TopicPartition> full() {
        return shelves.keySet().stream().filter(place -> shelves.get(place).isFull() || unreadBytes >= UNREAD_BYTES).collect(Collectors.toSet());
    }

    /** Found there, and ours. */
    synchronized void put(TopicPartition place, long offset, int sizeBytes, byte[] content) {
        shelves.get(place).put(new Shelf.Lying(offset, orders++, sizeBytes, content));
        unreadBytes += content.length;
    }

    /** Whether the consumer has to be told anew what is read, and from where. */
    synchronized boolean haveChanged() {
        return changed;
    }

    /** The consumer has to be told anew. */
    synchronized void change() {
        changed = true;
        notifyAll();
    }

    /** The consumer was told. */
    synchronized void changeIsMade() {
        changed = false;
    }

    /** The cluster has answered: who asks now is told nothing of earlier trouble. */
    synchronized void answered() {
        trouble = null;
        notifyAll();
    }

    /** Tells whoever asks next, and waits before it is tried again. */
    synchronized void failed(KafkaException failed) {
        trouble = failed;
        change();
        rest();
    }

    /** Waits for a change, not long. */
    synchronized void rest() {
        try {
            wait(REST_MILLIS);
        } catch (InterruptedException ended) {
            closed = true;
        }
    }
}
