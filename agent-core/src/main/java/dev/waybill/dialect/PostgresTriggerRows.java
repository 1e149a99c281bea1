// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnType;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads back what PostgreSQL's triggers have written: which rows there are comes through a cursor, the rows themselves in windows of so many rows or bytes, one query for each table among them. One thread.
 */
final class PostgresTriggerRows implements Triggers.Rows {

    /** The transactions to which a statement belongs: two parameters. */
    static final String THESE = "(SELECT CAST(u.w AS xid8) AS writer, CAST(u.b AS timestamptz) AS begun, u.n FROM unnest(CAST(? AS text[]), CAST(? AS text[])) WITH ORDINALITY AS u (w, b, n)) e";

    private static final int WINDOW_ROWS = 1_000;
    private static final long WINDOW_BYTES = 1L << 20;

    /** What used a row version before it was made goes behind what made it: one link of each chain. By sorting, since a join could be planned as rows times rows. */
    private static final String LINK = "UPDATE waybill.trigger_row r SET place = f.made, step = f.made_step + 1 FROM (SELECT max(v.made) AS made, max(v.made_step) AS made_step, CAST(max(v.used_row) AS tid) AS used_row"
            + " FROM (SELECT m.writer, m.begun, m.file, m.new_tid AS version, m.place AS made, m.step AS made_step, NULL AS used, NULL AS used_step, NULL AS used_row FROM " + THESE
            + " JOIN waybill.trigger_row m ON m.writer = e.writer AND m.begun = e.begun WHERE m.new_tid IS NOT NULL"
            + " UNION ALL SELECT c.writer, c.begun, c.file, c.old_tid, NULL, NULL, c.place, c.step, CAST(c.ctid AS text) FROM " + THESE
            + " JOIN waybill.trigger_row c ON c.writer = e.writer AND c.begun = e.begun WHERE c.old_tid IS NOT NULL) v"
            + " GROUP BY v.writer, v.begun, v.file, v.version HAVING (max(v.made), max(v.made_step)) > (max(v.used), max(v.used_step))) f WHERE r.ctid = f.used_row";

    private static final String DIRECTORY = "SELECT e.n, CAST(r.ctid AS text), r.shape_id, r.operation, coalesce(pg_column_size(r.old_row), 0) + coalesce(pg_column_size(r.new_row), 0)"
            + " FROM " + THESE + " JOIN waybill.trigger_row r ON r.writer = e.writer AND r.begun = e.begun ORDER BY e.n, r.place, r.step";

    private final Connection raw;
    private final Triggers.Shapes shapes;
    private final PreparedStatement select;
    private final ResultSet directory;
    private final Map<Long, Layout> layouts = new HashMap<>();
    private final List<Entry> window = new ArrayList<>();
    private int at = -1;

    PostgresTriggerRows(Connection raw, List<Triggers.Ended> transactions, Triggers.Shapes shapes) throws SQLException {
        this.raw = raw;
        this.shapes = shapes;
        order(raw, transactions);
        this.select = raw.prepareStatement(DIRECTORY);
        bind(select, transactions);
        select.setFetchSize(WINDOW_ROWS);
        this.directory = select.executeQuery();
    }

    static void bind(PreparedStatement statement, List<Triggers.Ended> transactions) throws SQLException {
        bind(statement, 1, transactions);
    }

    private static void bind(PreparedStatement statement, int first, List<Triggers.Ended> transactions) throws SQLException {
        PostgresTriggers.set(statement, first, "text", transactions.stream().map(Triggers.Ended::writer).toArray());
        PostgresTriggers.set(statement, first + 1, "text", transactions.stream().map(Triggers.Ended::begun).toArray());
    }

    /** Until nothing is out of order: each time the next link of the chains that are. */
    private static void order(Connection raw, List<Triggers.Ended> transactions) throws SQLException {
        try (PreparedStatement link = raw.prepareStatement(LINK)) {
            bind(link, 1, transactions);
            bind(link, 3, transactions);
            int moved;
            do {
                moved = link.executeUpdate();
            } while (moved > 0);
        }
    }

    /** A row that was written; its change when the window is full. */
    private static final class Entry {
        private final int transaction;
        private final String row;
        private final long shape;
        private final Operation operation;
        private Change change;

        Entry(int transaction, String row, long shape, Operation operation) {
            this.transaction = transaction;
            this.row = row;
            this.shape = shape;
            this.operation = operation;
        }
    }

    /** How the rows of a shape are asked for. */
    private record Layout(TableShape shape, String sql) {}

    @Override
    public boolean next() throws SQLException {
        at++;
        if (at >= window.size()) {
            fill();
            at = 0;
        }
        return at < window.size();
    }

    @Override
    public int transaction() {
        return window.get(at).transaction;
    }

    @Override
    public Change change() {
        return window.get(at).change;
    }

