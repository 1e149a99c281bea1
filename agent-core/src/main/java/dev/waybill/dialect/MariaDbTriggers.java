// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Complete capture on MariaDB.
 *
 * <pre>
 *   AFTER INSERT, UPDATE, DELETE, each row ─► trigger_row: whose transaction, its place, its columns before and after    a rollback, to a savepoint too, takes it along
 *   sequencer ─► for each transaction of trigger_row a row that stands for it, made by the query: entry_id = the place of its last row
 * </pre>
 *
 * <p><b>The order.</b> Nothing runs at COMMIT here, and nothing has to: foreign keys and unique keys are looked at with every row, so after the last row that a transaction writes to a published table it waits for nobody on account of one. A place is
 * drawn behind the row's lock, from the sequence of {@code entry_id}. If T2 depends on T1, T2 wrote a row after T1 had committed, so the last place of T1 is before that of T2: what holds for the rows of a driver holds for these.
 *
 * <p><b>Whose.</b> InnoDB tells a transaction's own number nowhere but in the rows of a table whose versions it counts by transactions: each trigger puts a row into {@code trigger_mark}, reads the number that it got and takes the row away again,
 * of which nothing is left, not even a history, because one transaction did both. InnoDB notes the transaction in {@code mysql.transaction_registry}; nobody here reads that (a transaction that was prepared by XA is not in it), and it is cleared
 * now and then, unless other tables of the server rely on it. Every session has a mark of its own: what is taken away is only marked as such until it is purged, and thousands of them in one transaction would slow it down.
 *
 * <p><b>Values</b> are written as text that is exact (a FLOAT as DOUBLE, a TIMESTAMP as seconds since 1970, text in UTF-8) or as bytes, each behind its length; whatever the writer's session has set, a trigger works by the sql_mode with which it was made.
 */
final class MariaDbTriggers implements Triggers {

    /** So that values which only MariaDB has are met by our own check, and NULL in one of our columns is an error. */
    static final String SQL_MODE = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION";
    static final String BEGINNING = "waybill_";
    private static final int LOCK_WAIT = 1205;
    private static final int NO_SUPER = 1419;
    private static final String DIGITS = "JSON_TABLE('[0,1,2,3,4,5,6,7,8,9]', '$[*]' COLUMNS (n INT PATH '$'))";
    private static final String SLOTS = "SELECT ones.n + 10 * tens.n + 100 * hundreds.n FROM " + DIGITS + " AS ones, " + DIGITS + " AS tens, " + DIGITS + " AS hundreds";
    private static final Pattern DEPTH = Pattern.compile("\\bdepth INT DEFAULT (\\d+)");
    /** Triggers that a table of ours needs to be captured. */
    private static final List<String> EVENTS = List.of("INSERT", "UPDATE", "DELETE");

    private final MariaDbDialect dialect;
    private final String own;
    private final String rows;
    private final String mark;
    private final String slots;

    MariaDbTriggers(MariaDbDialect dialect) {
        this.dialect = dialect;
        CRC32 home = new CRC32();
        home.update(dialect.home().getBytes(StandardCharsets.UTF_8));
        this.own = BEGINNING + Long.toHexString(home.getValue()) + "_"; // triggers of a table of another database stand there
        this.rows = dialect.catalogueTable("trigger_row");
        this.mark = dialect.catalogueTable("trigger_mark");
        this.slots = dialect.catalogueTable("trigger_slot");
    }

    // ---- what is there ----

    @Override
    public boolean areOn(Connection raw) throws SQLException {
        return !dialect.home().isEmpty() && MariaDbDialect.one(raw, "SELECT 1 FROM " + dialect.catalogueTable("trigger_shape") + " WHERE in_force LIMIT 1") != null;
    }

    /** Who may not see triggers is told what was made. */
    @Override
    public Collection<TableName> covered(Connection raw) throws SQLException {
        Set<TableName> told = new LinkedHashSet<>();
        Query.each(raw, "SELECT table_schema, table_name FROM " + dialect.catalogueTable("trigger_shape") + " WHERE in_force", row -> told.add(new TableName(row.getString(1), row.getString(2))));
        told.retainAll(seen(raw, 1).isEmpty() ? told : seen(raw, EVENTS.size()));
        return told;
    }

    /** Tables that have at least so many triggers of ours. */
    private Set<TableName> seen(Connection raw, int triggers) throws SQLException {
        Set<TableName> seen = new LinkedHashSet<>();
        Query.each(raw, "SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_NAME LIKE ? AND TRIGGER_NAME NOT LIKE ? AND ACTION_TIMING = 'AFTER' GROUP BY 1, 2 HAVING COUNT(*) >= " + triggers,
                row -> seen.add(new TableName(dialect.schema(row.getString(1), null), row.getString(2))), like(own), like(MariaDbCascadeTriggers.beginning(own)));
        return seen;
    }

