// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** One execution of a statement by which foreign keys change rows of other tables. In a transaction already. */
final class Cascading {

    private final CapturingConnection connection;
    private final Execution execution;
    private final Plan.Cascading plan;
    private final Source source;

    Cascading(CapturingConnection connection, Execution execution, Plan.Cascading plan, Source source) {
        this.connection = connection;
        this.execution = execution;
        this.plan = plan;
        this.source = source;
    }

    Outcome run(Call call) throws SQLException {
        return plan.chosen() && plan.inner() instanceof Plan.DeleteWrite delete ? Repeating.run(connection, delete.table(), () -> once(call)) : once(call);
    }

    private Outcome once(Call call) throws SQLException {
        try (CascadeWalk walk = new CascadeWalk(connection, source)) {
            PreparedStatement read = source.derived(plan.before(), plan.parameters());
            try (ResultSet rows = read.executeQuery()) {
                walk.from(plan.parent(), rows, plan.updates());
            } finally {
                source.release(read);
            }
            if (plan.inner() instanceof Plan.Returning write && write.effect() == Plan.Returning.Effect.DELETE) {
                return execution.returning(write, source, call, () -> {
                    recorded(walk);
                    return null;
                });
            }
            return plan.inner() instanceof Plan.DeleteWrite delete ? new Deleting(connection, delete, source, () -> recorded(walk), plan.chosen() ? walk.top(plan.parent()) : null).run() : other(call, walk);
        }
    }

    /** The parent's own new values come before those of its children. */
    private Outcome other(Call call, CascadeWalk walk) throws SQLException {
        Outcome outcome = execution.perform(plan.inner(), source, call);
        recorded(walk);
        return outcome;
    }

    private void recorded(CascadeWalk walk) throws SQLException {
        try {
            walk.record();
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }
}
