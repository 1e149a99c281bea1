// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One execution of TRUNCATE. H2 commits before and after it and takes the rows away outside of any transaction, so nothing could be recorded with it: it is done as the DELETE of all rows, each recorded, in a transaction of its own. A
 * record "all rows are gone" would also take rows away that others commit at the same time, which a DELETE leaves.
 */
final class Truncating {

    private final CapturingConnection connection;
    private final Plan.Truncate plan;
    private final Source source;

    Truncating(CapturingConnection connection, Plan.Truncate plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
    }

    Outcome run(Call call) throws SQLException {
        if (call == Call.QUERY) {
            return source.bare(call);
        }
        CapturedTable table = plan.delete().table();
        if (!connection.facts().childrenOf(table.name()).isEmpty()) {
            connection.refused();
            throw new SQLException("Cannot truncate \"" + table + "\"; SQL statement:\n" + source.sql(), "90106", 90106);
        }
        if (!connection.isAutoCommit()) {
            connection.transaction().committing(connection.raw()::commit);
            connection.begin();
        }
        Outcome outcome = connection.inTransaction(new Deleting(connection, plan.delete(), source)::run);
        if (!connection.isAutoCommit()) {
            connection.transaction().committing(connection.raw()::commit);
        }
        restart();
        return outcome;
    }

    private void restart() throws SQLException {
        if (plan.restart() != null) {
            try (Statement statement = connection.raw().createStatement()) {
                statement.execute(plan.restart());
            }
        }
    }
}
