// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.time.Duration;
import org.awaitility.Awaitility;

/** The agents beside the applications of this JVM. */
final class Agents {

    private Agents() {}

    /**
     * Returns when every one has ended. Closing the last connection waits for its agent for some seconds only: on a slow machine it may still be about to write a message into a folder that the test deletes.
     */
    static void awaitEnd() {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(5)).until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().equals("waybill-agent")));
    }
}
