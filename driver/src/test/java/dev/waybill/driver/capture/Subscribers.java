// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequencer;
import dev.waybill.publication.CatalogueHistory;
import dev.waybill.publication.Owed;
import dev.waybill.publication.SubscriberFilter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What subscribers of one publication make of the journal, for tests: maps of rows that are as strict as a database with foreign keys. A row that comes must not be there and finds those that it refers to; one that goes is there, and nobody
 * refers to it.
 */
final class Subscribers implements AutoCloseable {

    private final Connection raw;
    private final Dialect dialect;
    private final CatalogueHistory history;
    private final Sequencer sequencer;
    private final Map<String, Subscriber> all = new LinkedHashMap<>();
    private LogOffset seen = LogOffset.ZERO;

    Subscribers(Connection raw) throws SQLException {
        this.raw = raw;
        this.dialect = Dialects.of(raw);
        this.history = new CatalogueHistory(dialect);
        this.sequencer = new Sequencer(dialect, InstantSource.system());
    }

    /**
     * @param parents of each table the column that refers to the key of another
     */
    Subscribers add(String name, String publication, List<String> values, Map<String, Map<String, String>> parents) {
        List<Owed.Period> periods = values.stream().map(value -> new Owed.Period(publication, value, LogOffset.ZERO, null)).toList();
        all.put(name, new Subscriber(new SubscriberFilter(new Owed(name, LogOffset.ZERO, periods), history), parents));
        return this;
    }

    /** Everything that is committed reaches them. */
    void receive() throws Exception {
        raw.setAutoCommit(false);
        boolean more = true;
        while (more) {
            more = sequencer.sequence(raw).more();
            raw.commit();
        }
        Journal journal = new Journal(dialect);
        LogOffset head = journal.head(raw).offset();
        try (JournalScan scan = journal.scan(raw, seen, head)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                for (Subscriber subscriber : all.values()) {
                    subscriber.receive(raw, entry);
                }
            }
        }
        seen = head;
        raw.commit();
        raw.setAutoCommit(true);
    }

    /** The rows that he has of this table, as text. */
    List<String> rows(String name, String table) {
        return all.get(name).tables.getOrDefault(table, Map.of()).values().stream().map(Map::toString).sorted().toList();
    }

    /** What the database says, in the same form. */
    List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                Map<String, String> values = new TreeMap<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.put(row.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT), row.getString(i));
                }
                rows.add(values.toString());
            }
        }
        return rows.stream().sorted().toList();
    }

    @Override
    public void close() throws SQLException {
        raw.close();
    }

    /** One of them. */
    private static final class Subscriber {

        private final SubscriberFilter filter;
        private final Map<String, Map<String, String>> parents;
        private final Map<String, Map<List<Object>, Map<String, String>>> tables = new TreeMap<>();

        Subscriber(SubscriberFilter filter, Map<String, Map<String, String>> parents) {
            this.filter = filter;
            this.parents = parents;
        }

        void receive(Connection raw, JournalEntry entry) throws Exception {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            if (!filter.project(raw, entry, bytes)) {
                return;
            }
            List<Change> changes = new ArrayList<>();
            try (TransactionReader reader = new TransactionReader(new ByteArrayInputStream(bytes.toByteArray()))) {
                for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                    if (record instanceof Change change) {
                        changes.add(change);
                        assertThat(change.notes()).as("only what is meant for others").noneMatch(note -> List.of(Note.AUDIENCE_BEFORE, Note.AUDIENCE_AFTER, Note.MOVED, Note.KEPT).contains(note.type()));
                        try {
                            apply(change);
                        } catch (AssertionError broken) {
                            throw new AssertionError(broken.getMessage() + "\n in " + changes, broken);
                        }
                    }
                }
            }
        }

        private void apply(Change change) {
            String table = change.table().name().toLowerCase(Locale.ROOT);
            Map<List<Object>, Map<String, String>> rows = tables.computeIfAbsent(table, none -> new LinkedHashMap<>());
            switch (change.operation()) {
                case INSERT -> {
                    assertThat(change.after().values()).doesNotContain(RowImage.ABSENT);
                    assertThat(rows.put(key(change, change.after()), over(new TreeMap<>(), change))).as("there was one").isNull();
                    expectParents(table, rows.get(key(change, change.after())));
                }
                case UPDATE -> {
                    Map<String, String> row = rows.remove(key(change, change.oldKey() == null ? change.after() : change.oldKey()));
                    assertThat(row).as("there was none").isNotNull();
                    rows.put(key(change, change.after()), over(row, change));
                    expectParents(table, row);
                }
                case DELETE -> {
                    Map<String, String> row = rows.remove(key(change, change.before()));
                    assertThat(row != null || change.has(Note.PERHAPS_GONE)).as("there was one").isTrue();
                    if (row != null) {
                        expectNoChildren(table, row);
                    }
                }
                case UPSERT -> rows.put(key(change, change.after()), over(rows.getOrDefault(key(change, change.after()), new TreeMap<>()), change));
                case TRUNCATE -> rows.clear();
            }
        }

        private void expectParents(String table, Map<String, String> row) {
            parents.getOrDefault(table, Map.of()).forEach((column, parent) -> assertThat(row.get(column) == null || tables.getOrDefault(parent, Map.of()).containsKey(List.of(row.get(column))))
                    .as("%s %s has its %s", table, row, parent).isTrue());
        }

        private void expectNoChildren(String table, Map<String, String> row) {
            parents.forEach((child, columns) -> columns.forEach((column, parent) -> {
                if (parent.equals(table)) {
                    assertThat(tables.getOrDefault(child, Map.of()).values()).as("%s of %s", child, row).noneMatch(other -> row.get("id").equals(other.get(column)));
                }
            }));
        }

        private static List<Object> key(Change change, RowImage image) {
            return change.table().key().stream().map(index -> (Object) text(image.value(index))).toList();
        }

        private static Map<String, String> over(Map<String, String> row, Change change) {
            for (int i = 0; i < change.after().values().length; i++) {
                if (change.after().has(i)) {
                    row.put(change.table().columns().get(i).name().toLowerCase(Locale.ROOT), text(change.after().value(i)));
                }
            }
            return row;
        }

        private static String text(Object value) {
            return value == null ? null : value.toString();
        }
    }

    /** All of them. */
    TreeSet<String> names() {
        return new TreeSet<>(all.keySet());
    }

    /** A list in SQL. */
    static String list(String... values) {
        return String.join("', '", Arrays.asList(values));
    }
}
