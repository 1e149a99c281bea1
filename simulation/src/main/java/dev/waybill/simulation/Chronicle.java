// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What really happened, written down beside the databases, and the judge of what they show. Knows nothing of delivery: only names, ids of transactions, and for whom each one is.
 *
 * <p>The history of a database is a list of ids in commit order. When the database is replaced by an older copy, a second history begins that shares the first entries with the first one.
 */
final class Chronicle {

    /** A committed transaction: its id, and the databases that are to get it. A snapshot is one with nobody. */
    record Entry(long id, List<String> audience) {}

    /** A violated guarantee. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /** Entries in commit order, and for each reader those that concern it. */
    private static final class History {
        private final List<Entry> entries = new ArrayList<>();
        private final Map<String, List<Long>> concerning = new HashMap<>();

        History(List<Entry> entries) {
            entries.forEach(this::add);
        }

        void add(Entry entry) {
            entries.add(entry);
            for (String reader : entry.audience()) {
                concerning.computeIfAbsent(reader, none -> new ArrayList<>()).add(entry.id());
            }
        }

        List<Long> concerning(String reader) {
            return concerning.getOrDefault(reader, List.of());
        }
    }

    private final Map<String, List<History>> histories = new HashMap<>();
    private final Map<String, Boolean> lostSomething = new HashMap<>();

    void begin(String writer) {
        histories.put(writer, new ArrayList<>(List.of(new History(List.of()))));
    }

    /** The writer goes on under another name, with its present. */
    void renamed(String writer, String other) {
        histories.put(other, new ArrayList<>(List.of(new History(present(writer).entries))));
    }

    void committed(String writer, Entry entry) {
        present(writer).add(entry);
    }

    /** The writer is again as it was when it had committed this many transactions. */
    void wentBack(String writer, int transactions) {
        List<Entry> before = present(writer).entries;
        if (transactions < before.size()) {
            lostSomething.put(writer, true);
            histories.get(writer).add(new History(before.subList(0, transactions)));
        }
    }

    /** Whether the writer ever forgot a committed transaction. */
    boolean forgot(String writer) {
        return lostSomething.getOrDefault(writer, false);
    }

    /** Every transaction once, whole, in commit order, nothing in between missing: a prefix of one of the writer's histories, as far as it concerns the reader. */
    void check(String reader, String writer, List<Long> applied) {
        for (History history : histories.get(writer)) {
            if (isPrefix(applied, history.concerning(reader))) {
                return;
            }
        }
        throw new Violation(reader + " shows " + applied + " of " + writer + ", whose histories for it are "
                + histories.get(writer).stream().map(history -> history.concerning(reader)).toList());
    }

    /** Whether the reader shows exactly the writer's present. */
    boolean isEqual(String reader, String writer, List<Long> applied) {
        return applied.equals(present(writer).concerning(reader));
    }

    /** Whether the reader shows a prefix of the writer's present history. */
    boolean isPresentPrefix(String reader, String writer, List<Long> applied) {
        return isPrefix(applied, present(writer).concerning(reader));
    }

    /** What a reader is to show of the writer's present. */
    List<Long> presentFor(String reader, String writer) {
        return present(writer).concerning(reader);
    }

    private History present(String writer) {
        List<History> all = histories.get(writer);
        return all.get(all.size() - 1);
    }

    private static boolean isPrefix(List<Long> part, List<Long> whole) {
        return part.size() <= whole.size() && whole.subList(0, part.size()).equals(part);
    }
}
