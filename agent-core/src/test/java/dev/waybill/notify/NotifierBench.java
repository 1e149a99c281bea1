// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Turns a notifier's machine on a virtual clock, with lambdas in the place of SQL, and writes down what it wanted, with the minute. */
final class NotifierBench {

    static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    final NotifierMachine machine;
    final List<String> log = new ArrayList<>();
    Instant clock = NOON;
    /** In the place of begin_poll. */
    Runnable beginPoll = () -> { };
    /** In the place of request_cursor. */
    Function<Instant, List<PushRequest>> cursor = now -> List.of();
    /** What other events come to; null in the answer: done. */
    Function<NotifierAction.Perform, NotifierInput> others = perform -> null;

    NotifierBench(Duration pollEvery, Function<PushRequest, Route> routes) {
        this.machine = new NotifierMachine(pollEvery, routes);
    }

    static Route one(PushRequest request) {
        return new Route(List.of(request.gateway()), 1, null);
    }

    static PushRequest request(long id, String address, Duration resend, Duration timeToLive) {
        return new PushRequest(id, "g", "sync", "", address, resend, timeToLive);
    }

    /** Lets it do what is due now; returns how long it rests. */
    Duration wake() {
        tell(new NotifierInput.Wake());
        return machine.rest(clock);
    }

    void tell(NotifierInput input) {
        for (NotifierAction action : machine.on(clock, input)) {
            perform(action);
        }
    }

    /** Sleeps as long as it says, again and again, until this moment. */
    void runUntil(Instant end) {
        for (Duration rest = wake(); rest != null && !clock.plus(rest).isAfter(end); rest = wake()) {
            clock = clock.plus(rest);
        }
        clock = end;
    }

    private void perform(NotifierAction action) {
        log.add(minute() + " " + text(action));
        if (action instanceof NotifierAction.Perform perform) {
            NotifierInput other = others.apply(perform);
            if (other != null) {
                tell(other);
            } else if (perform.event() == NotifierEvent.BEGIN_POLL) {
                beginPoll.run();
                tell(new NotifierInput.Performed());
            } else if (perform.event() == NotifierEvent.REQUEST_CURSOR) {
                tell(new NotifierInput.Requested(cursor.apply(clock)));
            } else {
                tell(new NotifierInput.Performed());
            }
        }
    }

    private String minute() {
        return clock.toString().substring(11, 16);
    }

    private static String text(NotifierAction action) {
        if (action instanceof NotifierAction.Send send) {
            return "send " + send.request().address() + " by " + send.gateway();
        }
        if (action instanceof NotifierAction.Perform perform) {
            return perform.event().property() + (perform.request() == null ? "" : " " + perform.request().address()) + (perform.reason() == null ? "" : " " + perform.reason()) + (perform.code() == 0 ? "" : " " + perform.code());
        }
        return action instanceof NotifierAction.End ? "end" : action.toString();
    }

    /** What it wanted, without what every poll has. */
    List<String> effects() {
        return log.stream().filter(line -> line.contains("send") || line.contains("request_delete") || line.contains("handler")).toList();
    }

    /** The minutes of its polls. */
    List<String> polls() {
        return log.stream().filter(line -> line.endsWith("begin_poll")).map(line -> line.substring(0, 5)).toList();
    }
}
