// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of one table that were changed, by the keys that they have. One thread. */
final class NetRows {

    private final Map<KeyImage, NetRow> present = new LinkedHashMap<>();
    private final Map<KeyImage, NetRow> gone = new LinkedHashMap<>();
    private final Map<KeyImage, NetRow> past = new HashMap<>();
    private TableShape shape;

    /** Takes a change; the row that it is of. */
    NetRow add(Change change) throws SQLException {
        shape = change.table();
        NetRow row = switch (change.operation()) {
            case INSERT -> inserted(change);
            case UPDATE -> updated(change);
            case DELETE -> deleted(change);
            case UPSERT, TRUNCATE -> vague(change);
        };
        row.changes.add(change);
        return row;
    }

    private NetRow inserted(Change change) throws SQLException {
        KeyImage key = key(change.after());
        NetRow row = gone.containsKey(key) ? gone.remove(key) : new NetRow();
        row.after = change.after();
        present.put(key, row);
        return row;
    }

    private NetRow updated(Change change) throws SQLException {
        NetRow row = present.remove(key(change.oldKey() == null ? change.after() : change.oldKey()));
        if (row == null) {
            row = begun(change.before());
        }
        row.after = change.after();
        present.put(key(change.after()), row);
        return row;
    }

    private NetRow deleted(Change change) throws SQLException {
        KeyImage key = key(change.before());
        NetRow row = present.remove(key);
        if (row == null) {
            row = begun(change.before());
        }
        row.after = null;
        gone.put(key, row);
        return row;
    }

    private NetRow vague(Change change) throws SQLException {
        if (change.operation() == Operation.TRUNCATE) {
            throw WaybillError.AUDIENCE_UNKNOWN.with(shape.qualifiedName(), "all of its rows were taken away at once");
        }
        KeyImage key = key(change.after());
        NetRow row = present.computeIfAbsent(key, none -> new NetRow());
        row.after = change.after();
        row.isVague = true;
        return row;
    }

    private NetRow begun(RowImage before) throws SQLException {
        NetRow row = new NetRow();
        row.before = before;
        row.isVague = before == null;
        if (before != null) {
            past.put(key(before), row);
        }
        return row;
    }

    /** Whether a row with this key was changed and is there. */
    boolean contains(KeyImage key) {
        return present.containsKey(key);
    }

    /** Whether a row with this key was changed, or has it by a change. */
    boolean concerns(KeyImage key) {
        return present.containsKey(key) || past.containsKey(key);
    }

    /** What the row with this key was; null when there was none. Only where one is concerned. */
    RowImage past(KeyImage key) {
        NetRow row = past.get(key);
        return row == null ? null : row.before;
    }

    /** Those that are there. */
    Collection<NetRow> present() {
        return present.values();
    }

    /** All. */
    List<NetRow> all() {
        List<NetRow> all = new ArrayList<>(present.values());
        all.addAll(gone.values());
        return all;
    }

    TableShape shape() {
        return shape;
    }

    private KeyImage key(RowImage row) throws SQLException {
        return key(shape, row);
    }

    static KeyImage key(TableShape shape, RowImage row) throws SQLException {
        try {
            return KeyImage.of(shape, row);
        } catch (IOException unreadable) {
            throw new SQLException(unreadable.getMessage(), unreadable);
        }
    }
}
