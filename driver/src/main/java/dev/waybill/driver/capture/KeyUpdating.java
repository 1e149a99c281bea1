// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.RequestedColumns;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One execution of an UPDATE that may change keys. A locking read before it tells which keys the rows have, and which they will have; every row after it must be one of those, and all of those must be there: see
 * {@link Repeating}.
 */
final class KeyUpdating {

    /** Rows of one statement; their keys are in memory while it runs. */
    private static final int MAX_ROWS = 100_000;

    private final CapturingConnection connection;
    private final Plan.KeyUpdate plan;
    private final Source source;
    private final CapturedTable table;

    KeyUpdating(CapturingConnection connection, Plan.KeyUpdate plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
        this.table = plan.table();
    }

    /** Runs it; in a transaction already. */
    Outcome run(Call call, RequestedColumns columns) throws SQLException {
        return Repeating.run(connection, table, () -> once(call, columns));
    }

    private Outcome once(Call call, RequestedColumns columns) throws SQLException {
        List<Before> rows = before();
        long count = source.withKeys(call, columns);
        ResultSet keys = connection.execution().rows().keys(source, count);
        List<Change> changes = paired(rows, keys, columns);
        if (changes != null) {
            record(changes);
            return Outcome.count(count, shown(keys, columns));
        } else if (!plan.foretold() && rows.size() > 1) {
            throw WaybillError.UNCAPTURED.with("it changes the keys of " + rows.size() + " rows in a way that does not say which is which");
        }
        return null;
    }

    private List<Before> before() throws SQLException {
        List<Before> rows = new ArrayList<>();
        PreparedStatement read = source.derived(plan.before(), plan.parameters());
        try (ResultSet result = read.executeQuery()) {
            while (result.next()) {
                RowImage old = table.oldImage(connection.database().dialect(), result, 1);
                rows.add(new Before(old, table.key(old), plan.foretold() ? table.key(table.keyImage(connection.database().dialect(), result, 1 + table.old().length)) : null));
                if (rows.size() > MAX_ROWS) {
                    throw WaybillError.UNCAPTURED.with("it changes the keys of more than " + MAX_ROWS + " rows");
                }
            }
        } finally {
            source.release(read);
        }
        return rows;
    }

    /** The changes, or null when the rows are not those that were read before. */
    private List<Change> paired(List<Before> rows, ResultSet keys, RequestedColumns columns) throws SQLException {
        if (rows.size() == 1) {
            return alone(rows.get(0), keys, columns);
        }
        Map<KeyImage, Before> byNewKey = new HashMap<>();
        for (Before row : rows) {
            if (!plan.foretold() || byNewKey.put(row.newKey, row) != null) {
                return null;
            }
        }
        List<Change> changes = new ArrayList<>();
        KeyMoves moves = new KeyMoves(table);
        while (keys.next()) {
            RowImage after = table.image(connection.database().dialect(), keys, columns.captured(false));
            Before row = byNewKey.remove(table.key(after));
            if (row == null) {
                return null;
            }
            add(row, after, changes, moves);
        }
        changes.addAll(moves.inOrder());
        return byNewKey.isEmpty() ? changes : null;
    }

    /** One row before and one after are the same row: the one that was read is locked, and no other is there. */
    private List<Change> alone(Before row, ResultSet keys, RequestedColumns columns) throws SQLException {
        if (!keys.next()) {
            return null;
        }
        RowImage after = table.image(connection.database().dialect(), keys, columns.captured(false));
        if (keys.next()) {
            return null;
        }
        List<Change> changes = new ArrayList<>();
        KeyMoves moves = new KeyMoves(table);
        add(row, after, changes, moves);
        changes.addAll(moves.inOrder());
        return changes;
    }

    private void add(Before row, RowImage after, List<Change> changes, KeyMoves moves) throws SQLException {
        KeyImage newKey = table.key(after);
        if (newKey.equals(row.key)) {
            changes.add(table.updated(row.old, after));
        } else {
            moves.add(row.key, row.old, newKey, after);
        }
    }

    private void record(List<Change> changes) throws SQLException {
        connection.written().add(table.name());
        for (Change change : changes) {
            connection.recorder().record(connection.publisher(), change);
        }
    }

    private ResultSet shown(ResultSet keys, RequestedColumns columns) throws SQLException {
        if (!columns.isShown()) {
            keys.close();
            return null;
        }
        connection.session().rewind(keys, 0);
        return connection.views().view(keys, columns.shown(false));
    }

    /**
     * @param old    image with the key, and what conditions look at
     * @param key    the same to look up
     * @param newKey as the statement's own expressions foretell it; null when they cannot
     */
    private record Before(RowImage old, KeyImage key, KeyImage newKey) {}
}
