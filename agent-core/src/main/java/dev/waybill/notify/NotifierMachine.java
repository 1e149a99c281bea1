// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * One notifier: what it is told goes in, what it wants done comes out; no clock, no thread, no database. The package page has its rules. One thread.
 *
 * <pre>
 *   poll:  [begin_connection] begin_poll  shutdown_query  request_cursor  (error_handler) request_delete …  end_poll
 *                                                              └─► what is new, or due again, is sent
 * </pre>
 */
final class NotifierMachine {

    /** A notice was not confirmed in time: MobiLink's number. */
    static final int UNCONFIRMED = -1;
    /** A notice could not be delivered: MobiLink's number. */
    static final int UNDELIVERED = -8;
    /** Statuses of a confirmation from here down are of a listener that is not the one who was meant. */
    static final int WRONG_RESPONDENT = -4;

    private final Function<PushRequest, Route> routes;
    private final OwnTime time = new OwnTime();
    private final Map<Long, OpenRequest> requests = new LinkedHashMap<>();
    private final Set<Long> changed = new LinkedHashSet<>();
    private final Deque<NotifierAction.Perform> steps = new ArrayDeque<>();
    private final List<NotifierAction> actions = new ArrayList<>();
    private Duration pollEvery;
    private NotifierAction.Perform underWay;
    private boolean polling;
    private boolean connected;
    private boolean stopping;
    private boolean ended;
    private Instant polledAt;

    /** @param routes by which gateways a request may be sent, asked whenever it is sent by the first of them */
    NotifierMachine(Duration pollEvery, Function<PushRequest, Route> routes) {
        this.pollEvery = pollEvery;
        this.routes = routes;
    }

    /** Before the first input: what is on record of requests that another one sent. */
    void restore(List<NoticeState> records, Instant now) {
        Instant own = time.at(now);
        records.forEach(record -> requests.put(record.request().id(), new OpenRequest(record.request(), routes.apply(record.request()), record, own)));
    }

    /** From the next poll on. */
    void pollEvery(Duration interval) {
        pollEvery = interval;
    }

    /** What is wanted because of this, in order. */
    List<NotifierAction> on(Instant now, NotifierInput input) {
        Instant own = time.at(now);
        actions.clear();
        if (!ended) {
            take(own, input);
            if (underWay == null) {
                goOn(own);
            }
        }
        return List.copyOf(actions);
    }

    private void take(Instant now, NotifierInput input) {
        if (input instanceof NotifierInput.Wake) {
            fallThrough(now);
        } else if (input instanceof NotifierInput.Undelivered undelivered) {
            undelivered(now, undelivered);
        } else if (input instanceof NotifierInput.Confirmed confirmed) {
            confirmed(confirmed);
        } else if (input instanceof NotifierInput.Stop) {
            stopping = true;
        } else {
            came(now, input);
        }
    }

    // ---- steps ----

    /** What came of the event under way. */
    private void came(Instant now, NotifierInput input) {
        NotifierAction.Perform done = Objects.requireNonNull(underWay, "no event is under way");
        underWay = null;
        if (input instanceof NotifierInput.Failed failed) {
            failed(now, done, failed.connectionLost());
        } else if (input instanceof NotifierInput.ShutdownAnswered answer) {
            stopping |= answer.yes();
            if (answer.yes()) {
                steps.removeIf(step -> step.event() == NotifierEvent.REQUEST_CURSOR);
            }
        } else if (input instanceof NotifierInput.Requested requested) {
            requested(now, requested.requests());
        } else if (input instanceof NotifierInput.Offered offered) {
            actions.add(new NotifierAction.Offer(offered.notices()));
        } else {
            performed(now, done, input instanceof NotifierInput.Decided decided ? decided.option() : RequestOption.DEFAULT);
        }
    }

    private void performed(Instant now, NotifierAction.Perform done, RequestOption option) {
        switch (done.event()) {
            case BEGIN_CONNECTION -> connected = true;
            case END_CONNECTION -> connected = false;
            case REQUEST_DELETE -> end(done.request().id());
            case ERROR_HANDLER -> {
                if (done.code() == UNCONFIRMED) {
                    decideExpired(now, done.request().id(), option);
                } else {
                    decide(now, done.request().id(), option);
                }
            }
            case CONFIRMATION_HANDLER -> decideConfirmed(now, done, option);
            default -> { }
        }
    }

