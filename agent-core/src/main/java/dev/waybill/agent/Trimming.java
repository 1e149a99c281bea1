// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Journal;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.Subscriptions;
import dev.waybill.refresh.SnapshotSpool;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;

/**
 * R11 in its minimal form: the journal is kept to the lowest offset that anybody is owed, and a set number of bytes more for receivers restored from a backup. What is recorded of its offsets (periods, snapshots) goes with it;
 * confirmed spools are kept within the same number of bytes, the latest first. Nothing is trimmed while a history is split. One thread.
 */
final class Trimming {

    private static final Duration EVERY = Duration.ofSeconds(10);
    /** Less than this is not worth a transaction. */
    private static final long LEAST_BYTES = 64 << 10;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Journal journal;
    private final SnapshotSpool spool;
    private final AgentJournal view;
    private final long keepBytes;
    private final InstantSource clock;
    private Instant next = Instant.MIN;

    Trimming(AgentDatabase database, Dialect dialect, Journal journal, SnapshotSpool spool, AgentJournal view, long keepBytes, InstantSource clock) {
        this.database = database;
        this.dialect = dialect;
        this.journal = journal;
        this.spool = spool;
        this.view = view;
        this.keepBytes = keepBytes;
        this.clock = clock;
    }

    /** Now and then, a bounded piece; never in a cycle that has something better to do. */
    void run(Collection<Neighbour> neighbours) throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(EVERY);
        LogOffset upTo = owedFrom(neighbours);
        boolean more = false;
        if (upTo != null && upTo.bytes() - view.trimmedTo().offset().bytes() >= LEAST_BYTES) {
            more = database.transact(DurableStep.TRIM, raw -> journal.trim(raw, upTo));
        }
        more |= database.<Boolean>transact(DurableStep.TRIM, raw -> {
            LogOffset trimmed = journal.trimmed(raw).offset();
            Subscriptions.forget(raw, dialect, trimmed);
            spool.forget(raw, trimmed, keepBytes);
            return spool.removeUnused(raw);
        });
        next = more ? now : next;
    }

    /** Entries up to here are owed to nobody; null when nothing may go. */
    private LogOffset owedFrom(Collection<Neighbour> neighbours) {
        long lowest = view.head().offset().bytes() - keepBytes;
        for (Neighbour neighbour : neighbours) {
            if (neighbour.sending().kept().status() == DeliveryStatus.SPLIT_HISTORY) {
                return null;
            }
            lowest = Math.min(lowest, neighbour.sending().owedFrom().bytes());
        }
        return lowest <= 0 ? null : new LogOffset(lowest);
    }
}
