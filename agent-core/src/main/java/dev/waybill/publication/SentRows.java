// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.LogOffset;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * For rows that were sent to one neighbour, the offset of the last entry that touched them. Rows are told by 64 bits of their table and key: two that fall together only make something travel that need not. Bounded. One thread.
 */
final class SentRows {

    private static final int MOST = 50_000;

    private final Map<Long, Long> latest = new HashMap<>();
    /** Of a snapshot: all rows. */
    private long all;

    /** Rows that were sent last at or before this offset are of no interest any more: forgotten when there are many. */
    void seen(LogOffset offset) {
        if (latest.size() > MOST / 2) {
            latest.values().removeIf(sent -> sent <= offset.bytes());
        }
    }

    /** An entry that is sent; false when there were too many rows and all of before is forgotten. */
    boolean add(JournalEntry entry) throws IOException {
        Set<Long> touched = touched(entry);
        if (touched == null) {
            all = entry.offset().bytes();
            return true;
        }
        boolean fits = latest.size() + touched.size() <= MOST;
        if (!fits) {
            latest.clear();
        }
        touched.forEach(row -> latest.put(row, entry.offset().bytes()));
        return fits;
    }

    /** Whether one of the rows of this entry was sent behind that offset. */
    boolean isAnyAfter(JournalEntry entry, LogOffset offset) throws IOException {
        Set<Long> touched = touched(entry);
        return touched == null || all > offset.bytes() || touched.stream().anyMatch(row -> latest.getOrDefault(row, 0L) > offset.bytes());
    }

    /** Null for all rows. */
    private static Set<Long> touched(JournalEntry entry) throws IOException {
        Set<Long> rows = new HashSet<>();
        try (TransactionReader reader = new TransactionReader(entry.open())) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof SnapshotReference || record instanceof Change change && change.operation() == Operation.TRUNCATE || rows.size() > MOST / 2) {
                    return null;
                }
                if (record instanceof Change change) {
                    for (RowImage image : new RowImage[] {change.oldKey(), change.before(), change.after()}) {
                        if (image != null) {
                            rows.add(row(change, image));
                        }
                    }
                }
            }
        }
        return rows;
    }

    private static Long row(Change change, RowImage image) {
        long hash = change.table().name().hashCode() * 31L + change.table().schema().hashCode();
        for (int index : change.table().key()) {
            Object value = image.value(index);
            long part = Arrays.deepHashCode(new Object[] {value}) + (value instanceof String text ? (long) text.length() << 32 : value instanceof Long number ? number << 20 : 0L);
            hash = (hash ^ part) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return hash;
    }
}
