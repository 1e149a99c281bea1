// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.MessageHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** One step of a sender while it is being taken: the state unfolded, and the actions so far. Lives for one call on one thread. */
final class SenderTurn {

    private final Instant now;
    private final JournalView journal;
    private final BackOff backOff;
    private final DeliverySettings settings;
    private final String subscriber;
    private final List<SenderAction> actions = new ArrayList<>();

    private UUID peer;
    private int resendCount;
    private Position sent;
    private Position confirmed;
    private LogOffset scanned;
    private DeliveryStatus status;
    private String reason;
    private Position reported;
    private Instant heartbeatAt;
    private int heartbeats;
    private Instant helloAt;
    private int hellos;

    SenderTurn(SenderState state, Instant now, JournalView journal, BackOff backOff, String subscriber) {
        this.now = now;
        this.journal = journal;
        this.backOff = backOff;
        this.settings = backOff.settings();
        this.subscriber = subscriber;
        SenderState.Kept kept = state.kept();
        peer = kept.peerIncarnation();
        resendCount = kept.resendCount();
        sent = kept.sent();
        confirmed = kept.confirmed();
        scanned = kept.scanned();
        status = kept.status();
        reason = kept.reason();
        SenderState.Passing passing = state.passing();
        reported = passing.reported();
        heartbeatAt = passing.heartbeatAt();
        heartbeats = passing.heartbeats();
        helloAt = passing.helloAt();
        hellos = passing.hellos();
    }

    Step<SenderState, SenderAction> end() {
        return new Step<>(state(), actions);
    }

    private SenderState state() {
        return new SenderState(new SenderState.Kept(peer, resendCount, sent, confirmed, scanned, status, reason),
                new SenderState.Passing(reported, heartbeatAt, heartbeats, helloAt, hellos));
    }

    void started() {
        helloAt = now; // R9: every agent says hello at start
        heartbeatAt = backOff.next(now, settings.heartbeatInterval(), 0);
    }

    void due() {
        if (peer == null || !isFlowing()) {
            return;
        }
        if (journal.trimmedTo().offset().isAfter(scanned)) {
            needsResync("The journal begins after " + journal.trimmedTo().offset() + ", but was looked through for " + subscriber + " only up to " + scanned + ".");
        } else if (journal.head().offset().isAfter(scanned)) {
            actions.add(new SenderAction.SendFrom(sent, scanned, resendCount));
        }
    }

    void sent(MessageHeader header, Digest digestAtLast) {
        if (header.resendCount() != resendCount || !header.prev().equals(sent.offset())) {
            ignored("sent " + header + ", but log_sent is " + sent.offset() + " in epoch " + resendCount);
            return;
        }
        if (header.last().isAfter(header.prev())) {
            sent = new Position(sent.incarnation(), header.last(), digestAtLast);
            scanned = later(scanned, header.last());
        }
        heartbeats = 0;
        heartbeatAt = backOff.next(now, settings.heartbeatInterval(), 0);
        quietSince();
    }

    void scanned(LogOffset offset, int epoch) {
        if (epoch == resendCount) { // a scan that began before a rewind says nothing
            scanned = later(scanned, offset);
        }
    }

    void peerKnown(UUID incarnation) {
        peer = incarnation;
        hellos = 0;
        quietSince();
        due();
    }

    /** R8: cumulative. R10: a position that is not in my journal proves that I went back. */
    void confirmation(Position position) {
        if (heard(position) == Place.MINE && position.offset().isAfter(confirmed.offset())) {
            confirmed = position; // R8: only grows
        }
    }

    private Place heard(Position position) {
        Place place = place(position);
        if (place == Place.ELSEWHERE) {
            ignored("a position of another incarnation: " + position);
        } else if (place == Place.NOWHERE) {
            split(position);
        } else {
            reported = position;
            heartbeats = 0;
            if (heartbeatAt == null) {
                heartbeatAt = backOff.next(now, settings.heartbeatInterval(), 0);
            }
        }
        return place;
    }

    /** R6, and R9 for a hello, which is the same word said without need. */
    void asked(ResendRequest request, boolean answer) {
        if (!request.incarnation().equals(sent.incarnation()) || request.from() == null) {
            ignored("a resend request for another incarnation: " + request.incarnation());
            return;
        }
        Place place = heard(request.from());
        if (place == Place.MINE && request.from().offset().isAfter(confirmed.offset())) {
            confirmed = request.from();
        }
        if (place == Place.ELSEWHERE || place == Place.NOWHERE || !isFlowing()) {
            return;
        }
        if (request.epoch() > resendCount) {
            if (place == Place.GONE) {
                resendCount = request.epoch(); // what it gets when it begins anew is of the epoch that it waits for
                confirmed = request.from(); // R8 but for this: it is there, and begins anew from there, also after a restart of mine
                needsResync(subscriber + " is at " + request.from().offset() + ", but the journal begins after " + journal.trimmedTo().offset() + "."); // R10, R11
            } else {
                rewind(request);
            }
        } else if (answer || request.epoch() < resendCount || request.from().offset().isBefore(sent.offset())) {
            heartbeat(); // R6: ignored; but the asker must see that its epoch is known, or which one is
        }
    }

