// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.capture.Plan.PinnedWrite.Pin;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One execution of an UPDATE or DELETE whose rows nobody tells, as on MariaDB. Their keys are read and locked by its own condition, and with them the rows that foreign keys will change. Then it runs for just these rows ({@link PinnedText}): so
 * nothing else can be written, whatever others commit meanwhile, whatever LIMIT or RAND() would choose a second time. A condition on the row itself finds the locked rows again: there it runs as it is, on the application's own statement, and
 * the count has to be theirs (see {@link Repeating}). What is there afterwards is recorded as it is now; what is not was deleted. In a transaction already.
 */
final class PinnedWriting {

    private static final int MAX_ROWS = 100_000;

    private final CapturingConnection connection;
    private final Plan.PinnedWrite plan;
    private final Source source;

    PinnedWriting(CapturingConnection connection, Plan.PinnedWrite plan, Source source) {
        this.connection = connection;
        this.plan = plan;
        this.source = source;
    }

    /**
     * The rows of one table, read before.
     *
     * @param keys   images with the key, and what conditions look at; none for a table that is not published
     * @param moved  as they will be where keys change
     * @param values of {@link CascadeWalk#columns}, of a table that is not published
     */
    record Pinned(Pin pin, List<RowImage> keys, List<RowImage> moved, List<List<Object>> values) {

        int size() {
            return Math.max(keys.size(), values.size());
        }
    }

    Outcome run(Call call) throws SQLException {
        return Repeating.run(connection, plan.pins().get(0).name(), () -> once(call));
    }

    private Outcome once(Call call) throws SQLException {
        try (CascadeWalk walk = new CascadeWalk(connection, source)) {
            List<Pinned> pinned = new ArrayList<>();
            for (Pin pin : plan.pins()) {
                long locked = locked(pin);
                Pinned rows = pin.table() == null ? unpublished(pin, walk) : published(pin, walk);
                if (locked >= 0 && rows.size() != locked) {
                    return null;
                }
                pinned.add(rows);
            }
            boolean asWritten = plan.asWritten() && connection.session().countsFound();
            Outcome outcome = asWritten ? source.bare(call) : new PinnedText(connection, plan, source).run(pinned);
            if (asWritten && counted(call, outcome) != pinned.get(0).size()) {
                return null;
            }
            record(pinned, walk);
            return outcome;
        }
    }

    private long counted(Call call, Outcome outcome) throws SQLException {
        if (outcome.isRows()) {
            throw WaybillError.UNCAPTURED.with("it gives rows");
        }
        return call == Call.EXECUTE ? source.statement().getLargeUpdateCount() : outcome.updateCount();
    }

    // ---- before ----

    /** How many rows are locked; -1 where the read itself locks them. A row that is locked stays as it is, so when as many are read, they are the same. */
    private long locked(Pin pin) throws SQLException {
        if (pin.lock() == null) {
            return -1;
        }
        PreparedStatement lock = source.derived(pin.lock().sql(), pin.lock().parameters());
        try {
            return lock.executeLargeUpdate();
        } finally {
            source.release(lock);
        }
    }

    private Pinned published(Pin pin, CascadeWalk walk) throws SQLException {
        CapturedTable table = pin.table();
        List<RowImage> keys = new ArrayList<>();
        List<RowImage> moved = new ArrayList<>();
        PreparedStatement read = source.derived(pin.read(), pin.parameters());
        try (ResultSet row = read.executeQuery()) {
            while (row.next()) {
                RowImage key = table.oldImage(connection.database().dialect(), row, 1);
                if (key.value(table.key()[0]) == null) {
                    continue; // an outer join has found none
                }
                keys.add(key);
                if (pin.moves()) {
                    moved.add(table.keyImage(connection.database().dialect(), row, 1 + table.old().length));
                }
                if (keys.size() > MAX_ROWS) {
                    throw WaybillError.UNCAPTURED.with("it changes more than " + MAX_ROWS + " rows at once");
                }
            }
        } finally {
            source.release(read);
        }
        if (pin.walks()) {
            new CurrentRows(connection, table).walk(keys, pin.updates(), walk);
        }
        return new Pinned(pin, keys, moved, List.of());
    }

