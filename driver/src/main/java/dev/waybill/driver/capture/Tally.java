// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.recording.LocalWrites;
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
    private final CaptureReport report;
    private final Map<String, Long> subjects = new LinkedHashMap<>();

    Tally(Connection raw, DatabaseCapture database) {
        this.raw = raw;
        this.dialect = database.dialect();
        this.local = database.localWrites();
        this.report = database.report();
    }

    void add(String subject) {
        subjects.merge(subjects.size() < MAX_SUBJECTS ? subject : "others", 1L, Long::sum);
    }

    boolean isOwed() {
        return !subjects.isEmpty() || local.isOwed() || report.isOwed();
    }

    /** To be called when no transaction is open. That it fails is told, and keeps nobody from his work. */
    void write() {
        if (!subjects.isEmpty() || local.isDue() || report.isOwed()) {
            writeAll();
        }
    }

    /** As {@link #write}, local writes too that are not due. */
    void writeAll() {
        if (!subjects.isEmpty() || local.isOwed()) {
            writeCounters();
        }
        if (report.isOwed()) {
            writeReport();
        }
    }

    private void writeCounters() {
        Map<String, Long> writes = local.take();
        try {
            inTransaction(() -> {
                Counters counters = new Counters(dialect);
                for (Map.Entry<String, Long> entry : subjects.entrySet()) {
                    counters.add(raw, UNCAPTURED, entry.getKey(), entry.getValue());
                }
                for (Map.Entry<String, Long> entry : writes.entrySet()) {
                    counters.add(raw, LocalWrites.COUNTER, entry.getKey(), entry.getValue());
                }
                return null;
            });
            subjects.clear();
        } catch (SQLException failed) {
            local.giveBack(writes);
            LOG.log(System.Logger.Level.WARNING, "What was not captured, or written to a replica, could not be counted now", failed);
        }
    }

    /** Whoever cannot write leaves it to those who can; the log has it. */
    private void writeReport() {
        try {
            if (!raw.isReadOnly()) {
                inTransaction(() -> {
                    report.write(raw, dialect);
                    return null;
                });
            }
        } catch (SQLException failed) {
            LOG.log(System.Logger.Level.INFO, "waybill.capture_report could not be written: another process may just have done so, or this user lacks the right (./waybill install --grant gives it)", failed);
        }
    }

    private void inTransaction(Step<Void> step) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        raw.setAutoCommit(false);
        try {
            step.run();
            raw.commit();
        } finally {
            raw.rollback();
            raw.setAutoCommit(autoCommit);
        }
    }
}
