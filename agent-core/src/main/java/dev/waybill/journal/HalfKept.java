// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.KeyImage;
import dev.waybill.change.LargeValue;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds, after a kill, transactions of which the database kept the outbox row and not the rows that they wrote (see {@link Dialect#mayKeepHalves}): sent, they would show at a replica what its source has not.
 *
 * <pre>
 *   newest first:   what each change left of its row ─► is that what the table has?     (not asked where a later transaction, which stays, changed the row again)
 *                   INSERT, UPDATE   no such row           ─┐ missing
 *                   DELETE           the row is there       ─┘            all that was asked is missing: the database lost the transaction ─► alone
 *                   UPDATE           the row, other values    different   otherwise, if anything is missing or different                  ─► torn
 * </pre>
 *
 * An UPDATE whose row has other values need not have been lost: somebody who is not captured, or who sent us his change, may have written to the row after it. So that alone deletes nothing.
 *
 * Of small transactions, which are one row of the outbox; the newest ones, since what was being stored when the database was killed is newer than all that was stored before. Of all others it is only asked which rows they changed: taken for
 * absent, they would make what comes before them look lost. Where that cannot be known, nothing older is judged. Reads only; at snapshot isolation, or what others commit
 * meanwhile would look like a loss. One thread.
 */
public final class HalfKept {

    /** A store takes moments, and so many transactions do not fit into them. */
    private static final int NEWEST = 2_000;
    /** Of transactions in several rows so much is read; what is older than one beyond that is not judged. */
    private static final long MOST_BYTES = 4L << 20;

    private final Dialect dialect;

    /** Of databases with this dialect. */
    public HalfKept(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * What was found.
     *
     * @param alone      outbox rows of transactions none of whose rows are there
     * @param torn       transactions whose rows are not what they made of them, but some are
     * @param unreadable outbox rows that the database counts and cannot show: they belong to transactions that it has neither kept nor undone, and what these wrote may be there without being captured
     */
    public record Halves(List<Long> alone, List<UUID> torn, long unreadable) {}

    /** Of what a change left of its row; a table that is gone, or is another one, tells nothing. */
    private enum Presence { THERE, MISSING, DIFFERENT, UNKNOWN }

    /** Looks; nothing is changed. */
    public Halves look(Connection raw) throws SQLException {
        List<Long> alone = new ArrayList<>();
        List<UUID> torn = new ArrayList<>();
        Set<List<Object>> later = new HashSet<>();
        Outbox outbox = new Outbox(dialect);
        Deque<OutboxRow> rows = new ArrayDeque<>(outbox.newest(raw, NEWEST));
        for (long room = MOST_BYTES; !rows.isEmpty() && room >= 0;) {
            OutboxRow row = rows.removeFirst();
            if (row.payload() == null) {
                room -= row.last() ? add(later, outbox, raw, row, rows, room) : 0;
                continue;
            }
            Set<List<Object>> touched = new HashSet<>();
            Set<Presence> found = EnumSet.noneOf(Presence.class);
            for (Change change : changes(row, row.payload())) {
                found.add(presence(raw, change, touched, later));
            }
            found.remove(Presence.UNKNOWN);
            if (found.equals(EnumSet.of(Presence.MISSING))) {
                alone.add(row.entryId());
                continue;
            }
            later.addAll(touched);
            if (found.contains(Presence.MISSING) || found.contains(Presence.DIFFERENT)) {
                torn.add(row.transactionId());
            }
        }
        Collections.sort(alone);
        return new Halves(alone, torn, unreadable(raw));
    }

    /**
     * The rows that a transaction changed which is not judged itself, because it is not one small row.
     *
     * @param row   its last one
     * @param older where its others are
     * @return how many bytes that took; more than the room when it was not done
     */
    private static long add(Set<List<Object>> later, Outbox outbox, Connection raw, OutboxRow row, Collection<OutboxRow> older, long room) throws SQLException {
        List<OutboxRow> parts = new ArrayList<>(List.of(row));
        older.stream().filter(other -> other.transactionId().equals(row.transactionId())).forEach(parts::add);
        long bytes = OutboxRow.bytes(parts);
        if (parts.size() != row.part() + 1 || bytes > room) {
            return room + 1;
        }
        Collections.reverse(parts);
        for (Change change : changes(row, outbox.content(raw, parts))) {
            for (RowImage key : Stream.of(change.after(), change.before(), change.oldKey()).filter(image -> image != null && hasPlainKey(change.table(), image)).toList()) {
                isFirst(change.table(), key, later, later);
            }
        }
        return bytes;
    }

    /** Last change first. */
    private static List<Change> changes(OutboxRow row, byte[] content) throws SQLException {
        List<Change> changes = new ArrayList<>();
        try (TransactionReader reader = new TransactionReader(content)) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Change change) {
                    changes.add(change);
                }
            }
        } catch (IOException damaged) {
            throw WaybillError.OUTBOX_BROKEN.because(damaged, row.transactionId(), damaged.getMessage());
        }
        Collections.reverse(changes);
        return changes;
    }

    private Presence presence(Connection raw, Change change, Set<List<Object>> touched, Set<List<Object>> later) throws SQLException {
        RowImage key = change.after() != null ? change.after() : change.before();
        if (key == null || !hasPlainKey(change.table(), key)) {
            return Presence.UNKNOWN;
        }
        boolean first = isFirst(change.table(), key, touched, later);
        if (change.oldKey() != null) {
            isFirst(change.table(), change.oldKey(), touched, later);
        }
        return first ? ask(raw, change, key) : Presence.UNKNOWN;
    }

    private static boolean hasPlainKey(TableShape table, RowImage row) {
        return !table.key().isEmpty() && table.key().stream().allMatch(column -> row.has(column) && row.value(column) != null && !(row.value(column) instanceof LargeValue));
    }

    private static boolean isFirst(TableShape table, RowImage key, Set<List<Object>> touched, Set<List<Object>> later) throws SQLException {
        try {
            List<Object> row = List.of(table.schema(), table.name(), KeyImage.of(table, key));
            return touched.add(row) && !later.contains(row);
        } catch (IOException impossible) {
            throw new SQLException(impossible);
        }
    }

    private Presence ask(Connection raw, Change change, RowImage key) throws SQLException {
        TableShape table = change.table();
        boolean isUpdate = change.operation() == Operation.UPDATE;
        List<Integer> compared = isUpdate ? IntStream.range(0, table.columns().size()).filter(column -> isComparable(change.after(), column)).boxed().toList() : table.key();
        String columns = compared.stream().map(column -> dialect.selected(table.columns().get(column))).collect(Collectors.joining(", "));
        String where = table.key().stream().map(column -> dialect.quote(table.columns().get(column).name()) + " = ?").collect(Collectors.joining(" AND "));
        try (PreparedStatement select = raw.prepareStatement("SELECT " + columns + " FROM " + dialect.quote(table.schema(), table.name()) + " WHERE " + where)) {
            int parameter = 1;
            for (int column : table.key()) {
                dialect.bind(select, parameter++, key.value(column), table.columns().get(column).type());
            }
            try (ResultSet row = select.executeQuery()) {
                boolean is = row.next();
                if (is == (change.after() == null)) {
                    return Presence.MISSING;
                }
                return !isUpdate || KeyImage.of(table, compared, image(table, compared, row)).equals(KeyImage.of(table, compared, change.after())) ? Presence.THERE : Presence.DIFFERENT;
            }
        } catch (SQLException gone) {
            if (dialect.isClosed(gone)) {
                throw gone;
            }
            return Presence.UNKNOWN;
        } catch (IOException unreadable) {
            return Presence.UNKNOWN;
        }
    }

    private static boolean isComparable(RowImage row, int column) {
        return row.has(column) && !(row.value(column) instanceof LargeValue);
    }

    private RowImage image(TableShape table, List<Integer> columns, ResultSet row) throws SQLException {
        Object[] values = new Object[table.columns().size()];
        int position = 1;
        for (int column : columns) {
            ColumnShape shape = table.columns().get(column);
            values[column] = dialect.read(row, position++, shape.type());
        }
        return new RowImage(values);
    }

    /** COUNT(*) alone is the number that the table keeps of its rows, another aggregate passes those that can be read; in one query both would pass them. */
    private long unreadable(Connection raw) throws SQLException {
        return Math.max(0, number(raw, "COUNT(*)") - number(raw, "COALESCE(SUM(1), 0)"));
    }

    private long number(Connection raw, String aggregate) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT " + aggregate + " FROM " + dialect.catalogueTable("outbox"))) {
            row.next();
            return row.getLong(1);
        }
    }
}
