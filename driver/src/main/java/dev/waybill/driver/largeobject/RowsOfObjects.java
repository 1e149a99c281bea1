// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.largeobject;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.LargeObjectFacts;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.driver.recording.WrittenTables;
import dev.waybill.error.WaybillError;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** At the end of a transaction: the published rows of large objects that it has written or removed. For one connection, under its lock. */
public final class RowsOfObjects {

    /** Objects whose locks this transaction holds, and that are not there any more. */
    private static final String UNLINKED = "SELECT l.objid FROM pg_catalog.pg_locks l WHERE l.locktype = 'object' AND l.classid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND l.pid = pg_catalog.pg_backend_pid()"
            + " AND l.mode = 'AccessExclusiveLock' AND l.granted AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid = l.objid)";

    private final Connection raw;
    private final Dialect dialect;

    public RowsOfObjects(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    /**
     * Records what the rows have now.
     *
     * @throws SQLException OBJECT_IN_PLACE, OBJECT_REMOVED: it cannot be committed
     */
    public void gather(DatabaseFacts facts, WrittenObjects objects, WrittenTables tables, Recorder recorder) throws SQLException {
        LargeObjectFacts known = facts.beyond() == null ? null : facts.beyond().objects();
        if (known == null) {
            return;
        }
        if (objects.isUnlinked() || known.byTrigger() || tables.tables().stream().anyMatch(known.columns()::containsKey)) {
            demandThatNoneIsGone(facts, known);
        }
        if (!objects.written().isEmpty()) {
            if (raw.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED) {
                throw WaybillError.OBJECT_IN_PLACE.with(objects.written().iterator().next());
            }
            for (Map.Entry<TableName, List<String>> table : known.columns().entrySet()) {
                for (String column : table.getValue()) {
                    record(facts.publisher(), facts.captured().get(table.getKey()).taking(List.of(column)), column, objects.written(), recorder);
                }
            }
        }
    }

    private void demandThatNoneIsGone(DatabaseFacts facts, LargeObjectFacts known) throws SQLException {
        List<Long> gone = new ArrayList<>();
        try (PreparedStatement statement = raw.prepareStatement(UNLINKED); ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                gone.add(row.getLong(1));
            }
        }
        if (gone.isEmpty()) {
            return;
        }
        for (Map.Entry<TableName, List<String>> table : known.columns().entrySet()) {
            for (String column : table.getValue()) {
                CapturedTable captured = facts.captured().get(table.getKey());
                referring(captured, dialect.quote(column), column, gone, " FETCH FIRST 1 ROWS ONLY", row -> {
                    throw WaybillError.OBJECT_REMOVED.with(row.getLong(1), captured.name() + "." + column);
                });
            }
        }
    }

    private void record(String publisher, CapturedTable table, String column, Collection<Long> written, Recorder recorder) throws SQLException {
        String columns = Arrays.stream(table.taken()).map(dialect::quote).collect(Collectors.joining(", "));
        referring(table, columns, column, written, " FOR UPDATE", row -> recorder.record(publisher, table.change(Operation.UPDATE, table.image(dialect, row, table.positions(1)))));
    }

    private interface Row {
        void take(ResultSet row) throws SQLException;
    }

    private void referring(CapturedTable table, String columns, String column, Collection<Long> numbers, String end, Row each) throws SQLException {
        Array all = raw.createArrayOf("int8", numbers.toArray());
        try (PreparedStatement select = raw.prepareStatement("SELECT " + columns + " FROM " + dialect.quote(table.name().schema(), table.name().name()) + " WHERE " + dialect.quote(column)
                + " = ANY (CAST(? AS pg_catalog.oid[]))" + end)) {
            select.setArray(1, all);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    each.take(row);
                }
            }
        } finally {
            all.free();
        }
    }
}
