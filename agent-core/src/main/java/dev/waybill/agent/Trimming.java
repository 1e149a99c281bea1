// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Journal;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.Subscriptions;
import dev.waybill.refresh.SnapshotSpool;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * R11: the journal is kept to the lowest offset that anybody is owed, and a while more for receivers restored from a backup; but never beyond a bound of size or age: a database below that is owed more becomes NEEDS_RESYNC in the same
 * commit, and is synchronized anew. What is recorded of offsets (periods, snapshots) goes with them; confirmed spools are kept within the same number of bytes, the latest first. Nothing is trimmed while a history is split. One thread.
 *
 * <pre>
 *   trimmed_to           bound            spare                 head
 *   ──┴────────────────────┴────────────────┴─────────────────────┴──
 *     goes, owed or not    │ goes unless owed │ stays for restored receivers
 * </pre>
 */
final class Trimming {

    private static final Duration EVERY = Duration.ofSeconds(10);
    /** Less than this is not worth a transaction. */
    private static final long LEAST_BYTES = 64 << 10;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Journal journal;
    private final Sequencing.Beforehand beforehand;
    private final SnapshotSpool spool;
    private final AgentJournal view;
    private final DeliveryStore store;
    private final Retention retention;
    private final Troubles troubles;
    private final InstantSource clock;
    private Instant next = Instant.MIN;

    Trimming(AgentDatabase database, Dialect dialect, Journal journal, Sequencing.Beforehand beforehand, SnapshotSpool spool, DeliveryStore store, AgentJournal view, Retention retention, Troubles troubles, InstantSource clock) {
        this.database = database;
        this.dialect = dialect;
        this.journal = journal;
        this.beforehand = beforehand;
        this.spool = spool;
        this.view = view;
        this.store = store;
        this.retention = retention;
        this.troubles = troubles;
        this.clock = clock;
    }

    /** Now and then, a bounded piece; never in a cycle that has something better to do. */
    void run(Collection<Neighbour> neighbours) throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(EVERY);
        boolean more = neighbours.stream().noneMatch(Trimming::isSplit) && trim(neighbours, now);
        more |= database.<Boolean>transact(DurableStep.TRIM, raw -> {
            LogOffset trimmed = journal.trimmed(raw).offset();
            Subscriptions.forget(raw, dialect, trimmed);
            spool.forget(raw, trimmed, retention.keepBytes());
            return spool.removeUnused(raw);
        });
        database.<Void>read(raw -> {
            dialect.tidy(raw);
            return null;
        });
        next = more ? now : next;
    }

    private static boolean isSplit(Neighbour neighbour) {
        return neighbour.sending().kept().status() == DeliveryStatus.SPLIT_HISTORY;
    }

    private boolean trim(Collection<Neighbour> neighbours, Instant now) throws SQLException {
        long spare = Math.max(view.head().offset().bytes() - retention.keepBytes(), before(now.minus(retention.keepTime())));
        long bound = Math.max(view.head().offset().bytes() - retention.mostBytes(), before(now.minus(retention.mostTime())));
        List<Neighbour> behind = new ArrayList<>();
        long upTo = Math.max(spare, bound);
        for (Neighbour neighbour : neighbours) {
            long owed = neighbour.sending().owedFrom().bytes();
            boolean waits = neighbour.sending().kept().status() == DeliveryStatus.NEEDS_RESYNC && !neighbour.user().consolidated(); // it is owed nothing but a new beginning
            if (!waits && owed < bound && !neighbour.user().consolidated()) {
                behind.add(neighbour);
            } else if (!waits) {
                upTo = Math.min(upTo, owed);
                keepsTooMuch(neighbour, owed < bound);
            }
        }
        LogOffset end = new LogOffset(Math.max(0, upTo));
        if (end.bytes() - view.trimmedTo().offset().bytes() < (behind.isEmpty() ? LEAST_BYTES : 1)) {
            return false;
        }
        beforehand.settle(); // rows of the outbox are known by the journal to be sequenced
        return trim(end, behind);
    }

    /** What goes, and that it was owed to somebody, is one commit. */
    private boolean trim(LogOffset upTo, List<Neighbour> behind) throws SQLException {
        Instant now = clock.instant();
        SenderEvent.TrimmedAway event = new SenderEvent.TrimmedAway(upTo);
        Map<Neighbour, DeliveryStore.Row> rows = new LinkedHashMap<>();
        behind.forEach(neighbour -> rows.put(neighbour, neighbour.after(event, now)));
        boolean more = database.<Boolean>transact(DurableStep.TRIM, raw -> {
            for (Map.Entry<Neighbour, DeliveryStore.Row> row : rows.entrySet()) {
                store.save(raw, row.getKey().name(), row.getValue(), now);
            }
            return journal.trim(raw, upTo);
        });
        rows.forEach((neighbour, row) -> {
            neighbour.saved(row);
            neighbour.tell(event, now);
        });
        return more;
    }

    /** It cannot be synchronized from here, so its changes are kept, whatever the bound says; but somebody has to know. */
    private void keepsTooMuch(Neighbour consolidated, boolean isSo) {
        if (isSo) {
            troubles.begun(consolidated.name() + " journal", "BEYOND_BOUND", WaybillError.JOURNAL_BEYOND_BOUND.with(consolidated.name(), view.head().offset().bytes() - view.trimmedTo().offset().bytes()).getMessage());
        } else {
            troubles.over(consolidated.name() + " journal");
        }
    }

    private long before(Instant moment) throws SQLException {
        return database.<LogOffset>read(raw -> journal.before(raw, moment)).bytes();
    }
}
