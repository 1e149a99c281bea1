// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.durable.DurableStep;
import java.util.Set;

/** The machines of guaranteed delivery alone, everything around them played: thousands of runs a minute, exact to the bit. */
public final class ProtocolLevel implements Level {

    @Override
    public String title() {
        return "protocol simulation";
    }

    @Override
    public Set<DurableStep> steps() {
        return Node.STEPS;
    }

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public int turns() {
        return Simulator.TURNS;
    }

    @Override
    public Run run(long seed, Mischief mischief, boolean isTold) {
        return Simulator.run(seed, null, Mutant.NONE, Simulator.TURNS, mischief, isTold);
    }

    @Override
    public int shrinkingRunsAtMost() {
        return 3_000;
    }
}
