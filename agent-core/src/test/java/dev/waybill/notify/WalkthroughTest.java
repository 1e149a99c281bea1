// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The walkthrough of MobiLink's guide: a poll every 2 minutes, sent again after 5, alive for 6; two remotes, A and B. */
class WalkthroughTest {

    private static final Duration RESEND = Duration.ofMinutes(5);
    private static final Duration LIVE = Duration.ofMinutes(6);

    /** The rows of the push request table. */
    private final List<PushRequest> table = new ArrayList<>();
    /** Who has synchronized since the change of 11:59. */
    private final TreeSet<String> current = new TreeSet<>();
    private final NotifierBench bench = new NotifierBench(Duration.ofMinutes(2), NotifierBench::one);
    private long ids;

    WalkthroughTest() {
        bench.cursor = now -> table.stream().filter(request -> !current.contains(request.address())).toList();
        bench.others = perform -> {
            if (perform.event() == NotifierEvent.REQUEST_DELETE) {
                table.removeIf(row -> row.id() == perform.request().id());
            }
            return null;
        };
    }

    private void insertForWhoIsStaleAndHasNone() {
        for (String remote : List.of("A", "B")) {
            if (!current.contains(remote) && table.stream().noneMatch(row -> row.address().equals(remote))) {
                table.add(NotifierBench.request(++ids, remote, RESEND, LIVE));
            }
        }
    }

    private static Instant at(int minute) {
        return NotifierBench.NOON.plus(Duration.ofMinutes(minute));
    }

    @Test
    void everyEventOfTheGuideComesAtItsMinute() {
        bench.beginPoll = () -> {
            if (bench.clock.equals(NotifierBench.NOON)) {
                insertForWhoIsStaleAndHasNone();
            }
        };
        bench.runUntil(at(1));
        assertThat(bench.log).containsExactly("12:00 begin_connection", "12:00 begin_poll", "12:00 shutdown_query", "12:00 request_cursor", "12:00 send A by g", "12:00 send B by g", "12:00 end_poll");
        current.add("A"); // at 12:01 A synchronizes, B is off
        bench.log.clear();
        bench.runUntil(at(2));
        assertThat(bench.log).containsExactly("12:02 begin_poll", "12:02 shutdown_query", "12:02 request_cursor", "12:02 request_delete A DROPPED", "12:02 end_poll");
        assertThat(table).extracting(PushRequest::address).containsExactly("B");
        bench.log.clear();
        bench.runUntil(at(4));
        assertThat(bench.log).containsExactly("12:04 begin_poll", "12:04 shutdown_query", "12:04 request_cursor", "12:04 end_poll");
        bench.log.clear();
        bench.runUntil(at(5));
        assertThat(bench.log).containsExactly("12:05 begin_poll", "12:05 shutdown_query", "12:05 request_cursor", "12:05 send B by g", "12:05 end_poll");
        bench.log.clear();
        bench.runUntil(at(7));
        assertThat(bench.log).containsExactly("12:07 begin_poll", "12:07 shutdown_query", "12:07 request_cursor", "12:07 request_delete B EXPIRED", "12:07 end_poll");
        assertThat(table).isEmpty();
        bench.log.clear();
        bench.runUntil(at(9));
        assertThat(bench.log).containsExactly("12:09 begin_poll", "12:09 shutdown_query", "12:09 request_cursor", "12:09 end_poll");
    }

    @Test
    void atTwelveNineANewRequestIsMadeWhereTheSqlSaysSo() {
        bench.beginPoll = this::insertForWhoIsStaleAndHasNone;
        bench.runUntil(at(1));
        current.add("A");
        bench.runUntil(at(9));
        assertThat(bench.effects()).containsExactly("12:00 send A by g", "12:00 send B by g", "12:02 request_delete A DROPPED", "12:05 send B by g", "12:07 request_delete B EXPIRED", "12:09 send B by g");
        assertThat(bench.polls()).containsExactly("12:00", "12:02", "12:04", "12:05", "12:07", "12:09");
    }

    @Test
    void remoteThatComesOnAtTwelveSixIsDroppedAtTwelveSeven() {
        bench.beginPoll = this::insertForWhoIsStaleAndHasNone;
        bench.runUntil(at(1));
        current.add("A");
        bench.runUntil(at(6));
        current.add("B");
        bench.runUntil(at(9));
        assertThat(bench.effects()).containsExactly("12:00 send A by g", "12:00 send B by g", "12:02 request_delete A DROPPED", "12:05 send B by g", "12:07 request_delete B DROPPED");
    }
}
