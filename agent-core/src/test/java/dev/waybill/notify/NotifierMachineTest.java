// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What handlers answer, gateways that fail, events that fail. */
class NotifierMachineTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Route TRACKED = new Route(List.of("SYNC", "UDP", "SMTP"), 3, MINUTE);
    private static final Route CONFIRMED = new Route(List.of("SYNC", "SMTP"), 1, MINUTE);

    private final List<PushRequest> table = new ArrayList<>(List.of(NotifierBench.request(1, "A", Duration.ofMinutes(5), Duration.ofMinutes(12))));

    private NotifierBench bench(Route route) {
        NotifierBench bench = new NotifierBench(Duration.ofMinutes(10), request -> route);
        bench.cursor = now -> List.copyOf(table);
        return bench;
    }

    private static void run(NotifierBench bench, int minutes) {
        bench.runUntil(bench.clock.plus(Duration.ofMinutes(minutes)));
    }

    @Test
    void trackerFallsFromOneToTheNextWhenOneFailsOrNobodyConfirms() {
        NotifierBench bench = bench(TRACKED);
        bench.wake();
        bench.tell(new NotifierInput.Undelivered(1, "SYNC"));
        bench.tell(new NotifierInput.Undelivered(1, "SYNC")); // of before
        run(bench, 2);
        assertThat(bench.effects()).containsExactly("12:00 send A by SYNC", "12:00 send A by UDP", "12:01 send A by SMTP");
        run(bench, 3);
        assertThat(bench.effects()).endsWith("12:05 send A by SYNC");
    }

    @Test
    void confirmedRequestIsSentNoMoreAndDeletedAtTheNextPoll() {
        NotifierBench bench = bench(TRACKED);
        bench.wake();
        bench.tell(new NotifierInput.Confirmed(1, 0));
        bench.tell(new NotifierInput.Confirmed(1, 0));
        run(bench, 30);
        assertThat(bench.effects()).containsExactly("12:00 send A by SYNC", "12:00 confirmation_handler A", "12:10 request_delete A CONFIRMED");
    }

    @Test
    void wrongRespondentIsTriedByTheNextGateway() {
        NotifierBench bench = bench(CONFIRMED);
        bench.wake();
        bench.tell(new NotifierInput.Confirmed(1, -5));
        assertThat(bench.effects()).containsExactly("12:00 send A by SYNC", "12:00 confirmation_handler A -5", "12:00 send A by SMTP");
    }

    @Test
    void confirmationHandlerDecidesByItsFourAnswers() {
        assertThat(afterConfirmation(RequestOption.DEFAULT)).containsExactly("12:10 request_delete A CONFIRMED");
        assertThat(afterConfirmation(RequestOption.NOTHING)).containsExactly("12:05 send A by SYNC", "12:10 send A by SYNC", "12:20 error_handler A -1", "12:20 request_delete A EXPIRED");
        assertThat(afterConfirmation(RequestOption.DELETE)).containsExactly("12:00 request_delete A ANSWERED");
        assertThat(afterConfirmation(RequestOption.SECONDARY)).startsWith("12:00 send A by SMTP");
    }

    private List<String> afterConfirmation(RequestOption option) {
        NotifierBench bench = bench(CONFIRMED);
        bench.others = perform -> perform.event() == NotifierEvent.CONFIRMATION_HANDLER ? new NotifierInput.Decided(option) : null;
        bench.wake();
        bench.tell(new NotifierInput.Confirmed(1, -3));
        run(bench, 25);
        return bench.effects().subList(2, bench.effects().size());
    }

    @Test
    void errorHandlerDecidesByItsFourAnswersWhatBecomesOfAnUnconfirmedOne() {
        assertThat(afterExpiry(RequestOption.DEFAULT)).containsExactly("12:20 error_handler A -1", "12:20 request_delete A EXPIRED");
        assertThat(afterExpiry(RequestOption.NOTHING)).containsExactly("12:20 error_handler A -1");
        assertThat(afterExpiry(RequestOption.DELETE)).containsExactly("12:20 error_handler A -1", "12:20 request_delete A EXPIRED");
        assertThat(afterExpiry(RequestOption.SECONDARY)).containsExactly("12:20 error_handler A -1", "12:20 send A by SMTP", "12:30 request_delete A EXPIRED");
    }

    private List<String> afterExpiry(RequestOption option) {
        NotifierBench bench = bench(CONFIRMED);
        bench.others = perform -> perform.event() == NotifierEvent.ERROR_HANDLER ? new NotifierInput.Decided(option) : null;
        run(bench, 35);
        List<String> effects = bench.effects();
        return effects.subList(effects.indexOf("12:20 error_handler A -1"), effects.size());
    }

    @Test
    void whatCannotBeDeliveredIsTriedAgainUnlessTheErrorHandlerSaysOtherwise() {
        NotifierBench bench = bench(CONFIRMED);
        bench.wake();
        bench.tell(new NotifierInput.Undelivered(1, "SYNC"));
        run(bench, 5);
        assertThat(bench.effects()).containsExactly("12:00 send A by SYNC", "12:00 error_handler A -8", "12:05 send A by SYNC");
        bench.others = perform -> perform.event() == NotifierEvent.ERROR_HANDLER ? new NotifierInput.Decided(RequestOption.DELETE) : null;
        bench.tell(new NotifierInput.Undelivered(1, "SYNC"));
        assertThat(bench.effects()).endsWith("12:05 error_handler A -8", "12:05 request_delete A ANSWERED");
    }

    @Test
    void requestOfAGatewayThatThereIsNotIsUndelivered() {
        NotifierBench bench = bench(new Route(List.of(), 0, null));
        bench.wake();
        assertThat(bench.effects()).containsExactly("12:00 error_handler A -8");
    }

    @Test
    void attributesAreThoseOfTheFirstPoll() {
        NotifierBench bench = bench(new Route(List.of("g"), 1, null));
        bench.wake();
        table.set(0, NotifierBench.request(1, "somebody else", MINUTE, MINUTE));
        run(bench, 25);
        assertThat(bench.effects()).containsExactly("12:00 send A by g", "12:05 send A by g", "12:10 send A by g", "12:20 request_delete A EXPIRED");
    }

    @Test
    void withoutIntervalOrTimeToLiveARequestIsSentOnce() {
        table.set(0, NotifierBench.request(1, "A", Duration.ofMinutes(5), null));
        table.add(NotifierBench.request(2, "B", null, Duration.ofMinutes(15)));
        table.add(NotifierBench.request(3, "C", null, null));
        NotifierBench bench = bench(new Route(List.of("g"), 1, null));
        run(bench, 40);
        assertThat(bench.effects()).containsExactly("12:00 send A by g", "12:00 send B by g", "12:00 send C by g", "12:10 request_delete A EXPIRED", "12:10 request_delete C EXPIRED", "12:20 request_delete B EXPIRED");
    }

    @Test
    void deletionThatFailsIsOwedUntilItSucceeds() {
        NotifierBench bench = bench(new Route(List.of("g"), 1, null));
        run(bench, 1);
        table.clear();
        boolean[] fails = {true};
        bench.others = perform -> perform.event() == NotifierEvent.REQUEST_DELETE && fails[0] ? new NotifierInput.Failed(false) : null;
        run(bench, 10);
        fails[0] = false;
        run(bench, 30);
        assertThat(bench.effects()).containsExactly("12:00 send A by g", "12:05 request_delete A DROPPED", "12:15 request_delete A DROPPED");
    }

    @Test
    void pollWhoseEventFailsEndsThereAndComesAgain() {
        NotifierBench bench = bench(new Route(List.of("g"), 1, null));
        boolean[] lost = {false, true};
        bench.others = perform -> perform.event() == NotifierEvent.REQUEST_CURSOR && lost[1] ? new NotifierInput.Failed(lost[0]) : null;
        run(bench, 9);
        assertThat(bench.log).containsExactly("12:00 begin_connection", "12:00 begin_poll", "12:00 shutdown_query", "12:00 request_cursor");
        lost[0] = true;
        run(bench, 10);
        bench.log.clear();
        lost[1] = false;
        run(bench, 5);
        assertThat(bench.log).startsWith("12:20 begin_connection", "12:20 begin_poll", "12:20 shutdown_query", "12:20 request_cursor", "12:20 send A by g", "12:20 end_poll");
    }

    @Test
    void shutdownQueryEndsItBehindItsPoll() {
        NotifierBench bench = bench(new Route(List.of("g"), 1, null));
        bench.others = perform -> perform.event() == NotifierEvent.SHUTDOWN_QUERY ? new NotifierInput.ShutdownAnswered(true) : null;
        run(bench, 30);
        assertThat(bench.log).containsExactly("12:00 begin_connection", "12:00 begin_poll", "12:00 shutdown_query", "12:00 end_poll", "12:00 end_connection", "12:00 end");
        assertThat(bench.machine.rest(bench.clock)).isNull();
    }

    @Test
    void whoeverGoesOnByTheRecordSendsNothingTwice() {
        NotifierBench first = bench(new Route(List.of("g"), 1, null));
        run(first, 2);
        List<NoticeState> records = List.copyOf(first.machine.changed().values());
        NotifierBench second = bench(new Route(List.of("g"), 1, null));
        second.clock = first.clock;
        second.machine.restore(records, second.clock);
        run(second, 20);
        assertThat(second.effects()).containsExactly("12:05 send A by g", "12:10 send A by g", "12:20 request_delete A EXPIRED");
    }
}
