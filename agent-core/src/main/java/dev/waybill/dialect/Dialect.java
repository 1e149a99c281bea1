// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.predicate.TextRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** One database product. Stateless; any thread. */
public interface Dialect {

    /** As in a JDBC URL: {@code h2}. */
    String name();

    // ---- naming ----

    /** Whether tables stand in schemas; otherwise the schema of every table is empty. */
    default boolean hasSchemas() {
        return true;
    }

    /** The name of one of our tables, ready for SQL: {@code waybill.outbox}, or {@code waybill_outbox} where a database has no schemas inside it. */
    String catalogueTable(String table);

    /** An identifier, quoted so that it names exactly this, whatever it contains. */
    String quote(String identifier);

    /** A table, quoted; schema may be empty. */
    default String quote(String schema, String table) {
        return schema.isEmpty() ? quote(table) : quote(schema) + "." + quote(table);
    }

    /** How the database keeps an identifier that was written without quotes. */
    String fold(String identifier);

    /** The expression that stands for {@code entry_id} in a query of the outbox, drawn inside the INSERT; grows in real time over all sessions and is nothing that the application can see. */
    String entryId();

    /** What draws {@link #entryId} where the INSERT has to say so; null where the table does it. */
    default String drawnEntryId() {
        return null;
    }

    /**
     * Where the outbox rows stand that may still have to be sequenced: the table itself, or a part of it that leaves out only rows that were sequenced long ago; and besides, where triggers capture without a row of the outbox, a query that makes
     * the rows that stand for what they wrote. Each ready for FROM; the ids of all of them come from one source.
     */
    default List<String> waitingRows() {
        return List.of(catalogueTable("outbox"));
    }

    /** What has a row when, and only when, rows wait: ready for FROM, with nothing behind it but {@link #first}. */
    default List<String> waitingSigns() {
        return waitingRows();
    }

    /**
     * Where a look should end so that it does not pass all that is waiting: an id that is at least as large as those of the first rows, few of which are passed to find it; empty where a look finds the first rows without passing others, or where
     * no more than these are waiting. No promise that a whole transaction stands before it.
     *
     * @param rows how many rows may be passed
     */
    default OptionalLong endOfLook(Connection raw, int rows) throws SQLException {
        return OptionalLong.empty();
    }

    /** {@link #waitingRows} up to an {@link #endOfLook}: exactly those of these ids. */
    default List<String> waitingRows(long end) {
        throw new UnsupportedOperationException("looks at " + name() + " end by themselves");
    }

    /**
     * Whether a row of the outbox is its payload alone, which begins with what the other products have in columns (26 bytes, {@code journal.OutboxHead}); only the origin of work that is not local has a column of its own. Each column costs an
     * application's transaction as much as some bytes do.
     */
    default boolean hasThinOutbox() {
        return false;
    }

    /** What stands behind the list of a query that reads no table, before its WHERE; empty where there needs to be nothing. */
    default String fromNothing() {
        return "";
    }

    /** What ends a query of which only the first rows are wanted. */
    default String first(long rows) {
        return " FETCH FIRST " + rows + " ROWS ONLY";
    }

    /** So many rows has {@code waybill.audience_lock}, where a product has it. */
    int AUDIENCE_LOCKS = 256;

    /** What makes a SELECT wait for rows that others have changed, and see what they committed, where locks by number are not needed for that; otherwise nothing. */
    default String forShare() {
        return "";
    }

    /**
     * Takes a lock on a number until the transaction ends: with others who want it so, or alone. Where the database keeps order in another way, nothing.
     *
     * @throws SQLException AUDIENCE_ISOLATION where the transaction would not see what was committed while it waited; the database's own when it does not get the lock in time
     */
    default void lockNumber(Connection raw, int number, boolean alone) throws SQLException {}

    /** Whether a row cannot refer to one that is not there, constraints apart that wait until COMMIT. */
    default boolean keepsForeignKeys() {
        return true;
    }

    /** What ends a query whose rows are locked until the transaction ends; empty where {@link #beginWriting} locks everything. */
    default String forUpdate() {
        return " FOR UPDATE";
    }

    /** First in a transaction of ours that is going to write: takes its turn where a database has one writer at a time, so that what is read before the first write is what is true then. */
    default void beginWriting(Connection raw) throws SQLException {
        // Most products lock rows.
    }

    /** First where we are going to write in an application's transaction: as {@link #beginWriting} where a database has one writer at a time, and without a lock that ours wait for elsewhere. */
    default void beginWritingAlong(Connection raw) throws SQLException {
        // Most products lock rows.
    }

    /** How the agent's waits for others are ended; null where the database bounds them by itself. */
    default Waits waits() {
        return null;
    }

