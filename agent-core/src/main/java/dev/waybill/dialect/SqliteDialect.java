// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.TextRule;
import java.io.IOException;
import java.nio.file.Path;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** SQLite 3.35 and newer in a file, by JDBC alone: no class of its driver is imported. Immutable; any thread. What was decided and measured stands on the package page. */
public final class SqliteDialect implements Dialect {

    private static final RowByRow SEQUENCING = new RowByRow("INSERT INTO waybill_journal (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload)"
            + " SELECT ?1, ?2, part, transaction_id, last, origin, NULL, ?3, ?4, size, digest, payload FROM waybill_outbox WHERE entry_id = ?5",
            "DELETE FROM waybill_outbox WHERE entry_id = ?1");

    /** Of the same length always, so that moments are in order as text. */
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** The rows of a letter go with it; foreign keys' own actions depend on a setting of each connection. */
    private static final String LETTER_GONE = "CREATE TRIGGER IF NOT EXISTS waybill_dead_letter_gone AFTER DELETE ON waybill_dead_letter"
            + " BEGIN DELETE FROM waybill_dead_letter_key WHERE letter_id = old.letter_id; END";

    private static final CatalogueScript SCRIPT = new CatalogueScript(SqliteDialect::table, Map.ofEntries(
            Map.entry("instant", "TEXT"),
            Map.entry("uuid", "TEXT"),
            Map.entry("digest", "BLOB"),
            Map.entry("zero", "X'00000000000000000000000000000000'"),
            Map.entry("bytes", "BLOB"),
            Map.entry("large", "BLOB"),
            Map.entry("text", "TEXT"),
            Map.entry("before", "\"before\""),
            Map.entry("identity", "INTEGER PRIMARY KEY AUTOINCREMENT"),
            Map.entry("index", "waybill_"),
            Map.entry("user", "''"),
            Map.entry("view", "CREATE VIEW IF NOT EXISTS")));
    /** What applications write besides the outbox. */
    private static final List<String> WRITTEN = Stream.of("counter", "capture_report", "after_commit_job", "replica_property").map(name -> "CREATE TABLE IF NOT EXISTS waybill_" + name + " ").toList();

    private static final List<String> CATALOGUE = catalogue();

    private static final String TABLE = "CREATE TABLE IF NOT EXISTS ";
    private static final String VIEW = "CREATE VIEW IF NOT EXISTS ";

