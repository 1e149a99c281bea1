// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope.Held;
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
    private int stream;
    private Position base;
    private Standing standing;
    private Position reported;
    private Instant heartbeatAt;
    private int heartbeats;
    private Instant helloAt;
    private int hellos;
    private List<Held> held;

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
        stream = kept.stream();
        base = kept.base();
        standing = kept.standing();
        SenderState.Passing passing = state.passing();
        reported = passing.reported();
        heartbeatAt = passing.heartbeatAt();
        heartbeats = passing.heartbeats();
        helloAt = passing.helloAt();
        hellos = passing.hellos();
        held = passing.held();
    }

    Step<SenderState, SenderAction> end() {
        return new Step<>(state(), actions);
    }

    private SenderState state() {
        return new SenderState(new SenderState.Kept(peer, resendCount, sent, confirmed, scanned, status, reason, stream, base, standing),
                new SenderState.Passing(reported, heartbeatAt, heartbeats, helloAt, hellos, held));
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
            actions.add(new SenderAction.SendFrom(sent, scanned, resendCount, stream, held));
        }
    }

    void sent(MessageHeader header, Digest digestAtLast) {
        if (header.resendCount() != resendCount || !header.prev().equals(sent.offset())) {
            ignored("sent " + header + ", but log_sent is " + sent.offset() + " in epoch " + resendCount);
            return;
        }
        if (header.last().isAfter(header.prev())) {
            sent = new Position(sent.incarnation(), header.last(), digestAtLast);
            held = List.of();
            scanned = later(scanned, header.last());
        }
        heartbeats = 0;
        heartbeatAt = backOff.next(now, settings.heartbeatInterval(), 0);
        quietSince();
    }

    void scanned(SenderEvent.Scanned scan) {
        if (scan.epoch() == resendCount && scan.stream() == stream) { // a scan that began before a rewind says nothing
            scanned = later(scanned, scan.offset());
        }
    }

    void peerKnown(UUID incarnation) {
        peer = incarnation;
        standing = standing.meets(incarnation);
        hellos = 0;
        quietSince();
        due();
    }

    /** R8: cumulative. R10: a position that is not in my journal proves that I went back. */
    void confirmation(Position position, int ofStream) {
        if (heard(position, ofStream) == Place.MINE && position.offset().isAfter(confirmed.offset())) {
            confirmed = position; // R8: only grows
        }
    }

    private Place heard(Position position, int ofStream) {
        Place place = ofStream < stream && position.incarnation().equals(sent.incarnation()) ? Place.BEFORE : place(position);
        if (place == Place.ELSEWHERE) {
            ignored("a position of another incarnation: " + position);
        } else if (place == Place.BEFORE) {
            standing = standing.hearsOfBefore(peer, ofStream, position);
            ignored("a position of stream " + ofStream + ", which began anew since: " + position); // R11
        } else if (place == Place.NOWHERE) {
            split(position);
        } else if (ofStream > stream || position.offset().isBefore(base.offset())) { // nobody is in my stream at a place before its beginning
            standing = standing.present(peer, ofStream, position);
            return ahead(ofStream);
        } else {
            standing = standing.hears(peer, ofStream, position);
            reported = position;
            heartbeats = 0;
            if (heartbeatAt == null) {
                heartbeatAt = backOff.next(now, settings.heartbeatInterval(), 0);
            }
        }
        return place;
    }

    /** R6, and R9 for a hello, which is the same word said without need. */
    void asked(ResendRequest request, int ofStream, List<Held> parts, boolean answer) {
        if (!request.incarnation().equals(sent.incarnation()) || request.from() == null) {
            ignored("a resend request for another incarnation: " + request.incarnation());
            return;
        }
        Place place = heard(request.from(), ofStream);
        if (place == Place.MINE && request.from().offset().isAfter(confirmed.offset())) {
            confirmed = request.from();
        }
        if (place == Place.ELSEWHERE || place == Place.NOWHERE || place == Place.AHEAD || !isFlowing()) {
            return;
        }
        if (place == Place.BEFORE) {
            notHereYet(request.epoch());
            return;
        }
        if (request.epoch() > resendCount) {
            standing = standing.present(peer, ofStream, request.from()); // R6: it moves no more until it is answered
            if (place == Place.GONE) {
                resendCount = request.epoch(); // what it gets when it begins anew is of the epoch that it waits for
                needsResync(subscriber + " is at " + request.from().offset() + ", but the journal begins after " + journal.trimmedTo().offset() + "."); // R10, R11
            } else {
                rewind(request, parts);
            }
            return;
        }
        if (request.epoch() == resendCount && request.from().equals(sent)) {
            held = parts; // R4: what it says without asking anew
        }
        if (answer || request.epoch() < resendCount || request.from().offset().isBefore(sent.offset())) {
            heartbeat(); // R6: ignored; but the asker must see that its epoch is known, or which one is
        }
    }

    /** R11: it has not heard that its stream began anew, or was restored to the time before: to it belongs the stream from its beginning, if that is still there, and otherwise another one. */
    private void notHereYet(int epoch) {
        if (epoch <= resendCount) {
            heartbeat();
        } else if (journal.trimmedTo().offset().isAfter(base.offset()) && !confirmed.equals(base)) {
            resendCount = epoch;
            needsResync(subscriber + " is in an older stream, and the journal begins after " + journal.trimmedTo().offset() + ", later than its present one at " + base.offset() + ".");
        } else {
            rewind(new ResendRequest(base.incarnation(), epoch, base), List.of());
        }
    }

    /** R11: who was vouched for went back to the time before. It says so itself, since only it knows where it is now. */
    void declined(SenderEvent.Declined word) {
        ResendRequest request = word.request();
        if (word.declined() != stream || standing.word() == Standing.Word.NONE || !request.incarnation().equals(sent.incarnation())) {
            ignored("stream " + word.declined() + " is declined, the present one is " + stream);
        } else if (isFlowing()) {
            resendCount = Math.max(resendCount, request.epoch());
            standing = standing.withdrawn(peer, word.stream(), request.from());
            needsResync(subscriber + " is at " + request.from().offset() + " of stream " + word.stream() + ": it was restored from a copy made before somebody vouched for its content (REMOTE RESET).");
        }
    }

    /**
     * R10, R11: it is in a stream that I know nothing of, at a place that I have: I went back to the time before. Only a higher number than any that I ever gave makes the old ones void. Where I have begun anew since, it may bear the
     * number of my present one, which began later.
     */
    private Place ahead(int ofStream) {
        stream = ofStream;
        if (isFlowing()) {
            needsResync(subscriber + " is in stream " + ofStream + ", of which this database knows nothing: it was restored from an older copy.");
        }
        return Place.AHEAD;
    }

    /** R11. */
    void restart(SenderEvent.Restart anew) {
        Position from = anew.base();
        stream++;
        standing = standing.begins(peer, anew.word());
        base = from;
        sent = from;
        confirmed = from;
        scanned = from.offset();
        held = List.of();
        reported = null;
        status = DeliveryStatus.ACTIVE;
        reason = null;
        heartbeats = 0;
        due();
        if (actions.isEmpty()) {
            heartbeat();
        }
    }

    /** Whoever begins to follow me under my new incarnation is at its position 0. */
    void renewed() {
        standing = Standing.unknown(sent.incarnation());
    }

    void trimmedAway(LogOffset upTo) {
        if (status != DeliveryStatus.SPLIT_HISTORY) {
            needsResync("The journal was trimmed up to " + upTo + ", the bound on what is kept, but " + subscriber + " has confirmed only up to " + confirmed.offset() + ".");
        }
    }

    void resync(boolean renewed) {
        if (renewed || status != DeliveryStatus.SPLIT_HISTORY) {
            needsResync("A person wants it.");
        }
    }

    /** The same epoch: what is there already is recognised as a duplicate. */
    void sendAgain(Position from) {
        if (isFlowing() && place(from) == Place.MINE && !from.offset().isBefore(base.offset())) {
            sent = from;
            scanned = from.offset();
            held = List.of();
            due();
        } else {
            ignored("to send again from " + from);
        }
    }

    private void rewind(ResendRequest request, List<Held> parts) {
        resendCount = request.epoch(); // R6
        held = parts; // R4: as of this epoch; should it lose them, it asks under another one
        if (!request.from().offset().equals(sent.offset())) {
            sent = request.from(); // R6: even below confirm_sent
            scanned = sent.equals(confirmed) ? later(sent.offset(), journal.trimmedTo().offset()) : sent.offset(); // R11: what is trimmed above confirm_sent was not owed
        }
        due();
        if (actions.isEmpty()) {
            heartbeat();
        }
    }

    void greeted(SenderEvent.HelloReceived hello) {
        if (hello.request() == null) {
            actions.add(new SenderAction.SendHello(hello.from())); // it does not know me: first contact is answered with its own incarnation
        } else {
            asked(hello.request(), hello.stream(), hello.held(), false);
        }
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
    private enum Place { MINE, GONE, NOWHERE, ELSEWHERE, BEFORE, AHEAD }

    private Place place(Position position) {
        LogOffset offset = position.offset();
        if (!position.incarnation().equals(sent.incarnation())) {
            return Place.ELSEWHERE;
        }
        if (offset.isAfter(journal.head().offset())) {
            return Place.NOWHERE; // R10: beyond my head
        }
        for (Position known : List.of(sent, confirmed, base, journal.trimmedTo(), Position.start(sent.incarnation()))) {
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
                    + ", nothing is trimmed. Restore the right copy, or decide for this one: waybill peer JDBC-URL renew here, adopt at " + subscriber + ".";
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
        reason = why + " Nothing more is sent to " + subscriber + " until its stream begins anew with all that it is to get.";
        actions.add(new SenderAction.NeedsResync(reason));
    }

    private void ignored(String what) {
        actions.add(new SenderAction.Ignored(what));
    }

    private static LogOffset later(LogOffset one, LogOffset other) {
        return one.isAfter(other) ? one : other;
    }
}
