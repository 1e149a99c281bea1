// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.simulation.nodes.CommitHistory.Violation;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** The end of a run: faults have stopped, people decide what only people can, and everything must become equal, confirmed and tidy within a bound. */
final class Settlement {

    private static final int QUIET_ROUNDS = 500;
    private static final int LARGE_EVERY = 10;
    private static final Duration QUIET_TIME = Duration.ofMinutes(50);
    private static final Duration LEAST_REST = Duration.ofMillis(50);

    private final NodeWorld world;
    private final Downward downward;
    private final Poison poison;
    private final int poisonedRounds;

    Settlement(NodeWorld world, Downward downward, Poison poison, int poisonedRounds) {
        this.world = world;
        this.downward = downward;
        this.poison = poison;
        this.poisonedRounds = poisonedRounds;
    }

    /** Returns after how many rounds nothing is missing. */
    int run() throws SQLException {
        Instant since = world.clock().instant();
        int rounds = 0;
        String missing = missing();
        while (missing != null || rounds < poisonedRounds && !isAnySplit()) {
            Duration taken = Duration.between(since, world.clock().instant());
            if (rounds++ > QUIET_ROUNDS + LARGE_EVERY * poisonedRounds || taken.compareTo(QUIET_TIME) > 0) {
                throw new Violation("not settled after " + rounds + " quiet rounds, " + taken + ": " + missing);
            }
            decide(rounds);
            Duration rest = Duration.ofMinutes(1);
            for (WholeNode node : world.all()) {
                Duration wanted = world.turn(node);
                rest = wanted.compareTo(rest) < 0 ? wanted : rest;
            }
            world.pass(rest.compareTo(LEAST_REST) < 0 ? LEAST_REST : rest);
            missing = missing();
        }
        return rounds;
    }

    /** People look after what does not go on by itself. */
    private void decide(int rounds) throws SQLException {
        downward.resynchronize();
        lookAfterLetters(rounds);
        downward.decideSplits();
        if (rounds > poisonedRounds) {
            for (Upward each : world.upward()) {
                each.decide();
            }
        }
    }

    /** What was parked is applied in the end; of what never will be, everything is had anew. */
    private void lookAfterLetters(int rounds) throws SQLException {
        if (poison != null && rounds < poisonedRounds) {
            poison.turn();
            work(rounds);
            if (rounds == poisonedRounds - 1) {
                world.finishWork();
            }
        } else if (poison != null && poison.finish()) {
            if (poison.sender().equals("hq")) {
                downward.haveAllAnew(poison.node());
            } else {
                for (Upward each : world.upward()) {
                    if (each.branch().name().equals(poison.sender()) && !each.isSplit() && each.mend()) {
                        world.note("hq", "what was left out of what " + poison.sender() + " sent is there now");
                    }
                }
            }
        }
    }

    private void work(int rounds) throws SQLException {
        if (isAnySplit()) {
            return;
        }
        if (!world.upsets().isSilent()) {
            downward.work().step();
            if (rounds % LARGE_EVERY == 0) {
                downward.work().large();
            }
        }
        for (Upward each : world.upward()) {
            each.work().step();
        }
    }

    private boolean isAnySplit() throws SQLException {
        for (WholeNode branch : world.branches()) {
            if (downward.isSplit(branch)) {
                return true;
            }
        }
        for (Upward each : world.upward()) {
            if (each.isSplit()) {
                return true;
            }
        }
        return false;
    }

    /** What is not yet as it must be in the end; null when all is. */
    private String missing() throws SQLException {
        for (WholeNode branch : world.branches()) {
            String missing = downward.missing(branch);
            if (missing != null) {
                return branch.name() + ": " + missing;
            }
        }
        for (Upward each : world.upward()) {
            String missing = each.missing();
            if (missing != null) {
                return each.branch().name() + ": " + missing;
            }
        }
        return WholeNode.expect(world.headOffice(), "0", "SELECT COUNT(*) FROM waybill.outbox WHERE SUBSTRING(payload FROM 2 FOR 1) = X'01'");
    }
}