    private static List<String> catalogue() {
        List<String> statements = new ArrayList<>();
        for (String statement : SCRIPT.statements(List.of(), "sqlite.sql")) {
            // What applications write must have no row number: see sqlite.sql. A key of one number is the row's own number.
            boolean isWritten = WRITTEN.stream().anyMatch(statement::startsWith);
            statements.add(statement.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY") + (isWritten ? " WITHOUT ROWID" : ""));
        }
        statements.add(LETTER_GONE);
        return List.copyOf(statements);
    }

    /** Only where each connection has said so. */
    @Override
    public boolean keepsForeignKeys() {
        return false;
    }

    @Override
    public String name() {
        return "sqlite";
    }

    // ---- naming ----

    @Override
    public String catalogueTable(String table) {
        return table(table);
    }

    private static String table(String name) {
        return "waybill_" + name;
    }

    @Override
    public boolean hasSchemas() {
        return false;
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** As it was written; it is found without regard to case. */
    @Override
    public String fold(String identifier) {
        return identifier;
    }

    @Override
    public String entryId() {
        return "entry_id";
    }

    @Override
    public String drawnEntryId() {
        return "(SELECT max(coalesce(max(entry_id), 0) + 1, CAST(unixepoch('subsec') * 1000000 AS INTEGER)) FROM waybill_outbox)";
    }

    @Override
    public String currentSchema(Connection raw) {
        return "";
    }

    /** SQLite knows no users. */
    @Override
    public String currentUser() {
        return "''";
    }

    /** One of the connection's own, or attached, may be meant where a schema is named; ours never is. */
    @Override
    public JdbcName jdbcName(Connection raw, String schema) {
        return new JdbcName(null, null);
    }

    @Override
    public String schema(String catalog, String schema) {
        return "";
    }

    /** The file, however it is named; in memory every connection is a database of its own. */
    @Override
    public String databaseKey(Connection raw) throws SQLException {
        String file = file(raw);
        if (file.isEmpty()) {
            return raw.getMetaData().getURL() + "#" + Integer.toHexString(System.identityHashCode(raw.unwrap(Connection.class)));
        }
        try {
            return "jdbc:sqlite:" + Path.of(file).toRealPath();
        } catch (IOException gone) {
            return "jdbc:sqlite:" + file;
        }
    }

    private static String file(Connection raw) throws SQLException {
        String file = one(raw, "SELECT file FROM pragma_database_list WHERE name = 'main'");
        return file == null ? "" : file;
    }

    /** Other processes may have the file open too. */
    @Override
    public boolean isEmbedded(Connection raw) {
        return false;
    }

    /** None: every writer meets the fence. */
    @Override
    public int sessionsElsewhere(Connection raw) {
        return 0;
    }

    // ---- writers of other processes ----

    /** The catalogue's version itself, read in the transaction that has written: there is one writer, so nobody can change it until that one ends. */
    @Override
    public boolean hasFence() {
        return true;
    }

    /** None: who has written when the catalogue was changed had committed before, and who writes later reads the version after that. */
    @Override
    public Set<String> openWriters(Connection raw, Collection<TableName> tables) {
        return Set.of();
    }

    // ---- catalogue ----

    @Override
    public boolean hasTransactionalDdl() {
        return true;
    }

    /** A database in memory would be another one for every connection of ours. Writing what is there already takes the one writer's place. */
    @Override
    public void lockInstallation(Connection raw) throws SQLException {
        if (file(raw).isEmpty()) {
            throw WaybillError.SQLITE_IN_MEMORY.with(raw.getMetaData().getURL());
        }
        try (Statement statement = raw.createStatement()) {
            statement.execute("PRAGMA main.user_version = " + one(raw, "PRAGMA main.user_version"));
        }
    }

    @Override
    public List<String> catalogueStatements() {
        return CATALOGUE;
    }

    @Override
    public List<UpgradeStep> upgradeSteps() {
        return List.of(new UpgradeStep(7, CATALOGUE.stream().filter(statement -> statement.contains("link_position")).toList()), SCRIPT.standing(8, "ADD COLUMN"), CatalogueScript.jobs(9, CATALOGUE), CatalogueScript.conflicts(10, catalogueStatements()), CatalogueScript.passthroughs(11, catalogueStatements()), CatalogueScript.notifiers(12, catalogueStatements()),
                CatalogueScript.calls(14, catalogueStatements()), CatalogueScript.tentative(14, catalogueStatements()));
    }

    /** Children first. */
    @Override
    public List<String> removalStatements() {
        List<String> statements = new ArrayList<>();
        for (String statement : CATALOGUE) {
            if (statement.startsWith(VIEW)) {
                statements.add(0, "DROP VIEW IF EXISTS " + statement.substring(VIEW.length()).replaceFirst("(?s)[ (].*", ""));
            } else if (statement.startsWith(TABLE)) {
                statements.add(0, "DROP TABLE IF EXISTS " + statement.substring(TABLE.length()).replaceFirst("(?s)[ (].*", ""));
            }
        }
        return statements;
    }

    /** SQLite knows no users. */
    @Override
    public List<String> grantStatements(String user) {
        return List.of();
    }

    @Override
    public boolean hasCatalogue(Connection raw) throws SQLException {
        return one(raw, "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'waybill_catalogue'") != null && one(raw, "SELECT 1 FROM waybill_catalogue WHERE version >= 0") != null;
    }

    /** Of our own schema those that have its prefix, without it. */
    @Override
    public List<String> tableNames(Connection raw, String schema) throws SQLException {
        List<String> all = SqliteMetadata.tableNames(raw);
        return schema.isEmpty() ? all : all.stream().filter(name -> name.startsWith(schema + "_")).map(name -> name.substring(schema.length() + 1)).toList();
    }

    // ---- sequencing ----

    @Override
    public int copyToJournal(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        return SEQUENCING.copy(raw, entryIds, partEnds, logOffsets, digests, MOMENT.format(committedAt));
    }

    @Override
    public int deleteFromOutbox(Connection raw, Long[] entryIds) throws SQLException {
        return SEQUENCING.delete(raw, entryIds);
    }

    // ---- what SQL is called here ----

    @Override
    public String first(long rows) {
        return " LIMIT " + rows;
    }

    @Override
    public String forUpdate() {
        return "";
    }

    /** Its driver keeps a query of the last row number open for everything that it has executed. */
    @Override
    public boolean keepsStatements() {
        return false;
    }

    @Override
    public void beginWriting(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("UPDATE waybill_lease SET one = one WHERE 0");
        } catch (SQLException e) {
            if (SqliteErrors.classify(e) != ErrorClass.SCHEMA) {
                throw e; // otherwise there is no catalogue yet, which is for others to say
            }
        }
    }

    @Override
    public void beginWritingAlong(Connection raw) throws SQLException {
        beginWriting(raw);
    }

    // ---- types and values ----

    @Override
    public Object moment(Instant moment) {
        return MOMENT.format(moment);
    }

    @Override
    public Instant moment(ResultSet row, int index) throws SQLException {
        String text = row.getString(index);
        return text == null ? null : Instant.parse(text);
    }

    @Override
    public String now() {
        return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";
    }

    @Override
    public UUID uuid(ResultSet row, int index) throws SQLException {
        String text = row.getString(index);
        return text == null ? null : UUID.fromString(text);
    }

    @Override
    public TableDefinition describe(Connection raw, String schema, String table) throws SQLException {
        return schema.isEmpty() ? new SqliteMetadata(raw, table).describe() : null;
    }

    @Override
    public LocalFacts localFacts(Connection raw, String schema, String table) throws SQLException {
        return schema.isEmpty() ? SqliteLocalFacts.read(raw, table) : LocalFacts.NO_TABLE;
    }

    @Override
    public TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException {
        return TextRules.sqlite(raw, table.name());
    }

    @Override
    public Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return SqliteValues.read(row, index, type);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        SqliteValues.bind(statement, index, value, type);
    }

