// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.publication.Subscription;
import java.sql.SQLException;

/** Brings subscriptions along: SYNCHRONIZE takes a snapshot, a confirmed snapshot starts the subscription. One thread. */
final class Synchronizing {

    private final AgentHome home;
    private final AgentDatabase database;

    Synchronizing(AgentHome home, AgentDatabase database) {
        this.home = home;
        this.database = database;
    }

    /** Returns whether anything was done. */
    boolean run(Neighbourhood neighbourhood) throws SQLException {
        boolean some = false;
        for (Subscription subscription : neighbourhood.catalogue().subscriptions()) {
            Neighbour subscriber = neighbourhood.byName().get(subscription.subscriber());
            if (subscriber != null && subscription.state() == Subscription.State.SYNCHRONIZING && !subscriber.sending().kept().confirmed().offset().isBefore(subscription.started())) {
                record(subscription, Subscription.State.STARTED);
                some = true;
            }
        }
        return some;
    }

    private void record(Subscription subscription, Subscription.State to) throws SQLException {
        database.<Boolean>transact(DurableStep.CATALOGUE, raw -> dev.waybill.publication.Subscriptions.record(raw, home.dialect(), subscription, subscription.state(), to, null));
    }
}