    /** A UUID as {@code setObject} takes it for a column of ours; null for NULL. */
    default Object uuid(UUID uuid) {
        return uuid;
    }

    /** A UUID out of a column of ours; null for NULL. */
    default UUID uuid(ResultSet row, int index) throws SQLException {
        return row.getObject(index, UUID.class);
    }

    /** Whether a prepared INSERT that has run and is kept holds nothing open in the database. */
    default boolean keepsStatements() {
        return true;
    }

    /** A literal of these bytes. */
    default String literal(byte[] bytes) {
        return "X'" + HexFormat.of().formatHex(bytes) + "'";
    }

    /** The schema that unqualified names mean on this connection. */
    String currentSchema(Connection raw) throws SQLException;

    /** Makes unqualified names mean this schema on a connection, ours or the real driver's, as {@link #currentSchema} told it; empty changes nothing. */
    default void useSchema(Connection connection, String schema) throws SQLException {
        if (!schema.isEmpty()) {
            connection.setSchema(schema);
        }
    }

    /** The expression for the user of a session, as a row of ours keeps it by default. */
    default String currentUser() {
        return "CURRENT_USER";
    }

    /** Where JDBC's metadata find the tables of a schema. */
    default JdbcName jdbcName(Connection raw, String schema) throws SQLException {
        return new JdbcName(raw.getCatalog(), schema.isEmpty() ? null : schema);
    }

    /**
     * How JDBC's metadata name where a table stands.
     *
     * @param catalog null where it does not matter
     * @param schema  null where the product has none, or it does not matter
     */
    record JdbcName(String catalog, String schema) {}

    /** The schema as we keep it, of a table that JDBC's metadata name so; the inverse of {@link #jdbcName}. */
    default String schema(String catalog, String schema) {
        return schema == null ? "" : schema;
    }

    /** The time zone by which this session understands a {@code java.sql.Timestamp}, when that is certain; otherwise null. */
    default ZoneRules timeZone(Connection raw) throws SQLException {
        return null;
    }

    /**
     * Makes this session forget queries that we ran on it, where remembering them makes the application's own statements slower. The texts of the application's go with them: the next time, they are parsed anew.
     */
    default void forgetQueries(Connection raw) throws SQLException {
        // Most products remember nothing that costs other statements anything.
    }

    /**
     * The same text for every connection of this process to the same database, different for different databases: the key of in-process registries. For databases that live inside the process.
     */
    String databaseKey(Connection raw) throws SQLException;

    /** Whether the database lives inside this process and this connection reaches it directly: then nobody outside can change the catalogue unseen. */
    boolean isEmbedded(Connection raw) throws SQLException;

    /**
     * How many sessions of this database could write without this process seeing it: for a session inside the database's own process those that came through a server, for one that came through a server all others. Of sessions
     * that the user has no right to see nothing is known.
     */
    int sessionsElsewhere(Connection raw) throws SQLException;

    // ---- moments in our own tables ----

