// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class AgentRegistryTest {

    private static final AgentHome HOME = new AgentHome("mem:one", null, null, null, AgentSettings.DEFAULTS);

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final AgentRegistry registry = new AgentRegistry(home -> wake -> loop(), AgentRegistryTest::daemon);

    private AgentLoop loop() {
        opened.incrementAndGet();
        return new AgentLoop() {
            @Override
            public Duration turn() {
                turns.incrementAndGet();
                return Duration.ofHours(1);
            }

            @Override
            public void close() {
                interrupted.set(Thread.currentThread().isInterrupted());
                closed.incrementAndGet();
            }
        };
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "registry-test");
        thread.setDaemon(true);
        return thread;
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(1)).until(condition);
    }

    @Test
    void theFirstConnectionStartsOneAgentAndTheLastEndsIt() {
        registry.connectionOpened(HOME, true);
        registry.connectionOpened(HOME, true);
        until(() -> turns.get() == 1);
        registry.connectionClosed("mem:one");
        assertThat(closed).hasValue(0);
        registry.connectionClosed("mem:one");
        assertThat(closed).hasValue(1);
        assertThat(opened).hasValue(1);
        assertThat(interrupted).isFalse();
    }

    @Test
    void withoutAPublisherNothingStartsUntilOneIsGranted() {
        registry.connectionOpened(HOME, false);
        assertThat(opened).hasValue(0);
        registry.publisherGranted("mem:one");
        until(() -> turns.get() == 1);
        registry.connectionClosed("mem:one");
        assertThat(closed).hasValue(1);
    }

    @Test
    void aNewConnectionAfterTheLastStartsAgain() {
        registry.connectionOpened(HOME, true);
        registry.connectionClosed("mem:one");
        registry.connectionOpened(HOME, true);
        until(() -> turns.get() > 0);
        registry.connectionClosed("mem:one");
        assertThat(closed.get()).isEqualTo(opened.get());
    }

    @Test
    void aLoopThatCannotOpenIsOpenedAgain() throws Exception {
        CountDownLatch turned = new CountDownLatch(1);
        AtomicInteger tries = new AtomicInteger();
        AgentRunner runner = new AgentRunner(wake -> {
            if (tries.incrementAndGet() == 1) {
                wake.run();
                throw new SQLException("not now.");
            }
            turned.countDown();
            return loop();
        }).start(AgentRegistryTest::daemon);
        assertThat(turned.await(120, TimeUnit.SECONDS)).isTrue();
        runner.stop();
        assertThat(runner.awaitEnd(Duration.ofSeconds(120))).isTrue();
    }
}
