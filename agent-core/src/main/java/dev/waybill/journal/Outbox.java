// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads what is visible in the outbox, in one statement, as whole transactions in the order of their commits. Stateless; any thread. */
final class Outbox {

    /** A look is torn only while somebody commits between two steps of it. */
    private static final int LOOKS = 1_000;

    private static final String HEAD = "SUBSTRING(payload FROM 1 FOR " + OutboxHead.BYTES + ")";
    private static final String THIN = ", OCTET_LENGTH(payload), origin, ";

    /** All of a row that may be a small transaction, the head of every other one. */
    private static final String SMALL_OR_HEAD = "CASE WHEN OCTET_LENGTH(payload) <= " + (OutboxHead.BYTES + OutboxRow.SMALL_BYTES) + " THEN payload ELSE " + HEAD + " END";

    private final Dialect dialect;
    /** Up to FROM. */
    private final String columns;
    private final boolean withPayload;

    Outbox(Dialect dialect) {
        this.dialect = dialect;
        String small = dialect.journalsInBlocks() ? ", origin, CASE WHEN part = 0 AND last AND size <= " + OutboxRow.SMALL_BYTES + " THEN payload END" : "";
        withPayload = !small.isEmpty();
        columns = "SELECT " + dialect.entryId() + (dialect.hasThinOutbox() ? THIN + (withPayload ? SMALL_OR_HEAD : HEAD) : ", transaction_id, part, last, size, digest" + small) + " FROM ";
    }

    /** The ids of all visible rows, ascending; on a database whose looks may tear, of a look that another one has confirmed. */
    List<Long> settled(Connection raw) throws SQLException {
        List<Long> ids = visible(raw);
        for (int i = 0; dialect.mayTear() && !ids.isEmpty() && i < LOOKS; i++) {
            List<Long> again = visible(raw);
            if (again.size() >= ids.size() && again.subList(0, ids.size()).equals(ids)) {
                return ids;
            }
            ids = again;
        }
        if (dialect.mayTear() && !ids.isEmpty()) {
            throw WaybillError.OUTBOX_RESTLESS.with(LOOKS);
        }
        return ids;
    }

