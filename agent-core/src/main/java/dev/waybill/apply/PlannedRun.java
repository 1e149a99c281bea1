// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.refresh.SnapshotInstaller;
import java.sql.SQLException;

/** The quick way: changes are planned into few batches. One thread. */
final class PlannedRun extends GroupRun {

    private final Guard guard;
    private final Plan plan;
    private final BatchRunner runner;
    private final Onward onward;

    PlannedRun(Statements statements, Landings landings, SnapshotInstaller installer, PassedStatements passed, Blame blame, Guard guard, ApplyLimits limits, Tally tally, Onward onward) {
        super(statements.raw(), landings, installer, passed, blame, guard);
        this.guard = guard;
        this.plan = new Plan(new Commutation(statements.raw(), landings.tables()), guard, limits);
        this.runner = new BatchRunner(statements, tally, limits.batchRows(), guard);
        this.onward = onward;
    }

    @Override
    void take(Work work) throws SQLException {
        if (onward != null && onward.carries(work.landing().table().name())) {
            onward.isMet();
            throw new SQLException("The table " + work.landing().table().name() + " travels on: its rows go one by one.");
        }
        if (work.hasLargeValue()) {
            flush();
            run(new Batch(work));
        } else {
            takeSmall(work);
        }
    }

    @Override
    void takeSmall(Work work) throws SQLException {
        plan.add(work);
        if (plan.isFull()) {
            flush();
        }
    }

    @Override
    void flush() throws SQLException {
        for (Batch batch : plan.take()) {
            run(batch);
        }
    }

    private void run(Batch batch) throws SQLException {
        guard.before(batch.works());
        runner.run(batch);
        guard.after(batch.works());
    }
}