    private static String like(String beginning) {
        return beginning.replace("_", "\\_") + "%";
    }

    // ---- what all triggers need ----

    /** A table that is empty is locked whole by a session that loads a dump (without checks of keys): so none of ours is. */
    @Override
    public void prepare(Connection raw) throws SQLException {
        if (!dialect.tableNames(raw, "waybill").contains("trigger_mark")) {
            run(raw, List.of("CREATE TABLE IF NOT EXISTS " + mark + " (id BIGINT NOT NULL PRIMARY KEY, started BIGINT UNSIGNED GENERATED ALWAYS AS ROW START, ended BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,"
                    + " PERIOD FOR SYSTEM_TIME (started, ended)) WITH SYSTEM VERSIONING ENGINE=InnoDB"));
        }
        if (!dialect.tableNames(raw, "waybill").contains("trigger_slot")) {
            run(raw, List.of("CREATE TABLE IF NOT EXISTS " + slots + " (slot INT NOT NULL PRIMARY KEY) ENGINE=InnoDB"));
        }
        run(raw, List.of("INSERT INTO " + mark + " (id) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM " + mark + " WHERE id = 0)",
                "INSERT IGNORE INTO " + slots + " (slot) " + SLOTS,
                "INSERT IGNORE INTO " + rows + " (place, writer, shape_id, operation, user_name, written_at, bytes, old_row, new_row) VALUES (0, 0, 0, '', '', UTC_TIMESTAMP(6), 0, '', '')"));
    }

    /** Making a trigger waits for whoever uses the table, by itself; so only others who make triggers are kept out. */
    @Override
    public TableName lock(Connection raw, Collection<TableName> written, Collection<TableName> whole, Duration patience) throws SQLException {
        return "1".equals(MariaDbDialect.one(raw, "SELECT GET_LOCK('" + own + "triggers', " + patience.toSeconds() + ")")) ? null : new TableName(MariaDbDialect.HOME, BEGINNING + "trigger_shape");
    }

    @Override
    public void unlock(Connection raw) throws SQLException {
        run(raw, List.of("DO RELEASE_LOCK('" + own + "triggers')"));
    }

    /** A driver that planned before triggers captured brings its own record of what they have written too: its transaction fails as at the fence, and is done again. */
    @Override
    public void turn(Connection raw, boolean on) throws SQLException {
        String name = dialect.quote(dialect.home()) + "." + dialect.quote(own + "twice");
        if (!on) {
            run(raw, List.of("DROP TRIGGER IF EXISTS " + name));
            return;
        }
        run(raw, List.of(create(dialect.quote(own + "twice"), new TableName(MariaDbDialect.HOME, BEGINNING + "outbox"), "BEFORE INSERT", "", """
                    DECLARE refused BIGINT;
                    IF NEW.size < 2 OR @waybill_writer <=> 'agent' THEN
                        LEAVE capture;
                    END IF;
                    SET place = NEXT VALUE FOR #entry;
                    #whose
                    IF EXISTS (SELECT 1 FROM #rows r FORCE INDEX (writer) WHERE r.writer = writer) THEN
                        SELECT 9223372036854775807 + next_not_cached_value INTO refused FROM #fence;
                    END IF;
                """, Duration.ofSeconds(50))));
    }

    // ---- tables ----

    /** Those of before stay as long as none has taken their place. */
    @Override
    public void cover(Connection raw, TableShape shape, long shapeId, long number, Duration patience) throws SQLException {
        TableName table = TableName.of(shape);
        List<String> strays = new ArrayList<>(ours(raw, table));
        strays.removeIf(name -> name.startsWith(name(number, "")) || name.startsWith(MariaDbCascadeTriggers.beginning(own)));
        for (String stray : strays) {
            drop(raw, table.schema(), stray);
        }
        for (long other : others(raw, table, number)) {
            new MariaDbCascadeTriggers(dialect, raw, own, other).drop();
        }
        String guard = new MariaDbCascadeTriggers(dialect, raw, own, number).follow(shape, shapeId, (name, root, time, event, body) -> make(raw, name, root, time, event, body, table, patience));
        MariaDbTriggerText text = new MariaDbTriggerText(dialect, shape);
        for (String event : EVENTS) {
            make(raw, name(number, event), table, "AFTER", event, text.of(event, shapeId, guard), table, patience);
        }
    }

    private void make(Connection raw, String name, TableName table, String time, String event, String body, TableName published, Duration patience) throws SQLException {
        try {
            run(raw, List.of(create(dialect.quote(name), table, time + " " + event, time.equals("AFTER") ? order(raw, table, event, name, body) : "", body, patience)));
        } catch (SQLException failed) {
            throw explained(failed, published, patience);
        }
    }

