// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.call.Answer;
import dev.waybill.call.CallBook;
import dev.waybill.call.CallCodec;
import dev.waybill.call.CallRequest;
import dev.waybill.call.Procedures;
import dev.waybill.call.RemoteCalls;
import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.SenderState;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.Subscription;
import dev.waybill.publication.Subscription.State;
import dev.waybill.publication.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Serves REFRESH of databases below. It is the stream, never a way beside it: all that had been committed when the request came is given offsets, the stream is sent up to there, and the answer names the last place of the stream up to
 * which the asker has to wait. Nothing of it is on record: whoever is not answered asks again, and everything here may be done twice. One thread.
 *
 * <pre>
 *   REFRESH arrives ─ sequencing that finds nothing more ─► up to the head ─┬─ subscription there ──────────► sent up to there ─► REPLY with log_sent
 *                                                                           └─ FULL, or none yet: SYNCHRONIZE ─► and its snapshot sent ─┘
 * </pre>
 */
final class Refreshing {

    private static final int MOST_PENDING = 10_000;

    private final AgentDatabase database;
    private final AgentHome home;
    private final CallBook book;
    private final AgentJournal journal;
    private final InstantSource clock;
    private final int looks;
    private final Map<UUID, Pending> pending = new LinkedHashMap<>();
    private final Map<String, LogOffset> asked = new HashMap<>();
    private final List<RemoteCalls.Reply> refused = new ArrayList<>();

    /** One request. */
    private static final class Pending {
        private final String node;
        private final CallRequest.Refresh request;
        private final Instant until;
        private int looks;
        private LogOffset upTo;
        private boolean anew;
        private LogOffset before;

        private Pending(String node, CallRequest.Refresh request, Instant until) {
            this.node = node;
            this.request = request;
            this.until = until;
        }
    }

    Refreshing(AgentDatabase database, AgentHome home, AgentJournal journal, InstantSource clock) {
        this.database = database;
        this.home = home;
        this.book = new CallBook(home.dialect());
        this.journal = journal;
        this.clock = clock;
        this.looks = home.dialect() != null && home.dialect().mayTear() ? 2 : 1; // a look may leave out what was committed just before it, the next one does not
    }

    /** A neighbour asks. */
    void take(Neighbour from, CallRequest.Refresh request) {
        if (pending.size() < MOST_PENDING) {
            pending.putIfAbsent(request.id(), new Pending(from.name(), request, clock.instant().plus(request.timeout())));
        }
    }

    /**
     * Behind the sequencing of a cycle: what was asked before it gets its place, and whoever asked is sent to, whatever his times are.
     *
     * @param sequenced whether nothing was left that had no log offset
     */
    void begin(Neighbourhood neighbourhood, boolean sequenced) throws SQLException {
        Instant now = clock.instant();
        pending.values().removeIf(one -> one.until.isBefore(now) || !neighbourhood.byName().containsKey(one.node));
        if (sequenced && pending.values().stream().anyMatch(one -> one.upTo == null)) {
            neighbourhood.refreshJournal(); // statements of the application's sequence, too
        }
        for (Pending one : List.copyOf(pending.values())) {
            if (one.upTo == null && sequenced && ++one.looks >= looks) {
                place(one, neighbourhood.catalogue(), neighbourhood.byName().get(one.node));
            }
            if (one.upTo != null && pending.containsKey(one.request.id())) {
                asked.merge(one.node, one.upTo, (known, more) -> known.isBefore(more) ? more : known);
                neighbourhood.byName().get(one.node).tell(new SenderEvent.Due(), now);
            }
        }
    }

    private void place(Pending one, Catalogue catalogue, Neighbour node) throws SQLException {
        CallRequest.Refresh request = one.request;
        Subscription there = find(catalogue, one);
        boolean granted = database.<Boolean>read(raw -> book.runAs(raw, Procedures.Right.REFRESH, request.subject(), one.node) != null);
        if (there == null || !there.isLive() ? !granted : request.full() && node.user().consolidated()) {
            String deed = "REFRESH ON PUBLICATION " + request.subject();
            refuse(one, WaybillError.CALL_DENIED.with(one.node, deed, deed, one.node));
            return;
        }
        if (journal.head().offset().bytes() < request.logOffset()) {
            refuse(one, WaybillError.REFRESH_BEYOND.with(one.node, request.logOffset(), journal.head().offset()));
            return;
        }
        if (there == null && !create(one)) {
            return;
        }
        if (there == null || !there.isLive() || request.full()) {
            one.anew = true;
            one.before = there == null ? null : there.snapshot();
            synchronize(one, there);
        }
        one.upTo = journal.head().offset();
    }

