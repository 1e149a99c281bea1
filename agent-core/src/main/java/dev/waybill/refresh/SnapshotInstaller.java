// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.dialect.LargeObjects;
import dev.waybill.dialect.LocalNames;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes room for a snapshot at the replica: creates its tables, and empties them. The rows themselves are inserted by {@code apply}, as all others. One thread.
 */
public final class SnapshotInstaller {

    private static final System.Logger LOG = System.getLogger(SnapshotInstaller.class.getName());

    private final Dialect dialect;
    private final TableStatements statements;
    private final Counters counters;

    public SnapshotInstaller(Dialect dialect) {
        this.dialect = dialect;
        this.statements = new TableStatements(dialect);
        this.counters = new Counters(dialect);
    }

    /**
     * Creates schemas and tables that are missing, and foreign keys among them. Idempotent: a crash at any point is repaired by the next call.
     *
     * @return what of the sender's tables is not here afterwards, one sentence each; it was logged, and counted as {@code left_out}
     * @throws SQLException a table is here that cannot take the rows; nothing was created after it
     */
    public List<String> createTables(AgentDatabase database, SnapshotStart snapshot) throws SQLException {
        List<String> leftOut = database.transact(DurableStep.CREATE_TABLES, raw -> {
            List<String> sentences = new ArrayList<>(create(raw, snapshot));
            for (String sentence : sentences) {
                counters.add(raw, "left_out", sentence, 1);
            }
            return sentences;
        });
        if (!leftOut.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "The tables of publication {0} were created, but not all of them could be taken over. {1}", snapshot.publication(), String.join(" ", leftOut));
        }
        return leftOut;
    }

    /**
     * Deletes all rows of these tables, in the caller's transaction: children first; rows that refer to one another in cycles first stop doing so. Rows of other tables are neither deleted nor changed along.
     *
     * @throws SQLException REFRESH_LOCAL_ROWS, REFRESH_ROWS_HELD where others refer to them; the caller rolls back
     */
    public void clear(Connection raw, List<TableDefinition> tables) throws SQLException {
        new LocalChildren(dialect).demandNone(raw, tables);
        TableOrder order = TableOrder.of(here(raw, tables));
        for (TableDefinition table : order.parentsFirst()) {
            for (ForeignKey key : order.late(table)) {
                if (key.columns().stream().allMatch(column -> LateKeys.isLoose(table, column))) {
                    execute(raw, table, statements.forget(table, key.columns()));
                }
            }
        }
        for (TableDefinition table : order.childrenFirst()) {
            deleteAll(raw, table);
        }
    }

    /** With the large objects of its rows, as far as one transaction can remove them. */
    private void deleteAll(Connection raw, TableDefinition table) throws SQLException {
        List<Long> objects = new ArrayList<>();
        LargeObjects here = dialect.largeObjects();
        for (String column : here == null ? Set.<String>of() : here.columns(raw, table.shape().schema(), table.shape().name())) {
            String name = dialect.quote(column);
            try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT " + name + " FROM " + dialect.quote(table.shape().schema(), table.shape().name())
                    + " WHERE " + name + " IS NOT NULL" + dialect.first(LargeObjects.REMOVED_AT_MOST + 1))) {
                while (row.next()) {
                    objects.add(row.getLong(1));
                }
            }
        }
        execute(raw, table, statements.deleteAll(table));
        if (here != null) {
            here.removeFirst(raw, objects, LargeObjects.REMOVED_AT_MOST);
        }
    }

    /** The tables of a snapshot by the names that they have here. One that is here under exactly the sender's names keeps them, and so does one whose schema is: somebody has made it for them. */
    public List<TableDefinition> local(Connection raw, List<TableDefinition> sent) throws SQLException {
        List<TableDefinition> local = new ArrayList<>();
        for (TableDefinition table : sent) {
            TableDefinition renamed = LocalNames.definition(dialect, table);
            boolean isExact = renamed == table || isSchema(raw, table.shape().schema()) || describe(raw, table) != null;
            local.add(isExact ? table : renamed);
        }
        return local;
    }

    private Set<String> create(Connection raw, SnapshotStart sent) throws SQLException {
        SnapshotStart snapshot = new SnapshotStart(sent.publication(), sent.value(), local(raw, sent.tables()));
        Set<String> leftOut = new LinkedHashSet<>();
        for (TableDefinition table : snapshot.tables()) {
            if (TableName.of(table.shape()).isOurs()) {
                throw WaybillError.APPLY_NOT_ADMITTED.with("Publication " + snapshot.publication(), "of its snapshot", "table " + table.shape().qualifiedName());
            }
        }
        TableOrder order = TableOrder.of(snapshot.tables());
        boolean created = false;
        for (TableDefinition table : order.parentsFirst()) {
            created |= createMissing(raw, order, table, leftOut);
        }
        for (TableDefinition table : order.parentsFirst()) {
            addMissingKeys(raw, table, leftOut);
        }
        if (created) {
            snapshot.tables().forEach(table -> table.leftOut().forEach(sentence -> leftOut.add(table.shape().qualifiedName() + ": " + sentence)));
        }
        return leftOut;
    }

    private boolean createMissing(Connection raw, TableOrder order, TableDefinition table, Set<String> leftOut) throws SQLException {
        for (ColumnShape column : table.shape().columns()) {
            for (String sql : dialect.typeStatements(raw, column.type())) {
                execute(raw, sql);
            }
        }
        TableDefinition here = describe(raw, table);
        if (here != null) {
            List<String> differences = new Differences(dialect).between(table, here);
            if (!differences.isEmpty()) {
                throw WaybillError.REFRESH_TABLE_DIFFERS.with(table.shape().qualifiedName(), String.join("; ", differences));
            }
            return false;
        }
        createSchema(raw, table.shape().schema());
        List<ForeignKey> possible = table.foreignKeys().stream().filter(key -> !dialect.addsForeignKeys() || !order.late(table).contains(key) || LateKeys.isToItself(table, key)).toList();
        execute(raw, statements.createTable(table, possible, sentence -> leftOut.add(table.shape().qualifiedName() + ": " + sentence)));
        return true;
    }

    private void createSchema(Connection raw, String schema) throws SQLException {
        if (!schema.isEmpty() && !schema.equals(dialect.currentSchema(raw)) && !isSchema(raw, schema)) {
            execute(raw, statements.createSchema(schema));
        }
    }

    /** Whether it is here, by exactly this name. */
    private static boolean isSchema(Connection raw, String schema) throws SQLException {
        try (ResultSet schemas = raw.getMetaData().getSchemas()) {
            boolean found = false;
            while (!found && schemas.next()) {
                found = schema.equals(schemas.getString("TABLE_SCHEM"));
            }
            return found;
        }
    }

    /** Foreign keys that could not be part of CREATE TABLE. A table with rows is left as it is: its owner may not want them. */
    private void addMissingKeys(Connection raw, TableDefinition table, Set<String> leftOut) throws SQLException {
        if (table.foreignKeys().isEmpty()) {
            return;
        }
        TableDefinition here = describe(raw, table);
        for (ForeignKey key : table.foreignKeys()) {
            boolean known = here.foreignKeys().stream().anyMatch(own -> own.columns().equals(key.columns()) && own.table().equals(key.table()) && own.schema().equals(key.schema()));
            if (!known && dialect.addsForeignKeys() && isEmpty(raw, table)) {
                addKey(raw, table, key, leftOut);
            }
        }
    }

    private void addKey(Connection raw, TableDefinition table, ForeignKey key, Set<String> leftOut) throws SQLException {
        Savepoint before = raw.setSavepoint();
        try {
            execute(raw, statements.addForeignKey(table, key, sentence -> leftOut.add(table.shape().qualifiedName() + ": " + sentence)));
        } catch (SQLException refused) {
            if (dialect.classify(refused) == ErrorClass.TRANSIENT) {
                throw refused;
            }
            if (dialect.hasTransactionalDdl()) {
                raw.rollback(before);
            }
            leftOut.add(table.shape().qualifiedName() + ": The foreign key " + key.columns() + " to " + key.table() + " was refused here (SQLState " + refused.getSQLState() + ").");
        }
    }

    private boolean isEmpty(Connection raw, TableDefinition table) throws SQLException {
        String sql = "SELECT 1 FROM " + dialect.quote(table.shape().schema(), table.shape().name()) + dialect.first(1);
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return !row.next();
        }
    }

    /** As it is here. It may have columns of its own, of whatever type: one that is sent and cannot be told here is missing. */
    private TableDefinition describe(Connection raw, TableDefinition table) throws SQLException {
        return dialect.describe(raw, table.shape().schema(), table.shape().name(), column -> true);
    }

    private List<TableDefinition> here(Connection raw, List<TableDefinition> tables) throws SQLException {
        List<TableDefinition> here = new ArrayList<>();
        for (TableDefinition table : tables) {
            TableDefinition own = describe(raw, table);
            if (own == null) {
                throw WaybillError.REFRESH_TABLE_DIFFERS.with(table.shape().qualifiedName(), "it was dropped again");
            }
            here.add(own);
        }
        return here;
    }

    private void execute(Connection raw, TableDefinition table, String sql) throws SQLException {
        try {
            execute(raw, sql);
        } catch (SQLException held) {
            throw dialect.classify(held) == ErrorClass.REFERENCE ? WaybillError.REFRESH_ROWS_HELD.because(held, table.shape().qualifiedName(), held.getSQLState()) : held;
        }
    }

    private static void execute(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }
}
