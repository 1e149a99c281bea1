// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.error.WaybillError;
import dev.waybill.predicate.TextRule;
import java.io.File;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** HSQLDB 2.7, in this process. Immutable; any thread. */
final class Hsqldb implements GenericProduct {

    static final String PRODUCT = "HSQL Database Engine";

    private static final String PREFIX = "jdbc:hsqldb:";
    private static final List<String> SERVERS = List.of("hsql:", "hsqls:", "http:", "https:");

    @Override
    public String name() {
        return "hsqldb";
    }

    @Override
    public Map<String, String> words() {
        return Map.ofEntries(
                Map.entry("instant", "TIMESTAMP(6) WITH TIME ZONE"),
                Map.entry("uuid", "UUID"),
                Map.entry("digest", "BINARY(16)"),
                Map.entry("zero", "X'00000000000000000000000000000000'"),
                Map.entry("bytes", "VARBINARY(1000000)"),
                Map.entry("large", "VARBINARY(1000000000)"), // a BLOB has a file and a log of its own
                Map.entry("text", "VARCHAR(100000)"),
                Map.entry("before", "before"),
                Map.entry("at", "\"AT\""),
                Map.entry("identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
                Map.entry("index", "waybill."),
                Map.entry("view", "CREATE VIEW IF NOT EXISTS"));
    }

    /** Otherwise all rows would be in memory. */
    @Override
    public String adapted(String statement) {
        return statement.startsWith("CREATE TABLE ") ? "CREATE CACHED" + statement.substring("CREATE".length()) : statement;
    }

    /** Under LOCKS and MVLOCKS a transaction that has written to the outbox and is left open keeps everybody from committing, and the agent from sequencing. */
    @Override
    public void expectUsable(Connection raw) throws SQLException {
        if (SERVERS.stream().anyMatch(rest(raw).toLowerCase(Locale.ROOT)::startsWith)) {
            throw WaybillError.PRODUCT_REMOTE.with("HSQLDB", raw.getMetaData().getURL());
        }
        String model = one(raw, "CALL TRANSACTION_CONTROL()");
        if (!"MVCC".equals(model)) {
            throw WaybillError.PRODUCT_SETTING.with("HSQLDB", "the transaction model " + model, "one transaction that is left open keeps all others, and the message agent, waiting",
                    "SET DATABASE TRANSACTION CONTROL MVCC, or add ;hsqldb.tx=mvcc to the URL of a new database");
        }
    }

    /** What was said to others must not be forgotten: HSQLDB writes to the disk every half second unless it is told to with every COMMIT. */
    @Override
    public void beginAgentSession(Connection raw) throws SQLException {
        expectUsable(raw);
        String delay = one(raw, "SELECT PROPERTY_VALUE FROM INFORMATION_SCHEMA.SYSTEM_PROPERTIES WHERE PROPERTY_NAME = 'hsqldb.write_delay_millis'");
        if (!isInMemory(raw) && !"0".equals(delay)) {
            throw WaybillError.PRODUCT_SETTING.with("HSQLDB", "a write delay of " + delay + " ms", "a crash takes back what was committed and sent to others", "SET FILES WRITE DELAY FALSE");
        }
    }

    @Override
    public Waits waits() {
        return new HsqldbWaits();
    }

    /** HSQLDB gives every database that it makes a name of its own; a file may be a copy. */
    @Override
    public String databaseKey(Connection raw) throws SQLException {
        String path = rest(raw);
        if (isInMemory(raw)) {
            return PREFIX + "mem#" + one(raw, "CALL DATABASE_NAME()");
        }
        try {
            return PREFIX + "file:" + new File(path.startsWith("file:") ? path.substring("file:".length()) : path).getCanonicalPath();
        } catch (IOException unknown) {
            return PREFIX + path;
        }
    }

    private static boolean isInMemory(Connection raw) throws SQLException {
        return rest(raw).toLowerCase(Locale.ROOT).startsWith("mem:");
    }

    /** The URL behind its prefix, without settings. */
    private static String rest(Connection raw) throws SQLException {
        return raw.getMetaData().getURL().substring(PREFIX.length()).replaceFirst(";.*", "");
    }

    // ---- types and values ----

    @Override
    public ColumnType type(ResultSet column) throws SQLException {
        return HsqldbTypes.type(column.getString("TYPE_NAME"), column.getLong("COLUMN_SIZE"), column.getInt("DECIMAL_DIGITS"));
    }

    @Override
    public ColumnType landing(ColumnType wanted) {
        return HsqldbTypes.landing(wanted);
    }

    @Override
    public String typeName(ColumnType landing) {
        return HsqldbTypes.name(landing);
    }

    @Override
    public String generation(Connection raw, String schema, String table, String column) throws SQLException {
        String[] expression = new String[1];
        Query.each(raw, "SELECT GENERATION_EXPRESSION FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COLUMN_NAME = ?", row -> expression[0] = row.getString(1), schema, table, column);
        return expression[0];
    }

    @Override
    public TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException {
        return TextRules.hsqldb(raw, table.schema(), table.name(), column.name());
    }

    @Override
    public Object read(ResultSet row, int index, ColumnType type) throws SQLException {
        return GenericValues.read(row, index, type);
    }

    @Override
    public void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException {
        GenericValues.bind(statement, index, value, type, landing(type));
    }

    @Override
    public void bindNull(PreparedStatement statement, int index, ColumnType type) throws SQLException {
        statement.setNull(index, Types.NULL);
    }

    // ---- errors, sessions ----

    @Override
    public ErrorClass classify(SQLException error) {
        return GenericErrors.classify(error);
    }

    /** The victim of a deadlock, or of a change since its snapshot, is rolled back wholly; a statement that has waited too long only by itself. */
    @Override
    public boolean endsTransaction(SQLException error) {
        return GenericErrors.has(error, "40001");
    }

    @Override
    public boolean isClosed(SQLException error) {
        return GenericErrors.isOver(error);
    }

    @Override
    public List<String> removal(List<String> made) {
        return List.of("DROP SCHEMA IF EXISTS waybill CASCADE");
    }

    private static String one(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
