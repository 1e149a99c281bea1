// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.durable.DurableStep;
import java.util.OptionalLong;
import java.util.Set;

/** How much of production code a simulation runs. */
public interface Level {

    String title();

    /** The durable steps that this level has; each of their sides is to be hit. */
    Set<DurableStep> steps();

    /** Whether equal seeds are equal runs to the last bit. */
    boolean isExact();

    /** So many turns before a run's quiet time. */
    int turns();

    /** One run; what was violated is in the result. */
    Run run(long seed, Mischief mischief, boolean isTold);

    /** A seed whose run aims at this side of this step; another one for each number from 1. */
    default OptionalLong seedFor(DurableStep step, Side side, int number) {
        return OptionalLong.empty();
    }

    /** How many runs a failure may be shrunk for. */
    int shrinkingRunsAtMost();
}