    /** Numbers of triggers that were made for the table before, and never came into force. */
    private List<Long> others(Connection raw, TableName table, long number) throws SQLException {
        List<Long> others = new ArrayList<>();
        Query.each(raw, "SELECT DISTINCT number FROM " + dialect.catalogueTable("trigger_shape") + " WHERE table_schema = ? AND table_name = ? AND number <> ?", row -> others.add(row.getLong(1)), table.schema(), table.name(), number);
        return others;
    }

    private static SQLException explained(SQLException failed, TableName table, Duration patience) {
        if (failed.getErrorCode() == LOCK_WAIT) {
            return WaybillError.CAPTURE_BUSY.because(failed, table, patience);
        }
        if (failed.getErrorCode() == NO_SUPER) {
            return WaybillError.CAPTURE_IMPOSSIBLE.because(failed, table, "the server has a binary log, and without log_bin_trust_function_creators = 1 nobody but SUPER may make triggers there");
        }
        return failed;
    }

    private String name(long number, String event) {
        return own + number + "_" + event.toLowerCase(Locale.ROOT);
    }

    private List<String> ours(Connection raw, TableName table) throws SQLException {
        List<String> names = new ArrayList<>();
        Query.each(raw, "SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND TRIGGER_NAME LIKE ?", row -> names.add(row.getString(1)),
                dialect.database(table.schema()), table.name(), like(own));
        return names;
    }

    /** What other triggers do comes after the row that made them do it; what foreign keys do comes, as at a replica it must, before a row that goes, children first, and behind a row that changes. */
    private String order(Connection raw, TableName table, String event, String self, String body) throws SQLException {
        List<String> names = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        Query.each(raw, "SELECT TRIGGER_NAME, ACTION_STATEMENT FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND EVENT_MANIPULATION = ? AND ACTION_TIMING = 'AFTER'"
                + " AND TRIGGER_NAME <> ? ORDER BY ACTION_ORDER", row -> {
            names.add(row.getString(1));
            depths.add(row.getString(1).startsWith(own) ? depth(row.getString(2)) : null);
        }, dialect.database(table.schema()), table.name(), event, self);
        int depth = depth(body);
        int next = 0;
        while (next < names.size() && (depths.get(next) == null || (event.equals("DELETE") ? depths.get(next) >= depth : depths.get(next) <= depth))) {
            next++;
        }
        int last = names.size() - 1;
        while (last >= 0 && depths.get(last) == null) {
            last--;
        }
        return names.isEmpty() ? "" : next < names.size() ? " PRECEDES " + dialect.quote(names.get(next)) : last >= 0 ? " FOLLOWS " + dialect.quote(names.get(last)) : " PRECEDES " + dialect.quote(names.get(0));
    }

    /** How far from its table a trigger of ours looks: 0 for the row itself. */
    private static int depth(String body) {
        Matcher depth = DEPTH.matcher(body);
        return depth.find() ? Integer.parseInt(depth.group(1)) : 0;
    }

    private String create(String name, TableName table, String when, String order, String body, Duration patience) {
        String text = """
                capture: BEGIN
                    DECLARE place BIGINT;
                    DECLARE mark BIGINT;
                    DECLARE writer BIGINT UNSIGNED;
                #body
                END""".replace("#body", body.stripTrailing()).replace("#whose", """
                IF @waybill_mark IS NULL THEN
                        SET @waybill_mark = place;
                    END IF;
                    SET mark = @waybill_mark;
                    INSERT INTO #mark (id) VALUES (mark);
                    SELECT m.started INTO writer FROM #mark m WHERE m.id = mark;
                    DELETE FROM #mark WHERE id = mark;""").replace("#mark", this.mark).replace("#rows", rows).replace("#entry", dialect.catalogueTable("entry")).replace("#fence", dialect.catalogueTable("fence"));
        return "SET STATEMENT sql_mode = '" + SQL_MODE + "', lock_wait_timeout = " + Math.max(1, patience.toSeconds()) + " FOR CREATE OR REPLACE TRIGGER " + dialect.quote(dialect.database(table.schema())) + "." + name + " " + when + " ON "
                + dialect.quote(table.schema(), table.name()) + " FOR EACH ROW" + order + "\n" + text;
    }

    @Override
    public void uncover(Connection raw, long number) throws SQLException {
        List<String[]> names = new ArrayList<>();
        Query.each(raw, "SELECT TRIGGER_SCHEMA, TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_NAME LIKE ?", row -> names.add(new String[] {dialect.schema(row.getString(1), null), row.getString(2)}),
                name(number, "").replace("_", "\\_") + "%");
        for (String[] name : names) {
            drop(raw, name[0], name[1]);
        }
        new MariaDbCascadeTriggers(dialect, raw, own, number).drop();
    }

