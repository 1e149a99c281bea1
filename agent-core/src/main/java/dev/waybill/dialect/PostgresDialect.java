// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.TextRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** PostgreSQL 13 and newer, by JDBC alone: no class of its driver is imported. Immutable; any thread. What was decided and measured stands on the package page. */
public final class PostgresDialect implements Dialect {

    /** Stands in the text of the error by which the fence is noticed. */
    static final String FENCE_RAISED = "waybill fence";

    /** As it is now, whatever the snapshot; by a function, since reading the sequence as a table costs the server twice as much. */
    private static final String FENCE = "pg_catalog.pg_sequence_last_value('waybill.fence')";

    /** Fails, and only where it is reached: what could be computed before would be. */
    private static final String RAISED = "pg_catalog.current_setting('" + FENCE_RAISED + "')";

    private static final CatalogueScript SCRIPT = new CatalogueScript(PostgresDialect::table, Map.of(
            "instant", "TIMESTAMPTZ",
            "uuid", "UUID",
            "digest", "BYTEA",
            "zero", "'\\x00000000000000000000000000000000'",
            "bytes", "BYTEA",
            "large", "BYTEA",
            "text", "VARCHAR(100000)",
            "before", "before",
            "identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "index", ""));
    private static final List<String> CATALOGUE = SCRIPT.statements(List.of("CREATE SCHEMA IF NOT EXISTS waybill"), "postgresql.sql");

    /** What an application reads; what was written by others (outbox, journal, spools, parts, letters) is not for its eyes. */
    private static final List<String> READABLE = List.of("catalogue", "lease", "message_type", "message_type_option", "publication", "article", "subscription", "remote_user", "received_table",
            "counter", "capture_report", "journal_head", "replica_property");

    /** Any number, the same everywhere: "waybill" in letters. */
    private static final long INSTALLATION_LOCK = 0x77617962696c6cL;

    /** As many values as may be drawn one by one to pass a number; each is one that nobody else gets. */
    private static final long DRAWN_ONE_BY_ONE = 10_000;

    /** In a space of two numbers, of which the first is ours. */
    private static final int OUR_LOCKS = 0x5742_4155;

    @Override
    public void lockNumber(Connection raw, int number, boolean alone) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            expectCommittedReads(raw);
            statement.execute("SELECT pg_advisory_xact_lock" + (alone ? "" : "_shared") + "(" + OUR_LOCKS + ", " + number + ")");
        }
    }

    private static void expectCommittedReads(Connection raw) throws SQLException {
        if (raw.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED) {
            throw WaybillError.AUDIENCE_ISOLATION.with(raw.getTransactionIsolation());
        }
    }

    @Override
    public String name() {
        return "postgresql";
    }

    // ---- naming ----

    @Override
    public String catalogueTable(String table) {
        return table(table);
    }

