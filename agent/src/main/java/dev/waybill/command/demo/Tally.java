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
 */
final class Tally {

    private final Map<Courier.Fate, Integer> fates = new EnumMap<>(Courier.Fate.class);
    private final TreeMap<Long, Instant> headSeen = new TreeMap<>();
    private final String source;
    private long committed;
    private long head;
    private long confirmed;
    private int resends;
    private Duration lag = Duration.ZERO;
    private boolean confirmedOnce;

    /** The publisher whose journal is followed. */
    Tally(String source) {
        this.source = source;
    }

    synchronized void committed(long total) {
        committed = total;
    }

    synchronized void carried(Envelope envelope, Courier.Fate fate, Instant now) {
        fates.merge(fate, 1, Integer::sum);
        if (envelope.sender().equals(source)) {
            resends = Math.max(resends, envelope.header().resendCount());
            if (envelope.head() != null && envelope.head().offset().bytes() > head) {
                head = envelope.head().offset().bytes();
                headSeen.putIfAbsent(head, now);
            }
        } else if (fate != Courier.Fate.LOST && envelope.confirmation() != null) {
            confirm(envelope.confirmation().offset().bytes(), now);
        }
    }

    private void confirm(long offset, Instant now) {
        if (offset > confirmed) {
            confirmed = offset;
            confirmedOnce = true;
            Map.Entry<Long, Instant> seen = headSeen.floorEntry(offset);
            if (seen != null) {
                lag = Duration.between(seen.getValue(), now);
                headSeen.headMap(offset, true).clear();
            }
        }
    }

    /** The picture now. */
    synchronized Picture picture() {
        return new Picture(committed, head, confirmed, resends, lag, count(Courier.Fate.LOST), count(Courier.Fate.REPEATED), count(Courier.Fate.LATE), count(Courier.Fate.DAMAGED),
                fates.values().stream().mapToInt(Integer::intValue).sum());
    }

    /** Whether the replica has confirmed something, and all that was announced. */
    synchronized boolean isCaughtUp() {
        return confirmedOnce && confirmed >= head;
    }

    private int count(Courier.Fate fate) {
        return fates.getOrDefault(fate, 0);
    }

    /** Offsets in bytes of the source's journal. */
    record Picture(long committed, long head, long confirmed, int resends, Duration lag, int lost, int repeated, int late, int damaged, int carried) {}
}
