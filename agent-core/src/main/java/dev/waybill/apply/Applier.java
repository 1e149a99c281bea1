// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Performs received transactions on a database. See the package page. One thread.
 */
public final class Applier {

    private final Dialect dialect;

    public Applier(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * Creates the tables that snapshots among these transactions need, before {@link #apply}, in step CREATE_TABLES (where DDL commits it commits by itself). Idempotent; does nothing for ordinary transactions.
     *
     * @throws SQLException a table is here with other columns or types; nothing of the snapshot was applied
     */
    public void prepare(AgentDatabase database, List<ReceivedTransaction> transactions) throws SQLException {
        throw new UnsupportedOperationException(dialect.name() + database + transactions);
    }

    /**
     * Applies transactions in order, whole, up to the bound of a group, and moves {@code log_received} and {@code digest_received} of the sender in the same transaction, which the caller commits.
     *
     * @param raw          auto-commit off, inside step APPLY
     * @param sender       name of the remote user whose journal it is
     * @param transactions not empty, in the sender's order, the first one following {@code log_received}
     * @throws SQLException transient ({@link java.sql.SQLTransientException} and its kin): roll back and try again later; anything else: the first transaction cannot be applied (HALT) until its cause is removed.
     *         The caller rolls back in both cases
     */
    public ApplyResult apply(Connection raw, String sender, List<ReceivedTransaction> transactions) throws SQLException {
        throw new UnsupportedOperationException(raw + sender + transactions);
    }
}
