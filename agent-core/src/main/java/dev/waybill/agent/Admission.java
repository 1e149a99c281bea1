// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.apply.ReceivedTransaction;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.LocalNames;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * What a database below may write here: tables that are published here, and no snapshot. The one above is the authority on all that it sends. Transactions from below are read once more for this, before they are applied:
 * a branch that was taken over must not reach another table, the catalogue least of all. One thread.
 */
final class Admission {

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Supplier<Catalogue> catalogue;

    Admission(AgentDatabase database, Dialect dialect, Supplier<Catalogue> catalogue) {
        this.database = database;
        this.dialect = dialect;
        this.catalogue = catalogue;
    }

    /** Why this transaction may not be applied; null when it may. What cannot be read is left to the applier, which says so. */
    String refusal(Neighbour from, ReceivedTransaction transaction) throws SQLException {
        if (from.user().consolidated()) {
            return null;
        }
        return database.<String>read(raw -> {
            try (TransactionReader reader = new TransactionReader(transaction.content().open(raw))) {
                for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                    if (record instanceof SnapshotStart) {
                        return text(from, transaction, "a snapshot");
                    } else if (record instanceof Change change && !accepts(from, TableName.of(change.table()))) {
                        return text(from, transaction, "table " + TableName.of(change.table()));
                    }
                }
                return null;
            } catch (IOException unreadable) {
                return null;
            }
        });
    }

    /** Under the sender's name, or the one that it has here. */
    private boolean accepts(Neighbour from, TableName table) {
        return catalogue.get().accepts(from.name(), table) || !table.isOurs() && catalogue.get().accepts(from.name(), LocalNames.table(dialect, table));
    }

    private static String text(Neighbour from, ReceivedTransaction transaction, String what) {
        return WaybillError.APPLY_NOT_ADMITTED.with(from.name(), transaction.offset(), what).getMessage();
    }
}
