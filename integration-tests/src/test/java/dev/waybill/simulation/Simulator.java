// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.List;

/** Runs seeds; a seed that fails is run again with a trace. */
final class Simulator {

    /** Turns of a run before its faults stop. */
    static final int TURNS = 60;

    private Simulator() {}

    static World.Outcome run(long seed) {
        return run(seed, null, Mutant.NONE, TURNS);
    }

    static World.Outcome run(long seed, Faults faults, Mutant mutant, int turns) {
        try {
            return new World(seed, faults, mutant, false).run(turns);
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e + "\n" + tell(seed, faults, mutant, turns), e);
        }
    }

    /** Whether this seed shows that the mutant is broken. */
    static boolean finds(long seed, Mutant mutant) {
        try {
            new World(seed, null, mutant, false).run(TURNS);
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private static String tell(long seed, Faults faults, Mutant mutant, int turns) {
        World world = new World(seed, faults, mutant, true);
        try {
            world.run(turns);
        } catch (RuntimeException e) {
            List<String> story = world.story();
            return String.join("\n", story.subList(Math.max(0, story.size() - 400), story.size()));
        }
        return "the same seed did not fail again: the run is not deterministic";
    }
}
