// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.util.Collection;
import java.util.TreeMap;

/**
 * What of one partition is ours and waits here until it is deleted, and how far was looked. Content is kept until it has been handed out once; then the partition itself has it. Under the lock of {@link Shelves}.
 *
 * <pre>
 *   offsets  …─── deleted, or never ours ───┬─ lying (some deleted between) ─┬─── not looked at ───…
 *                                       reached()                         next()
 * </pre>
 */
final class Shelf {

    /** Beyond it nothing more is looked at here, until something is deleted. */
    static final int LYING_AT_MOST = 20_000;

    private final String topicId;
    private final TreeMap<Long, Lying> lying = new TreeMap<>();
    private long next;

    /** @param next the first offset to be looked at */
    Shelf(String topicId, long next) {
        this.topicId = topicId;
        this.next = next;
    }

    /**
     * A message that is ours.
     *
     * @param order     in which it was found, among all partitions
     * @param sizeBytes in the partition
     * @param content   null once it was handed out
     */
    record Lying(long offset, long order, int sizeBytes, byte[] content) {}

    String topicId() {
        return topicId;
    }

    long next() {
        return next;
    }

    /** Everything before is deleted, or was never ours. */
    long reached() {
        return lying.isEmpty() ? next : lying.firstKey();
    }

    boolean isFull() {
        return lying.size() >= LYING_AT_MOST;
    }

    /** Whether as much was looked at before this offset as may be. */
    boolean isRead(long end) {
        return isFull() || next >= end;
    }

    /** Everything up to here was looked at. Returns how many offsets before were passed over with nothing at them. */
    long looked(long offset) {
        long missing = Math.max(0, offset - next);
        next = Math.max(next, offset + 1);
        return missing;
    }

    /** The cluster says that the next thing to be found is here or later. */
    void goOn(long at) {
        next = Math.max(next, at);
    }

    void put(Lying message) {
        lying.put(message.offset(), message);
    }

    Collection<Lying> lying() {
        return lying.values();
    }

    /** Null when it was deleted. */
    Lying get(long offset) {
        return lying.get(offset);
    }

    /** The partition has it: it need not be kept here. */
    void handedOut(Lying message) {
        lying.put(message.offset(), new Lying(message.offset(), message.order(), message.sizeBytes(), null));
    }

    /** Returns what it was; null when it was deleted before. */
    Lying remove(long offset) {
        return lying.remove(offset);
    }
}
