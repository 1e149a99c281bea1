// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;
import dev.waybill.refresh.Counters;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a connection has to count in {@code waybill.counter}: kept while a transaction is open and written in a transaction of its own after it, so that a rollback does not take it away and nobody waits for a counter's row while he
 * works. Bounded; used under the connection's lock.
 */
final class Tally {

    /** Statements that may write to a published table and cannot be captured: refused, or allowed. */
    static final String UNCAPTURED = "uncaptured";

    private static final System.Logger LOG = System.getLogger(Tally.class.getName());
    private static final int MAX_SUBJECTS = 100;

    private final Connection raw;
    private final Dialect dialect;
    private final LocalWrites local;
    private final Map<String, Long> subjects = new LinkedHashMap<>();

    Tally(Connection raw, Dialect dialect, LocalWrites local) {
        this.raw = raw;
        this.dialect = dialect;
        this.local = local;
    }

    void add(String subject) {
        subjects.merge(subjects.size() < MAX_SUBJECTS ? subject : "others", 1L, Long::sum);
    }

    boolean isOwed() {
        return !subjects.isEmpty() || local.isOwed();
    }

    /** To be called when no transaction is open. That it fails is told, and keeps nobody from his work. */
    void write() {
        if (!subjects.isEmpty() || local.isDue()) {
            writeAll();
        }
    }

    /** As {@link #write}, local writes too that are not due. */
    void writeAll() {
        Map<String, Long> writes = local.take();
        try {
            boolean autoCommit = raw.getAutoCommit();
            raw.setAutoCommit(false);
            try {
                Counters counters = new Counters(dialect);
                for (Map.Entry<String, Long> entry : subjects.entrySet()) {
                    counters.add(raw, UNCAPTURED, entry.getKey(), entry.getValue());
                }
                for (Map.Entry<String, Long> entry : writes.entrySet()) {
                    counters.add(raw, LocalWrites.COUNTER, entry.getKey(), entry.getValue());
                }
                raw.commit();
                subjects.clear();
            } finally {
                raw.rollback();
                raw.setAutoCommit(autoCommit);
            }
        } catch (SQLException failed) {
            local.giveBack(writes);
            LOG.log(System.Logger.Level.WARNING, "What was not captured, or written to a replica, could not be counted now", failed);
        }
    }
}
