// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.LargeValue;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.complete.CompleteCapture;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequencer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A replica in a few lines, for tests: what is in the outbox, applied to maps of rows. Knows nothing of how it was captured. */
final class Replayer {

    private final Map<String, Map<List<Object>, List<Object>>> tables = new TreeMap<>();
    private final List<List<Change>> transactions = new ArrayList<>();

    /** Reads the outbox of this database in the order of commits, and applies everything. */
    static Replayer of(Connection raw) throws SQLException, IOException {
        Replayer replayer = new Replayer();
        if (CompleteCapture.isOn(raw, Dialects.of(raw))) {
            replayer.readJournal(raw, Dialects.of(raw));
            return replayer;
        }
        Map<Object, ByteArrayOutputStream> open = new LinkedHashMap<>();
        boolean thin = Dialects.of(raw).hasThinOutbox();
        String columns = thin ? "payload" : "transaction_id, part, last, payload";
        try (Statement statement = raw.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + columns + " FROM " + Dialects.of(raw).catalogueTable("outbox") + " ORDER BY " + Dialects.of(raw).entryId())) {
            Map<Object, Integer> parts = new LinkedHashMap<>();
            while (rows.next()) {
                Part part = thin ? Part.of(rows.getBytes(1)) : new Part(rows.getObject(1), rows.getInt(2), rows.getBoolean(3), rows.getBytes(4));
                if (part.number != parts.merge(part.transaction, 1, Integer::sum) - 1) {
                    throw new AssertionError("part " + part.number + " of " + part.transaction + " is out of order");
                }
                open.computeIfAbsent(part.transaction, key -> new ByteArrayOutputStream()).write(part.slice);
                if (part.last) {
                    replayer.read(new ByteArrayInputStream(open.remove(part.transaction).toByteArray()));
                }
            }
        }
        if (!open.isEmpty()) {
            throw new AssertionError("transactions without an end: " + open.keySet());
        }
        return replayer;
    }

    /** A row of the outbox. */
    private record Part(Object transaction, int number, boolean last, byte[] slice) {

        /** Of one that is its payload alone. */
        static Part of(byte[] payload) {
            ByteBuffer row = ByteBuffer.wrap(payload);
            return new Part(new UUID(row.getLong(6), row.getLong(14)), row.getInt(2), row.get(1) == 1, Arrays.copyOfRange(payload, 26, payload.length));
        }
    }

    /** Where triggers capture, only the sequencer knows what they wrote. */
    private void readJournal(Connection raw, Dialect dialect) throws SQLException, IOException {
        raw.setAutoCommit(false);
        raw.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        Sequencer sequencer = new Sequencer(dialect, InstantSource.system());
        boolean more = true;
        while (more) {
            more = sequencer.sequence(raw).more();
            raw.commit();
        }
        Journal journal = new Journal(dialect);
        try (JournalScan scan = journal.scan(raw, LogOffset.ZERO, journal.head(raw).offset())) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                read(entry.open());
            }
        }
        raw.commit();
        raw.setAutoCommit(true);
    }

    /** Rows by key, of each table that was written. */
    Map<String, Map<List<Object>, List<Object>>> tables() {
        return tables;
    }

    /** Changes by transaction. */
    List<List<Change>> transactions() {
        return transactions;
    }

    private void read(InputStream in) throws IOException {
        List<Change> changes = new ArrayList<>();
        try (TransactionReader reader = new TransactionReader(in)) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Change change) {
                    changes.add(change);
                    apply(change);
                }
            }
        }
        transactions.add(changes);
    }

    private void apply(Change change) throws IOException {
        Map<List<Object>, List<Object>> rows = tables.computeIfAbsent(change.table().qualifiedName(), name -> new LinkedHashMap<>());
        switch (change.operation()) {
            case INSERT -> expect(rows.put(key(change.table(), change.after()), row(change.after())) == null, change);
            case UPDATE -> {
                List<Object> old = key(change.table(), change.oldKey() == null ? change.after() : change.oldKey());
                List<Object> was = rows.remove(old);
                expect(was != null, change);
                rows.put(key(change.table(), change.after()), merged(was, row(change.after())));
            }
            case DELETE -> expect(rows.remove(key(change.table(), change.before())) != null, change);
            case UPSERT -> rows.put(key(change.table(), change.after()), row(change.after()));
            case TRUNCATE -> rows.clear();
        }
    }

    private static List<Object> merged(List<Object> was, List<Object> is) {
        List<Object> merged = new ArrayList<>(is);
        merged.replaceAll(value -> value);
        for (int i = 0; i < merged.size(); i++) {
            merged.set(i, merged.get(i) == RowImage.ABSENT ? was.get(i) : merged.get(i));
        }
        return merged;
    }

    private static void expect(boolean claim, Change change) {
        if (!claim) {
            throw new AssertionError("cannot be applied: " + change.operation() + " " + change.table().qualifiedName() + " " + change);
        }
    }

    private static List<Object> key(TableShape table, RowImage image) throws IOException {
        List<Object> row = row(image);
        return table.key().stream().map(row::get).toList();
    }

    /** Values that compare by content. */
    static List<Object> row(RowImage image) throws IOException {
        List<Object> row = new ArrayList<>();
        for (Object value : image.values()) {
            row.add(comparable(value));
        }
        return row;
    }

    private static Object comparable(Object value) throws IOException {
        if (value instanceof LargeValue large) {
            try (InputStream in = large.open()) {
                return "large " + Arrays.hashCode(in.readAllBytes());
            }
        } else if (value instanceof byte[] bytes) {
            return Arrays.toString(bytes);
        } else if (value instanceof Object[] array) {
            List<Object> elements = new ArrayList<>();
            for (Object element : array) {
                elements.add(comparable(element));
            }
            return elements;
        }
        return value;
    }
}
