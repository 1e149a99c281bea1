// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One execution of TRUNCATE. H2 and MariaDB commit before and after it and take the rows away outside of any transaction, so nothing could be recorded with it: it is done as the DELETE of all rows, each recorded, in a transaction of its own. A
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
        if (plan.delete() instanceof Plan.DeleteWrite delete && !connection.facts().childrenOf(delete.table().name()).isEmpty()) {
            connection.refused();
            throw new SQLException("Cannot truncate \"" + delete.table() + "\"; SQL statement:\n" + source.sql(), "90106", 90106);
        }
        if (!connection.isAutoCommit()) {
            connection.transaction().committing(connection.raw()::commit);
            connection.begin();
        }
        Outcome outcome = connection.inTransaction(this::delete);
        if (!connection.isAutoCommit()) {
            connection.transaction().committing(connection.raw()::commit);
        }
        restart();
        return outcome;
    }

    /** MariaDB's driver says 0, however many rows there were. */
    private Outcome delete() throws SQLException {
        if (plan.delete() instanceof Plan.MariaDbReturning delete) {
            new ReturnedRows(connection, delete, source).run();
            return Outcome.count(0, source.keys() instanceof KeyRequest.None ? null : connection.session().noKeys());
        }
        return new Deleting(connection, (Plan.DeleteWrite) plan.delete(), source).run();
    }

    private void restart() throws SQLException {
        if (plan.restart() != null) {
            try (Statement statement = connection.raw().createStatement()) {
                statement.execute(plan.restart());
            }
        }
    }
}