    private static Subscription find(Catalogue catalogue, Pending one) {
        return catalogue.subscriptionsOf(one.node).stream()
                .filter(each -> each.publication().equals(one.request.publication()) && Objects.requireNonNullElse(each.value(), "").equals(one.request.value())).findFirst().orElse(null);
    }

    /** Registers the asker; what is wrong with what he wants (a value where none is, say) he is told. */
    private boolean create(Pending one) throws SQLException {
        try (Connection raw = home.connections().open()) {
            CatalogueBoard board = home.board();
            new Subscriptions(new Administration(raw, home.dialect(), board, clock, false, Administration.DEFAULT_PATIENCE)).create(one.request.publication(), one.request.value(), List.of(one.node));
            return true;
        } catch (SQLException wrong) {
            if (WaybillError.SUBSCRIPTION_EXISTS.is(wrong)) {
                return true;
            }
            refuse(one, wrong);
            return false;
        }
    }

    private void synchronize(Pending one, Subscription there) throws SQLException {
        Subscription wanted = there != null ? there : new Subscription(one.request.publication(), one.node, one.request.value().isEmpty() ? null : one.request.value(), State.CREATED, LogOffset.ZERO, null, null, null);
        if (wanted.state() != State.SYNCHRONIZE_REQUESTED) {
            database.<Boolean>transact(DurableStep.CATALOGUE, raw -> Subscriptions.record(raw, home.dialect(), wanted, wanted.state(), State.SYNCHRONIZE_REQUESTED, null));
        }
    }

    private void refuse(Pending one, SQLException why) {
        pending.remove(one.request.id());
        refused.add(new RemoteCalls.Reply(one.node, CallCodec.bytes(one.request.id(), new Answer.Failure(Objects.requireNonNullElse(why.getSQLState(), ""), 0, String.valueOf(why.getMessage()), false))));
    }

    /** Behind the sending of a cycle: the answers to what was sent as far as it was asked for. */
    List<RemoteCalls.Reply> served(Neighbourhood neighbourhood) {
        List<RemoteCalls.Reply> replies = new ArrayList<>(refused);
        refused.clear();
        for (Pending one : List.copyOf(pending.values())) {
            Neighbour node = neighbourhood.byName().get(one.node);
            if (node != null && one.upTo != null && isServed(one, find(neighbourhood.catalogue(), one), node.sending().kept())) {
                pending.remove(one.request.id());
                replies.add(new RemoteCalls.Reply(one.node, CallCodec.bytes(one.request.id(), new Answer.Sent(node.sending().kept().sent().offset().bytes()))));
            }
        }
        return replies;
    }

    private static boolean isServed(Pending one, Subscription subscription, SenderState.Kept sending) {
        if (subscription == null || subscription.state() == State.SYNCHRONIZE_REQUESTED || sending.status() != DeliveryStatus.ACTIVE && sending.status() != DeliveryStatus.SYNCHRONIZING) {
            return false;
        }
        LogOffset snapshot = subscription.snapshot();
        boolean taken = !one.anew || snapshot != null && (one.before == null || snapshot.isAfter(one.before));
        LogOffset upTo = snapshot != null && snapshot.isAfter(one.upTo) ? snapshot : one.upTo;
        return taken && !sending.scanned().isBefore(upTo);
    }

    /** Whether something may be sent to it now: to one that is sent to on request only, while it asks, or asks again for what it has asked for. */
    boolean admits(Neighbour to) {
        return !to.user().onRequest() || pending.values().stream().anyMatch(one -> one.node.equals(to.name())) || to.sending().kept().sent().offset().isBefore(asked.getOrDefault(to.name(), LogOffset.ZERO));
    }

    /** Whoever waits asks again. */
    void forget() {
        pending.clear();
        refused.clear();
    }
}
