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

/** A replica in a few lines, for tests: what is in the outbox, applied to maps of rows. Knows nothing of how it was captured. */
final class Replayer {

    private static final String THIN = "CAST(SUBSTRING(payload FROM 7 FOR 16) AS UUID), CAST(SUBSTRING(payload FROM 3 FOR 4) AS INTEGER), SUBSTRING(payload FROM 2 FOR 1) = X'01', SUBSTRING(payload FROM 27)";

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
        String columns = Dialects.of(raw).hasThinOutbox() ? THIN : "transaction_id, part, last, payload";
        try (Statement statement = raw.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + columns + " FROM " + Dialects.of(raw).catalogueTable("outbox") + " ORDER BY " + Dialects.of(raw).entryId())) {
            Map<Object, Integer> parts = new LinkedHashMap<>();
            while (rows.next()) {
                Object id = rows.getObject(1);
                if (rows.getInt(2) != parts.merge(id, 1, Integer::sum) - 1) {
                    throw new AssertionError("part " + rows.getInt(2) + " of " + id + " is out of order");
                }
                open.computeIfAbsent(id, key -> new ByteArrayOutputStream()).write(rows.getBytes(4));
                if (rows.getBoolean(3)) {
                    replayer.read(new ByteArrayInputStream(open.remove(id).toByteArray()));
                }
            }
        }
        if (!open.isEmpty()) {
            throw new AssertionError("transactions without an end: " + open.keySet());
        }
        return replayer;
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