    /** The ids of all visible rows, ascending. */
    List<Long> visible(Connection raw) throws SQLException {
        List<Long> ids = new ArrayList<>();
        dialect.beginLook(raw);
        try (PreparedStatement select = raw.prepareStatement(ordered("SELECT " + dialect.entryId() + " FROM ", "", OptionalLong.empty()));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    /**
     * Whole transactions among the first rows by {@code entry_id}, in order; and whether there may be more. A beginning of the visible rows is closed under dependency: what a transaction depends on has its last
     * part before the last part of that one. At least one transaction is found if there is any: rows are doubled until a last part is among them. Where the database would pass all that waits to find the first ones, a look ends where it says.
     */
    Found first(Connection raw, int rowLimit) throws SQLException {
        return first(raw, rowLimit, List.of());
    }

    /**
     * The same without rows that have been taken already.
     *
     * @param taken ascending; where the database looks whole
     */
    Found first(Connection raw, int rowLimit, List<EntryIds> taken) throws SQLException {
        dialect.beginLook(raw);
        for (int limit = rowLimit;; limit *= 2) {
            OptionalLong end = dialect.endOfLook(raw, limit);
            List<OutboxRow> rows = new ArrayList<>();
            try (PreparedStatement select = raw.prepareStatement(firstBut(taken, limit, end)); ResultSet result = select.executeQuery()) {
                read(result, rows);
            }
            if (!taken.isEmpty()) {
                rows.sort(Comparator.comparingLong(OutboxRow::entryId));
                rows = rows.subList(0, Math.min(limit, rows.size()));
            }
            int agreed = dialect.mayTear() ? agreed(raw, rows, limit, end) : rows.size();
            boolean all = agreed == rows.size() && agreed < limit && end.isEmpty();
            List<List<OutboxRow>> transactions = group(rows.subList(0, agreed), all);
            if (agreed < limit && end.isEmpty() || !transactions.isEmpty()) {
                return new Found(transactions, !all);
            }
        }
    }

    /**
     * One statement, which sees one moment: between the runs, each found by its first id, so that what was taken costs nothing. The first so many of all of them are among the first so many of each.
     *
     * <pre>
     *   ids   ── late ──┤ taken ├─ late ─┤ taken ├── not yet looked at ──►
     *   arm    &lt; first           between            &gt; last
     * </pre>
     */
    private String firstBut(List<EntryIds> taken, int limit, OptionalLong end) {
        if (taken.isEmpty()) {
            return ordered(columns, dialect.first(limit), end);
        }
        List<String> arms = new ArrayList<>();
        String id = dialect.entryId();
        String behind = "";
        for (EntryIds run : taken) {
            arms.add(behind + id + " < " + run.first());
            behind = id + " > " + run.last() + " AND ";
        }
        arms.add(id + " > " + taken.get(taken.size() - 1).last());
        return arms.stream().map(arm -> "(" + columns + dialect.catalogueTable("outbox") + " WHERE " + arm + " ORDER BY 1" + dialect.first(limit) + ")").collect(Collectors.joining(" UNION ALL "));
    }

    /** All waiting rows, wherever they stand, by id, in one statement; the first of all are among the first of each place. */
    private String ordered(String upToFrom, String first, OptionalLong end) {
        List<String> places = end.isPresent() ? dialect.waitingRows(end.getAsLong()) : dialect.waitingRows();
        String inOrder = " ORDER BY 1" + first;
        return places.size() == 1 ? upToFrom + places.get(0) + inOrder : places.stream().map(place -> "(" + upToFrom + place + inOrder + ")").collect(Collectors.joining(" UNION ALL ")) + inOrder;
    }

    /** The whole transactions that consist of exactly these rows, in order. */
    List<List<OutboxRow>> exactly(Connection raw, Collection<Long> entryIds) throws SQLException {
        Set<Long> wanted = new HashSet<>(entryIds);
        dialect.beginLook(raw);
        List<OutboxRow> rows = new ArrayList<>();
        try (PreparedStatement select = raw.prepareStatement(ordered(columns, "", OptionalLong.empty())); ResultSet result = select.executeQuery()) {
            while (result.next()) {
                if (wanted.remove(result.getLong(1))) {
                    rows.add(row(result));
                }
            }
        }
        if (!wanted.isEmpty()) {
            throw WaybillError.OUTBOX_ROWS_GONE.with(wanted.size());
        }
        return group(rows, true);
    }

    /**
     * The transactions that stand among some rows, each of them whole, in order.
     *
     * @param from ready for FROM
     */
    List<List<OutboxRow>> among(Connection raw, String from) throws SQLException {
        List<OutboxRow> rows = new ArrayList<>();
        try (PreparedStatement select = raw.prepareStatement(columns + from + " ORDER BY 1"); ResultSet result = select.executeQuery()) {
            read(result, rows);
        }
        return group(rows, true);
    }

    /** The newest rows by id, newest first. */
    List<OutboxRow> newest(Connection raw, int limit) throws SQLException {
        List<OutboxRow> rows = new ArrayList<>();
        try (PreparedStatement select = raw.prepareStatement(columns + dialect.catalogueTable("outbox") + " ORDER BY 1 DESC" + dialect.first(limit)); ResultSet result = select.executeQuery()) {
            read(result, rows);
        }
        return rows;
    }

    /** A transaction as it was encoded, of all its rows in their order; only where a row is its payload alone. */
    byte[] content(Connection raw, List<OutboxRow> parts) throws SQLException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (PreparedStatement select = raw.prepareStatement("SELECT payload FROM " + dialect.catalogueTable("outbox") + " WHERE " + dialect.entryId() + " = ?")) {
            for (OutboxRow part : parts) {
                select.setLong(1, part.entryId());
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        throw WaybillError.OUTBOX_ROWS_GONE.with(1);
                    }
                    byte[] bytes = row.getBytes(1);
                    content.write(bytes, OutboxHead.BYTES, bytes.length - OutboxHead.BYTES);
                }
            }
        }
        return content.toByteArray();
    }

    /** Takes rows. */
    @FunctionalInterface
    interface Rows {
        void take(long entryId, UUID transactionId) throws SQLException;
    }

    /** All rows of the table, whether they wait or not, by id; the transaction is null of one that is damaged, of which a look tells. */
    void forEach(Connection raw, Rows rows) throws SQLException {
        String id = dialect.hasThinOutbox() ? HEAD : "transaction_id";
        try (PreparedStatement select = raw.prepareStatement("SELECT " + dialect.entryId() + ", " + id + " FROM " + dialect.catalogueTable("outbox") + " ORDER BY 1"); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.take(row.getLong(1), transactionId(row));
            }
        }
    }

    private UUID transactionId(ResultSet row) throws SQLException {
        if (!dialect.hasThinOutbox()) {
            return dialect.uuid(row, 2);
        }
        byte[] head = row.getBytes(2);
        return head.length < OutboxHead.BYTES ? null : OutboxHead.transactionId(head);
    }

    /** How many of these first rows a second look shows too, with nothing between them: what one of them follows had committed before the first look was over, has a smaller id, and would stand between them. */
    private int agreed(Connection raw, List<OutboxRow> rows, int limit, OptionalLong end) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement(ordered("SELECT " + dialect.entryId() + " FROM ", dialect.first(limit), end));
                ResultSet again = select.executeQuery()) {
            int agreed = 0;
            while (agreed < rows.size() && again.next() && again.getLong(1) == rows.get(agreed).entryId()) {
                agreed++;
            }
            return agreed;
        }
    }

    private void read(ResultSet result, List<OutboxRow> rows) throws SQLException {
        while (result.next()) {
            rows.add(row(result));
        }
    }

    private OutboxRow row(ResultSet result) throws SQLException {
        if (dialect.hasThinOutbox()) {
            return OutboxRow.of(result.getLong(1), result.getInt(2), result.getString(3), result.getBytes(4));
        }
        byte[] payload = withPayload ? result.getBytes(8) : null;
        return new OutboxRow(result.getLong(1), dialect.uuid(result, 2), result.getInt(3), result.getBoolean(4), result.getInt(5), result.getInt(6), payload == null ? null : result.getString(7), payload);
    }

    /** Transactions by the place of their last part. Their rows become visible together, so with all rows at hand a transaction without its last part was damaged. */
    private static List<List<OutboxRow>> group(List<OutboxRow> rows, boolean all) throws SQLException {
        List<List<OutboxRow>> transactions = new ArrayList<>(rows.size());
        Map<UUID, List<OutboxRow>> open = new HashMap<>();
        for (OutboxRow row : rows) {
            List<OutboxRow> parts = row.part() == 0 && row.last() ? new ArrayList<>(1) : open.computeIfAbsent(row.transactionId(), id -> new ArrayList<>());
            parts.add(row);
            check(row, parts.size() - 1);
            if (row.last()) {
                if (row.part() > 0) {
                    open.remove(row.transactionId());
                }
                transactions.add(parts);
            }
        }
        if (all && !open.isEmpty()) {
            throw WaybillError.OUTBOX_BROKEN.with(open.keySet().iterator().next(), "its last part is missing");
        }
        return transactions;
    }

    private static void check(OutboxRow row, int expected) throws SQLException {
        if (row.part() != expected) {
            throw WaybillError.OUTBOX_BROKEN.with(row.transactionId(), "part " + expected + " is missing before part " + row.part());
        }
        if (row.size() < 1) {
            throw WaybillError.OUTBOX_BROKEN.with(row.transactionId(), "part " + row.part() + " has the size " + row.size());
        }
    }

    /** Transactions in order, and whether more may be there. */
    record Found(List<List<OutboxRow>> transactions, boolean more) {}
}