    @Override
    public void uncoverAll(Connection raw) throws SQLException {
        for (TableName table : seen(raw, 1)) {
            for (String name : ours(raw, table)) {
                drop(raw, table.schema(), name);
            }
        }
        for (String table : dialect.tableNames(raw, "waybill")) {
            if (MariaDbCascadeTriggers.isTable(table)) {
                new MariaDbCascadeTriggers(dialect, raw, own, MariaDbCascadeTriggers.number(table)).drop();
            }
        }
        turn(raw, false);
    }

    private void drop(Connection raw, String schema, String name) throws SQLException {
        run(raw, List.of("DROP TRIGGER IF EXISTS " + dialect.quote(dialect.database(schema)) + "." + dialect.quote(name)));
    }

    // ---- what they wrote ----

    /** Half of it tells the transaction, the other half that nobody else meant this one: numbers of transactions come again in a restored database. */
    private static final String TRANSACTION_ID = "CONVERT(LOWER(CONCAT_WS('-', LEFT(#hash, 8), SUBSTR(#hash, 9, 4), SUBSTR(#hash, 13, 4), LEFT(#hex, 4), SUBSTR(#hex, 5))) USING ascii) COLLATE ascii_bin"
            .replace("#hash", "MD5(CONCAT_WS('/', r.place, r.written_at, r.user_name))").replace("#hex", "LPAD(HEX(r.writer), 16, '0')");

    /** Ready for FROM: a row for each transaction, at its last place. */
    static String standing(Dialect dialect) {
        return standing(dialect, "SELECT MAX(place) AS place FROM " + dialect.catalogueTable("trigger_row") + " FORCE INDEX (writer) WHERE writer > 0 GROUP BY writer", "");
    }

    /** The same for those whose last place is not behind this one: all their rows stand before it, so nothing but what stands before it is read, and whether there is more of the same. */
    static String standing(Dialect dialect, long end) {
        return standing(dialect, "SELECT writer, MAX(place) AS place FROM " + dialect.catalogueTable("trigger_row") + " FORCE INDEX (PRIMARY) WHERE place BETWEEN 1 AND " + end + " GROUP BY writer",
                " WHERE NOT EXISTS (SELECT 1 FROM " + dialect.catalogueTable("trigger_row") + " AS later FORCE INDEX (writer) WHERE later.writer = s.writer AND later.place > s.place)");
    }

    private static String standing(Dialect dialect, String last, String condition) {
        return "(SELECT r.place AS entry_id, " + TRANSACTION_ID + " AS transaction_id, 0 AS part, TRUE AS last, 1 AS size, 0 AS digest, NULL AS origin, X'00' AS payload FROM (" + last + ") AS s JOIN " + dialect.catalogueTable("trigger_row")
                + " AS r ON r.place = s.place" + condition + ") AS standing";
    }

    @Override
    public List<Ended> ended(Connection raw, List<UUID> transactions) throws SQLException {
        Map<UUID, Ended> found = new HashMap<>();
        Query.each(raw, "SELECT " + TRANSACTION_ID + ", r.writer, r.place, r.user_name, r.written_at FROM (SELECT MAX(w.place) AS place FROM " + MariaDbTriggerRows.WRITERS + " STRAIGHT_JOIN " + rows
                + " AS w FORCE INDEX (writer) ON w.writer = n.writer GROUP BY w.writer) AS s JOIN " + rows + " AS r ON r.place = s.place", row -> {
            UUID id = UUID.fromString(row.getString(1));
            found.put(id, new Ended(id, row.getString(2), row.getString(3), row.getString(4), MariaDbValues.moment(row.getString(5))));
        }, transactions.stream().map(id -> Long.toUnsignedString(id.getLeastSignificantBits())).collect(Collectors.joining(",", "[", "]")));
        return transactions.stream().filter(found::containsKey).map(found::get).toList();
    }

    @Override
    public Rows rows(Connection raw, List<Ended> transactions, Shapes shapes) throws SQLException {
        return new MariaDbTriggerRows(raw, rows, transactions, shapes);
    }

    /** In a complete database others hardly write to it. */
    @Override
    public String ownRows() {
        return dialect.catalogueTable("outbox");
    }

    @Override
    public void delete(Connection raw, List<Ended> transactions) throws SQLException {
        String writers = MariaDbTriggerRows.writers(transactions);
        update(raw, "DELETE r FROM " + MariaDbTriggerRows.WRITERS + " STRAIGHT_JOIN " + rows + " AS r FORCE INDEX (writer) ON r.writer = n.writer", writers);
    }

    /** They were never there. */
    @Override
    public int deleteStanding(Connection raw, Long[] entryIds) {
        return entryIds.length;
    }

    private static void update(Connection raw, String sql, String list) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setString(1, list);
            statement.executeUpdate();
        }
    }

    static void run(Connection raw, List<String> statements) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