    private void rewind(ResendRequest request) {
        resendCount = request.epoch(); // R6
        if (!request.from().offset().equals(sent.offset())) {
            sent = request.from(); // R6: even below confirm_sent
            scanned = sent.equals(confirmed) ? later(sent.offset(), journal.trimmedTo().offset()) : sent.offset(); // R11: what is trimmed above confirm_sent was not owed
        }
        due();
        if (actions.isEmpty()) {
            heartbeat();
        }
    }

    void greeted(UUID from, ResendRequest request) {
        if (request == null) {
            actions.add(new SenderAction.SendHello(from)); // it does not know me: first contact is answered with its own incarnation
        } else {
            asked(request, false);
        }
    }

    void resume(SenderEvent.Resume resume) {
        status = resume.status();
        reason = null;
        sent = resume.from();
        confirmed = resume.from();
        scanned = resume.scanFrom();
        due();
    }

    void timers() {
        if (heartbeatAt != null && !now.isBefore(heartbeatAt)) {
            heartbeatAt = null;
            if (isOwing()) {
                heartbeats++;
                heartbeat(); // R9
            }
        }
        if (helloAt != null && !now.isBefore(helloAt)) {
            actions.add(new SenderAction.SendHello(peer)); // R9
            hellos++;
            helloAt = peer == null ? backOff.next(now, settings.heartbeatInterval(), hellos) : now.plus(settings.helloInterval());
        }
    }

    private boolean isOwing() {
        return state().isOwing();
    }

    private void heartbeat() {
        if (peer != null && isFlowing()) {
            actions.add(new SenderAction.SendHeartbeat(sent, resendCount));
            heartbeatAt = backOff.next(now, settings.heartbeatInterval(), heartbeats);
        }
    }

    private void quietSince() {
        helloAt = now.plus(settings.helloInterval());
    }

    /** Where a position of the subscriber's lies in my journal. */
    private enum Place { MINE, GONE, NOWHERE, ELSEWHERE }

    private Place place(Position position) {
        LogOffset offset = position.offset();
        if (!position.incarnation().equals(sent.incarnation())) {
            return Place.ELSEWHERE;
        }
        if (offset.isAfter(journal.head().offset())) {
            return Place.NOWHERE; // R10: beyond my head
        }
        for (Position known : List.of(sent, confirmed, journal.trimmedTo(), Position.start(sent.incarnation()))) {
            if (known.offset().equals(offset)) {
                return known.digest().equals(position.digest()) ? Place.MINE : Place.NOWHERE; // R10: a digest that disagrees
            }
        }
        if (offset.isBefore(journal.trimmedTo().offset())) {
            return Place.GONE;
        }
        return journal.at(offset).filter(position::equals).isPresent() ? Place.MINE : Place.NOWHERE;
    }

    private boolean isFlowing() {
        return status == DeliveryStatus.ACTIVE || status == DeliveryStatus.SYNCHRONIZING;
    }

    private void split(Position position) {
        if (status != DeliveryStatus.SPLIT_HISTORY) {
            status = DeliveryStatus.SPLIT_HISTORY; // R10
            reason = subscriber + " has applied this journal up to offset " + position.offset() + " with digest " + position.digest() + ", which this journal (head "
                    + journal.head().offset() + ") does not have: this database was restored from an older copy. Nothing more is sent to " + subscriber
                    + ", nothing is trimmed. Restore the right copy, or SYNCHRONIZE under a new incarnation.";
            actions.add(new SenderAction.SplitHistory(reason));
        }
    }

    void snapshotLost(LogOffset entry) {
        if (isFlowing()) {
            needsResync("The rows of the snapshot at offset " + entry + " are no longer there.");
        }
    }

    private void needsResync(String why) {
        status = DeliveryStatus.NEEDS_RESYNC; // R11
        reason = why + " Nothing more is sent to " + subscriber + " until one of its subscriptions is synchronized: then all of them are.";
        actions.add(new SenderAction.NeedsResync(reason));
    }

    private void ignored(String what) {
        actions.add(new SenderAction.Ignored(what));
    }

    private static LogOffset later(LogOffset one, LogOffset other) {
        return one.isAfter(other) ? one : other;
    }
}
