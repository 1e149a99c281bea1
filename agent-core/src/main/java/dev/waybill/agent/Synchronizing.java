// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.Subscription;
import dev.waybill.publication.Subscription.State;
import dev.waybill.publication.Subscriptions;
import dev.waybill.refresh.SnapshotTaker;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/**
 * Brings subscriptions along: SYNCHRONIZE takes a snapshot, a confirmed snapshot starts the subscription. What goes wrong with a snapshot stops only that. One thread.
 */
final class Synchronizing {

    private static final String TROUBLE = "SYNCHRONIZE";

    private final Dialect dialect;
    private final CatalogueBoard board;
    private final AgentDatabase database;
    private final SnapshotTaker taker;
    private final AgentJournal journal;
    private final Troubles troubles;
    private final AgentLinks rests;
    private final InstantSource clock;

    /** @param board of the database in this process; null when there is none */
    Synchronizing(Dialect dialect, CatalogueBoard board, AgentDatabase database, SnapshotTaker taker, AgentJournal journal, Troubles troubles, AgentLinks rests, InstantSource clock) {
        this.dialect = dialect;
        this.board = board;
        this.database = database;
        this.taker = taker;
        this.journal = journal;
        this.troubles = troubles;
        this.rests = rests;
        this.clock = clock;
    }

    /** Returns whether the catalogue has another version now. */
    boolean run(Neighbourhood neighbourhood) throws SQLException {
        boolean some = false;
        boolean wanted = false;
        boolean early = false;
        for (Subscription subscription : neighbourhood.catalogue().subscriptions()) {
            some |= subscription.state() == State.SYNCHRONIZING && isConfirmed(neighbourhood.byName().get(subscription.subscriber()), subscription) && start(subscription);
            boolean requested = subscription.state() == State.SYNCHRONIZE_REQUESTED;
            wanted |= requested;
            early |= requested && hasEarlyWriters(neighbourhood.catalogue(), subscription);
        }
        return wanted && !early && !rests.isResting(TROUBLE, clock.instant()) ? some | take(neighbourhood) : some;
    }

    /** What a transaction that began before the publication writes is not captured, so the snapshot has to come after it. */
    private boolean hasEarlyWriters(Catalogue catalogue, Subscription subscription) {
        return board != null && catalogue.publication(subscription.publication()).map(publication -> board.writersBefore(publication.sinceVersion()) > 0).orElse(false);
    }

    private static boolean isConfirmed(Neighbour subscriber, Subscription subscription) {
        return subscriber != null && !subscriber.sending().kept().confirmed().offset().isBefore(subscription.started());
    }

    private boolean start(Subscription subscription) throws SQLException {
        return database.<Boolean>transact(DurableStep.CATALOGUE, raw -> Subscriptions.record(raw, dialect, subscription, State.SYNCHRONIZING, State.STARTED, null));
    }

    private boolean take(Neighbourhood neighbourhood) throws SQLException {
        List<SnapshotTaker.Taken> taken;
        try {
            taken = taker.take(database);
        } catch (SQLException failed) {
            if (WaybillError.LEASE_LOST.is(failed)) {
                throw failed;
            }
            rests.failed(TROUBLE, clock.instant());
            if (!WaybillError.REFRESH_OVERTAKEN.is(failed)) {
                troubles.begun(TROUBLE, "HALTED", failed.getMessage());
            }
            return false;
        }
        rests.worked(TROUBLE);
        troubles.over(TROUBLE);
        for (SnapshotTaker.Taken snapshot : taken) {
            resume(neighbourhood.byName().get(snapshot.subscription().subscriber()));
        }
        return !taken.isEmpty();
    }

    /** R11: a subscriber whom the journal did not reach any more gets the snapshot from where he is; nothing before it is owed to him. */
    private void resume(Neighbour subscriber) {
        if (subscriber != null && subscriber.sending().kept().status() == DeliveryStatus.NEEDS_RESYNC) {
            subscriber.tell(new SenderEvent.Resume(subscriber.sending().kept().confirmed(), journal.trimmedTo().offset(), DeliveryStatus.ACTIVE), clock.instant());
        }
    }
}