    /** A decimal of more digits than a number of SQLite's has for certain is exact as text only. */
    @Override
    public boolean changesSilently(ColumnType type, String declared) {
        return (type.type() == SqlType.NUMERIC || type.type() == SqlType.DECFLOAT) && !SqliteTypes.isSure(type) && !SqliteTypes.keepsText(declared);
    }

    @Override
    public ColumnType landing(ColumnType wanted) {
        return SqliteTypes.landing(wanted);
    }

    @Override
    public String typeName(ColumnType type) {
        return SqliteTypes.declared(type);
    }

    /** The key of one INTEGER is drawn by itself. */
    @Override
    public String identity() {
        return "";
    }

    @Override
    public String overridingIdentity() {
        return "";
    }

    @Override
    public String generatedAs(String expression) {
        return "GENERATED ALWAYS AS (" + expression + ") STORED";
    }

    @Override
    public boolean addsForeignKeys() {
        return false;
    }

    /** What must be unique is looked at with every row. */
    @Override
    public boolean updatesTogether() {
        return false;
    }

    /** Row numbers go on behind the highest by themselves. */
    @Override
    public void advanceIdentity(Connection raw, String schema, String table, String column, long past) {}

    // ---- durability, sessions ----

    /** Its library is in this process, but nothing of the application's is closed or broken by a connection of ours. */
    @Override
    public boolean mayBeEmbedded() {
        return false;
    }

    /**
     * Readers must not keep the application from writing, so the file is in WAL mode: it stays so for everybody, and nobody has to know. Durable commits whatever the application's own setting; a bounded time for the one writer's place.
     *
     * @throws SQLException SQLITE_IN_MEMORY, SQLITE_WITHOUT_WAL
     */
    @Override
    public void beginAgentSession(Connection raw) throws SQLException {
        if (file(raw).isEmpty()) {
            throw WaybillError.SQLITE_IN_MEMORY.with(raw.getMetaData().getURL());
        }
        beginDeferred(raw);
        try (Statement statement = raw.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            String mode = one(raw, "PRAGMA main.journal_mode = WAL");
            if (!"wal".equalsIgnoreCase(mode)) {
                throw WaybillError.SQLITE_WITHOUT_WAL.with(file(raw), mode);
            }
            statement.execute("PRAGMA synchronous = FULL");
        }
    }

    /** Its driver begins the next transaction when one ends: with {@code transaction_mode=IMMEDIATE} in the application's URL, connections that wait in the agent's pool would keep everybody from writing. */
    private static void beginDeferred(Connection raw) throws SQLException {
        try {
            Class<?> type = raw.getClass();
            while (!type.getSimpleName().equals("SQLiteConnection")) {
                type = type.getSuperclass();
            }
            Class<?> mode = Class.forName("org.sqlite.SQLiteConfig$TransactionMode", true, type.getClassLoader());
            Method set = type.getDeclaredMethod("setTransactionMode", mode);
            set.setAccessible(true);
            set.invoke(raw, mode.getField("DEFERRED").get(null));
        } catch (ReflectiveOperationException | RuntimeException other) {
            throw new SQLException("this version of SQLite's driver does not tell how its transactions begin", other);
        }
    }

    /** Everything goes through one log in the order of commits: a commit of ours that waits for the disk brings all before it there, whatever their connections had set. It must write something. */
    @Override
    public void makeDurable(Connection raw) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        raw.setAutoCommit(true);
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("INSERT INTO waybill_counter (name, subject, total, last_at) VALUES ('durable', '', 1, " + now() + ")"
                    + " ON CONFLICT (name, subject) DO UPDATE SET total = total + 1, last_at = excluded.last_at");
        } finally {
            raw.setAutoCommit(autoCommit);
        }
    }

    /** A transaction sees what its first query saw. */
    @Override
    public void beginSnapshot(Connection raw) throws SQLException {
        raw.setAutoCommit(false);
    }

    /** There are no users; that the file can be written is seen by writing. */
    @Override
    public void demandAgentRights(Connection raw) throws SQLException {
        if (raw.isReadOnly()) {
            throw WaybillError.AGENT_RIGHTS.with("of this process", "those to write the file " + file(raw), "Take what makes it read-only out of the URL, or let the message agent work as a user who may write the file and its folder.");
        }
    }

    @Override
    public boolean isClosed(SQLException error) {
        return SqliteErrors.isClosed(error);
    }

    @Override
    public ErrorClass classify(SQLException error) {
        return SqliteErrors.classify(error);
    }

    /** What is captured lies in the transaction itself and goes with it. */
    @Override
    public boolean endsTransaction(SQLException error) {
        return false;
    }

    private static String one(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
