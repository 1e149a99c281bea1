// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What the cluster has no more: retention, a lost end, a topic that was made anew, compaction, what cannot be unpacked. Each is said by whoever finds it, and reading goes on where there is something; the protocol asks for what was ours. Any thread.
 */
final class Losses {

    private static final System.Logger LOG = System.getLogger(Losses.class.getName());

    private static final int KEPT = 100;

    private final Shelves shelves;
    private final Deque<String> said = new ArrayDeque<>();

    /** @param shelves where reading goes on elsewhere after a loss */
    Losses(Shelves shelves) {
        this.shelves = shelves;
    }

    /** Where reading begins: where it was, if that is still there. */
    long from(TopicPartition place, Reached before, long begin, long end) {
        if (before == null) {
            return begin;
        }
        if (before.offset() < begin || before.offset() > end) {
            sayLost(place, before.offset(), begin);
            return begin;
        }
        return before.offset();
    }

    private void sayLost(TopicPartition place, long at, long begin) {
        say(at < begin
                ? "The cluster has removed " + (begin - at) + " records of " + place + " that were not read: its retention is shorter than this database was away. What was ours among them is asked for and sent again."
                : "The cluster has lost the end of " + place + ", where offset " + at + " had been reached. It is read from its beginning; what is known already is recognised, what is missing is asked for.");
    }

    /** To the log at once, and to whoever asks next: the first ones where nobody asks for long. */
    private void say(String loss) {
        LOG.log(System.Logger.Level.WARNING, loss);
        synchronized (said) {
            if (said.size() < KEPT) {
                said.add(loss);
            }
        }
    }

    /** What was said since this was asked last. */
    List<String> said() {
        synchronized (said) {
            List<String> all = List.copyOf(said);
            said.clear();
            return all;
        }
    }

    /** It is not the topic that was read before. */
    void sayMadeAnew(String topic) {
        say("The topic " + topic + " was removed and made anew. It is read from its beginning; what of the former one was ours and unread is asked for and sent again.");
    }

    /** Somebody has made it so that it loses. */
    void sayCompacted(String topic) {
        say("The topic " + topic + " is compacted: the cluster removes messages that nobody has read. They are sent again until they are met, at a cost. Say cleanup.policy=delete for it.");
    }

    /** Between what was looked at and this offset there is nothing. */
    void sayGap(TopicPartition place, long missing, long before) {
        say("In " + place + " nothing is left of " + missing + " offsets before " + before + ": the topic is compacted, or somebody writes to it in transactions. What was ours among them is asked for and sent again.");
    }

    /**
     * What the cluster has removed, or never had in this topic's new life, is gone: it is said, and everything that is left is read.
     *
     * @param lost  offsets that were asked for in vain
     * @param begin where these partitions begin now
     */
    void beginAnew(Map<TopicPartition, Long> lost, Map<TopicPartition, Long> begin) {
        synchronized (shelves) {
            lost.forEach((place, offset) -> {
                Shelf shelf = shelves.at(place);
                if (shelf != null && begin.containsKey(place)) {
                    beginAnew(place, shelf, offset, begin.get(place));
                }
            });
            shelves.change();
        }
    }

    private void beginAnew(TopicPartition place, Shelf shelf, long lost, long begin) {
        sayLost(place, lost, begin);
        OnceMore.Wanted wanted = shelves.onceMore().wanted();
        if (wanted != null && wanted.place().equals(place)) {
            shelves.delete(place, shelf.topicId(), wanted.offset());
            shelves.onceMore().leave();
        }
        if (shelf.next() < begin || lost >= shelf.next()) {
            shelves.read(place, shelf.topicId(), begin);
        }
    }

    /** What cannot be unpacked is passed over, as the client's own text says: it would stand in the way for ever. False when it is something else. */
    boolean passOver(KafkaException failed) {
        synchronized (shelves) {
            for (TopicPartition place : shelves.places()) {
                if (failed.getMessage() != null && failed.getMessage().contains("next record from " + place + ".")) {
                    Shelf shelf = shelves.at(place);
                    say("What is at offset " + shelf.next() + " of " + place + " cannot be read and is passed over: " + failed.getCause() + ". If it was ours, it is asked for and sent again.");
                    shelf.looked(shelf.next());
                    shelves.change();
                    return true;
                }
            }
            return false;
        }
    }
}
