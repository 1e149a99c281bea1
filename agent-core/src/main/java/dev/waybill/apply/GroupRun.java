// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.MalformedException;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.change.TransactionRecord;
import dev.waybill.error.WaybillError;
import dev.waybill.refresh.SnapshotInstaller;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads transactions and hands their changes on, in their order. One thread. */
abstract class GroupRun {

    private final Connection raw;
    private final Landings landings;
    private final SnapshotInstaller installer;
    private final PassedStatements passed;
    private final Blame blame;
    private final Guard guard;
    private final Set<TableName> replaced = new HashSet<>();

    GroupRun(Connection raw, Landings landings, SnapshotInstaller installer, PassedStatements passed, Blame blame, Guard guard) {
        this.passed = passed;
        this.guard = guard;
        this.blame = blame;
        this.raw = raw;
        this.landings = landings;
        this.installer = installer;
    }

    /** Any other record, in its place; of a snapshot before its tables are emptied. */
    void note(TransactionRecord record) throws SQLException {
        // Most runs need changes alone.
    }

    /** Takes a change; it is performed at once or by {@link #flush} at the latest. */
    abstract void take(Work work) throws SQLException;

    /** As {@link #take(Work)}, of a change that is known to hold no large value. */
    void takeSmall(Work work) throws SQLException {
        take(work);
    }

    /** Performs all that was taken. */
    abstract void flush() throws SQLException;

    /** Tables whose rows came anew, by snapshots among what was read. */
    Set<TableName> replaced() {
        return replaced;
    }

    /** All records of one transaction; the number of its changes. */
    long read(ReceivedTransaction transaction) throws SQLException {
        long changes = 0;
        int statements = 0;
        blame.at(transaction.offset());
        try (TransactionReader reader = transaction.read(raw, landings.shapes())) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Change change) {
                    take(admitted(change));
                    changes++;
                } else if (record instanceof Passthrough statement) {
                    execute(statement, statements++);
                } else {
                    note(record);
                }
                if (record instanceof SnapshotStart snapshot) {
                    guard.admitSnapshot();
                    flush();
                    List<TableDefinition> local = installer.local(raw, snapshot.tables());
                    installer.clear(raw, local);
                    local.forEach(table -> landings.meet(TableName.of(table.shape())));
                    local.forEach(table -> replaced.add(TableName.of(table.shape())));
                }
            }
        } catch (MalformedException malformed) {
            throw WaybillError.APPLY_UNREADABLE.because(malformed, transaction.offset(), blame.sender(), malformed.getMessage());
        } catch (IOException away) {
            throw away.getCause() instanceof SQLException database ? database : WaybillError.APPLY_POSTPONED.because(away, transaction.offset(), blame.sender(), "none", away.getMessage());
        }
        return changes;
    }

    private void execute(Passthrough statement, int ordinal) throws SQLException {
        guard.admitPassthrough();
        flush();
        passed.perform(raw, blame, ordinal, statement);
        landings.forget();
    }

    /** The changes of a transaction that was read ahead: none of them holds a large value. */
    long take(ReceivedTransaction transaction, List<Change> changes) throws SQLException {
        blame.at(transaction.offset());
        for (Change change : changes) {
            takeSmall(admitted(change));
        }
        return changes.size();
    }

    private Work admitted(Change change) throws SQLException {
        guard.admit(change.table());
        Work work = Work.of(landings.of(raw, change.table(), blame), change);
        guard.admit(work);
        return work;
    }
}
