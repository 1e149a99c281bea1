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
import java.util.List;
import java.util.Map;

/** Triggers on published tables follow the catalogue, in the caller's transaction. Stateless; any thread. */
public final class CompleteCapture {

    private CompleteCapture() {}

    /** Whether this database is captured by triggers. */
    public static boolean isOn(Connection raw, Dialect dialect) throws SQLException {
        return dialect.triggers() != null && dialect.triggers().areOn(raw);
    }

    /**
     * Exactly these tables have triggers, which write in these shapes: all in the caller's transaction, where DDL is part of one. A table whose triggers change is locked until the transaction ends.
     *
     * @param wanted   all published tables, with everything that is captured of them
     * @param patience how long to wait for the writers of each table
     * @throws SQLException CAPTURE_NOT_OFFERED, CAPTURE_BUSY, CAPTURE_IMPOSSIBLE, or the database's own where the user may not create triggers
     */
    public static void follow(Connection raw, Dialect dialect, Map<TableName, TableShape> wanted, Duration patience) throws SQLException {
        Triggers triggers = triggers(dialect);
        triggers.prepare(raw);
        TriggerShapes shapes = new TriggerShapes(raw, dialect);
        Map<TableName, InForce> present = shapes.inForce();
        List<TableName> gone = gone(present, wanted);
        List<TableName> changed = changed(present, wanted);
        List<TableName> there = gone.stream().filter(triggers.covered(raw)::contains).toList();
        TableName busy = gone.isEmpty() && changed.isEmpty() ? null : triggers.lock(raw, changed, there, patience);
        if (busy != null) {
            throw WaybillError.CAPTURE_BUSY.with(busy, patience);
        }
        if (present.isEmpty() != wanted.isEmpty()) {
            triggers.turn(raw, present.isEmpty());
        }
        for (TableName table : gone) {
            triggers.uncover(raw, present.get(table).number());
            shapes.end(table);
        }
        for (TableName table : changed) {
            long[] numbers = shapes.announce(wanted.get(table), present.containsKey(table) ? present.get(table).number() : null);
            shapes.begin(table, numbers[0]);
            triggers.cover(raw, wanted.get(table), numbers[0], numbers[1], patience);
        }
    }

    /** Whether these tables have their triggers, and no other table has any. */
    public static boolean isFollowed(Connection raw, Dialect dialect, Map<TableName, TableShape> wanted) throws SQLException {
        triggers(dialect);
        Map<TableName, InForce> present = new TriggerShapes(raw, dialect).inForce();
        return gone(present, wanted).isEmpty() && changed(present, wanted).isEmpty();
    }

    /** @throws SQLException CAPTURE_NOT_OFFERED */
    static Triggers triggers(Dialect dialect) throws SQLException {
        if (dialect.triggers() == null) {
            throw WaybillError.CAPTURE_NOT_OFFERED.with(dialect.name());
        }
        return dialect.triggers();
    }

    static List<TableName> gone(Map<TableName, InForce> present, Map<TableName, TableShape> wanted) {
        return present.keySet().stream().filter(table -> !wanted.containsKey(table)).toList();
    }

    static List<TableName> changed(Map<TableName, InForce> present, Map<TableName, TableShape> wanted) {
        return wanted.keySet().stream().filter(table -> !present.containsKey(table) || !isSame(present.get(table).shape(), wanted.get(table))).toList();
    }

    static boolean isSame(TableShape one, TableShape other) {
        return one.columns().equals(other.columns()) && one.key().equals(other.key()) && one.publications().equals(other.publications());
    }
}
