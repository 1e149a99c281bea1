// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads back what MariaDB's triggers have written, in windows of so many rows or bytes: first where the next rows stand and how long they are, of many short transactions together or of one long one, then the rows themselves. One thread.
 */
final class MariaDbTriggerRows implements Triggers.Rows {

    /** The transactions to which a statement belongs: one parameter, a list of their numbers. */
    static final String WRITERS = "JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, writer BIGINT UNSIGNED PATH '$')) AS n";

    private static final int WINDOW_ROWS = 1_000;
    private static final long WINDOW_BYTES = 1L << 20;

    private final Connection raw;
    private final String rows;
    private final List<Triggers.Ended> transactions;
    private final Triggers.Shapes shapes;
    private final int[] counts;
    private final Deque<Place> ahead = new ArrayDeque<>();
    private final Deque<Entry> window = new ArrayDeque<>();
    private int next;
    private long after;
    private Entry current;

    MariaDbTriggerRows(Connection raw, String rows, List<Triggers.Ended> transactions, Triggers.Shapes shapes) throws SQLException {
        this.raw = raw;
        this.rows = rows;
        this.transactions = transactions;
        this.shapes = shapes;
        this.counts = new int[transactions.size()];
        Query.each(raw, "SELECT n.n, COUNT(*) FROM " + joined() + " GROUP BY n.n", row -> counts[row.getInt(1) - 1] = row.getInt(2), writers(transactions));
    }

    static String writers(List<Triggers.Ended> transactions) {
        return transactions.stream().map(Triggers.Ended::writer).collect(Collectors.joining(",", "[", "]"));
    }

    private String joined() {
        return WRITERS + " STRAIGHT_JOIN " + rows + " AS r FORCE INDEX (writer) ON r.writer = n.writer";
    }

    /** Where a row stands, and how long it is. */
    private record Place(int transaction, long place, long bytes) {}

    private record Entry(int transaction, Change change) {}

    @Override
    public boolean next() throws SQLException {
        if (window.isEmpty()) {
            fill();
        }
        current = window.poll();
        return current != null;
    }

    @Override
    public int transaction() {
        return current.transaction;
    }

    @Override
    public Change change() {
        return current.change;
    }

    private void fill() throws SQLException {
        if (ahead.isEmpty()) {
            lookAhead();
        }
        List<Place> wanted = new ArrayList<>();
        long bytes = 0;
        while (!ahead.isEmpty() && wanted.size() < WINDOW_ROWS && bytes < WINDOW_BYTES) {
            wanted.add(ahead.poll());
            bytes += wanted.get(wanted.size() - 1).bytes;
        }
        if (!wanted.isEmpty()) {
            read(wanted);
        }
    }

    private void lookAhead() throws SQLException {
        if (next < counts.length && counts[next] > WINDOW_ROWS) {
            lookInto(next);
        } else if (next < counts.length) {
            int end = next;
            for (int count = 0; end < counts.length && counts[end] <= WINDOW_ROWS && count < WINDOW_ROWS; end++) {
                count += counts[end];
            }
            int first = next;
            Query.each(raw, "SELECT n.n, r.place, r.bytes FROM " + joined() + " ORDER BY n.n, r.place", row -> ahead.add(new Place(first + row.getInt(1) - 1, row.getLong(2), row.getLong(3))),
                    writers(transactions.subList(first, end)));
            next = end;
        }
    }

