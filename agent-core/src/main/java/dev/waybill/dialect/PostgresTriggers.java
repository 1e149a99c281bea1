// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Complete capture on PostgreSQL.
 *
 * <pre>
 *   AFTER INSERT, UPDATE, DELETE, each row ─► trigger_row: its columns as text, and where the row stood and stands (ctid)      \  transaction's own: a
 *   BEFORE TRUNCATE ─► trigger_row: a DELETE of each row                                                                        } rollback, to a savepoint too,
 *   the first of them ─► trigger_end: one row, with a trigger that waits for COMMIT ─► one row of the outbox                   /  takes them along
 * </pre>
 *
 * <p><b>The end.</b> The outbox row draws its {@code entry_id}, which is the transaction's place in the journal, and must do so after everything that the transaction waits for: a deferred foreign key or unique key may wait for another
 * transaction as late as at COMMIT. So the waiting trigger goes round once more as long as anything was written since it ran last: what was written then had queued its checks before the trigger queued itself. Who says
 * SET CONSTRAINTS … IMMEDIATE and writes on afterwards opens the end again.
 *
 * <p><b>The order.</b> Triggers for rows run when their statement is over. What they themselves write comes before the rows of that statement which come later: an UPDATE of a row may be told before its INSERT. Every row version has
 * its place in the file, and says which place the one before it had: so a change that comes before what made its row is told by its places and put behind it ({@code step}). Files are named by their number, which TRUNCATE changes.
 *
 * <p><b>Values</b> are written by the columns' own output functions, under settings that make them exact; reading gives them back to the input functions without a length or precision, which a cast would cut silently.
 */
final class PostgresTriggers implements Triggers {

    /** Sorts before all others: what other triggers do comes after the row that made them do it. */
    static final String NAME = "!waybill";
    private static final String TRUNCATE = "!waybill_truncate";

    /** Where agents say that they are one: what they apply was captured where it came from. */
    private static final String NOT_BY_AGENT = " WHEN (pg_catalog.current_setting('waybill.writer', true) IS DISTINCT FROM 'agent')";

    /** Whoever fires a trigger has no rights here, and may have set anything. */
    private static final String AS_OWNER = " LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET \"DateStyle\" = 'ISO' SET \"IntervalStyle\" = 'postgres'"
            + " SET bytea_output = 'hex' SET row_security = off AS ";

    /** Somebody holds a lock: the time is over, or we were met waiting in a circle. */
    private static final Set<String> HELD = Set.of("55P03", "40P01");

    private final Dialect dialect;