    private Pinned unpublished(Pin pin, CascadeWalk walk) throws SQLException {
        int before = walk.topValues().size();
        PreparedStatement read = source.derived(pin.read(), pin.parameters());
        try (ResultSet row = read.executeQuery()) {
            walk.from(pin.name(), row, pin.updates());
        } finally {
            source.release(read);
        }
        return new Pinned(pin, List.of(), List.of(), walk.topValues().subList(before, walk.topValues().size()));
    }

    // ---- after ----

    /** Children go before their parents, and get new values after them. */
    private void record(List<Pinned> pinned, CascadeWalk walk) throws SQLException {
        for (Pin pin : plan.pins()) {
            connection.written().add(pin.name());
        }
        try {
            if (plan.deletes()) {
                walk.record();
            }
            for (Map.Entry<CapturedTable, Map<KeyImage, RowImage>> table : byTable(pinned).entrySet()) {
                record(table.getKey(), table.getValue());
            }
            for (Pinned rows : pinned) {
                if (rows.pin.moves()) {
                    recordMoves(rows);
                }
            }
            if (!plan.deletes()) {
                walk.record();
            }
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }

    /** A row that the statement knows by two names is one. */
    private static Map<CapturedTable, Map<KeyImage, RowImage>> byTable(List<Pinned> pinned) throws SQLException {
        Map<CapturedTable, Map<KeyImage, RowImage>> tables = new LinkedHashMap<>();
        for (Pinned rows : pinned) {
            for (RowImage key : rows.pin.moves() ? List.<RowImage>of() : rows.keys) {
                tables.computeIfAbsent(rows.pin.table(), table -> new LinkedHashMap<>()).put(rows.pin.table().key(key), key);
            }
        }
        return tables;
    }

    private void record(CapturedTable table, Map<KeyImage, RowImage> keys) throws SQLException {
        CurrentRows rows = new CurrentRows(connection, table);
        Map<KeyImage, RowImage> now = rows.read(List.copyOf(keys.values()));
        if (plan.deletes()) {
            for (Map.Entry<KeyImage, RowImage> key : keys.entrySet()) {
                if (!now.containsKey(key.getKey())) {
                    rows.recordGone(key.getValue());
                }
            }
            return;
        } else if (now.size() != keys.size()) {
            throw WaybillError.UNCAPTURED.with("of " + keys.size() + " rows of " + table + " that it has changed " + now.size() + " are found by their keys");
        }
        for (Map.Entry<KeyImage, RowImage> row : now.entrySet()) {
            connection.recorder().record(connection.publisher(), table.watched().isEmpty() ? table.change(Operation.UPDATE, row.getValue()) : table.updated(keys.get(row.getKey()), row.getValue()));
        }
    }

    /** The statement's own expressions have told which key becomes which; each new one must be that of a row now. */
    private void recordMoves(Pinned pinned) throws SQLException {
        CapturedTable table = pinned.pin.table();
        Map<KeyImage, RowImage> now = new CurrentRows(connection, table).read(pinned.moved);
        Set<KeyImage> taken = new HashSet<>();
        KeyMoves moves = new KeyMoves(table);
        for (int i = 0; i < pinned.keys.size(); i++) {
            KeyImage old = table.key(pinned.keys.get(i));
            KeyImage key = table.key(pinned.moved.get(i));
            RowImage after = now.get(key);
            if (after == null || !taken.add(key)) {
                throw WaybillError.UNCAPTURED.with("it changes keys of " + table + " in a way that does not say which is which");
            } else if (key.equals(old)) {
                connection.recorder().record(connection.publisher(), table.updated(pinned.keys.get(i), after));
            } else {
                moves.add(old, pinned.keys.get(i), key, after);
            }
        }
        for (Change change : moves.inOrder()) {
            connection.recorder().record(connection.publisher(), change);
        }
    }
}