    /** An event without which a poll has no sense ends it; a handler that fails has said nothing; a request_delete that fails is owed until the next poll. */
    private void failed(Instant now, NotifierAction.Perform done, boolean connectionLost) {
        boolean decides = done.event() == NotifierEvent.ERROR_HANDLER || done.event() == NotifierEvent.CONFIRMATION_HANDLER;
        if (decides) {
            performed(now, done, RequestOption.DEFAULT);
        }
        if (connectionLost || done.event() == NotifierEvent.BEGIN_CONNECTION || done.event() == NotifierEvent.END_CONNECTION) {
            connected = false;
            steps.clear();
        } else if (done.event().ordinal() <= NotifierEvent.REQUEST_CURSOR.ordinal()) {
            steps.removeIf(step -> step.request() == null);
        }
    }

    private void goOn(Instant now) {
        if (steps.isEmpty() && polling) {
            polling = false;
        }
        if (steps.isEmpty() && stopping) {
            end();
        } else if (steps.isEmpty() && isPollDue(now)) {
            beginPoll(now);
        }
        if (!steps.isEmpty() && !connected) {
            steps.addFirst(NotifierAction.Perform.of(NotifierEvent.BEGIN_CONNECTION));
        }
        underWay = steps.poll();
        if (underWay != null) {
            actions.add(underWay);
        }
    }

    private void end() {
        if (connected) {
            steps.add(NotifierAction.Perform.of(NotifierEvent.END_CONNECTION));
        } else {
            ended = true;
            actions.add(new NotifierAction.End());
        }
    }

    private void beginPoll(Instant now) {
        polling = true;
        polledAt = now;
        steps.add(NotifierAction.Perform.of(NotifierEvent.BEGIN_POLL));
        steps.add(NotifierAction.Perform.of(NotifierEvent.SHUTDOWN_QUERY));
        steps.add(NotifierAction.Perform.of(NotifierEvent.REQUEST_CURSOR));
        steps.add(NotifierAction.Perform.of(NotifierEvent.END_POLL));
    }

    // ---- requests ----

    private void requested(Instant now, List<PushRequest> returned) {
        Set<Long> ids = new LinkedHashSet<>();
        returned.forEach(request -> ids.add(request.id()));
        NotifierAction.Perform last = steps.pollLast(); // end_poll
        for (OpenRequest open : List.copyOf(requests.values())) {
            lookAt(now, open, ids.contains(open.request().id()));
        }
        for (PushRequest request : returned) {
            requests.computeIfAbsent(request.id(), id -> first(now, request));
        }
        if (last != null) {
            steps.add(last);
        }
    }

    private OpenRequest first(Instant now, PushRequest request) {
        OpenRequest open = new OpenRequest(request);
        send(now, open);
        return open;
    }

    /** One that is known already: what its row says now is not looked at. */
    private void lookAt(Instant now, OpenRequest open, boolean returned) {
        switch (open.state()) {
            case ENDED -> {
                if (!returned) {
                    forget(open);
                }
            }
            case ENDING -> delete(open, open.reason());
            case CONFIRMED -> delete(open, DeleteReason.CONFIRMED);
            default -> {
                if (!returned) {
                    delete(open, DeleteReason.DROPPED);
                } else if (!now.isBefore(open.expiresAt())) {
                    expire(open);
                } else if (open.resendAt() != null && !now.isBefore(open.resendAt())) {
                    send(now, open);
                }
            }
        }
    }

    private void expire(OpenRequest open) {
        if (open.route().isConfirmed() && !open.hadLastChance()) {
            steps.add(new NotifierAction.Perform(NotifierEvent.ERROR_HANDLER, open.request(), UNCONFIRMED, null));
        } else {
            delete(open, DeleteReason.EXPIRED);
        }
    }

    private void delete(OpenRequest open, DeleteReason reason) {
        open.ending(reason);
        changed.add(open.request().id());
        steps.add(new NotifierAction.Perform(NotifierEvent.REQUEST_DELETE, open.request(), 0, reason));
    }

    /** As {@link #delete}, before what else is to be done. */
    private void deleteNext(OpenRequest open, DeleteReason reason) {
        Deque<NotifierAction.Perform> others = new ArrayDeque<>(steps);
        steps.clear();
        delete(open, reason);
        steps.addAll(others);
    }

    private void end(long id) {
        OpenRequest open = requests.get(id);
        if (open != null) {
            open.end();
            changed.add(id);
        }
    }

    private void forget(OpenRequest open) {
        requests.remove(open.request().id());
        changed.add(open.request().id());
    }

    // ---- sending ----

    private void send(Instant now, OpenRequest open) {
        open.sent(now, routes.apply(open.request()));
        changed.add(open.request().id());
        if (open.gateway() == null) {
            steps.add(new NotifierAction.Perform(NotifierEvent.ERROR_HANDLER, open.request(), UNDELIVERED, null));
        } else {
            actions.add(new NotifierAction.Send(open.request(), open.gateway(), null));
        }
    }