    private static String table(String name) {
        return "waybill." + name;
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public String fold(String identifier) {
        return identifier.toLowerCase(Locale.ROOT);
    }

    @Override
    public String entryId() {
        return "entry_id";
    }

    @Override
    public boolean hasThinOutbox() {
        return true;
    }

    @Override
    public List<String> waitingRows() {
        return List.of(PostgresSequencing.WAITING);
    }

    @Override
    public String literal(byte[] bytes) {
        return "CAST('\\x" + HexFormat.of().formatHex(bytes) + "' AS bytea)";
    }

    @Override
    public String currentSchema(Connection raw) throws SQLException {
        return raw.getSchema();
    }

    /** The number of the cluster and of the database in it; a connection string may name one database in many ways. */
    @Override
    public String databaseKey(Connection raw) throws SQLException {
        return "jdbc:postgresql:" + one(raw, "SELECT system_identifier || '/' || (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) FROM pg_catalog.pg_control_system()");
    }

    @Override
    public boolean isEmbedded(Connection raw) {
        return false;
    }

    @Override
    public boolean mayBeEmbedded() {
        return false;
    }

    /** None: every writer meets the fence. */
    @Override
    public int sessionsElsewhere(Connection raw) {
        return 0;
    }

    // ---- writers of other processes ----

    @Override
    public boolean hasFence() {
        return true;
    }

    @Override
    public String fenceCheck() {
        return "SELECT 1 WHERE CASE WHEN " + FENCE + " <= ? THEN false ELSE " + RAISED + " = '' END";
    }

    /** The column takes no NULL, which fails by itself: an expression that says so would have to be made ready with every execution. */
    @Override
    public String fencedPayload() {
        return "CASE WHEN " + FENCE + " <= ? THEN ? END";
    }

    /** Its driver writes a Timestamp with the zone of this process, and a column without one drops it: so what the session is set to does not matter. */
    @Override
    public ZoneRules timeZone(Connection raw) {
        return ZoneId.systemDefault().getRules();
    }

    @Override
    public boolean isFenceRaised(SQLException error) {
        return PostgresErrors.isFenceRaised(error);
    }

    /** A sequence belongs to no snapshot and is not undone by a rollback; setting it leaves {@code lastval()} alone. */
    @Override
    public void raiseFence(Connection raw, long version) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SELECT setval('waybill.fence', GREATEST(last_value, " + version + ")) FROM waybill.fence WHERE last_value < " + version);
        }
    }

    /** Whoever writes to a table holds its lock in a mode of writers until his transaction ends, also when that is prepared for a two-phase commit. */
    @Override
    public Set<String> openWriters(Connection raw, Collection<TableName> tables) throws SQLException {
        Set<String> writers = new HashSet<>();
        String sql = "SELECT l.virtualtransaction || coalesce(' of process ' || l.pid, ' (prepared)') FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()"
                + " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
                + " AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') AND n.nspname = ? AND c.relname = ?";
        for (TableName table : tables) {
            Query.each(raw, sql, row -> writers.add(row.getString(1)), table.schema(), table.name());
        }
        return writers;
    }

    // ---- catalogue ----

    @Override
    public boolean hasTransactionalDdl() {
        return true;
    }

    @Override
    public void lockInstallation(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + INSTALLATION_LOCK + ")");
        }
    }

    @Override
    public List<String> catalogueStatements() {
        return CATALOGUE;
    }

    @Override
    public List<UpgradeStep> upgradeSteps() {
        return List.of(SCRIPT.table("capture_report", 1), SCRIPT.transactionsOfABlock(2), PostgresThinOutbox.UPGRADE, SCRIPT.table("link_position", 7), SCRIPT.standing(8, "ADD COLUMN IF NOT EXISTS"),
                CatalogueScript.jobs(9, CATALOGUE), CatalogueScript.conflicts(10, catalogueStatements()), CatalogueScript.passthroughs(11, catalogueStatements()), CatalogueScript.notifiers(12, catalogueStatements()),
                CatalogueScript.calls(14, catalogueStatements()), CatalogueScript.tentative(14, catalogueStatements()));
    }

    @Override
    public List<String> removalStatements() {
        return List.of("DROP SCHEMA IF EXISTS waybill CASCADE");
    }

    @Override
    public List<String> grantStatements(String user) {
        String role = quote(user);
        return List.of(
                "GRANT USAGE ON SCHEMA waybill TO " + role,
                "GRANT SELECT ON " + String.join(", ", READABLE.stream().map(this::catalogueTable).toList()) + " TO " + role,
                "GRANT SELECT ON SEQUENCE waybill.fence TO " + role,
                "GRANT INSERT ON " + catalogueTable("outbox") + " TO " + role,
                "GRANT INSERT, UPDATE ON " + catalogueTable("counter") + " TO " + role,
                "GRANT INSERT, DELETE ON " + catalogueTable("capture_report") + " TO " + role);
    }

    /** Asks the system catalogue first, since a failed statement would end the transaction. A user without rights to our tables is told so. */
    @Override
    public boolean hasCatalogue(Connection raw) throws SQLException {
        return one(raw, "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'waybill' AND c.relname = 'catalogue'") != null
                && one(raw, "SELECT 1 FROM waybill.catalogue WHERE version >= 0") != null;
    }

    @Override
    public List<String> tableNames(Connection raw, String schema) throws SQLException {
        return PostgresMetadata.tableNames(raw, schema);
    }

    // ---- sequencing ----

    @Override
    public void beginLook(Connection raw) throws SQLException {
        PostgresSequencing.begin(raw);
    }

    /** One statement moves all, wherever this process is. */
    @Override
    public boolean journalsInBlocks() {
        return false;
    }

    @Override
    public int copyToJournal(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        return PostgresSequencing.copy(raw, entryIds, partEnds, logOffsets, digests, committedAt);
    }

    @Override
    public int deleteFromOutbox(Connection raw, Long[] entryIds) throws SQLException {
        return PostgresSequencing.delete(raw, entryIds);
    }

    // ---- complete capture ----

    @Override
    public void beginApplying(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET waybill.writer = 'agent'");
        }
    }

    @Override
    public Triggers triggers() {
        return new PostgresTriggers(this);
    }

    // ---- types and values ----

    @Override
    public TableDefinition describe(Connection raw, String schema, String table) throws SQLException {
        return describe(raw, schema, table, column -> false);
    }

    @Override
    public TableDefinition describe(Connection raw, String schema, String table, Predicate<String> unasked) throws SQLException {
        return new PostgresMetadata(raw, schema, table, unasked).describe();
    }

    @Override
    public TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException {
        return TextRules.postgres(raw, table.schema(), table.name(), column.name(), column.type().type() == SqlType.CHAR);
    }

    @Override
    public Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return PostgresValues.read(row, index, type);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        PostgresValues.bind(statement, index, value, type);
    }

    @Override
    public ColumnType landing(ColumnType wanted) {
        return PostgresTypes.landing(wanted);
    }

    @Override
    public List<String> typeStatements(Connection raw, ColumnType type) throws SQLException {
        ColumnType here = landing(type);
        return PostgresLargeObjects.isType(here) ? PostgresLargeObjects.statements(raw, here) : PostgresEnums.statements(raw, here);
    }

    @Override
    public LargeObjects largeObjects() {
        return PostgresLargeObjects.ALL;
    }

    @Override
    public String generatedAs(String expression) {
        return "GENERATED ALWAYS AS (" + expression + ") STORED";
    }

    @Override
    public String typeName(ColumnType type) {
        return PostgresTypes.name(type);
    }

    @Override
    public Map<String, BareType> bareTypes(Connection raw, String schema, String table) throws SQLException {
        return PostgresBulk.bareTypes(raw, schema, table);
    }

    @Override
    public String arrayType(ColumnType type) {
        return PostgresBulk.elementType(type) + "[]";
    }

    @Override
    public void bindArray(PreparedStatement statement, int index, Object[] values, ColumnType type) throws SQLException {
        PostgresBulk.bind(statement, index, values, type);
    }

    /** Draws the values in between, so that none is ever given twice; only a long way is jumped. A sequence that counts down is left alone. */
    @Override
    public void advanceIdentity(Connection raw, String schema, String table, String column, long past) throws SQLException {
        String[] sequence = new String[1];
        Query.each(raw, "SELECT s.seqrelid::regclass FROM pg_catalog.pg_sequence s WHERE s.seqincrement > 0 AND s.seqrelid = CAST(pg_catalog.pg_get_serial_sequence(?, ?) AS regclass)",
                row -> sequence[0] = row.getString(1), quote(schema, table), column);
        if (sequence[0] != null && past < Long.MAX_VALUE) {
            String name = "'" + sequence[0].replace("'", "''") + "'";
            String missing = past + " - last_value + CASE WHEN is_called THEN 0 ELSE 1 END";
            try (Statement statement = raw.createStatement()) {
                statement.execute("SELECT CASE WHEN " + missing + " > " + DRAWN_ONE_BY_ONE + " THEN setval(" + name + ", " + past + ")"
                        + " ELSE (SELECT max(nextval(" + name + ")) FROM generate_series(1, " + missing + ")) END FROM " + sequence[0] + " WHERE " + missing + " > 0");
            }
        }
    }

    // ---- durability, sessions ----

    /**
     * Applications may commit with synchronous_commit off; what they committed is visible at once, but on disk only later. The log is written in order, so a commit of our own that is waited for brings all before it to disk.
     */
    @Override
    public void makeDurable(Connection raw) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        raw.setAutoCommit(false);
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET LOCAL synchronous_commit = on");
            statement.execute("SELECT pg_logical_emit_message(true, 'waybill', '')");
            raw.commit();
        } finally {
            raw.setAutoCommit(autoCommit);
        }
    }

    @Override
    public void beginAgentSession(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'");
            for (String setting : List.of("IntervalStyle = postgres", "bytea_output = hex", "row_security = off", "statement_timeout = 0",
                    "idle_in_transaction_session_timeout = '" + AGENT_IDLE_SECONDS + "s'", "lock_timeout = '10s'")) {
                statement.execute("SET " + setting);
            }
        }
        beginApplying(raw);
        if (hasCatalogue(raw)) {
            PostgresSequencing.lookAnew(raw);
        }
    }

    @Override
    public void beginSnapshot(Connection raw) throws SQLException {
        raw.setAutoCommit(false);
        raw.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }

    @Override
    public String shareSnapshot(Connection raw) throws SQLException {
        return one(raw, "SELECT pg_catalog.pg_export_snapshot()");
    }

    @Override
    public void joinSnapshot(Connection raw, String shared) throws SQLException {
        beginSnapshot(raw);
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET TRANSACTION SNAPSHOT " + quoted(shared));
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Our tables, all of them; and with row-level security turned off a table that hides rows from this user gives an error instead of some rows. */
    @Override
    public void demandAgentRights(Connection raw) throws SQLException {
        String lacking = one(raw, "SELECT string_agg(c.relname, ', ') FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'waybill' AND c.relkind = 'r'"
                + " AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')"
                + " AND has_table_privilege(c.oid, 'DELETE'))");
        if (lacking != null) {
            String user = one(raw, "SELECT current_user");
            throw WaybillError.AGENT_RIGHTS.with(user, "those to read and write all tables of the schema waybill (it lacks " + lacking + ")",
                    "Say GRANT USAGE ON SCHEMA waybill TO " + quote(user) + " and GRANT ALL ON ALL TABLES IN SCHEMA waybill TO " + quote(user)
                            + " as their owner, or let the message agent work as the user that installed Waybill.");
        }
    }

    @Override
    public boolean isClosed(SQLException error) {
        return PostgresErrors.isOver(error);
    }

    @Override
    public ErrorClass classify(SQLException error) {
        return PostgresErrors.classify(error);
    }

    /** After any error the transaction can only go back to a savepoint, but that it can, unless the session itself has ended. */
    @Override
    public boolean endsTransaction(SQLException error) {
        return PostgresErrors.isOver(error);
    }

    private static String one(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
