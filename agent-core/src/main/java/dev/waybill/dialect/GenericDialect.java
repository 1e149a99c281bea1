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
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A product that lives in this process and keeps to the SQL standard and to JDBC: its metadata, its values and its SQLStates are read as the standard has them. What is a product's own nevertheless stands behind {@link GenericProduct}; only
 * products that have been proven have one, all others are refused. Immutable; any thread. What was decided and measured stands on the package page.
 */
public final class GenericDialect implements Dialect {

    private static final RowByRow SEQUENCING = new RowByRow("INSERT INTO waybill.journal (part_end, log_offset, part, transaction_id, last, origin, target, digest, committed_at, size, crc, payload, transactions)"
            + " SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), part, transaction_id, last, origin, CAST(NULL AS VARCHAR(128)), ?, ?, size, digest, payload, 1 FROM waybill.outbox WHERE entry_id = ?",
            "DELETE FROM waybill.outbox WHERE entry_id = ?");

    private final GenericProduct product;
    private final CatalogueScript script;
    private final List<String> catalogue;

    GenericDialect(GenericProduct product) {
        this.product = product;
        this.script = new CatalogueScript(GenericDialect::table, product.words());
        this.catalogue = script.statements(List.of("CREATE SCHEMA IF NOT EXISTS waybill"), "generic.sql").stream().map(product::adapted).toList();
    }

    /**
     * Refuses a database that cannot keep what is promised, as it is set now.
     *
     * @throws SQLException PRODUCT_SETTING, PRODUCT_REMOTE
     */
    public GenericDialect usable(Connection raw) throws SQLException {
        product.expectUsable(raw);
        return this;
    }

    @Override
    public String name() {
        return product.name();
    }

    // ---- naming ----

    @Override
    public String catalogueTable(String table) {
        return table(table);
    }

    private static String table(String name) {
        return "waybill." + name;
    }

    /** A write that changes nothing locks. */
    @Override
    public void lockNumber(Connection raw, int number, boolean alone) throws SQLException {
        if (raw.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED) {
            throw WaybillError.AUDIENCE_ISOLATION.with(raw.getTransactionIsolation());
        }
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("UPDATE waybill.audience_lock SET bucket = bucket WHERE bucket = " + Math.floorMod(number, AUDIENCE_LOCKS));
        }
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public String fold(String identifier) {
        return identifier.toUpperCase(Locale.ROOT);
    }

    @Override
    public String entryId() {
        return "entry_id";
    }

    @Override
    public String drawnEntryId() {
        return "NEXT VALUE FOR waybill.entry";
    }

    @Override
    public String fromNothing() {
        return " FROM (VALUES (0)) AS nothing (nought)";
    }

    /** Not every one locks rows that are read: {@link #beginWriting} does. */
    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public Waits waits() {
        return product.waits();
    }

