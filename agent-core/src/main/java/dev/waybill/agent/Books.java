// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Commits the neighbours' states: those that must be on record before anything is done at once, mere counters now and then. One thread. */
final class Books {

    private static final Duration TIDY_EVERY = Duration.ofSeconds(1);

    private final AgentDatabase database;
    private final DeliveryStore store;
    private final InstantSource clock;
    private Instant tidyAt = Instant.MIN;

    Books(AgentDatabase database, DeliveryStore store, InstantSource clock) {
        this.database = database;
        this.store = store;
        this.clock = clock;
    }

    /** After this, what the neighbours' machines want done may be done. */
    void commit(Collection<Neighbour> neighbours) throws SQLException {
        boolean said = neighbours.stream().anyMatch(Neighbour::hasSomethingToSay);
        commit(said ? DurableStep.MARK_RECEIVED : DurableStep.MARK_CONFIRMED, neighbours, neighbour -> !neighbour.isSaved());
    }

    /** What was sent is on record. */
    void commitSent(Collection<Neighbour> neighbours) throws SQLException {
        commit(DurableStep.MARK_SENT, neighbours, neighbour -> !neighbour.isSaved());
    }

    /** Counters and what was heard; at most once a second, nothing depends on them. */
    void tidy(Collection<Neighbour> neighbours) throws SQLException {
        Instant now = clock.instant();
        if (!now.isBefore(tidyAt)) {
            tidyAt = now.plus(TIDY_EVERY);
            commit(DurableStep.MARK_RECEIVED, neighbours, neighbour -> !neighbour.isTidy());
        }
    }

    private void commit(DurableStep step, Collection<Neighbour> neighbours, Predicate<Neighbour> wanted) throws SQLException {
        List<Neighbour> changed = neighbours.stream().filter(wanted).toList();
        if (changed.isEmpty()) {
            return;
        }
        List<DeliveryStore.Row> rows = new ArrayList<>();
        changed.forEach(neighbour -> rows.add(neighbour.row()));
        database.transact(step, raw -> {
            for (int i = 0; i < rows.size(); i++) {
                store.save(raw, changed.get(i).name(), rows.get(i), clock.instant());
            }
            return null;
        });
        for (int i = 0; i < rows.size(); i++) {
            changed.get(i).saved(rows.get(i));
        }
    }
}
