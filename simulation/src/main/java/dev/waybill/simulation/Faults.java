// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.SplittableRandom;

/**
 * How bad one run is. Probabilities are for each message, each effect, each turn.
 *
 * @param lose            a message is never seen again
 * @param repeat          a message arrives twice or more
 * @param corrupt         a message arrives truncated or with flipped bits: its checksum does not match
 * @param delay           a message takes up to minutes
 * @param crash           the process ends before or after an effect
 * @param restore         a database is replaced by an older copy of itself
 * @param partition       a direction of a link carries nothing for a while
 * @param failApply       an apply fails for a reason that passes
 * @param poison          a transaction cannot be applied until somebody mends the cause
 * @param writersRestored whether databases that others follow may be replaced by older copies too
 * @param trim            confirmed journal entries are deleted
 * @param anew            a stream begins anew: somebody says so, or the journal is trimmed beyond what is owed
 * @param estrange        a database is made anew under its old name, and nobody tells the others
 */
record Faults(double lose, double repeat, double corrupt, double delay, double crash, double restore, double partition, double failApply, double poison,
        boolean writersRestored, double trim, double estrange, double anew) {

    Faults(double lose, double repeat, double corrupt, double delay, double crash, double restore, double partition, double failApply, double poison, boolean writersRestored, double trim,
            double estrange) {
        this(lose, repeat, corrupt, delay, crash, restore, partition, failApply, poison, writersRestored, trim, estrange, 0);
    }


    static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0);

    /** Any mixture; each fault is absent in some runs, so that every one meets every other and also none. */
    static Faults of(SplittableRandom random) {
        return new Faults(some(random, 0.3), some(random, 0.3), some(random, 0.1), some(random, 0.3), some(random, 0.03), some(random, 0.03), some(random, 0.05), some(random, 0.2),
                some(random, 0.02), random.nextInt(3) == 0, some(random, 0.2),
                random.nextInt(8) == 0 ? 0.02 : 0, some(random, 0.1));
    }

    private static double some(SplittableRandom random, double most) {
        return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
    }
}
