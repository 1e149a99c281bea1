// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.Subscription;
import dev.waybill.publication.Subscription.State;
import dev.waybill.publication.Subscriptions;
import dev.waybill.refresh.SnapshotTaker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings subscriptions along: SYNCHRONIZE takes a snapshot, a confirmed snapshot starts the subscription; and whoever cannot be served from where he is begins anew. What goes wrong with a snapshot stops only that. One thread.
 */
final class Synchronizing {

    private static final String TROUBLE = "SYNCHRONIZE";
    private static final Duration LATELY = Duration.ofMinutes(15);

    private final Dialect dialect;
    private final CatalogueBoard board;
    private final AgentDatabase database;
    private final SnapshotTaker taker;
    private final Sequencing.Beforehand beforehand;
    private final DeliveryStore store;
    private final Troubles troubles;
    private final AgentLinks rests;
    private final InstantSource clock;

    /** @param board of the database in this process; null when there is none */
    Synchronizing(Dialect dialect, CatalogueBoard board, AgentDatabase database, SnapshotTaker taker, Sequencing.Beforehand beforehand, DeliveryStore store, Troubles troubles, AgentLinks rests, InstantSource clock) {
        this.dialect = dialect;
        this.board = board;
        this.database = database;
        this.taker = taker;
        this.beforehand = beforehand;
        this.store = store;
        this.troubles = troubles;
        this.rests = rests;
        this.clock = clock;
    }

    /** Returns whether the catalogue has another version now. */
    boolean run(Neighbourhood neighbourhood) throws SQLException {
        Catalogue catalogue = neighbourhood.catalogue();
        Choosing choice = new Choosing(neighbourhood.byName());
        boolean some = false;
        boolean wanted = !choice.anew(catalogue).isEmpty();
        boolean early = false;
        for (Subscription subscription : catalogue.subscriptions()) {
            some |= subscription.state() == State.SYNCHRONIZING && choice.isConfirmed(subscription.subscriber(), subscription.snapshot()) && start(subscription);
            wanted |= subscription.state() == State.SYNCHRONIZE_REQUESTED && (subscription.snapshot() == null || choice.isConfirmed(subscription.subscriber(), subscription.snapshot()));
            early |= subscription.isLive() && hasEarlyWriters(catalogue, subscription);
        }
        return wanted && !early && !rests.isResting(TROUBLE, clock.instant()) ? some | take(choice) : some;
    }

    /** What a transaction that began before the publication writes is not captured, so the snapshot has to come after it. */
    private boolean hasEarlyWriters(Catalogue catalogue, Subscription subscription) {
        return board != null && catalogue.publication(subscription.publication()).map(publication -> board.writersBefore(publication.sinceVersion()) > 0).orElse(false);
    }

    private boolean start(Subscription subscription) throws SQLException {
        return database.<Boolean>transact(DurableStep.CATALOGUE, raw -> Subscriptions.record(raw, dialect, subscription, State.SYNCHRONIZING, State.STARTED, null));
    }

    private boolean take(Choosing choice) throws SQLException {
        List<SnapshotTaker.Taken> taken;
        try {
            beforehand.settle();
            taken = taker.take(database, choice);
        } catch (SQLException failed) {
            if (WaybillError.LEASE_LOST.is(failed) || choice.someBegan) {
                throw failed; // whether a stream began anew nobody knows who was not told of the commit: what is remembered of it may be old, and must not be written again
            }
            rests.failed(TROUBLE, clock.instant());
            if (!WaybillError.REFRESH_OVERTAKEN.is(failed)) {
                troubles.begun(TROUBLE, "HALTED", failed.getMessage());
            }
            return false;
        }
        rests.worked(TROUBLE);
        troubles.over(TROUBLE);
        return !taken.isEmpty() || choice.someBegan;
    }

    /** Who was heard since his stream stopped, or not long before: heartbeats are answered at least so often. */
    private Set<String> alive() throws SQLException {
        String sql = "SELECT user_name, state_since, time_received FROM " + dialect.catalogueTable("remote_user") + " WHERE state = '" + DeliveryStatus.NEEDS_RESYNC + "' AND time_received IS NOT NULL";
        return database.<Set<String>>read(raw -> {
            Set<String> names = new TreeSet<>();
            try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    Instant since = dialect.moment(row, 2);
                    if (since == null || dialect.moment(row, 3).isAfter(since.minus(LATELY))) {
                        names.add(row.getString(1));
                    }
                }
            }
            return names;
        });
    }

    /** Who gets a snapshot, and from whom on nothing older is owed. */
    private final class Choosing implements SnapshotTaker.Choice {

        private final Map<String, Neighbour> neighbours;
        private final Set<String> alive;
        private boolean someBegan;

        private Choosing(Map<String, Neighbour> neighbours) throws SQLException {
            this.neighbours = neighbours;
            this.alive = neighbours.values().stream().anyMatch(neighbour -> neighbour.sending().kept().status() == DeliveryStatus.NEEDS_RESYNC) ? alive() : Set.of();
        }

        /**
         * R11: whom the journal and the spools do not reach any more, as soon as there is a sign of life of him (a snapshot for each time that the bound is reached would fill the disk for somebody who is gone), or somebody asks for it. The
         * consolidated database is never sent a snapshot: only when it is to get nothing its stream begins anew by itself.
         */
        @Override
        public Set<String> anew(Catalogue catalogue) {
            Set<String> anew = new TreeSet<>();
            for (Neighbour neighbour : neighbours.values()) {
                List<Subscription> live = catalogue.subscriptionsOf(neighbour.name()).stream().filter(Subscription::isLive).toList();
                boolean asked = live.stream().anyMatch(subscription -> subscription.state() == State.SYNCHRONIZE_REQUESTED);
                boolean possible = live.isEmpty() || !neighbour.user().consolidated() && (asked || alive.contains(neighbour.name()));
                if (possible && neighbour.sending().kept().status() == DeliveryStatus.NEEDS_RESYNC && catalogue.remoteUser(neighbour.name()).isPresent()) {
                    anew.add(neighbour.name());
                }
            }
            return anew;
        }

        @Override
        public boolean isConfirmed(String subscriber, LogOffset snapshot) {
            Neighbour neighbour = neighbours.get(subscriber);
            return neighbour != null && !neighbour.sending().kept().confirmed().offset().isBefore(snapshot);
        }

        /** His row is written with the rest: the next look at the catalogue begins from it. */
        @Override
        public void begins(Connection raw, String subscriber, Position base) throws SQLException {
            store.save(raw, subscriber, neighbours.get(subscriber).begunAnew(base, clock.instant()), clock.instant());
            someBegan = true;
        }
    }
}
