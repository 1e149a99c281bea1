// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** All other timings than the guide's: held against a model that knows nothing of the machine and counts seconds. */
class NotifierTimesTest {

    private static final int END = 3_600;

    /**
     * One remote's story, in seconds after noon.
     *
     * @param asked  when its row is there
     * @param served when the cursor does not return it any more; may be never
     * @param resend 0: none
     */
    record Remote(int asked, int served, int resend, int live) {

        boolean isReturned(int at) {
            return at >= asked && at < served;
        }
    }

    @Provide
    Arbitrary<Remote> remotes() {
        Arbitrary<Integer> times = Arbitraries.integers().between(0, END);
        return Combinators.combine(times, Arbitraries.oneOf(times, Arbitraries.just(Integer.MAX_VALUE)), Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(5, 900)), Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(5, 1_500)))
                .as((asked, after, resend, live) -> new Remote(asked, after == Integer.MAX_VALUE ? after : asked + after, resend, live));
    }

    @Provide
    Arbitrary<List<Remote>> networks() {
        return remotes().list().ofMinSize(1).ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<Integer>> delays() {
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(3, Arbitraries.just(0)), net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, 400))).list().ofSize(20);
    }

    @Property(tries = 400)
    void everyTimingIsAsTheRulesSay(@ForAll("networks") List<Remote> remotes, @ForAll("delays") List<Integer> late, @ForAll("delays") List<Integer> setBack, @ForAll("polls") int pollEvery) {
        assertThat(machine(remotes, late, setBack, pollEvery)).isEqualTo(model(remotes, late, pollEvery));
    }

    @Provide
    Arbitrary<Integer> polls() {
        return Arbitraries.integers().between(10, 600);
    }

    /** The machine; now and then whoever turns it is late, and now and then the clock is set back while it sleeps. */
    private static List<String> machine(List<Remote> remotes, List<Integer> late, List<Integer> setBack, int pollEvery) {
        NotifierBench bench = new NotifierBench(Duration.ofSeconds(pollEvery), NotifierBench::one);
        List<String> log = new ArrayList<>();
        int[] elapsed = {0};
        bench.cursor = now -> {
            log.add(elapsed[0] + " poll");
            List<PushRequest> rows = new ArrayList<>();
            for (int i = 0; i < remotes.size(); i++) {
                Remote remote = remotes.get(i);
                if (remote.isReturned(elapsed[0])) {
                    rows.add(NotifierBench.request(i, "r" + i, remote.resend() == 0 ? null : Duration.ofSeconds(remote.resend()), remote.live() == 0 ? null : Duration.ofSeconds(remote.live())));
                }
            }
            return rows;
        };
        int polls = 0;
        for (Duration rest = bench.wake(); elapsed[0] <= END; rest = bench.wake()) {
            bench.effects().forEach(line -> log.add(elapsed[0] + line.substring(5)));
            bench.log.clear();
            int wait = (int) rest.toSeconds() + late.get(polls % late.size());
            elapsed[0] += wait;
            bench.clock = bench.clock.minusSeconds(setBack.get(polls % setBack.size()));
            Instant set = bench.clock;
            bench.wake(); // it sees that time has gone back: nothing may come of it
            bench.clock = set.plusSeconds(wait);
            polls++;
        }
        return log.stream().filter(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))) <= END).sorted().toList();
    }

    /** The rules, second for second. */
    private static List<String> model(List<Remote> remotes, List<Integer> late, int pollEvery) {
        List<String> log = new ArrayList<>();
        int[] first = new int[remotes.size()];
        int[] last = new int[remotes.size()];
        boolean[] over = new boolean[remotes.size()];
        boolean[] known = new boolean[remotes.size()];
        int next = 0;
        for (int polls = 0; next <= END; polls++) {
            int now = next;
            log.add(now + " poll");
            for (int i = 0; i < remotes.size(); i++) {
                Remote remote = remotes.get(i);
                boolean returned = remote.isReturned(now);
                if (!known[i] && returned) {
                    known[i] = true;
                    first[i] = now;
                    last[i] = now;
                    log.add(now + " send r" + i + " by g");
                } else if (known[i] && !over[i] && !returned) {
                    over[i] = true;
                    log.add(now + " request_delete r" + i + " DROPPED");
                } else if (known[i] && !over[i] && now - first[i] >= remote.live()) {
                    over[i] = true;
                    log.add(now + " request_delete r" + i + " EXPIRED");
                } else if (known[i] && !over[i] && remote.live() > 0 && remote.resend() > 0 && now - last[i] >= remote.resend()) {
                    last[i] = now;
                    log.add(now + " send r" + i + " by g");
                }
            }
            next = now + pollEvery;
            for (int i = 0; i < remotes.size(); i++) {
                Remote remote = remotes.get(i);
                int again = last[i] + remote.resend();
                if (known[i] && !over[i] && remote.resend() > 0 && again < first[i] + remote.live()) {
                    next = Math.min(next, again);
                }
            }
            next += late.get(polls % late.size());
        }
        return log.stream().sorted().toList();
    }
}
