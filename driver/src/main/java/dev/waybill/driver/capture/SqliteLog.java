// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one connection changes in published tables, row by row, as SQLite itself sees it: triggers and a table that only this connection has, in its temporary schema. Nothing of it stands in the database's file, nobody needs a right for
 * it, and it goes with the connection.
 *
 * <p><b>Guarantee.</b> Every row that a statement of this connection inserts, changes or deletes in a published table is in the log, in the order in which it happened, whatever the statement was: upserts, REPLACE,
 * foreign keys' own actions, the application's own triggers, writes through views, several statements in one text. What is undone, by ROLLBACK, ROLLBACK TO or a failing statement, is undone in the log too: it is
 * part of the same transaction.
 *
 * <pre>
 *   n (order) │ t (which table) │ op (0 insert, 1 update, 2 delete, 3 an update that has only begun) │ mask (of an update: 1 for each column that changed) │ c0 … (values after; of a delete none) │ k0 … (the key before; of an insert none)
 * </pre>
 * A row whose new key foreign keys pass on to its children takes its place in the order before them. Used under the connection's lock.
 */
final class SqliteLog {

    private static final int INSERT = 0;
    private static final int UPDATE = 1;
    private static final int DELETE = 2;
    private static final int BEGUN = 3;
    /** Of the columns of the log. */
    private static final int VALUES = 5;

    private final Connection raw;
    private final Dialect dialect;
    private final Map<String, CapturedTable> tables = new HashMap<>();
    private int triggers;
    private boolean isSet;
    private DatabaseFacts followed;
    private String made = "";

    SqliteLog(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
    }

    /** Whether it follows these facts. */
    boolean follows(DatabaseFacts facts) {
        return followed == facts;
    }

    /** Whether something is followed. */
    boolean isThere() {
        return triggers > 0;
    }

    /** Forgets what it has made: a rollback may have taken it away. */
    void doubt() {
        followed = null;
    }

    /** From now on the published tables of these facts are followed. What is in the log goes to the recorder if it has to be made anew. */
    void follow(DatabaseFacts facts, Recorder recorder) throws SQLException {
        List<CapturedTable> wanted = facts.captured().values().stream().sorted(Comparator.comparing(table -> table.name().name())).toList();
        String signature = signature(wanted, facts);
        List<String> there = triggers();
        if (signature.equals(made) && there.size() == triggers) {
            followed = facts;
            return;
        }
        if (!there.isEmpty()) {
            read(recorder, facts.publisher());
        }
        try (Statement statement = raw.createStatement()) {
            for (String trigger : there) {
                statement.executeUpdate("DROP TRIGGER temp." + Quoting.quote(trigger));
            }
            statement.executeUpdate("DROP TABLE IF EXISTS temp.waybill_log");
            triggers = 0;
            if (!wanted.isEmpty()) {
                make(statement, wanted, facts);
            }
        }
        tables.clear();
        wanted.forEach(table -> tables.put(table.name().name(), table));
        made = signature;
        followed = facts;
    }

    private static String signature(List<CapturedTable> wanted, DatabaseFacts facts) {
        return wanted.stream().map(table -> table.name().name() + '\0' + String.join("\0", table.captured()) + '\0' + Arrays.toString(table.key()) + table.watched() + table.shape().version() + isPassedOn(facts, table) + facts.routines())
                .collect(Collectors.joining("\0\0"));
    }

