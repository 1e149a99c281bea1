// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.refresh.SnapshotInstaller;
import java.sql.SQLException;

/** The sure way: changes are performed one by one, in their order. One thread. */
final class OrderedRun extends GroupRun {

    private final OneByOne oneByOne;

    OrderedRun(Statements statements, Landings landings, SnapshotInstaller installer, PassedStatements passed, Blame blame, Guard guard, OneByOne oneByOne) {
        super(statements.raw(), landings, installer, passed, blame, guard);
        this.oneByOne = oneByOne;
    }

    @Override
    void take(Work work) throws SQLException {
        oneByOne.perform(work);
    }

    @Override
    void flush() throws SQLException {
        oneByOne.finish();
    }
}
