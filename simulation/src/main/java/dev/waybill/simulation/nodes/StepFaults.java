// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.simulation.Side;
import java.sql.SQLTransientException;
import java.util.Locale;

/** What happens at the durable steps of one agent's life: it is told to the world, may end there, or may fail. */
final class StepFaults implements StepGuard {

    /** The process is no more. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(String where) {
            super(where, null, false, false);
        }
    }

    /** The database says no, this time. */
    static final class Refused extends SQLTransientException {
        private static final long serialVersionUID = 1L;

        Refused(DurableStep step, String when) {
            super("simulated failure " + when + " " + step, "HY000", 90031);
        }
    }

    private final WholeNode node;
    private boolean dead;

    StepFaults(WholeNode node) {
        this.node = node;
    }

    /** From now on nothing that this agent does has an effect. */
    void end() {
        dead = true;
    }

    @Override
    public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
        at(step, Side.BEFORE);
        T result = effect.run();
        node.performed(step);
        at(step, Side.AFTER);
        return result;
    }

    /**
     * Nobody works beside an application that is not committed yet: it may have gone back to a savepoint, and H2 lets no time-out end a wait for a transaction that has, so that one thread would wait for itself for ever ({@code
     * Transaction.waitForThisToEnd} in 2.3.232 and 2.4.240).
     */
    private void at(DurableStep step, Side side) {
        if (dead) {
            throw new Crash("dead");
        }
        if (node.world().crashesAt(node, step, side)) {
            dead = true;
            throw new Crash(side.name().toLowerCase(Locale.ROOT) + " " + step);
        }
        if (side == Side.BEFORE && isOfTheDatabase(step) && node.world().isFull(node.name())) {
            throw StepFaults.<RuntimeException>sneaky(new Refused(step, "(no space left on the disk) before"));
        }
        if (isOfTheDatabase(step) && node.world().failsAt(node, step)) {
            throw StepFaults.<RuntimeException>sneaky(new Refused(step, side == Side.BEFORE ? "before" : "after"));
        }
        if (step != DurableStep.APPLY || side == Side.AFTER) {
            node.world().meanwhile(node);
        }
    }

    private static boolean isOfTheDatabase(DurableStep step) {
        return step != DurableStep.SEND_MESSAGE && step != DurableStep.DELETE_MESSAGE && step != DurableStep.QUARANTINE;
    }

    /** Steps of a database throw SQLException, which the signature of the port leaves to its callers. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> X sneaky(Exception failed) throws X {
        throw (X) failed;
    }
}