    private List<String> triggers() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT name FROM sqlite_temp_schema WHERE type = 'trigger' AND name LIKE 'waybill\\_%' ESCAPE '\\'")) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    private void make(Statement statement, List<CapturedTable> wanted, DatabaseFacts facts) throws SQLException {
        seeReplaced(statement, facts.routines().isEmpty());
        int width = wanted.stream().mapToInt(table -> table.captured().length).max().orElse(0);
        int keyWidth = wanted.stream().mapToInt(table -> table.old().length).max().orElse(0);
        statement.executeUpdate("CREATE TEMP TABLE waybill_log (n INTEGER PRIMARY KEY, t, op, mask, " + list(width, i -> "c" + i) + ", " + list(keyWidth, i -> "k" + i) + ", twice)");
        for (int number = 0; number < wanted.size(); number++) {
            CapturedTable table = wanted.get(number);
            String name = "'" + table.name().name().replace("'", "''") + "'";
            trigger(statement, number, "i", "AFTER INSERT", table, "INSERT INTO waybill_log (t, op" + after(table) + ") VALUES (" + name + ", " + INSERT + values(table) + ")");
            trigger(statement, number, "d", "AFTER DELETE", table, "INSERT INTO waybill_log (t, op" + before(table) + ") VALUES (" + name + ", " + DELETE + key(table) + ")");
            if (isPassedOn(facts, table)) {
                trigger(statement, number, "b", "BEFORE UPDATE", table, "INSERT INTO waybill_log (t, op) VALUES (" + name + ", " + BEGUN + ")");
                String set = IntStream.range(0, table.captured().length).mapToObj(i -> ", c" + i + " = " + changed(table, i)).collect(Collectors.joining())
                        + IntStream.range(0, table.old().length).mapToObj(i -> ", k" + i + " = old." + column(table, table.old()[i])).collect(Collectors.joining());
                trigger(statement, number, "u", "AFTER UPDATE", table, "UPDATE waybill_log SET op = " + UPDATE + ", twice = 1, mask = " + mask(table) + set + " WHERE n = (SELECT max(n) FROM waybill_log WHERE op = " + BEGUN + " AND t = " + name + ")");
            } else {
                String changed = IntStream.range(0, table.captured().length).mapToObj(i -> ", " + changed(table, i)).collect(Collectors.joining());
                trigger(statement, number, "u", "AFTER UPDATE", table, "INSERT INTO waybill_log (t, op, mask" + after(table) + before(table) + ") VALUES (" + name + ", " + UPDATE + ", " + mask(table) + changed + key(table) + ")");
            }
        }
    }

    /**
     * Rows that REPLACE takes away are seen where triggers are recursive. That is nobody else's business as long as there are no triggers but ours; otherwise the setting stays the application's, and the planner refuses REPLACE.
     */
    private void seeReplaced(Statement statement, boolean isOursAlone) throws SQLException {
        if (isOursAlone && !isSet) {
            try (ResultSet row = statement.executeQuery("PRAGMA recursive_triggers")) {
                isSet = row.next() && row.getInt(1) == 0;
            }
            statement.executeUpdate("PRAGMA recursive_triggers = ON");
        } else if (!isOursAlone && isSet) {
            statement.executeUpdate("PRAGMA recursive_triggers = OFF");
            isSet = false;
        }
    }

    private void trigger(Statement statement, int number, String kind, String when, CapturedTable table, String body) throws SQLException {
        statement.executeUpdate("CREATE TEMP TRIGGER waybill_" + kind + number + " " + when + " ON main." + Quoting.quote(table.name().name()) + " BEGIN " + body + "; END");
        triggers++;
    }

    private static String list(int count, IntFunction<String> each) {
        return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining(", "));
    }

    private static String after(CapturedTable table) {
        return ", " + list(table.captured().length, i -> "c" + i);
    }

    private static String before(CapturedTable table) {
        return ", " + list(table.old().length, i -> "k" + i);
    }

    private static String values(CapturedTable table) {
        return ", " + list(table.captured().length, i -> "new." + column(table, i));
    }

    private static String key(CapturedTable table) {
        return ", " + list(table.old().length, i -> "old." + column(table, table.old()[i]));
    }

    private static String column(CapturedTable table, int index) {
        return Quoting.quote(table.captured()[index]);
    }

    private static boolean isPassedOn(DatabaseFacts facts, CapturedTable table) {
        return !facts.childrenOf(table.name()).isEmpty();
    }

    /** Whether the very same value stands there: neither collations nor the likeness of 1 and 1.0 count. */
    private static String same(CapturedTable table, int index) {
        String column = column(table, index);
        return "typeof(old." + column + ") = typeof(new." + column + ") AND old." + column + " COLLATE BINARY IS new." + column;
    }

    private static String mask(CapturedTable table) {
        return IntStream.range(0, table.captured().length).mapToObj(i -> "iif(" + same(table, i) + ", '0', '1')").collect(Collectors.joining(" || "));
    }

    /** Of the key always all; of the rest what has changed; everything where a row may become somebody else's. */
    private static String changed(CapturedTable table, int index) {
        boolean isKey = Arrays.stream(table.key()).anyMatch(key -> key == index);
        return isKey || !table.watched().isEmpty() ? "new." + column(table, index) : "iif(" + same(table, index) + ", NULL, new." + column(table, index) + ")";
    }

    // ---- at the end of a transaction ----

    /** Whether everything that was made is still there. */
    private void demandWhole() throws SQLException {
        if (triggers().size() != triggers) {
            throw WaybillError.CAPTURE_FAILED.with("the connection's own triggers were taken away");
        }
    }

    /** How often it was written to since it was last emptied: what SQLite's driver counts along. An update that took its place before it ended has written twice. */
    long writes() throws SQLException {
        if (!isThere()) {
            return 0;
        }
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT count(*) + count(twice) FROM temp.waybill_log")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Gives everything to the recorder, in order, and is empty then. */
    void empty(Recorder recorder, String publisher) throws SQLException {
        if (isThere()) {
            demandWhole();
            read(recorder, publisher);
        }
    }

    private void read(Recorder recorder, String publisher) throws SQLException {
        boolean any = false;
        try (PreparedStatement select = raw.prepareStatement("SELECT * FROM temp.waybill_log ORDER BY n"); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                any = true;
                record(recorder, publisher, row);
            }
        }
        if (any) {
            try (Statement statement = raw.createStatement()) {
                statement.executeUpdate("DELETE FROM temp.waybill_log");
            }
        }
    }

    private void record(Recorder recorder, String publisher, ResultSet row) throws SQLException {
        CapturedTable table = tables.get(row.getString(2));
        switch (row.getInt(3)) {
            case INSERT -> recorder.record(publisher, new Change(table.shape(), Operation.INSERT, null, null, image(table, row, null), List.of()));
            case DELETE -> recorder.record(publisher, new Change(table.shape(), Operation.DELETE, null, keyBefore(table, row), null, List.of()));
            case UPDATE -> recordUpdate(recorder, publisher, table, row);
            default -> {
                // An update that has not come to its end: its row stayed as it was.
            }
        }
    }

    private void recordUpdate(Recorder recorder, String publisher, CapturedTable table, ResultSet row) throws SQLException {
        String mask = row.getString(4);
        if (mask.indexOf('1') < 0) {
            return;
        }
        boolean moves = Arrays.stream(table.key()).anyMatch(key -> mask.charAt(key) == '1');
        boolean watched = Arrays.stream(table.old()).anyMatch(index -> mask.charAt(index) == '1');
        RowImage after = image(table, row, watched && !table.watched().isEmpty() ? null : mask);
        RowImage before = moves || !table.watched().isEmpty() ? keyBefore(table, row) : null;
        recorder.record(publisher, moves ? table.moved(before, after) : table.watched().isEmpty() ? table.change(Operation.UPDATE, after) : new Change(table.shape(), Operation.UPDATE, null, before, after, List.of()));
    }

    private RowImage image(CapturedTable table, ResultSet row, String mask) throws SQLException {
        Object[] values = new Object[table.captured().length];
        Arrays.fill(values, RowImage.ABSENT);
        for (int i = 0; i < values.length; i++) {
            if (mask == null || mask.charAt(i) == '1' || table.watched().contains(table.captured()[i])) {
                values[i] = dialect.read(row, VALUES + i, table.type(i));
            }
        }
        for (int key : table.key()) {
            values[key] = known(table, dialect.read(row, VALUES + key, table.type(key)));
        }
        return new RowImage(values);
    }

    private RowImage keyBefore(CapturedTable table, ResultSet row) throws SQLException {
        RowImage key = table.oldImage(dialect, row, row.findColumn("k0"));
        for (int index : table.key()) {
            known(table, key.value(index));
        }
        return key;
    }

    /** SQLite lets keys be NULL, as often as one likes. */
    private static Object known(CapturedTable table, Object value) throws SQLException {
        if (value == null) {
            throw WaybillError.KEY_IS_NULL.with(table.name());
        }
        return value;
    }
}
