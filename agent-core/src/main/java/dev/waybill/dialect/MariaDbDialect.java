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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * MariaDB 10.7 and newer, by JDBC alone: no class of its driver is imported. Immutable; any thread. What was decided and measured stands on the package page.
 *
 * <p>A database of MariaDB has no schemas inside it. Ours is the one to which the connection was opened: its tables are those of the schema {@link #HOME}, as other products call theirs; every other schema is another database of the
 * server. All names are written with their database, whatever USE has made of the session.
 */
public final class MariaDbDialect implements Dialect {

    /** What the tables of the database itself stand in, for everybody else. */
    public static final String HOME = "public";

    /** Stands in the text of the error by which the fence is noticed. */
    static final String FENCE = "waybill_fence";

    private static final System.Logger LOG = System.getLogger(MariaDbDialect.class.getName());
    private static final String PREFIX = "waybill_";
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("instant", "DATETIME(6)"), // in UTC
            Map.entry("uuid", "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin"), // the type UUID refuses some
            Map.entry("digest", "BINARY(16)"),
            Map.entry("zero", "X'00000000000000000000000000000000'"),
            Map.entry("bytes", "MEDIUMBLOB"),
            Map.entry("large", "LONGBLOB"),
            Map.entry("text", "MEDIUMTEXT"),
            Map.entry("before", "`before`"),
            Map.entry("identity", "BIGINT AUTO_INCREMENT PRIMARY KEY"),
            Map.entry("index", ""),
            Map.entry("user", "(CURRENT_USER())"));
    private static final List<String> READABLE = List.of("catalogue", "lease", "message_type", "message_type_option", "publication", "article", "subscription", "remote_user", "received_table",
            "counter", "journal_head", "fence", "capture_report", "trigger_shape", "replica_property");
    private static final List<String> SEQUENCES = List.of("entry", "fence");
    /** Bytewise, and without padding: what is different elsewhere is different here. */
    private static final String OPTIONS = " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

    private final String home;
    private final MariaDbSequencing sequencing;

    /**
     * @param home the database; empty where a connection has none, and then there is no catalogue
     */
    MariaDbDialect(String home) {
        this.home = home;
        this.sequencing = new MariaDbSequencing(this);
    }

    /** The database of this connection's tables, or empty. */
    static MariaDbDialect of(Connection raw) throws SQLException {
        String home = one(raw, "SELECT DATABASE()");
        return new MariaDbDialect(home == null ? "" : home);
    }

    /** Waits for rows that are not committed, and sees them then, at every level of isolation. */
    @Override
    public String forShare() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    public String name() {
        return "mariadb";
    }

    /** The database that the connection was opened to; empty for none. */
    public String home() {
        return home;
    }

    // ---- naming ----

    @Override
    public String catalogueTable(String table) {
        return (home.isEmpty() ? "" : quote(home) + ".") + PREFIX + table;
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public String quote(String schema, String table) {
        String database = database(schema);
        return database.isEmpty() ? quote(table) : quote(database) + "." + quote(table);
    }

    /** The database that a schema of ours is. */
    public String database(String schema) {
        return schema.isEmpty() || schema.equals(HOME) ? home : schema;
    }

    /** MariaDB keeps names as they are written; what is written in capitals elsewhere is written in small letters here. */
    @Override
    public String fold(String identifier) {
        return identifier.toLowerCase(Locale.ROOT);
    }

    @Override
    public String entryId() {
        return "entry_id";
    }

    @Override
    public String currentSchema(Connection raw) throws SQLException {
        String database = one(raw, "SELECT DATABASE()");
        return database == null ? "" : schema(database, null);
    }

    @Override
    public void useSchema(Connection connection, String schema) throws SQLException {
        if (!schema.isEmpty()) {
            connection.setCatalog(database(schema));
        }
    }

    @Override
    public JdbcName jdbcName(Connection raw, String schema) {
        return new JdbcName(database(schema), null);
    }

    @Override
    public String schema(String catalog, String schema) {
        return catalog.equals(home) ? HOME : catalog;
    }

    @Override
    public String databaseKey(Connection raw) throws SQLException {
        return "jdbc:mariadb:" + one(raw, "SELECT CONCAT(@@hostname, ':', @@port, @@datadir)") + home;
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

    // ---- moments in our own tables ----

    @Override
    public Object moment(Instant moment) {
        return MariaDbValues.moment(moment);
    }

    @Override
    public Instant moment(ResultSet row, int index) throws SQLException {
        return MariaDbValues.moment(row.getString(index));
    }

    @Override
    public String now() {
        return "UTC_TIMESTAMP(6)";
    }

    // ---- writers of other processes ----

    @Override
    public boolean hasFence() {
        return true;
    }

    /** A sequence belongs to no snapshot; a number that is too large is an error at every sql_mode. */
    @Override
    public String fenceCheck() {
        return "SELECT 9223372036854775807 + (next_not_cached_value > ? + 1) FROM " + catalogueTable("fence");
    }

    @Override
    public boolean isFenceRaised(SQLException error) {
        return MariaDbErrors.isFenceRaised(error);
    }

    /** Setting a sequence is not undone by a rollback, and never sets it back. */
    @Override
    public void raiseFence(Connection raw, long version) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SELECT SETVAL(" + catalogueTable("fence") + ", " + version + ")");
        }
    }

    @Override
    public Set<String> openWriters(Connection raw, Collection<TableName> tables) throws SQLException {
        return MariaDbWriters.open(raw, catalogueTable("catalogue"));
    }

    // ---- catalogue ----

    @Override
    public List<String> catalogueStatements() {
        return script().statements(List.of(), "mariadb.sql").stream()
                .map(statement -> statement.startsWith("CREATE TABLE") ? statement + OPTIONS : statement).toList();
    }

    private CatalogueScript script() {
        return new CatalogueScript(this::catalogueTable, WORDS);
    }

    @Override
    public List<UpgradeStep> upgradeSteps() {
        return List.of(new UpgradeStep(4, catalogueStatements().stream().filter(statement -> statement.contains(PREFIX + "trigger_")).toList()),
                new UpgradeStep(7, catalogueStatements().stream().filter(statement -> statement.contains("link_position")).toList()), script().standing(8, "ADD COLUMN IF NOT EXISTS"), CatalogueScript.jobs(9, catalogueStatements()), CatalogueScript.conflicts(10, catalogueStatements()), CatalogueScript.passthroughs(11, catalogueStatements()), CatalogueScript.notifiers(12, catalogueStatements()),
                CatalogueScript.calls(14, catalogueStatements()), CatalogueScript.tentative(14, catalogueStatements()));
    }

    /** Children before parents, and what reads a table before the table. */
    @Override
    public List<String> removalStatements() {
        List<String> statements = new ArrayList<>(List.of("DROP VIEW IF EXISTS " + catalogueTable("sys_backgroundjob_info")));
        List<String> made = catalogueStatements();
        for (int i = made.size() - 1; i >= 0; i--) {
            String[] words = made.get(i).split("\\s+", 7);
            if (words[1].equals("TABLE")) {
                statements.add("DROP TABLE IF EXISTS " + words[5]);
            }
        }
        List.of("trigger_mark", "trigger_slot").forEach(table -> statements.add("DROP TABLE IF EXISTS " + catalogueTable(table)));
        SEQUENCES.forEach(sequence -> statements.add("DROP SEQUENCE IF EXISTS " + catalogueTable(sequence)));
        return statements;
    }

    /** A user is a name, or a name and a host: {@code clerk@localhost}. */
    @Override
    public List<String> grantStatements(String user) {
        int at = user.lastIndexOf('@');
        String account = at < 0 ? quote(user) : quote(user.substring(0, at)) + "@" + quote(user.substring(at + 1));
        List<String> statements = new ArrayList<>();
        READABLE.forEach(table -> statements.add("GRANT SELECT ON " + catalogueTable(table) + " TO " + account));
        statements.add("GRANT INSERT ON " + catalogueTable("outbox") + " TO " + account);
        statements.add("GRANT SELECT, INSERT ON " + catalogueTable("entry") + " TO " + account);
        statements.add("GRANT INSERT, UPDATE ON " + catalogueTable("counter") + " TO " + account);
        statements.add("GRANT INSERT, DELETE ON " + catalogueTable("capture_report") + " TO " + account);
        return statements;
    }

    @Override
    public boolean hasCatalogue(Connection raw) throws SQLException {
        return !home.isEmpty() && tableNames(raw, "waybill").contains("catalogue") && one(raw, "SELECT 1 FROM " + catalogueTable("catalogue") + " WHERE version >= 0") != null;
    }

    /** Of the schema {@code waybill}, which stands for our own tables, the names without the prefix. */
    @Override
    public List<String> tableNames(Connection raw, String schema) throws SQLException {
        boolean ours = schema.equals("waybill");
        List<String> names = new ArrayList<>();
        Query.each(raw, "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE <> 'TEMPORARY' ORDER BY 1", row -> {
            String name = row.getString(1);
            if (!ours) {
                names.add(name);
            } else if (TableName.isOurs(name)) {
                names.add(name.substring(PREFIX.length()));
            }
        }, ours ? home : database(schema));
        return names;
    }

    // ---- sequencing ----

    /** Read views are built without a latch: who commits meanwhile may be left out although one who followed him is in. */
    @Override
    public boolean mayTear() {
        return true;
    }

    @Override
    public int copyToJournal(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        return sequencing.copy(raw, entryIds, partEnds, logOffsets, digests, committedAt);
    }

    @Override
    public int deleteFromOutbox(Connection raw, Long[] entryIds) throws SQLException {
        return sequencing.delete(raw, entryIds);
    }

    @Override
    public List<String> waitingRows() {
        return List.of(catalogueTable("outbox"), MariaDbTriggers.standing(this));
    }

    @Override
    public List<String> waitingSigns() {
        return List.of(catalogueTable("outbox"), catalogueTable("trigger_row") + " WHERE writer > 0");
    }

    /** Which transaction stands first is known when it is known of each where its last row stands. */
    @Override
    public OptionalLong endOfLook(Connection raw, int rows) throws SQLException {
        String end = one(raw, "SELECT place FROM " + catalogueTable("trigger_row") + " FORCE INDEX (PRIMARY) WHERE place > 0 ORDER BY place LIMIT " + (rows - 1) + ", 1");
        return end == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(end));
    }

    @Override
    public List<String> waitingRows(long end) {
        return List.of("(SELECT * FROM " + catalogueTable("outbox") + " WHERE entry_id <= " + end + ") AS waiting", MariaDbTriggers.standing(this, end));
    }

    // ---- complete capture ----

    @Override
    public void beginApplying(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET @waybill_writer = 'agent'");
        }
    }

    @Override
    public void tidy(Connection raw) throws SQLException {
        new MariaDbRegistry(raw).tidy();
    }

    @Override
    public Triggers triggers() {
        return new MariaDbTriggers(this);
    }

    // ---- types and values ----

    @Override
    public TableDefinition describe(Connection raw, String schema, String table) throws SQLException {
        return describe(raw, schema, table, column -> false);
    }

    @Override
    public TableDefinition describe(Connection raw, String schema, String table, Predicate<String> unasked) throws SQLException {
        return TableName.isOurs(table) ? null : new MariaDbMetadata(raw, this, schema, table, unasked).describe();
    }

    @Override
    public TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException {
        return TextRules.mariaDb(raw, jdbcName(raw, table.schema()).catalog(), table.name(), column.name(), column.type().type() == SqlType.CHAR);
    }

    @Override
    public Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return MariaDbValues.read(row, index, type);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        MariaDbValues.bind(statement, index, value, type);
    }

    /** As text a FLOAT has six digits, and a TIMESTAMP the time zone of the session. */
    @Override
    public String selected(ColumnShape column) {
        String name = quote(column.name());
        if (column.type().type() == SqlType.REAL) {
            return "CAST(" + name + " AS DOUBLE)";
        }
        return column.type().type() == SqlType.TIMESTAMP_WITH_TIME_ZONE ? "UNIX_TIMESTAMP(" + name + ")" : name;
    }

    @Override
    public ColumnType landing(ColumnType wanted) {
        return MariaDbTypes.landing(wanted);
    }

    @Override
    public List<String> typeStatements(Connection raw, ColumnType type) throws SQLException {
        MariaDbTypes.expectLanding(type);
        return List.of();
    }

    /** None: the same expression has other values here ({@code ||}, division, LENGTH). */
    @Override
    public String generatedAs(String expression) {
        return null;
    }

    @Override
    public String typeName(ColumnType type) {
        return MariaDbTypes.name(type);
    }

    @Override
    public String keyTypeName(ColumnType type) {
        return MariaDbTypes.keyName(type);
    }

    @Override
    public String identity() {
        return "AUTO_INCREMENT";
    }

    @Override
    public boolean drawsForKeysOnly() {
        return true;
    }

    @Override
    public String tableOptions() {
        return OPTIONS;
    }

    // ---- bulk apply ----

    @Override
    public String overridingIdentity() {
        return "";
    }

    /** The driver itself sends what a batch holds at once, and within what the server takes. */
    @Override
    public int rowsTogether() {
        return 1;
    }

    @Override
    public boolean updatesTogether() {
        return false;
    }

    /** InnoDB itself draws numbers behind the highest that was inserted. */
    @Override
    public void advanceIdentity(Connection raw, String schema, String table, String column, long past) {
        // Done with the INSERT.
    }

    // ---- durability, sessions ----

    /** A commit is on disk when it returns, unless the server is set otherwise, which {@link #demandAgentRights} tells. */
    @Override
    public void makeDurable(Connection raw) {
        // Nothing that one session can do would make another's commits durable.
    }

    @Override
    public void beginAgentSession(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 10,"
                    + " lock_wait_timeout = 10, foreign_key_checks = 1, unique_checks = 1, check_constraint_checks = 1, sql_safe_updates = 0, max_statement_time = 0, sql_select_limit = DEFAULT,"
                    + " idle_transaction_timeout = " + AGENT_IDLE_SECONDS + ", wait_timeout = 86400");
        }
        beginApplying(raw);
    }

    @Override
    public void beginSnapshot(Connection raw) throws SQLException {
        raw.setAutoCommit(false);
        raw.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }

    @Override
    public void demandAgentRights(Connection raw) throws SQLException {
        if (hasCatalogue(raw)) {
            MariaDbRights.demand(raw, this);
        }
        warnOfLateCommits(raw, "innodb_flush_log_at_trx_commit", "1");
        if ("1".equals(one(raw, "SELECT @@log_bin"))) {
            warnOfLateCommits(raw, "sync_binlog", "1");
        }
    }

    private static void warnOfLateCommits(Connection raw, String variable, String wanted) throws SQLException {
        String value = one(raw, "SELECT @@GLOBAL." + variable);
        if (!wanted.equals(value)) {
            LOG.log(System.Logger.Level.WARNING, WaybillError.COMMITS_LATE.with(variable + " = " + value, wanted).getMessage());
        }
    }

    @Override
    public boolean isClosed(SQLException error) {
        return MariaDbErrors.isOver(error);
    }

    @Override
    public ErrorClass classify(SQLException error) {
        return MariaDbErrors.classify(error);
    }

    /** After a lock time-out only the statement is undone, unless innodb_rollback_on_timeout is set: then the session is no longer in a transaction, which capture asks. */
    @Override
    public boolean endsTransaction(SQLException error) {
        return MariaDbErrors.isRolledBack(error) || MariaDbErrors.isOver(error);
    }

    static String one(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
