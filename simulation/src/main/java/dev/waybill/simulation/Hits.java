// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import dev.waybill.durable.DurableStep;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How often processes ended at each side of each durable step. One thread. */
public final class Hits {

    private final Map<DurableStep, long[]> counts = new EnumMap<>(DurableStep.class);

    public void count(DurableStep step, Side side) {
        counts.computeIfAbsent(step, none -> new long[Side.values().length])[side.ordinal()]++;
    }

    void add(Hits other) {
        other.counts.forEach((step, more) -> {
            long[] own = counts.computeIfAbsent(step, none -> new long[Side.values().length]);
            for (int i = 0; i < own.length; i++) {
                own[i] += more[i];
            }
        });
    }

    public long of(DurableStep step, Side side) {
        return counts.containsKey(step) ? counts.get(step)[side.ordinal()] : 0;
    }

    /** One side of one step. */
    record Pair(DurableStep step, Side side) {}

    /** The sides of these steps that nothing ended at. */
    List<Pair> missed(Set<DurableStep> steps) {
        List<Pair> missed = new ArrayList<>();
        for (DurableStep step : steps) {
            for (Side side : Side.values()) {
                if (of(step, side) == 0) {
                    missed.add(new Pair(step, side));
                }
            }
        }
        return missed;
    }
}