    private void sendByNext(Instant now, OpenRequest open, String unanswered) {
        actions.add(new NotifierAction.Send(open.request(), open.next(now), unanswered));
        changed.add(open.request().id());
    }

    /** Those that nobody has confirmed go by the next gateway. */
    private void fallThrough(Instant now) {
        for (OpenRequest open : requests.values()) {
            if (open.fallsAt() != null && !now.isBefore(open.fallsAt())) {
                sendByNext(now, open, open.gateway());
            }
        }
    }

    private void undelivered(Instant now, NotifierInput.Undelivered failed) {
        OpenRequest open = requests.get(failed.request());
        if (open == null || !open.isOpen() || !failed.gateway().equals(open.gateway())) {
            return;
        }
        if (open.hasNext(true)) {
            sendByNext(now, open, null);
        } else {
            steps.add(new NotifierAction.Perform(NotifierEvent.ERROR_HANDLER, open.request(), UNDELIVERED, null));
        }
    }

    private void confirmed(NotifierInput.Confirmed confirmed) {
        OpenRequest open = requests.get(confirmed.request());
        boolean asked = steps.stream().anyMatch(step -> step.event() == NotifierEvent.CONFIRMATION_HANDLER && step.request().id() == confirmed.request());
        if (open != null && open.isOpen() && !asked) {
            steps.addFirst(new NotifierAction.Perform(NotifierEvent.CONFIRMATION_HANDLER, open.request(), confirmed.status(), null));
        }
    }

    // ---- answers ----

    /** Without a handler nothing: it is sent again when that is due. */
    private void decide(Instant now, long id, RequestOption option) {
        OpenRequest open = requests.get(id);
        if (open == null || !open.isOpen()) {
            return;
        }
        if (option == RequestOption.DELETE) {
            deleteNext(open, DeleteReason.ANSWERED);
        } else if (option == RequestOption.SECONDARY && open.hasNext(false)) {
            sendByNext(now, open, null);
        }
    }

    /** Without a handler it is over. */
    private void decideExpired(Instant now, long id, RequestOption option) {
        OpenRequest open = requests.get(id);
        if (open == null || !open.isOpen()) {
            return;
        }
        if (option == RequestOption.NOTHING) {
            end(id);
        } else if (option == RequestOption.SECONDARY && open.hasNext(false)) {
            open.giveLastChance();
            sendByNext(now, open, null);
        } else {
            deleteNext(open, DeleteReason.EXPIRED);
        }
    }

    /** Without a handler: who was meant has answered, so it is over at the next poll; another one has, so it is tried by the next gateway. */
    private void decideConfirmed(Instant now, NotifierAction.Perform done, RequestOption option) {
        OpenRequest open = requests.get(done.request().id());
        if (open == null || !open.isOpen()) {
            return;
        }
        boolean right = done.code() > WRONG_RESPONDENT;
        if (option == RequestOption.DEFAULT && right) {
            open.confirm();
            changed.add(open.request().id());
        } else {
            decide(now, open.request().id(), option == RequestOption.DEFAULT ? RequestOption.SECONDARY : option);
        }
    }

    // ---- for whoever turns it ----

    /** How long nothing is due, at most one interval; null when it has ended. */
    Duration rest(Instant now) {
        Instant own = time.at(now);
        if (ended) {
            return null;
        }
        Instant due = polledAt == null ? own : pollDueAt();
        for (OpenRequest open : requests.values()) {
            due = earlier(due, open.fallsAt());
        }
        Duration rest = Duration.between(own, due);
        return rest.isNegative() ? Duration.ZERO : rest;
    }

    private boolean isPollDue(Instant now) {
        return polledAt == null || !now.isBefore(pollDueAt());
    }

    /** After the interval, or as soon as something is to be sent again. */
    private Instant pollDueAt() {
        Instant due = polledAt.plus(pollEvery);
        for (OpenRequest open : requests.values()) {
            Instant resend = open.resendAt();
            due = resend != null && resend.isAfter(polledAt) ? earlier(due, resend) : due;
        }
        return due;
    }

    private static Instant earlier(Instant one, Instant other) {
        return other == null || one.isBefore(other) ? one : other;
    }

    /** The requests whose states differ from what was told last; null for one that is forgotten. */
    Map<Long, NoticeState> changed() {
        Map<Long, NoticeState> states = new LinkedHashMap<>();
        changed.forEach(id -> states.put(id, requests.containsKey(id) ? requests.get(id).record() : null));
        changed.clear();
        return states;
    }

    /** Whether a poll is under way. */
    boolean isPolling() {
        return polling;
    }
}