    private void fill() throws SQLException {
        window.clear();
        long bytes = 0;
        Map<Long, Map<String, Entry>> byShape = new LinkedHashMap<>();
        while (window.size() < WINDOW_ROWS && bytes < WINDOW_BYTES && directory.next()) {
            Entry entry = new Entry(directory.getInt(1) - 1, directory.getString(2), directory.getLong(3), Operation.valueOf(directory.getString(4)));
            bytes += directory.getLong(5);
            window.add(entry);
            byShape.computeIfAbsent(entry.shape, none -> new HashMap<>()).put(entry.row, entry);
        }
        for (Map.Entry<Long, Map<String, Entry>> same : byShape.entrySet()) {
            read(layout(same.getKey()), same.getValue());
        }
    }

    private Layout layout(long shapeId) throws SQLException {
        Layout known = layouts.get(shapeId);
        if (known == null) {
            TableShape shape = shapes.get(shapeId);
            StringBuilder columns = new StringBuilder();
            for (int i = 0; i < shape.columns().size(); i++) {
                ColumnType type = shape.columns().get(i).type();
                columns.append(", ").append(value("new_row", i, type)).append(", ").append(shape.key().contains(i) ? value("old_row", i, type) : "NULL")
                        .append(", old_row[").append(i + 1).append("] IS DISTINCT FROM new_row[").append(i + 1).append(']');
            }
            known = new Layout(shape, "SELECT CAST(ctid AS text)" + columns + " FROM waybill.trigger_row WHERE ctid = ANY(CAST(? AS tid[]))");
            layouts.put(shapeId, known);
        }
        return known;
    }

    /** Back to a value without a length or a precision, by which a cast would cut; what is read as text anyway stays text. */
    private static String value(String row, int column, ColumnType type) {
        String element = row + "[" + (column + 1) + "]";
        String name = switch (type.kind()) {
            case INTEGER -> "bigint";
            case DECIMAL -> "numeric";
            case BYTES, GEOMETRY -> "bytea";
            case BOOLEAN -> "boolean";
            case REAL -> "real";
            case DOUBLE -> "double precision";
            case DATE -> "date";
            case TIME -> "time";
            case TIME_WITH_ZONE -> "timetz";
            case TIMESTAMP -> "timestamp";
            case TIMESTAMP_WITH_ZONE -> "timestamptz";
            case UUID -> "uuid";
            case TEXT, DECFLOAT, JSON, ARRAY, INTERVAL, ROW -> null;
        };
        return name == null ? element : "CAST(" + element + " AS " + name + ")";
    }

    private void read(Layout layout, Map<String, Entry> entries) throws SQLException {
        int found = 0;
        try (PreparedStatement rows = raw.prepareStatement(layout.sql)) {
            PostgresTriggers.set(rows, 1, "text", entries.keySet().toArray());
            try (ResultSet row = rows.executeQuery()) {
                while (row.next()) {
                    Entry entry = entries.get(row.getString(1));
                    entry.change = change(layout.shape, entry.operation, row);
                    found++;
                }
            }
        }
        if (found != entries.size()) {
            throw WaybillError.TRIGGERS_BROKEN.with("of " + entries.size() + " rows of a transaction only " + found + " were found again");
        }
    }

    private static Change change(TableShape shape, Operation operation, ResultSet row) throws SQLException {
        return switch (operation) {
            case INSERT -> new Change(shape, operation, null, null, after(shape, row, true), List.of());
            case DELETE -> new Change(shape, operation, null, oldKey(shape, row), null, List.of());
            default -> update(shape, row);
        };
    }

    /** Of what was only written again, nothing; of a change of the key, the key as it was. */
    private static Change update(TableShape shape, ResultSet row) throws SQLException {
        boolean changed = false;
        boolean moved = false;
        for (int i = 0; i < shape.columns().size(); i++) {
            boolean differs = row.getBoolean(3 * i + 4);
            changed |= differs;
            moved |= differs && shape.key().contains(i);
        }
        return changed ? new Change(shape, Operation.UPDATE, moved ? oldKey(shape, row) : null, null, after(shape, row, false), List.of()) : null;
    }

    private static RowImage after(TableShape shape, ResultSet row, boolean whole) throws SQLException {
        Object[] values = new Object[shape.columns().size()];
        for (int i = 0; i < values.length; i++) {
            boolean wanted = whole || shape.key().contains(i) || row.getBoolean(3 * i + 4);
            values[i] = wanted ? PostgresValues.read(row, 3 * i + 2, shape.columns().get(i).type()) : RowImage.ABSENT;
        }
        return new RowImage(values);
    }

    private static RowImage oldKey(TableShape shape, ResultSet row) throws SQLException {
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        for (int i : shape.key()) {
            values[i] = PostgresValues.read(row, 3 * i + 3, shape.columns().get(i).type());
        }
        return new RowImage(values);
    }

    @Override
    public void close() throws SQLException {
        select.close();
    }
}
