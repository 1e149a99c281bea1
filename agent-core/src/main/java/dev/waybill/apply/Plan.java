// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes that wait to be performed, gathered into few batches: a change joins the batch of its like if it may pass all batches after that one. Bounded.
 */
final class Plan {

    private static final int BATCHES = 64;

    private final Commutation commutation;
    private final Guard guard;
    private final ApplyLimits limits;
    private final List<Batch> batches = new ArrayList<>();
    private int rows;
    private long bytes;

    Plan(Commutation commutation, Guard guard, ApplyLimits limits) {
        this.guard = guard;
        this.commutation = commutation;
        this.limits = limits;
    }

    void add(Work work) throws SQLException {
        rows++;
        bytes += work.sizeBytes();
        for (int index = batches.size() - 1; index >= 0; index--) {
            Batch batch = batches.get(index);
            if (batch.takes(work) && !(guard.choosesRows(work.landing()) && batch.concernsRowOf(work))) {
                batch.add(work);
                return;
            }
            if (!commutation.mayPass(work, batch)) {
                break;
            }
        }
        batches.add(new Batch(work));
    }

    boolean isFull() {
        return rows >= limits.pendingRows() || bytes >= limits.pendingBytes() || batches.size() >= BATCHES;
    }

    /** The batches in the order in which they are to be performed; the plan is empty then. */
    List<Batch> take() {
        List<Batch> taken = List.copyOf(batches);
        batches.clear();
        rows = 0;
        bytes = 0;
        return taken;
    }
}
