// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WakerTest {

    @Test
    void aCallBeforeTheSleepIsNotLost() {
        Waker waker = new Waker();
        waker.wake();
        long begun = System.nanoTime();
        waker.sleep(Duration.ofMinutes(5));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(120));
    }

    @Test
    void aCallDuringTheSleepEndsIt() {
        Waker waker = new Waker();
        Thread caller = new Thread(waker::wake);
        caller.start();
        long begun = System.nanoTime();
        waker.sleep(Duration.ofMinutes(5));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(120));
    }

    @Test
    void aSleepEndsByItself() {
        new Waker().sleep(Duration.ofNanos(1));
    }
}
