// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Everything that a run does to its databases is a decision with a number: a message is lost, a process ends, an application commits. A run can be repeated with only some of them, in the same order, which is how a run that fails
 * is shrunk: the seed draws the same numbers, what is left out does not happen. One run, one thread.
 */
public final class Mischief {

    private final BitSet wanted;
    private final int turns;
    private int decisions;

    private Mischief(BitSet wanted, int turns) {
        this.wanted = wanted;
        this.turns = turns;
    }

    /** All that the seed says. */
    public static Mischief all() {
        return new Mischief(null, Integer.MAX_VALUE);
    }

    /** Only the decisions with these numbers, only so many turns before the quiet time. */
    static Mischief only(BitSet wanted, int turns) {
        return new Mischief(wanted, turns);
    }

    /** Whether something of this probability happens. Draws from the seed, wanted or not. */
    public boolean strikes(RandomGenerator random, double probability) {
        return probability > 0 && random.nextDouble() < probability && isWanted();
    }

    /** Something would happen now: whether it does. */
    public boolean isWanted() {
        int number = decisions++;
        return wanted == null || wanted.get(number);
    }

    /** How many turns of so many. */
    public int turns(int ofSeed) {
        return Math.min(turns, ofSeed);
    }

    /** So many things happened or were left out until now. */
    public int decisions() {
        return decisions;
    }
}
