// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.time.Duration;

/** What a runner turns: one agent's work, one cycle at a time. Opened, turned and closed by one thread. */
interface AgentLoop extends AutoCloseable {

    /** One cycle; returns how long the next may wait if nobody wakes the runner. Never throws for one subscriber's or one link's trouble. */
    Duration turn() throws Exception;

    /** Lets go of the database. */
    @Override
    void close();

    /** Makes the loop in the runner's thread; {@code wake} may be called from any thread. */
    interface Factory {
        AgentLoop open(Runnable wake) throws Exception;

        /** Whether this failure means that there is nothing left to work for: the embedded database was closed. */
        default boolean isOver(Exception failed) {
            return false;
        }
    }
}