    /** The next rows of a long one. */
    private void lookInto(int transaction) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT place, bytes FROM " + rows + " FORCE INDEX (writer) WHERE writer = " + transactions.get(transaction).writer() + " AND place > " + after + " ORDER BY place LIMIT "
                + WINDOW_ROWS); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                after = row.getLong(1);
                ahead.add(new Place(transaction, after, row.getLong(2)));
            }
        }
        if (ahead.size() < WINDOW_ROWS) {
            next++;
            after = 0;
        }
        if (ahead.isEmpty()) {
            lookAhead();
        }
    }

    private void read(List<Place> wanted) throws SQLException {
        Map<Long, Change> found = new HashMap<>();
        List<Long> there = new ArrayList<>();
        String places = wanted.stream().map(place -> Long.toString(place.place)).collect(Collectors.joining(",", "[", "]"));
        Query.each(raw, "SELECT r.place, r.shape_id, r.operation, r.old_row, r.new_row FROM JSON_TABLE(?, '$[*]' COLUMNS (place BIGINT PATH '$')) AS n STRAIGHT_JOIN " + rows + " AS r FORCE INDEX (PRIMARY) ON r.place = n.place",
                row -> {
            there.add(row.getLong(1));
            found.put(row.getLong(1), change(shapes.get(row.getLong(2)), Operation.valueOf(row.getString(3)), row.getBytes(4), row.getBytes(5)));
        }, places);
        if (there.size() != wanted.size()) {
            throw WaybillError.TRIGGERS_BROKEN.with("of " + wanted.size() + " rows of a transaction only " + there.size() + " were found again");
        }
        wanted.forEach(place -> window.add(new Entry(place.transaction, found.get(place.place))));
    }

    private static Change change(TableShape shape, Operation operation, byte[] before, byte[] after) throws SQLException {
        byte[][] old = fields(shape, before, operation != Operation.INSERT);
        byte[][] now = fields(shape, after, operation != Operation.DELETE);
        return switch (operation) {
            case INSERT -> new Change(shape, operation, null, null, image(shape, now, all(shape, true)), List.of());
            case DELETE -> new Change(shape, operation, null, image(shape, old, keyOf(shape)), null, List.of());
            default -> update(shape, old, now);
        };
    }

    /** Of what was only written again, nothing; of a change of the key, the key as it was. */
    private static Change update(TableShape shape, byte[][] old, byte[][] now) throws SQLException {
        boolean[] wanted = keyOf(shape);
        boolean changed = false;
        boolean moved = false;
        for (int i = 0; i < now.length; i++) {
            boolean differs = !Arrays.equals(old[i], now[i]);
            changed |= differs;
            moved |= differs && wanted[i];
        }
        if (!changed) {
            return null;
        }
        RowImage key = moved ? image(shape, old, keyOf(shape)) : null;
        for (int i = 0; i < now.length; i++) {
            wanted[i] |= !Arrays.equals(old[i], now[i]);
        }
        return new Change(shape, Operation.UPDATE, key, null, image(shape, now, wanted), List.of());
    }

    private static boolean[] all(TableShape shape, boolean wanted) {
        boolean[] all = new boolean[shape.columns().size()];
        Arrays.fill(all, wanted);
        return all;
    }

    private static boolean[] keyOf(TableShape shape) {
        boolean[] key = all(shape, false);
        shape.key().forEach(index -> key[index] = true);
        return key;
    }

    private static RowImage image(TableShape shape, byte[][] fields, boolean[] wanted) throws SQLException {
        Object[] values = new Object[fields.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = wanted[i] ? MariaDbValues.parse(fields[i], shape.columns().get(i).type()) : RowImage.ABSENT;
        }
        return new RowImage(values);
    }

    /** See {@link MariaDbTriggerText}. */
    private static byte[][] fields(TableShape shape, byte[] row, boolean there) throws SQLException {
        if (!there) {
            return null;
        }
        byte[][] fields = new byte[shape.columns().size()][];
        int at = 0;
        for (int i = 0; i < fields.length; i++) {
            int length = 0;
            int digits = at;
            while (at < row.length && row[at] >= '0' && row[at] <= '9') {
                length = 10 * length + row[at++] - '0';
            }
            boolean isNull = at == digits;
            if (at >= row.length || row[at++] != (isNull ? '-' : ':') || length < 0 || length > row.length - at) {
                throw WaybillError.TRIGGERS_BROKEN.with("a row of " + shape.qualifiedName() + " is damaged");
            }
            fields[i] = isNull ? null : Arrays.copyOfRange(row, at, at + length);
            at += length;
        }
        if (at != row.length) {
            throw WaybillError.TRIGGERS_BROKEN.with("a row of " + shape.qualifiedName() + " has more columns than its shape");
        }
        return fields;
    }

    @Override
    public void close() {
        // Nothing is open between two windows.
    }
}
