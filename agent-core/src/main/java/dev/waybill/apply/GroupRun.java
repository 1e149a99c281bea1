// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ShapeCache;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.change.TransactionRecord;
import dev.waybill.error.WaybillError;
import dev.waybill.refresh.SnapshotInstaller;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** Reads transactions and hands their changes on, in their order. One thread. */
abstract class GroupRun {

    private static final int LANDINGS = 1_000;

    private final Connection raw;
    private final ReplicaTables tables;
    private final SnapshotInstaller installer;
    private final Blame blame;
    private final Map<TableShape, Landing> landings = new HashMap<>();
    private final Map<TableShape, Landing> sameShape = new IdentityHashMap<>();
    private final ShapeCache shapes = new ShapeCache();

    GroupRun(Connection raw, ReplicaTables tables, SnapshotInstaller installer, Blame blame) {
        this.blame = blame;
        this.raw = raw;
        this.tables = tables;
        this.installer = installer;
    }

    /** Takes a change; it is performed at once or by {@link #flush} at the latest. */
    abstract void take(Work work) throws SQLException;

    /** Performs all that was taken. */
    abstract void flush() throws SQLException;

    /** All records of one transaction; the number of its changes. */
    long read(ReceivedTransaction transaction) throws SQLException {
        long changes = 0;
        blame.at(transaction.offset());
        try (TransactionReader reader = new TransactionReader(transaction.content().open(raw), shapes)) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Change change) {
                    take(Work.of(landing(change.table()), change));
                    changes++;
                } else if (record instanceof SnapshotStart snapshot) {
                    flush();
                    installer.clear(raw, snapshot.tables());
                }
            }
        } catch (IOException unreadable) {
            throw WaybillError.APPLY_UNREADABLE.because(unreadable, transaction.offset(), blame.sender(), unreadable.getMessage());
        }
        return changes;
    }

    private Landing landing(TableShape shape) throws SQLException {
        Landing landing = sameShape.get(shape);
        if (landing == null) {
            landing = landings.get(shape);
            if (landing == null) {
                ReplicaTable table = tables.table(raw, TableName.of(shape));
                if (table == null) {
                    throw WaybillError.APPLY_TABLE_MISSING.with(TableName.of(shape), blame.offset(), blame.sender());
                }
                landing = Landing.of(shape, table, blame);
                if (landings.size() >= LANDINGS) {
                    flush();
                    landings.clear();
                    sameShape.clear();
                }
                landings.put(shape, landing);
            }
            if (sameShape.size() >= LANDINGS) {
                sameShape.clear();
            }
            sameShape.put(shape, landing);
        }
        return landing;
    }
}
