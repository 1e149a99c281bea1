// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.TextRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** H2 2.x, by JDBC alone: no class of H2 is imported. Immutable; any thread. What was measured of H2 stands on the package page. */
public final class H2Dialect implements Dialect {

    /** H2's own isolation level, beyond JDBC's. */
    private static final int TRANSACTION_SNAPSHOT = 6;

    private static final CatalogueScript SCRIPT = new CatalogueScript(H2Dialect::table, Map.of(
            "instant", "TIMESTAMP(6) WITH TIME ZONE",
            "uuid", "UUID",
            "digest", "BINARY(16)",
            "zero", "X'00000000000000000000000000000000'",
            "bytes", "VARBINARY(1000000)",
            "large", "BINARY LARGE OBJECT", // BLOB is no word of PostgreSQL mode
            "text", "VARCHAR(100000)",
            "before", "before",
            "identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "index", "waybill."));
    /**
     * Rows become what they would be now, in their places; columns are left where they are, empty, since to drop one makes H2 number the rows anew. Can be interrupted between any two statements, and run again.
     */
    private static final UpgradeStep THIN_OUTBOX = new UpgradeStep(3, Stream.concat(
            Stream.of("transaction_id", "part", "last", "size", "digest").map(column -> "ALTER TABLE waybill.outbox ALTER COLUMN IF EXISTS " + column + " DROP NOT NULL"),
            Stream.of("UPDATE waybill.outbox SET payload = X'01' || CASE WHEN last THEN X'01' ELSE X'00' END || CAST(part AS BINARY(4)) || CAST(transaction_id AS BINARY(16)) || CAST(digest AS BINARY(4)) || payload,"
                    + " transaction_id = NULL, part = NULL, last = NULL, size = NULL, digest = NULL WHERE transaction_id IS NOT NULL")).toList());

    private static final List<String> CATALOGUE = SCRIPT.statements(List.of("CREATE SCHEMA IF NOT EXISTS waybill"), "h2.sql");

    /** As many texts a session of H2 remembers, unless the URL says otherwise. */
    private static final int QUERY_CACHE_SIZE = 8;

    private final IdentifierCase identifierCase;

    H2Dialect(IdentifierCase identifierCase) {
        this.identifierCase = identifierCase;
    }

    /** Rows cannot be locked together here. */
    @Override
    public void lockNumber(Connection raw, int number, boolean alone) throws SQLException {
        if (raw.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED) {
            throw WaybillError.AUDIENCE_ISOLATION.with(raw.getTransactionIsolation());
        }
        try (Statement statement = raw.createStatement()) {
            statement.executeQuery("SELECT bucket FROM waybill.audience_lock WHERE bucket = " + Math.floorMod(number, AUDIENCE_LOCKS) + " FOR UPDATE").close();
        }
    }

    @Override
    public String name() {
        return "h2";
    }

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
        return identifierCase.fold(identifier);
    }

    @Override
    public String entryId() {
        return "_ROWID_";
    }

    @Override
    public String currentSchema(Connection raw) throws SQLException {
        return raw.getSchema();
    }

    /** The session's own setting; H2 takes the offset at that instant from the rules of that zone. */
    @Override
    public ZoneRules timeZone(Connection raw) throws SQLException {
        String zone = one(raw, "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'TIME ZONE'");
        try {
            return zone == null ? null : ZoneId.of(zone).getRules();
        } catch (DateTimeException unknown) {
            return null;
        }
    }

    /** With the first write to each table in a transaction H2 walks through all queries that the session remembers. Other texts, which are no queries, take their places. */
    @Override
    public void forgetQueries(Connection raw) throws SQLException {
        for (int i = 0; i < QUERY_CACHE_SIZE; i++) {
            raw.prepareStatement("CALL " + i).close();
        }
    }

    @Override
    public String databaseKey(Connection raw) throws SQLException {
        String url = raw.getMetaData().getURL();
        if (!isLocalSession(raw)) {
            return url;
        }
        String path = path(raw);
        return path == null ? url + "#" + instance(raw) : "jdbc:h2:file:" + path;
    }

    /** True for an embedded session, unless the database is open for other processes too (AUTO_SERVER keeps a lock file beside it): then somebody outside could change the catalogue unseen. */
    @Override
    public boolean isEmbedded(Connection raw) throws SQLException {
        if (!isLocalSession(raw)) {
            return false;
        }
        String path = path(raw);
        return path == null || path.contains(":") || !Files.exists(Path.of(path + ".lock.db"));
    }

    @Override
    public int sessionsElsewhere(Connection raw) throws SQLException {
        String whose = isLocalSession(raw) ? "SERVER IS NOT NULL" : "SESSION_ID <> SESSION_ID()";
        return Integer.parseInt(one(raw, "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE " + whose));
    }

    /** A session that came through a server, AUTO_SERVER's included, is listed with that server's address. */
    private static boolean isLocalSession(Connection raw) throws SQLException {
        return one(raw, "SELECT SERVER FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID = SESSION_ID()") == null;
    }

    /** The canonical path without suffix; null for a database in memory. */
    private static String path(Connection raw) throws SQLException {
        return one(raw, "SELECT DATABASE_PATH()");
    }

    /**
     * Tells two databases in memory of one name apart (of an unnamed one every connection makes its own): SQL has no name for that, H2's objects have. Where a version has other methods,
     * the URL must do, which is right for every named database.
     */
    private static String instance(Connection raw) throws SQLException {
        try {
            Connection h2 = raw.unwrap(Connection.class);
            Object session = h2.getClass().getMethod("getSession").invoke(h2);
            return Integer.toHexString(System.identityHashCode(session.getClass().getMethod("getDatabase").invoke(session)));
        } catch (ReflectiveOperationException e) {
            return "";
        }
    }

    @Override
    public List<String> catalogueStatements() {
        return CATALOGUE;
    }

    @Override
    public List<UpgradeStep> upgradeSteps() {
        UpgradeStep cleared = new UpgradeStep(6, CATALOGUE.stream().filter(statement -> statement.contains("outbox_cleared")).toList());
        return List.of(SCRIPT.table("capture_report", 1), SCRIPT.transactionsOfABlock(2), THIN_OUTBOX, cleared, SCRIPT.table("link_position", 7), SCRIPT.standing(8, "ADD COLUMN IF NOT EXISTS"),
                CatalogueScript.jobs(9, CATALOGUE), CatalogueScript.conflicts(10, catalogueStatements()), CatalogueScript.passthroughs(11, catalogueStatements()), CatalogueScript.notifiers(12, catalogueStatements()),
                new UpgradeStep(13, CATALOGUE.stream().filter(statement -> statement.contains("audience_lock")).toList()),
                CatalogueScript.calls(14, catalogueStatements()), CatalogueScript.tentative(14, catalogueStatements()));
    }

    @Override
    public List<String> grantStatements(String user) {
        return List.of(
                "GRANT SELECT ON SCHEMA waybill TO " + quote(user),
                "GRANT INSERT ON " + catalogueTable("outbox") + " TO " + quote(user),
                "GRANT INSERT, UPDATE ON " + catalogueTable("counter") + " TO " + quote(user),
                "GRANT UPDATE ON " + catalogueTable("audience_lock") + " TO " + quote(user),
                "GRANT INSERT, DELETE ON " + catalogueTable("capture_report") + " TO " + quote(user));
    }

    @Override
    public List<String> removalStatements() {
        return List.of("DROP SCHEMA IF EXISTS waybill CASCADE");
    }

    /** A user without rights to our tables does not see them in the metadata, but is told so when he reads them: that error is not taken for their absence. */
    @Override
    public boolean hasCatalogue(Connection raw) throws SQLException {
        if (one(raw, "SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = '" + fold("waybill") + "'") == null) {
            return false;
        }
        try {
            return one(raw, "SELECT 'there' FROM waybill.catalogue WHERE version >= 0") != null;
        } catch (SQLException e) {
            if (H2Errors.isTableMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public List<String> tableNames(Connection raw, String schema) throws SQLException {
        return H2Metadata.tableNames(raw, schema);
    }

    @Override
    public String caution(Connection raw) throws SQLException {
        return path(raw) == null ? null : caution(raw.getMetaData().getDatabaseProductVersion());
    }

    static String caution(String version) {
        return version.startsWith("2.5.252") ? "H2 2.5.252, killed while it stores, may leave a file that it does not open any more (\"Chunk not found\"), and keeps half of a transaction more often than older versions. 2.4.240 does not lose files."
                + " SET WRITE_DELAY 0 avoids the former; keep backups." : null;
    }

    @Override
    public boolean hasThinOutbox() {
        return true;
    }

    @Override
    public boolean mayKeepHalves() {
        return true;
    }

    @Override
    public int copyToJournal(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        return H2Sequencing.copy(raw, entryIds, partEnds, logOffsets, digests, committedAt);
    }

    @Override
    public int deleteFromOutbox(Connection raw, Long[] entryIds) throws SQLException {
        return H2Sequencing.delete(raw, entryIds);
    }

    @Override
    public TableDefinition describe(Connection raw, String schema, String table) throws SQLException {
        return describe(raw, schema, table, column -> false);
    }

    @Override
    public TableDefinition describe(Connection raw, String schema, String table, Predicate<String> unasked) throws SQLException {
        return new H2Metadata(raw, schema, table, unasked).describe();
    }

    @Override
    public TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException {
        return TextRules.h2(raw, column.type().type() == SqlType.CHAR);
    }

    @Override
    public Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return H2Values.read(row, index, type);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        H2Values.bind(statement, index, value, type);
    }

    @Override
    public ColumnType landing(ColumnType wanted) {
        return H2Types.landing(wanted);
    }

    @Override
    public String typeName(ColumnType type) {
        return H2Types.name(type);
    }

    /** RESTART WITH is part of no transaction and ends none: it is done at once and not undone by a rollback. */
    @Override
    public void advanceIdentity(Connection raw, String schema, String table, String column, long past) throws SQLException {
        String sql = "SELECT IDENTITY_BASE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COLUMN_NAME = ? AND IDENTITY_BASE <= ? AND IDENTITY_INCREMENT > 0";
        boolean[] behind = new boolean[1];
        Query.each(raw, sql, row -> behind[0] = true, schema, table, column, Long.toString(past));
        if (behind[0] && past < Long.MAX_VALUE) {
            try (Statement statement = raw.createStatement()) {
                statement.execute("ALTER TABLE " + quote(schema, table) + " ALTER COLUMN " + quote(column) + " RESTART WITH " + (past + 1));
            }
        }
    }

    /**
     * Needs a user with admin rights, as H2 demands for CHECKPOINT; does nothing to a database in memory.
     *
     * <p>A CHECKPOINT that meets a store that somebody else has just begun leaves everything to that one, which may write later, in a thread of its own (2.5.252). The second one has something of its own to store, and so waits
     * for all that was handed over before it.
     */
    @Override
    public void makeDurable(Connection raw) throws SQLException {
        boolean autoCommit = raw.getAutoCommit();
        raw.setAutoCommit(false);
        try (Statement statement = raw.createStatement()) {
            statement.execute("CHECKPOINT");
            statement.executeUpdate("INSERT INTO " + catalogueTable("counter") + " (name, subject, total, last_at) VALUES ('checkpoint', RANDOM_UUID(), 0, CURRENT_TIMESTAMP)");
            raw.rollback();
            statement.execute("CHECKPOINT SYNC");
        } finally {
            raw.setAutoCommit(autoCommit);
        }
    }

    @Override
    public void beginSnapshot(Connection raw) throws SQLException {
        raw.setAutoCommit(false);
        raw.setTransactionIsolation(TRANSACTION_SNAPSHOT);
    }

    @Override
    public void streamResults(Connection raw, boolean on) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET LAZY_QUERY_EXECUTION " + on);
        }
    }

    /** CHECKPOINT SYNC is for administrators alone, and no grant on a schema replaces it. */
    @Override
    public void demandAgentRights(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement();
                ResultSet user = statement.executeQuery("SELECT USER_NAME FROM INFORMATION_SCHEMA.USERS WHERE USER_NAME = CURRENT_USER AND NOT IS_ADMIN")) {
            if (user.next()) {
                String name = user.getString(1);
                throw WaybillError.AGENT_RIGHTS.with(name, "those of an administrator of the H2 database", "Say ALTER USER \"" + name + "\" ADMIN TRUE as an administrator,"
                        + " or let the message agent work as another user: ./waybill agent where the database is open to several processes, else the first connection of the application.");
            }
        }
    }

    @Override
    public boolean isClosed(SQLException error) {
        return H2Errors.isClosed(error);
    }

    @Override
    public ErrorClass classify(SQLException error) {
        return H2Errors.classify(error);
    }

    /** H2 rolls back the victim of a deadlock wholly; after every other error only the statement. */
    @Override
    public boolean endsTransaction(SQLException error) {
        return H2Errors.isDeadlock(error);
    }

    private static String one(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
