// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.durable.DurableStep;
import dev.waybill.simulation.Level;
import dev.waybill.simulation.Mischief;
import dev.waybill.simulation.Run;
import dev.waybill.simulation.Side;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Whole nodes on databases in memory: some runs a second; not exact to the bit, since the driver draws its ids from a secure source. */
public final class NodeLevel implements Level {

    private final Wires wires;

    public NodeLevel() {
        this(Wires.SOUND);
    }

    NodeLevel(Wires wires) {
        this.wires = wires;
    }

    @Override
    public String title() {
        return "whole nodes";
    }

    @Override
    public Set<DurableStep> steps() {
        return EnumSet.range(DurableStep.SEQUENCE, DurableStep.LEASE); // nobody defines jobs, notifiers, calls or tentative work there
    }

    @Override
    public boolean isExact() {
        return false;
    }

    @Override
    public int turns() {
        return NodeWorld.TURNS;
    }

    @Override
    public Run run(long seed, Mischief mischief, boolean isTold) {
        Map<String, Long> figures = new LinkedHashMap<>();
        try (NodeWorld world = new NodeWorld(seed, mischief, wires)) {
            try {
                NodeWorld.Outcome outcome = world.run();
                figures.put("states", (long) outcome.states());
                figures.put("states of branches that write", (long) outcome.above());
                figures.put("crashes", (long) outcome.crashes());
                figures.put("failing statements", (long) outcome.failures());
                figures.put("restored databases", (long) outcome.restores());
                figures.put("new beginnings", (long) outcome.anews());
                figures.put("split histories recognised", (long) outcome.splits());
                figures.put("letters looked after", (long) outcome.letters());
                figures.put("full disks", (long) outcome.fullDisks());
                figures.put("clock jumps", (long) outcome.clockJumps());
                figures.put("at most rounds to settle", (long) outcome.rounds());
                return new Run(seed, null, figures, world.hits(), mischief.decisions(), 0, world.story());
            } catch (SQLException | RuntimeException | Error failed) {
                return new Run(seed, failed, figures, world.hits(), mischief.decisions(), 0, world.story());
            }
        } catch (SQLException notEvenBegun) {
            throw new IllegalStateException("seed " + seed, notEvenBegun);
        }
    }

    @Override
    public OptionalLong seedFor(DurableStep step, Side side, int number) {
        return OptionalLong.of(NodeWorld.seedThatAimsAt(step, side, number));
    }

    @Override
    public int shrinkingRunsAtMost() {
        return 60;
    }
}
