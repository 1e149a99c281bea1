// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.LinkedHashMap;
import java.util.Map;

/** Runs seeds of the protocol simulation. */
final class Simulator {

    /** Turns of a run before its faults stop. */
    static final int TURNS = 60;

    private Simulator() {}

    /** One run; what was violated is in the result. */
    static Run run(long seed, Faults faults, Mutant mutant, int turns, Mischief mischief, boolean isTold) {
        Story story = isTold ? new Story() : null;
        World world = new World(seed, faults, mutant, mischief, story);
        Map<String, Long> figures = new LinkedHashMap<>();
        try {
            World.Outcome outcome = world.run(turns);
            figures.put("transactions", (long) outcome.transactions());
            figures.put("messages", outcome.messages());
            figures.put("crashes", (long) outcome.crashes());
            figures.put("restored databases", (long) outcome.restores());
            figures.put("split histories recognised", (long) outcome.splits());
            figures.put("at most rounds to settle", (long) outcome.rounds());
            return new Run(seed, null, figures, world.hits, mischief.decisions(), outcome.fingerprint(), story);
        } catch (RuntimeException e) {
            return new Run(seed, e, figures, world.hits, mischief.decisions(), 0, story);
        }
    }

    /** Whether this seed shows that the mutant is broken. */
    static boolean finds(long seed, Mutant mutant) {
        return run(seed, null, mutant, TURNS, Mischief.all(), false).failure() != null;
    }
}
