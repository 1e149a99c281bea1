// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Content that was handed out before and is asked for once more: which it is, and what was read there and behind it, since the next one that is asked for will be that. Bounded. Under the lock of {@link Shelves}.
 */
final class OnceMore {

    /** So much is kept, and then one message. */
    private static final long BYTES_AT_MOST = 2L << 20;

    private final Shelves shelves;
    private final Map<Long, byte[]> contents = new TreeMap<>();
    private TopicPartition place;
    private long bytes;
    private Wanted wanted;

    OnceMore(Shelves shelves) {
        this.shelves = shelves;
    }

    /** One that was handed out before. */
    record Wanted(TopicPartition place, long offset) {}

    /** What the reading thread is to fetch; null when that is nothing. */
    Wanted wanted() {
        return wanted;
    }

    /**
     * Waits until the reading thread has fetched it; null when it has gone meanwhile.
     *
     * @throws TimeoutException it does not come now
     */
    byte[] await(Wanted which, Duration within) throws InterruptedException {
        synchronized (shelves) {
            long until = System.nanoTime() + within.toNanos();
            while (lies(which)) {
                long millis = (until - System.nanoTime()) / 1_000_000;
                if (which.place().equals(place) && contents.containsKey(which.offset())) {
                    return contents.get(which.offset());
                }
                if (millis <= 0 || shelves.isClosed()) {
                    leave();
                    throw new TimeoutException("offset " + which.offset() + " of " + which.place() + " does not come");
                }
                wanted = which;
                shelves.notifyAll();
                shelves.wait(Math.min(millis, Shelves.REST_MILLIS));
            }
            return null;
        }
    }

    private boolean lies(Wanted which) {
        Shelf shelf = shelves.at(which.place());
        return shelf != null && shelf.get(which.offset()) != null;
    }

    /** Nobody waits for it any longer. */
    void leave() {
        wanted = null;
    }

    /** What follows is of this partition; what was read before gives way. */
    void begin(TopicPartition of) {
        contents.clear();
        place = of;
        bytes = 0;
    }

    /** This partition is another topic's from now on, or nobody's: what was read there is no answer any more. */
    void forget(TopicPartition of) {
        if (of.equals(place)) {
            begin(null);
        }
    }

    void keep(long offset, byte[] content) {
        if (bytes < BYTES_AT_MOST) {
            contents.put(offset, content);
            bytes += content.length;
        }
    }

    /** The partition was read for this one: it is here, or nowhere. What somebody else has asked for meanwhile is still wanted. */
    void done(Wanted asked) {
        wanted = asked.equals(wanted) ? null : wanted;
    }
}