    /** A moment as {@code setObject} takes it for a column of ours; not null. */
    default Object moment(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    /** A moment out of a column of ours; null for NULL. */
    default Instant moment(ResultSet row, int index) throws SQLException {
        OffsetDateTime time = row.getObject(index, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** The present moment, for a column of ours, in SQL. */
    default String now() {
        return "CURRENT_TIMESTAMP";
    }

    // ---- writers of other processes ----

    /**
     * Whether writers of other processes, too, are kept from missing a publication: every transaction then asks {@link #fenceCheck} at its end, and {@link #openWriters} tells those that asked before the fence was raised. Where this
     * is false, all writers must be in this process: nothing may come into force while there are {@link #sessionsElsewhere}.
     *
     * <pre>
     *   writer      plans under catalogue v ─► writes ─► after the last write, in the same round trip as COMMIT where possible: fenceCheck(v) ─► COMMIT
     *               (an autocommit statement: the same, in one implicit transaction)         fails when the fence stands above v: retriable
     *   announcer   COMMIT of catalogue v' ─► raiseFence(v') ─► START, SYNCHRONIZE: raiseFence(v') again ─► wait until every transaction of openWriters(tables) has ended
     * </pre>
     * A writer whose check came before the fence was raised had written the table by then, so it is among the open writers until it ends; all others fail.
     */
    default boolean hasFence() {
        return false;
    }

    /**
     * The query that a transaction which has written anything runs after its last write: one parameter, BIGINT, the version of the catalogue under which it was planned; one row or none. Fails, as {@link #isFenceRaised} tells, when
     * more has begun to be captured since, whatever the snapshot of the transaction shows.
     */
    default String fenceCheck() {
        throw new UnsupportedOperationException(name());
    }

    /** An expression of two parameters, the version and the payload of an outbox row: it is that payload, or fails where {@link #fenceCheck} fails. Where outbox rows are thin. */
    default String fencedPayload() {
        throw new UnsupportedOperationException(name());
    }

    /** Whether this error came from {@link #fenceCheck}, or {@link #fencedPayload}. The transaction cannot commit. */
    default boolean isFenceRaised(SQLException error) {
        return false;
    }

    /** From now on transactions that were planned under an older version fail at their check. At once, and whatever becomes of the caller's transaction; durable when that commits. Never lowers it. */
    default void raiseFence(Connection raw, long version) throws SQLException {}

    /** Transactions of other sessions, by an id that no other transaction has, that have written any of these tables and not ended. */
    default Set<String> openWriters(Connection raw, Collection<TableName> tables) throws SQLException {
        return Set.of();
    }

    // ---- catalogue ----

    /** Whether DDL is part of a transaction: then installing and removing is done wholly or not at all. */
    default boolean hasTransactionalDdl() {
        return false;
    }

    /** Lets nobody else install until the transaction ends; only where {@link #hasTransactionalDdl}. */
    default void lockInstallation(Connection raw) throws SQLException {}

    /** The statements that make our schema and tables at {@link CatalogueInstaller#FORMAT}, in order; each may be run again without harm. The first two make the schema and the table {@code catalogue}. */
    List<String> catalogueStatements();

    /** What this product's tables need on the way from older formats, at most one step for a format; a format without one differs in nothing here. */
    default List<UpgradeStep> upgradeSteps() {
        return List.of();
    }

    /** The statements that remove every trace. */
    List<String> removalStatements();

    /** The statements that let a database user write through the driver: SELECT on the catalogue, INSERT on the outbox, and the counters; nothing more. */
    List<String> grantStatements(String user);

    /** Whether our schema is there and was made to the end. Asks the metadata; never fails for a missing schema. */
    boolean hasCatalogue(Connection raw) throws SQLException;

    /** Names of all tables and views of a schema, as the database keeps them; empty for a schema that is not there. */
    List<String> tableNames(Connection raw, String schema) throws SQLException;

    /** What people should know of this version of the database before they trust it with their data; null when there is nothing. Said once by every agent. */
    default String caution(Connection raw) throws SQLException {
        return null;
    }

    // ---- sequencing ----

    /** Whether a database of this product that is killed while it stores may keep half of a transaction that was not durable yet. Then the sequencer looks again at what it did last. */
    default boolean mayKeepHalves() {
        return false;
    }

    /** Before {@link #waitingRows} are read in a transaction, where the database needs to be told how. */
    default void beginLook(Connection raw) throws SQLException {}

    /** Whether small transactions are loaded into this process and go to the journal in blocks; otherwise the database copies every row by itself. */
    default boolean journalsInBlocks() {
        return true;
    }

    /**
     * Whether a look at the rows, and a snapshot too, may show a transaction without another one that it follows, because the database finds out one by one who has committed. Then rows count only as far as two looks, one after the other, agree:
     * whatever a transaction of the first one follows had committed before that look was over, so the second one shows it, with a smaller {@code entry_id}.
     */
    default boolean mayTear() {
        return false;
    }

    /**
     * Copies outbox rows into the journal, in this order. The arrays have one element for each row; nothing is loaded into this process.
     *
     * @param entryIds   of the rows
     * @param partEnds   where each part ends in the journal, ascending
     * @param logOffsets of the COMMIT of the transaction of each row
     * @param digests    rolling, of that transaction, sixteen bytes
     * @return how many rows were copied
     */
    int copyToJournal(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException;

    /**
     * Deletes exactly these outbox rows, never one that became visible in between.
     *
     * @param entryIds ascending
     * @return how many rows were deleted
     */
    int deleteFromOutbox(Connection raw, Long[] entryIds) throws SQLException;

    // ---- complete capture ----

    /** What this session writes from now on was captured where it came from: triggers of ours let it pass. Agent sessions begin so. */
    default void beginApplying(Connection raw) throws SQLException {}

    /** Now and then, by an agent: what the database itself notes because of ours, and nobody reads, goes. May end the transaction, in which nothing has been done. */
    default void tidy(Connection raw) throws SQLException {}

    /** How triggers capture what every writer changes; null for a product where they cannot do so exactly. */
    default Triggers triggers() {
        return null;
    }

    // ---- types and values ----

    /**
     * The facts of a table from the metadata, or null if there is no such table (a view, a temporary or an external table is none). Names as the database keeps them.
     * The shape has all columns and version 0; its key is the primary key, or else the unique constraint of the fewest columns that are all NOT NULL.
     *
     * @throws SQLException TABLE_WITHOUT_KEY when there is neither, COLUMN_TYPE_UNKNOWN for a type that cannot travel
     */
    TableDefinition describe(Connection raw, String schema, String table) throws SQLException;

    /**
     * The same without those columns of types that cannot travel that nobody asks for; a product all of whose types can travel has none.
     *
     * @param unasked whether a column of this name may be left out
     * @throws SQLException as {@link #describe(Connection, String, String)}; COLUMN_TYPE_UNKNOWN for a column of the primary key all the same
     */
    default TableDefinition describe(Connection raw, String schema, String table, Predicate<String> unasked) throws SQLException {
        return describe(raw, schema, table);
    }

    /**
     * How the text of this column is compared here, CHAR or VARCHAR; null where that is not known for certain. A row filter that is decided outside of the database follows it.
     */
    TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException;

    /**
     * A value as the canonical Java class of the column's kind; null for SQL NULL; a {@link dev.waybill.change.LargeValue} for a long one, which can be opened until the transaction ends.
     */
    Object read(ResultSet row, int index, ColumnType type) throws SQLException;

    /** Binds a canonical value. */
    void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException;

    /** The type that a column has here, as {@link #describe} gives it, when it is made for one of this type, which may be another product's: the same one where there is one, otherwise the nearest that takes all its values. */
    default ColumnType landing(ColumnType wanted) {
        return wanted;
    }

    /** The statements that make, or complete, what the type needs besides a table; empty when it is there. Part of the caller's transaction. */
    default List<String> typeStatements(Connection raw, ColumnType type) throws SQLException {
        return List.of();
    }

    /** What it keeps beside its tables; null where tables have all. */
    default LargeObjects largeObjects() {
        return null;
    }

    /** How the value of a column is asked for, so that {@link #read} gets all of it. */
    default String selected(ColumnShape column) {
        return quote(column.name());
    }

    /** What follows the type of a column that is computed by this expression; null where such a column is an ordinary one here. */
    default String generatedAs(String expression) {
        return "GENERATED ALWAYS AS (" + expression + ")";
    }

    /** The type as CREATE TABLE wants it, from structured parts only. */
    String typeName(ColumnType type);

    /** {@link #typeName} for a column that is part of a key or refers to one. */
    default String keyTypeName(ColumnType type) {
        return typeName(type);
    }

    /** What follows the type of a column whose values the database draws when none is given. */
    default String identity() {
        return "GENERATED BY DEFAULT AS IDENTITY";
    }

    /** Whether only a column that a key begins with may be one. */
    default boolean drawsForKeysOnly() {
        return false;
    }

    /** What follows the parentheses of CREATE TABLE. */
    default String tableOptions() {
        return "";
    }

    // ---- bulk apply ----

    /** How many rows go into one INSERT at most, where they are many. */
    default int rowsTogether() {
        return 100;
    }

    /** Whether one UPDATE may give many rows values of their own, and looks at what must be unique when all have changed. */
    default boolean updatesTogether() {
        return true;
    }

    /** What an INSERT says before VALUES or SELECT in order to give values to an identity column. */
    default String overridingIdentity() {
        return " OVERRIDING SYSTEM VALUE";
    }

    /**
     * Where many rows go into one statement as an array for each column: the types of a table's columns by name; empty where rows go one by one.
     */
    default Map<String, BareType> bareTypes(Connection raw, String schema, String table) throws SQLException {
        return Map.of();
    }

    /**
     * A column's type without its parameters.
     *
     * @param name   with its schema, quoted where that is needed
     * @param isText whether text is assigned to it as it is: a CAST could cut what is too long
     */
    record BareType(String name, boolean isText) {}

    /** The array type of a parameter that takes many values of a sender's column; only where there are {@link #bareTypes}. */
    default String arrayType(ColumnType type) {
        throw new UnsupportedOperationException(name());
    }

    /** Binds canonical values of one column as such an array. */
    default void bindArray(PreparedStatement statement, int index, Object[] values, ColumnType type) throws SQLException {
        throw new UnsupportedOperationException(name());
    }

    /**
     * The next value that this identity column draws is greater than {@code past}; it never goes back. Part of the caller's transaction or not, as the database has it, but it never ends that transaction.
     */
    default void advanceIdentity(Connection raw, String schema, String table, String column, long past) throws SQLException {
        String highest = "SELECT MAX(" + quote(column) + ") FROM " + quote(schema, table);
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(highest)) {
            long next = Math.max(row.next() ? row.getLong(1) : past, past) + 1;
            statement.execute("ALTER TABLE " + quote(schema, table) + " ALTER COLUMN " + quote(column) + " RESTART WITH " + next);
        }
    }

    /** Whether a foreign key can be added to a table that is there; otherwise all have to be made with the table, and may name parents that are not there yet. */
    default boolean addsForeignKeys() {
        return true;
    }

    /** Whether a column declared so here would change values of this type without a word, instead of refusing them. */
    default boolean changesSilently(ColumnType type, String declared) {
        return false;
    }

    /** What apply has to know of a table here, where JDBC's own metadata do not tell it; null where they do. */
    default LocalFacts localFacts(Connection raw, String schema, String table) throws SQLException {
        return null;
    }

    /**
     * A table as it is here. Names are as the database has them; sets compare them as the database does.
     *
     * @param columns    none where there is no such table
     * @param uniqueKeys columns of each unique key, the primary one too
     * @param references columns that refer to other rows
     * @param referenced columns that others refer to
     * @param parents    tables that it refers to, of the same schema
     * @param triggers   whether native triggers may run for its changes
     */
    record LocalFacts(List<LocalColumn> columns, List<Set<String>> uniqueKeys, Set<String> references, Set<String> referenced, Set<String> parents, boolean triggers) {
        static final LocalFacts NO_TABLE = new LocalFacts(List.of(), List.of(), Set.of(), Set.of(), Set.of(), false);
    }

    /** One of its columns. */
    record LocalColumn(String name, String typeName, boolean nullable, boolean generated) {}

    // ---- durability, sessions ----

    /** Whether a database of this product may live inside a process: then its connections are never opened behind the application's back, and never interrupted. */
    default boolean mayBeEmbedded() {
        return true;
    }

    /** An agent that says nothing for so long in the midst of a transaction was stopped: a server ends the transaction, so that another agent can have its locks, the lease's row above all. */
    int AGENT_IDLE_SECONDS = 30;

    /**
     * Settings of a session that only a message agent uses: what it commits is durable, what it reads has one form and is all there is, and it waits for locks for a bounded time, as others do for it
     * ({@link #AGENT_IDLE_SECONDS}).
     */
    default void beginAgentSession(Connection raw) throws SQLException {}

    /** Returns only after everything committed so far is on disk. Of a database with our catalogue; no transaction may be open on the connection. */
    void makeDurable(Connection raw) throws SQLException;

    /** Puts a connection at snapshot isolation: its next statement fixes what it sees, over all tables. */
    void beginSnapshot(Connection raw) throws SQLException;

    /** What other connections {@link #joinSnapshot} by, while this transaction, at its {@link #beginSnapshot snapshot}, is open; null where snapshots cannot be shared. */
    default String shareSnapshot(Connection raw) throws SQLException {
        return null;
    }

    /** As {@link #beginSnapshot}, at the snapshot of another connection that shared it. */
    default void joinSnapshot(Connection raw, String shared) throws SQLException {
        throw new UnsupportedOperationException(name() + " shares no snapshots");
    }

    /** Whether results of this connection are read as they come instead of being held whole, for databases that have to be told; then one result at a time. Off again before the connection is given back. */
    default void streamResults(Connection raw, boolean on) throws SQLException {}

    /**
     * Throws unless the user of this connection may do everything that a message agent does, before it does any of it. In the caller's transaction.
     *
     * @throws SQLException AGENT_RIGHTS
     */
    void demandAgentRights(Connection raw) throws SQLException;

    /** Whether this error says that the database has been closed under its connections, as an application that ends does with an embedded one. */
    boolean isClosed(SQLException error);

    /** What kind of error this is. */
    ErrorClass classify(SQLException error);

    /** Whether the database has rolled back the whole transaction with this error, not only the statement: then everything captured in it is void, even if the application goes on and commits. */
    boolean endsTransaction(SQLException error);

    /**
     * One step of the catalogue's tables from a format to the next. Its statements may be run again without harm, since DDL commits and a crash may come between them.
     *
     * @param from the format before it
     */
    record UpgradeStep(int from, List<String> statements) {
        public UpgradeStep {
            statements = List.copyOf(statements);
        }
    }

    /** How an error is to be treated at apply. */
    enum ErrorClass {
        /** Would succeed later by itself: lock time-out, deadlock, connection lost, disk full. */
        TRANSIENT,
        /** A key or unique value is there already. */
        DUPLICATE,
        /** A foreign key is violated. */
        REFERENCE,
        /** A table or column is not there, or a value does not fit. */
        SCHEMA,
        /** Anything else. */
        OTHER
    }
}