    PostgresTriggers(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public String ownRows() {
        return "(SELECT * FROM waybill.outbox WHERE writer = pg_catalog.pg_current_xact_id()) AS own";
    }

    // ---- what is there ----

    @Override
    public boolean areOn(Connection raw) throws SQLException {
        return !Query.texts(raw, "SELECT 1 FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
                + " WHERE n.nspname = 'waybill' AND t.tgname = '" + NAME + "' LIMIT 1").isEmpty();
    }

    @Override
    public List<TableName> covered(Connection raw) throws SQLException {
        List<TableName> covered = new ArrayList<>();
        Query.each(raw, "SELECT n.nspname, c.relname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace WHERE f.nspname = 'waybill' AND t.tgname = '" + NAME + "' AND t.tgenabled = 'A'",
                row -> covered.add(new TableName(row.getString(1), row.getString(2))));
        return covered;
    }

    // ---- what all triggers need ----

    @Override
    public void prepare(Connection raw) throws SQLException {
        if (Query.texts(raw, "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'waybill' AND c.relname = 'trigger_row'").isEmpty()) {
            run(raw, PREPARATION);
        }
    }

    private static final String TRIGGER_BEGIN = "CREATE OR REPLACE FUNCTION waybill.trigger_begin() RETURNS void" + AS_OWNER + body("""
            DECLARE
                w xid8 := pg_current_xact_id();
                b timestamptz := now();
                ended uuid;
            BEGIN
                SELECT transaction_id INTO ended FROM waybill.trigger_end WHERE writer = w AND begun = b;
                SET CONSTRAINTS waybill.trigger_end_last DEFERRED;
                IF NOT FOUND THEN
                    INSERT INTO waybill.trigger_end (writer, begun, user_name) VALUES (w, b, left(session_user, 128));
                ELSIF ended IS NOT NULL THEN
                    DELETE FROM waybill.outbox WHERE writer = w AND substring(payload FROM 7 FOR 16) = uuid_send(ended);
                    UPDATE waybill.trigger_end SET transaction_id = NULL, seen = NULL WHERE writer = w AND begun = b;
                END IF;
            END""");

    /** A row of one byte, which stands for what triggers have written. */
    private static final String TRIGGER_LAST = "CREATE OR REPLACE FUNCTION waybill.trigger_last() RETURNS trigger" + AS_OWNER + body("""
            DECLARE
                known record;
                latest bigint;
                id uuid;
            BEGIN
                SELECT seen, transaction_id INTO known FROM waybill.trigger_end WHERE writer = NEW.writer AND begun = NEW.begun;
                IF NOT FOUND OR known.transaction_id IS NOT NULL THEN
                    RETURN NULL;
                END IF;
                SELECT max(place) INTO latest FROM waybill.trigger_row WHERE writer = NEW.writer AND begun = NEW.begun;
                IF latest IS DISTINCT FROM known.seen THEN
                    SET CONSTRAINTS waybill.trigger_end_last DEFERRED;
                    UPDATE waybill.trigger_end SET seen = latest WHERE writer = NEW.writer AND begun = NEW.begun;
                ELSE
                    id := gen_random_uuid();
                    UPDATE waybill.trigger_end SET transaction_id = id, ended_at = clock_timestamp() WHERE writer = NEW.writer AND begun = NEW.begun;
                    INSERT INTO waybill.outbox (payload) VALUES ('\\x010100000000'::bytea || uuid_send(id) || '\\x0000000000'::bytea);
                END IF;
                RETURN NULL;
            END""");

    /** Whoever brings a record of his own has more than that byte. */
    private static final String TWICE = "CREATE TRIGGER trigger_twice BEFORE INSERT ON waybill.outbox FOR EACH ROW WHEN (octet_length(NEW.payload) > 27) EXECUTE FUNCTION waybill.trigger_twice()";

    private static final List<String> PREPARATION = List.of(
            "CREATE TABLE waybill.trigger_shape (shape_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number BIGINT NOT NULL, table_schema VARCHAR(256) NOT NULL, table_name VARCHAR(256) NOT NULL,"
                    + " publications VARCHAR(100000) NOT NULL, shape BYTEA NOT NULL, in_force BOOLEAN NOT NULL)",
            "CREATE TABLE waybill.trigger_row (writer XID8 NOT NULL, begun TIMESTAMPTZ NOT NULL, place BIGINT NOT NULL, step INTEGER DEFAULT 0 NOT NULL, shape_id BIGINT NOT NULL, operation VARCHAR(6) NOT NULL,"
                    + " file OID NOT NULL, old_tid TID, new_tid TID, old_row TEXT[], new_row TEXT[], PRIMARY KEY (writer, begun, place, step))",
            "ALTER TABLE waybill.trigger_row ALTER COLUMN old_row SET STORAGE EXTERNAL, ALTER COLUMN new_row SET STORAGE EXTERNAL",
            "ALTER TABLE waybill.trigger_row SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)",
            "CREATE TABLE waybill.trigger_end (writer XID8, begun TIMESTAMPTZ, user_name VARCHAR(128) NOT NULL, seen BIGINT, transaction_id UUID UNIQUE, ended_at TIMESTAMPTZ, PRIMARY KEY (writer, begun))",
            "ALTER TABLE waybill.trigger_end SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)",
            TRIGGER_BEGIN,
            TRIGGER_LAST,
            "CREATE FUNCTION waybill.trigger_twice() RETURNS trigger" + AS_OWNER + body("""
                    BEGIN
                        IF EXISTS (SELECT FROM waybill.trigger_end WHERE writer = pg_current_xact_id() AND begun = now()) THEN
                            PERFORM CAST('%s: captured by triggers' AS integer);
                        END IF;
                        RETURN NEW;
                    END""".formatted(PostgresDialect.FENCE_RAISED)),
            "REVOKE ALL ON FUNCTION waybill.trigger_begin(), waybill.trigger_last(), waybill.trigger_twice() FROM PUBLIC",
            "CREATE CONSTRAINT TRIGGER trigger_end_last AFTER INSERT OR UPDATE ON waybill.trigger_end DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.transaction_id IS NULL) EXECUTE FUNCTION waybill.trigger_last()",
            "ALTER TABLE waybill.trigger_end ENABLE ALWAYS TRIGGER trigger_end_last");

    /** What was made for outbox rows of more columns, and is there, is made for thin ones: before those columns are dropped. */
    static List<String> forThinRows() {
        return List.of(
                "DO " + body("BEGIN IF to_regclass('waybill.trigger_end') IS NOT NULL THEN " + TRIGGER_BEGIN + "; " + TRIGGER_LAST + "; END IF; END"),
                "DO " + body("""
                    DECLARE
                        enabled text;
                    BEGIN
                        SELECT tgenabled INTO enabled FROM pg_catalog.pg_trigger WHERE tgrelid = CAST('waybill.outbox' AS pg_catalog.regclass) AND tgname = 'trigger_twice';
                        IF FOUND THEN
                            DROP TRIGGER trigger_twice ON waybill.outbox;
                            %s;
                            IF enabled = 'A' THEN
                                ALTER TABLE waybill.outbox ENABLE ALWAYS TRIGGER trigger_twice;
                            ELSE
                                ALTER TABLE waybill.outbox DISABLE TRIGGER trigger_twice;
                            END IF;
                        END IF;
                    END""".formatted(TWICE)));
    }

    /** A text as a literal whose delimiter does not occur in it, whatever is in it and however strings are read. */
    private static String body(String text) {
        String tag = "$w$";
        for (int i = 0; text.contains(tag); i++) {
            tag = "$w" + i + "$";
        }
        return tag + text + tag;
    }

    // ---- the change of modes ----

    /** A driver that planned before triggers captured brings its own record of what they have written too: its transaction fails as at the fence, and is done again. */
    @Override
    public void turn(Connection raw, boolean on) throws SQLException {
        if (on && Query.texts(raw, "SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = CAST('waybill.outbox' AS pg_catalog.regclass) AND tgname = 'trigger_twice'").isEmpty()) {
            run(raw, List.of(TWICE));
        }
        run(raw, List.of("ALTER TABLE waybill.outbox " + (on ? "ENABLE ALWAYS" : "DISABLE") + " TRIGGER trigger_twice"));
    }

    // ---- tables ----

    /**
     * Writers lock tables in their own order, so while some are held, none of the others may be waited for so long that anybody looks for a wait in a circle: then all are let go, and the next try begins with the one that was missed.
     */
    @Override
    public TableName lock(Connection raw, Collection<TableName> written, Collection<TableName> whole, Duration patience) throws SQLException {
        List<TableName> order = new ArrayList<>(written);
        order.addAll(whole);
        order.add(new TableName("waybill", "outbox"));
        long togetherMillis = Math.max(2, Long.parseLong(Query.texts(raw, "SELECT CAST(extract(epoch FROM CAST(pg_catalog.current_setting('deadlock_timeout') AS interval)) * 1000 AS bigint)").get(0)) / 2);
        TableName missed = null;
        for (long left = Math.max(1, patience.toMillis() / togetherMillis + 1); left > 0; left--) {
            missed = tryToLock(raw, order, whole, togetherMillis);
            if (missed == null) {
                return null;
            }
            order.remove(missed);
            order.add(0, missed);
        }
        return missed;
    }

    /** All together within this time, or none; null, or the one that was missed. */
    private TableName tryToLock(Connection raw, List<TableName> order, Collection<TableName> whole, long togetherMillis) throws SQLException {
        Savepoint none = raw.setSavepoint();
        long begun = System.nanoTime();
        for (TableName table : order) {
            long left = togetherMillis - (System.nanoTime() - begun) / 1_000_000;
            try {
                run(raw, List.of("SET LOCAL lock_timeout = " + Math.max(1, left), "LOCK TABLE " + dialect.quote(table.schema(), table.name()) + " IN " + (whole.contains(table) ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE") + " MODE"));
            } catch (SQLException failed) {
                if (!HELD.contains(String.valueOf(failed.getSQLState()))) {
                    throw failed;
                }
                raw.rollback(none);
                return table;
            }
        }
        raw.releaseSavepoint(none);
        return null;
    }

    @Override
    public void cover(Connection raw, TableShape shape, long shapeId, long number, Duration patience) throws SQLException {
        String table = dialect.quote(shape.schema(), shape.name());
        expectSeen(raw, shape);
        run(raw, List.of(
                "CREATE OR REPLACE FUNCTION " + function(number) + "() RETURNS trigger" + AS_OWNER + body(forRow(shape, shapeId)),
                "CREATE OR REPLACE FUNCTION " + truncation(number) + "() RETURNS trigger" + AS_OWNER + body(forTruncate(shape, shapeId))));
        if (Query.texts(raw, "SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = CAST(? AS pg_catalog.regclass) AND tgname = '" + NAME + "'", table).isEmpty()) {
            String owner = dialect.quote(Query.texts(raw, "SELECT pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE oid = CAST(? AS pg_catalog.regclass)", table).get(0));
            run(raw, List.of(
                    "REVOKE ALL ON FUNCTION " + function(number) + "(), " + truncation(number) + "() FROM PUBLIC",
                    "GRANT EXECUTE ON FUNCTION " + function(number) + "(), " + truncation(number) + "() TO " + owner, // a partition that he makes gets the trigger
                    "CREATE TRIGGER " + dialect.quote(NAME) + " AFTER INSERT OR UPDATE OR DELETE ON " + table + " FOR EACH ROW" + NOT_BY_AGENT + " EXECUTE FUNCTION " + function(number) + "()",
                    "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + dialect.quote(NAME)));
        }
        for (String each : Query.texts(raw, "WITH RECURSIVE part (id) AS (SELECT CAST(CAST(? AS pg_catalog.regclass) AS oid) UNION ALL SELECT i.inhrelid FROM part JOIN pg_catalog.pg_inherits i ON i.inhparent = part.id)"
                + " SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM part JOIN pg_catalog.pg_class c ON c.oid = part.id JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = part.id AND t.tgname = '" + TRUNCATE + "')", table)) {
            run(raw, List.of("CREATE TRIGGER " + dialect.quote(TRUNCATE) + " BEFORE TRUNCATE ON " + each + " FOR EACH STATEMENT" + NOT_BY_AGENT + " EXECUTE FUNCTION " + truncation(number) + "()",
                    "ALTER TABLE " + each + " ENABLE ALWAYS TRIGGER " + dialect.quote(TRUNCATE)));
        }
    }

    private static void expectSeen(Connection raw, TableShape shape) throws SQLException {
        if (!Query.texts(raw, "SELECT 1 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace"
                + " WHERE n.nspname = ? AND p.relname = ? AND p.relkind = 'r' LIMIT 1", shape.schema(), shape.name()).isEmpty()) {
            throw WaybillError.CAPTURE_IMPOSSIBLE.with(shape.qualifiedName(), "other tables inherit from it, and triggers would not see what is written to those");
        }
        for (String column : Query.texts(raw, "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ? AND a.attgenerated = 'v' AND NOT a.attisdropped", shape.schema(), shape.name())) {
            if (shape.columns().stream().anyMatch(captured -> captured.name().equals(column))) {
                throw WaybillError.CAPTURE_IMPOSSIBLE.with(shape.qualifiedName(), "its column " + column + " is computed when it is read, and triggers do not see it; leave it out, or let it be STORED");
            }
        }
    }

    private static String function(long number) {
        return "waybill.trigger_" + number;
    }

    private static String truncation(long number) {
        return "waybill.trigger_" + number + "_truncate";
    }

    /** Not the first one of the transaction, or the first, which begins. */
    private static final String BEGIN = """
                IF NOT EXISTS (SELECT FROM waybill.trigger_end WHERE writer = pg_current_xact_id() AND begun = now() AND transaction_id IS NULL) THEN
                    PERFORM waybill.trigger_begin();
                END IF;
                INSERT INTO waybill.trigger_row (writer, begun, place, shape_id, operation, file, old_tid, new_tid, old_row, new_row)
            """;

    private String forRow(TableShape shape, long shapeId) {
        List<String> whole = shape.columns().stream().map(ColumnShape::name).toList();
        List<String> key = shape.key().stream().map(index -> shape.columns().get(index).name()).toList();
        return "DECLARE old_row text[]; new_row text[]; old_tid tid; new_tid tid;\nBEGIN\n"
                + "IF TG_OP = 'DELETE' THEN old_row := " + row(shape, "OLD", key) + "; ELSIF TG_OP = 'UPDATE' THEN old_row := " + row(shape, "OLD", whole) + "; END IF;\n"
                + "IF TG_OP <> 'INSERT' THEN old_tid := OLD.ctid; END IF;\n"
                + "IF TG_OP <> 'DELETE' THEN new_row := " + row(shape, "NEW", whole) + "; new_tid := NEW.ctid; END IF;\n"
                + BEGIN + "VALUES (pg_current_xact_id(), now(), pg_current_wal_insert_lsn() - '0/0', " + shapeId + ", TG_OP, pg_relation_filenode(TG_RELID), old_tid, new_tid, old_row, new_row);\n"
                + "RETURN NULL;\nEND";
    }

    /** A snapshot that is older than the table's lock would not show all rows that go. Partitions have triggers of their own, but for those that were made later. */
    private String forTruncate(TableShape shape, long shapeId) {
        List<String> key = shape.key().stream().map(index -> shape.columns().get(index).name()).toList();
        String select = BEGIN + "SELECT pg_current_xact_id(), now(), pg_current_wal_insert_lsn() - '0/0', " + shapeId + ", 'DELETE', pg_relation_filenode(x.tableoid), x.ctid, NULL, " + row(shape, "x", key)
                + ", NULL FROM " + dialect.quote(shape.schema(), shape.name()) + " x";
        return "BEGIN\nIF current_setting('transaction_isolation') NOT LIKE 'read %' THEN\n"
                + "RAISE EXCEPTION 'TRUNCATE of the published table % at isolation level % cannot be captured exactly. Nothing was done. Use DELETE, or TRUNCATE at READ COMMITTED.', TG_RELID::regclass,"
                + " current_setting('transaction_isolation') USING ERRCODE = 'feature_not_supported';\nEND IF;\n"
                + select + " WHERE x.tableoid = TG_RELID OR NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = x.tableoid AND t.tgname = '" + TRUNCATE + "') AND EXISTS (SELECT FROM pg_partition_ancestors(x.tableoid) a WHERE a.relid = TG_RELID);\n"
                + "RETURN NULL;\nEND";
    }

    private String row(TableShape shape, String from, List<String> wanted) {
        List<String> texts = new ArrayList<>();
        for (ColumnShape column : shape.columns()) {
            texts.add(wanted.contains(column.name()) ? text(from + "." + dialect.quote(column.name()), column) : "NULL");
        }
        return "ARRAY[" + String.join(", ", texts) + "]::text[]";
    }

    /** By the type's own output function. A cast to text drops blanks at the end of CHAR, and may be anything for a type that somebody else has made. */
    private static String text(String value, ColumnShape column) {
        SqlType type = column.type().type();
        return type == SqlType.CHAR || type == SqlType.NATIVE || type == SqlType.ENUM ? "CASE WHEN " + value + " IS NULL THEN NULL ELSE format('%s', " + value + ") END" : value + "::text";
    }

    @Override
    public void uncover(Connection raw, long number) throws SQLException {
        run(raw, List.of("DROP FUNCTION IF EXISTS " + function(number) + "() CASCADE", "DROP FUNCTION IF EXISTS " + truncation(number) + "() CASCADE"));
    }

    /** They are functions of the schema, with which these go. */
    @Override
    public void uncoverAll(Connection raw) {
        // Done with DROP SCHEMA … CASCADE.
    }

    // ---- what they wrote ----

    @Override
    public List<Ended> ended(Connection raw, List<UUID> transactions) throws SQLException {
        Map<UUID, Ended> found = new HashMap<>();
        if (!transactions.isEmpty() && areTablesHere(raw)) {
            try (PreparedStatement select = raw.prepareStatement("SELECT transaction_id, CAST(writer AS text), CAST(begun AS text), user_name, ended_at FROM waybill.trigger_end WHERE transaction_id = ANY(?)")) {
                set(select, 1, "uuid", transactions.toArray());
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        Timestamp at = row.getTimestamp(5);
                        found.put(row.getObject(1, UUID.class), new Ended(row.getObject(1, UUID.class), row.getString(2), row.getString(3), row.getString(4), at.toInstant()));
                    }
                }
            }
        }
        return transactions.stream().filter(found::containsKey).map(found::get).toList();
    }

    private static boolean areTablesHere(Connection raw) throws SQLException {
        return !Query.texts(raw, "SELECT pg_catalog.to_regclass('waybill.trigger_end') WHERE pg_catalog.to_regclass('waybill.trigger_end') IS NOT NULL").isEmpty();
    }

    @Override
    public Rows rows(Connection raw, List<Ended> transactions, Shapes shapes) throws SQLException {
        return new PostgresTriggerRows(raw, transactions, shapes);
    }

    @Override
    public void delete(Connection raw, List<Ended> transactions) throws SQLException {
        String these = PostgresTriggerRows.THESE;
        for (String sql : List.of("DELETE FROM waybill.trigger_row r USING " + these + " WHERE r.writer = e.writer AND r.begun = e.begun", "DELETE FROM waybill.trigger_end r USING " + these
                + " WHERE r.writer = e.writer AND r.begun = e.begun")) {
            try (PreparedStatement delete = raw.prepareStatement(sql)) {
                PostgresTriggerRows.bind(delete, transactions);
                delete.executeUpdate();
            }
        }
    }

    @Override
    public int deleteStanding(Connection raw, Long[] entryIds) throws SQLException {
        return dialect.deleteFromOutbox(raw, entryIds);
    }

    static void set(PreparedStatement statement, int index, String type, Object[] values) throws SQLException {
        Array array = statement.getConnection().createArrayOf(type, values);
        statement.setArray(index, array);
        array.free();
    }

    private static void run(Connection raw, List<String> statements) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
