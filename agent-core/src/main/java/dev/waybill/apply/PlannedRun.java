// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.refresh.SnapshotInstaller;
import java.sql.SQLException;

/** The quick way: changes are planned into few batches. One thread. */
final class PlannedRun extends GroupRun {

    private final Plan plan;
    private final BatchRunner runner;

    PlannedRun(Statements statements, Landings landings, SnapshotInstaller installer, Blame blame, ApplyLimits limits, Tally tally) {
        super(statements.raw(), landings, installer, blame);
        this.plan = new Plan(new Commutation(statements.raw(), landings.tables()), limits);
        this.runner = new BatchRunner(statements, tally, limits.batchRows());
    }

    @Override
    void take(Work work) throws SQLException {
        if (work.hasLargeValue()) {
            flush();
            runner.run(new Batch(work));
            return;
        }
        plan.add(work);
        if (plan.isFull()) {
            flush();
        }
    }

    @Override
    void flush() throws SQLException {
        for (Batch batch : plan.take()) {
            runner.run(batch);
        }
    }
}
