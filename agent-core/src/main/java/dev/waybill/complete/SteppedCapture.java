// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.complete.TriggerShapes.InForce;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Triggers;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link CompleteCapture#follow} where DDL commits by itself, so that a crash can come between any two statements. Nobody is told that triggers capture a table before all that it needs are there, nor have any gone before nobody is told so any more:
 *
 * <pre>
 *   make    outside of a transaction   triggers of what is new or has changed; twice-captured transactions fail from here on, as at the fence
 *   begin   in the catalogue's         they are in force
 *   clear   after its commit           triggers of what is gone
 * </pre>
 *
 * What a crash leaves behind is known by its name, writes down what nobody is sent, and goes with the next change. One thread.
 */
public final class SteppedCapture implements AutoCloseable {

    private final Connection raw;
    private final Triggers triggers;
    private final TriggerShapes shapes;
    private final Duration patience;
    private final Map<TableName, Made> made = new HashMap<>();
    private Map<TableName, InForce> gone = Map.of();
    private boolean locked;
    private boolean begun;

    /** @throws SQLException CAPTURE_NOT_OFFERED */
    public SteppedCapture(Connection raw, Dialect dialect, Duration patience) throws SQLException {
        this.raw = raw;
        this.triggers = CompleteCapture.triggers(dialect);
        this.shapes = new TriggerShapes(raw, dialect);
        this.patience = patience;
    }

    private record Made(TableShape shape, long shapeId, long number) {}

    /** Whether all triggers are there for exactly these tables. */
    public boolean isMade(Map<TableName, TableShape> wanted) throws SQLException {
        return missing(wanted).isEmpty();
    }

    private List<TableName> missing(Map<TableName, TableShape> wanted) throws SQLException {
        return CompleteCapture.changed(shapes.inForce(), wanted).stream().filter(table -> !made.containsKey(table) || !CompleteCapture.isSame(made.get(table).shape, wanted.get(table))).toList();
    }

    /**
     * Makes what is missing.
     *
     * @throws SQLException CAPTURE_BUSY, CAPTURE_IMPOSSIBLE, or the database's own where the user may not create triggers
     */
    public void make(Map<TableName, TableShape> wanted) throws SQLException {
        lock();
        triggers.prepare(raw);
        Map<TableName, InForce> present = shapes.inForce();
        if (present.isEmpty()) {
            triggers.turn(raw, true);
        }
        for (TableName table : missing(wanted)) {
            long[] numbers = shapes.announce(wanted.get(table), present.containsKey(table) ? present.get(table).number() : null);
            made.put(table, new Made(wanted.get(table), numbers[0], numbers[1]));
            triggers.cover(raw, wanted.get(table), numbers[0], numbers[1], patience);
        }
    }

    private void lock() throws SQLException {
        TableName busy = locked ? null : triggers.lock(raw, List.of(), List.of(), patience);
        if (busy != null) {
            throw WaybillError.CAPTURE_BUSY.with(busy, patience);
        }
        locked = true;
    }

    /** In the transaction that changes the catalogue. */
    public void begin(Map<TableName, TableShape> wanted) throws SQLException {
        Map<TableName, InForce> present = shapes.inForce();
        for (TableName table : CompleteCapture.changed(present, wanted)) {
            shapes.begin(table, made.get(table).shapeId);
        }
        gone = new HashMap<>(present);
        gone.keySet().removeAll(wanted.keySet());
        for (TableName table : gone.keySet()) {
            shapes.end(table);
        }
    }

    /** After its commit. */
    public void clear() throws SQLException {
        begun = true;
        for (InForce old : gone.values()) {
            triggers.uncover(raw, old.number());
        }
        if (!gone.isEmpty() && shapes.inForce().isEmpty()) {
            triggers.turn(raw, false);
        }
    }

    /** What was made and never came into force goes. */
    @Override
    public void close() throws SQLException {
        if (!locked) {
            return;
        }
        try {
            if (!begun) {
                undo();
            }
        } finally {
            triggers.unlock(raw);
        }
    }

    private void undo() throws SQLException {
        Map<TableName, InForce> present = shapes.inForce();
        for (Map.Entry<TableName, Made> each : made.entrySet()) {
            if (!present.containsKey(each.getKey())) {
                triggers.uncover(raw, each.getValue().number);
            }
        }
        if (present.isEmpty()) {
            triggers.turn(raw, false);
        }
    }
}
