// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import dev.waybill.message.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can be told from watching: the program's own word on its commits, the messages that pass, the replica's word on what it applied. Guarded by itself.
 *
 * <p>Lag is the time from when a message first told of an offset, even one that was lost afterwards, until the replica said that it had applied it.
 */
final class Tally {

    private final Map<Courier.Fate, Integer> fates = new EnumMap<>(Courier.Fate.class);
    private final TreeMap<Long, Instant> headSeen = new TreeMap<>();
    private final String source;
    private long committed;
    private long head;
    private long applied;
    private long confirmed;
    private int resends;
    private Duration lag = Duration.ZERO;
    private Duration longestLag = Duration.ZERO;

    /** The publisher whose journal is followed. */
    Tally(String source) {
        this.source = source;
    }

    synchronized void committed(long total) {
        committed = total;
    }

    /** Returns whether this is the first message of a new epoch: what was asked for again begins to come. */
    synchronized boolean carried(Envelope envelope, Courier.Fate fate, Instant now) {
        fates.merge(fate, 1, Integer::sum);
        if (!envelope.sender().equals(source)) {
            if (fate != Courier.Fate.LOST && fate != Courier.Fate.DAMAGED && envelope.confirmation() != null) {
                confirmed = Math.max(confirmed, envelope.confirmation().offset().bytes());
            }
            return false;
        }
        if (envelope.head() != null && envelope.head().offset().bytes() > head) {
            head = envelope.head().offset().bytes();
            headSeen.put(head, now);
        }
        boolean anew = envelope.kind().isInChain() && envelope.header().resendCount() > resends; // a heartbeat of the new epoch may come first
        if (anew) {
            resends = envelope.header().resendCount();
        }
        return anew;
    }

    /** The replica has applied up to here. */
    synchronized void applied(long offset, Instant now) {
        applied = Math.max(applied, offset);
        Map.Entry<Long, Instant> seen = headSeen.ceilingEntry(offset);
        if (seen != null) {
            lag = Duration.between(seen.getValue(), now);
            Duration oldest = Duration.between(headSeen.firstEntry().getValue(), now);
            longestLag = oldest.compareTo(longestLag) > 0 ? oldest : longestLag;
            headSeen.headMap(offset, true).clear();
        }
    }

    /** The picture now. */
    synchronized Picture picture() {
        return new Picture(committed, head, applied, resends, lag, longestLag, count(Courier.Fate.LOST), count(Courier.Fate.REPEATED), count(Courier.Fate.LATE), count(Courier.Fate.DAMAGED),
                fates.values().stream().mapToInt(Integer::intValue).sum());
    }

    /** Whether the replica has confirmed something, and all that was announced. */
    synchronized boolean isCaughtUp() {
        return confirmed > 0 && confirmed >= head;
    }

    /** Whether everything that can befall a message has, and something was sent again. */
    synchronized boolean hasSeenEverything() {
        return resends > 0 && fates.size() == Courier.Fate.values().length;
    }

    private int count(Courier.Fate fate) {
        return fates.getOrDefault(fate, 0);
    }

    /** Offsets in bytes of the source's journal. */
    record Picture(long committed, long head, long applied, int resends, Duration lag, Duration longestLag, int lost, int repeated, int late, int damaged, int carried) {
        static final Picture NOTHING_YET = new Picture(0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0);
    }
}
