// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.BitSet;

/**
 * From a run that fails to a short one that fails: fewer turns first, then whole ranges of decisions are left out, halves, quarters, down to single ones, as long as the run still fails. Bounded by a number of runs.
 */
final class Shrinking {

    private final Level level;
    private final long seed;
    private int left;
    private int turns;
    private BitSet wanted;
    private Run shortest;

    private Shrinking(Level level, Run failed) {
        this.level = level;
        this.seed = failed.seed();
        this.left = level.shrinkingRunsAtMost();
        this.turns = level.turns();
        this.wanted = new BitSet();
        wanted.set(0, failed.decisions());
        this.shortest = failed;
    }

    /**
     * The shortest run that was found, with its story; the given one when it does not fail again.
     *
     * @param shrunk   the run
     * @param turns    before its quiet time
     * @param kept     so many of the decisions are left
     * @param ofSo     so many there were
     * @param repeated whether the same seed failed again at all
     */
    record Result(Run shrunk, int turns, int kept, int ofSo, boolean repeated) {}

    static Result of(Level level, Run failed) {
        Shrinking shrinking = new Shrinking(level, failed);
        Run again = level.run(failed.seed(), Mischief.all(), false);
        if (again.failure() == null) {
            return new Result(failed, level.turns(), failed.decisions(), failed.decisions(), false);
        }
        shrinking.shortest = again;
        shrinking.wanted.set(0, again.decisions());
        shrinking.fewerTurns();
        for (int before = Integer.MAX_VALUE; shrinking.left > 0 && shrinking.wanted.cardinality() < before;) {
            before = shrinking.wanted.cardinality();
            shrinking.fewerDecisions();
        }
        Run shortest = shrinking.told();
        return new Result(shortest, shrinking.turns, shrinking.wanted.cardinality(), again.decisions(), true);
    }

    /** Once more, with its story. A level that is not exact has kept the story of the run that failed. */
    private Run told() {
        return shortest.story() != null ? shortest : level.run(seed, Mischief.only(wanted, turns), true);
    }

    private void fewerTurns() {
        for (int step = turns / 2; step > 0; step /= 2) {
            while (turns - step > 0 && fails(wanted, turns - step)) {
                turns -= step;
            }
        }
        wanted.clear(shortest.decisions(), Math.max(shortest.decisions(), wanted.length()));
    }

    private void fewerDecisions() {
        for (int range = Math.max(1, wanted.cardinality() / 2); range > 0 && left > 0; range /= 2) {
            for (int from = wanted.nextSetBit(0); from >= 0 && left > 0; from = wanted.nextSetBit(from)) {
                BitSet fewer = (BitSet) wanted.clone();
                int to = from;
                for (int i = 0; i < range && to >= 0; i++) {
                    to = wanted.nextSetBit(to) + 1;
                    fewer.clear(to - 1);
                    if (wanted.nextSetBit(to) < 0) {
                        break;
                    }
                }
                if (fails(fewer, turns)) {
                    wanted = fewer;
                }
                from = to;
            }
        }
    }

    private boolean fails(BitSet decisions, int turnsNow) {
        if (left-- <= 0) {
            return false;
        }
        Run run = level.run(seed, Mischief.only(decisions, turnsNow), false);
        if (run.failure() != null) {
            shortest = run;
        }
        return run.failure() != null;
    }
}
