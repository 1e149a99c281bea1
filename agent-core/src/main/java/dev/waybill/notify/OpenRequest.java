// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.time.Instant;

/**
 * A request that was returned by the cursor, as it was then: what the row says later is not looked at. Belongs to its machine's thread.
 *
 * <pre>
 *   OPEN ─► CONFIRMED ─► ENDING ─► ENDED       ENDING: request_delete is owed       ENDED: not looked at any more, forgotten when the cursor has forgotten it
 *    └──────────────────────┴────────┘
 * </pre>
 */
final class OpenRequest {

    /** Where it is in its life. */
    enum State { OPEN, CONFIRMED, ENDING, ENDED }

    private final PushRequest request;
    private Route route;
    private Instant firstSent;
    private Instant lastSent;
    private Instant steppedAt;
    private int sends;
    private int step;
    private State state = State.OPEN;
    private DeleteReason reason;
    private boolean lastChance;

    OpenRequest(PushRequest request) {
        this.request = request;
    }

    /** As it was on record. */
    OpenRequest(PushRequest request, Route route, NoticeState record, Instant now) {
        this(request);
        this.route = route;
        this.firstSent = earlier(record.firstSent(), now);
        this.lastSent = earlier(record.lastSent(), now);
        this.steppedAt = lastSent;
        this.sends = record.sends();
        this.state = State.valueOf(record.state());
        this.reason = record.reason();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    PushRequest request() {
        return request;
    }

    Route route() {
        return route;
    }

    State state() {
        return state;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** By the first gateway of this route. */
    void sent(Instant now, Route way) {
        route = way;
        firstSent = firstSent == null ? now : firstSent;
        lastSent = now;
        steppedAt = now;
        step = 0;
        sends++;
    }

    /** The gateway by which it was sent last; null where it has none at all. */
    String gateway() {
        return step < route.gateways().size() ? route.gateways().get(step) : null;
    }

    boolean hasNext(boolean byItself) {
        return step + 1 < (byItself ? route.automatic() : route.gateways().size());
    }

    /** By the next one. */
    String next(Instant now) {
        step++;
        steppedAt = now;
        return gateway();
    }

    /** When it is sent again; null for never. */
    Instant resendAt() {
        Instant at = isOpen() && request.isSentAgain() ? lastSent.plus(request.resendInterval()) : null;
        return at != null && at.isBefore(expiresAt()) ? at : null;
    }

    /** When its time is over; one that has none is over once it was sent, or once all its gateways could have been confirmed. */
    Instant expiresAt() {
        Duration usual = route.isConfirmed() ? route.confirmWithin().multipliedBy(Math.max(1, route.automatic())) : Duration.ZERO;
        return firstSent.plus(request.timeToLive() != null ? request.timeToLive() : usual);
    }

    /** When the next gateway is tried because nobody has confirmed; null for never. */
    Instant fallsAt() {
        return isOpen() && route.isConfirmed() && hasNext(true) ? steppedAt.plus(route.confirmWithin()) : null;
    }

    /** A handler let it be tried once more; at the next poll it is over. */
    void giveLastChance() {
        lastChance = true;
    }

    boolean hadLastChance() {
        return lastChance;
    }

    void confirm() {
        state = State.CONFIRMED;
    }

    /** request_delete is owed for this reason. */
    void ending(DeleteReason why) {
        state = State.ENDING;
        reason = why;
    }

    void end() {
        state = State.ENDED;
    }

    DeleteReason reason() {
        return reason;
    }

    /** What is put on record. */
    NoticeState record() {
        return new NoticeState(request, firstSent, lastSent, sends, state.name(), reason, gateway());
    }
}