    /** All of ours that write take their turn at the row of the lease, by a write that changes nothing. */
    @Override
    public void beginWriting(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.executeUpdate("UPDATE waybill.lease SET one = one WHERE one = 1");
        } catch (SQLException e) {
            if (classify(e) != ErrorClass.SCHEMA) {
                throw e; // otherwise there is no catalogue yet, which is for others to say
            }
        }
    }

    @Override
    public String currentSchema(Connection raw) throws SQLException {
        return raw.getSchema();
    }

    @Override
    public String databaseKey(Connection raw) throws SQLException {
        return product.databaseKey(raw);
    }

    /** Others are refused. */
    @Override
    public boolean isEmbedded(Connection raw) {
        return true;
    }

    /** Those that came through a server are refused, so that nobody among them writes through us. */
    @Override
    public int sessionsElsewhere(Connection raw) {
        return 0;
    }

    // ---- catalogue ----

    @Override
    public List<String> catalogueStatements() {
        return catalogue;
    }

    @Override
    public List<UpgradeStep> upgradeSteps() {
        return List.of(new UpgradeStep(7, catalogueStatements().stream().filter(statement -> statement.contains("link_position")).toList()), script.standing(8, "ADD COLUMN IF NOT EXISTS"),
                CatalogueScript.jobs(9, catalogue), CatalogueScript.conflicts(10, catalogueStatements()), CatalogueScript.passthroughs(11, catalogueStatements()), CatalogueScript.notifiers(12, catalogueStatements()),
                new UpgradeStep(13, catalogueStatements().stream().filter(statement -> statement.contains("audience_lock")).toList()),
                CatalogueScript.calls(14, catalogueStatements()), CatalogueScript.tentative(14, catalogueStatements()));
    }

    @Override
    public List<String> removalStatements() {
        return product.removal(catalogue);
    }

    @Override
    public List<String> grantStatements(String user) {
        List<String> statements = new ArrayList<>();
        for (String made : catalogue) {
            int name = made.indexOf(" waybill.");
            if (made.contains(" TABLE ")) {
                statements.add("GRANT SELECT ON TABLE " + made.substring(name + 1, made.indexOf(' ', name + 1)) + " TO " + quote(user));
            }
        }
        statements.add("GRANT INSERT ON TABLE waybill.outbox TO " + quote(user));
        statements.add("GRANT USAGE ON SEQUENCE waybill.entry TO " + quote(user));
        statements.add("GRANT INSERT, UPDATE ON TABLE waybill.counter TO " + quote(user));
        statements.add("GRANT UPDATE ON TABLE waybill.audience_lock TO " + quote(user));
        statements.add("GRANT INSERT, DELETE ON TABLE waybill.capture_report TO " + quote(user));
        return statements;
    }

    /** Not by the metadata: HSQLDB fails when several sessions ask for them at the same time. Who has no rights to our tables sees none either way. */
    @Override
    public boolean hasCatalogue(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT 1 FROM waybill.catalogue WHERE version >= 0")) {
            return row.next();
        } catch (SQLException e) {
            if (classify(e) == ErrorClass.SCHEMA) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public List<String> tableNames(Connection raw, String schema) throws SQLException {
        List<String> names = new ArrayList<>();
        DatabaseMetaData metadata = raw.getMetaData();
        JdbcName where = jdbcName(raw, schema);
        try (ResultSet row = metadata.getTables(where.catalog(), GenericMetadata.escaped(metadata, where.schema()), "%", new String[] {"TABLE", "VIEW"})) {
            while (row.next()) {
                names.add(row.getString("TABLE_NAME"));
            }
        }
        return names;
    }

    // ---- sequencing ----

    @Override
    public int copyToJournal(Connection raw, Long[] entryIds, Long[] partEnds, Long[] logOffsets, byte[][] digests, OffsetDateTime committedAt) throws SQLException {
        return SEQUENCING.copy(raw, entryIds, partEnds, logOffsets, digests, moment(committedAt.toInstant()));
    }

    @Override
    public int deleteFromOutbox(Connection raw, Long[] entryIds) throws SQLException {
        return SEQUENCING.delete(raw, entryIds);
    }

    // ---- types and values ----

    @Override
    public TableDefinition describe(Connection raw, String schema, String table) throws SQLException {
        return describe(raw, schema, table, column -> false);
    }

    @Override
    public TableDefinition describe(Connection raw, String schema, String table, Predicate<String> unasked) throws SQLException {
        return new GenericMetadata(raw, this, product, schema, table, unasked).describe();
    }

    @Override
    public TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException {
        return product.textRule(raw, table, column);
    }

    @Override
    public Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return product.read(row, index, type);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        if (value == null) {
            product.bindNull(statement, index, type);
        } else {
            product.bind(statement, index, WholeValues.whole(value, type), type);
        }
    }

    @Override
    public ColumnType landing(ColumnType wanted) {
        return product.landing(wanted);
    }

    @Override
    public List<String> typeStatements(Connection raw, ColumnType type) throws SQLException {
        if (type.type() == SqlType.ROW || type.type() == SqlType.ARRAY) {
            throw WaybillError.COLUMN_TYPE_UNKNOWN.with("of the sender", type.type());
        }
        return List.of();
    }

    @Override
    public String typeName(ColumnType type) {
        return product.typeName(product.landing(type));
    }

    /** None: the same expression may have other values here. */
    @Override
    public String generatedAs(String expression) {
        return null;
    }

    @Override
    public String overridingIdentity() {
        return "";
    }

    @Override
    public int rowsTogether() {
        return 1;
    }

    @Override
    public boolean updatesTogether() {
        return false;
    }

    // ---- durability, sessions ----

    @Override
    public void beginAgentSession(Connection raw) throws SQLException {
        product.beginAgentSession(raw);
    }

    /** A commit is on disk when it returns: otherwise the agent's session was refused. */
    @Override
    public void makeDurable(Connection raw) {
        // Done with every COMMIT.
    }

    @Override
    public void beginSnapshot(Connection raw) throws SQLException {
        raw.setAutoCommit(false);
        raw.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    }

    @Override
    public void demandAgentRights(Connection raw) throws SQLException {
        if (raw.isReadOnly()) {
            throw WaybillError.AGENT_RIGHTS.with(raw.getMetaData().getUserName(), "those to write", "Open the database for writing.");
        }
    }

    @Override
    public boolean isClosed(SQLException error) {
        return product.isClosed(error);
    }

    @Override
    public ErrorClass classify(SQLException error) {
        return product.classify(error);
    }

    @Override
    public boolean endsTransaction(SQLException error) {
        return product.endsTransaction(error);
    }
}
