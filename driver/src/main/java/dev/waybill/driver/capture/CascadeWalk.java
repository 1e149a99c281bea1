// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.ForeignKey.Action;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows that foreign keys will change when one statement runs: found, and locked, before it; recorded as changes of their own after it, children first, as far as they have really happened. One execution, under the connection's
 * lock.
 *
 * <p>H2 does not lock a parent row against new children: one that another session commits between this walk and the statement goes with its parent at the replica by the same foreign key there.
 */
final class CascadeWalk implements AutoCloseable {

    private static final int MAX_ROWS = 100_000;
    private static final int MAX_DEPTH = 500;
    private static final List<Note> CASCADED = List.of(new Note(Note.CASCADED, new byte[0]));

    private final CapturingConnection connection;
    private final Source source;
    private final DatabaseFacts facts;
    private final Dialect dialect;
    private final Relatives relatives;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Map<TableName, Set<List<Object>>> gone = new HashMap<>();
    private final List<Found> deleted = new ArrayList<>();
    private final Map<TableName, Map<List<Object>, Found>> updated = new LinkedHashMap<>();
    private final List<RowImage> top = new ArrayList<>();
    private final List<List<Object>> topValues = new ArrayList<>();
    private int rows;

    CascadeWalk(CapturingConnection connection, Source source) {
        this.connection = connection;
        this.source = source;
        this.facts = connection.facts();
        this.dialect = connection.database().dialect();
        this.relatives = new Relatives(facts);
    }

    /** The columns that the walk needs of each row of a table: what has to be known of a published one as it was, the key first, then what children refer to. */
    static List<String> columns(DatabaseFacts facts, TableName table) {
        CapturedTable captured = facts.captured().get(table);
        LinkedHashSet<String> columns = new LinkedHashSet<>(captured == null ? List.of() : captured.oldColumns());
        facts.childrenOf(table).forEach(key -> columns.addAll(key.parentColumns()));
        return List.copyOf(columns);
    }

    /** Walks from the rows of a locking read, which has {@link #columns} in order; they go, or change what children refer to. */
    void from(TableName table, ResultSet result, List<ForeignKey> updates) throws SQLException {
        List<Found> from = read(table, result);
        from.forEach(row -> top.add(row.key));
        from.forEach(row -> topValues.add(row.values));
        from.forEach(row -> gone.computeIfAbsent(table, name -> new HashSet<>()).add(row.values));
        for (Found row : from) {
            if (updates == null) {
                rowGoes(row, 0);
            } else {
                for (ForeignKey key : updates) {
                    children(row, key).forEach(this::update);
                }
            }
        }
    }

    /** The keys of the rows from which it went, of a published table. */
    Set<KeyImage> top(TableName table) throws SQLException {
        Set<KeyImage> keys = new HashSet<>();
        for (RowImage row : top) {
            keys.add(facts.captured().get(table).key(row));
        }
        return keys;
    }

    /** The values of {@link #columns} of the rows from which it went. */
    List<List<Object>> topValues() {
        return List.copyOf(topValues);
    }

    private void rowGoes(Found row, int depth) throws SQLException {
        if (depth > MAX_DEPTH) {
            throw WaybillError.UNCAPTURED.with("its foreign keys reach " + MAX_DEPTH + " levels deep");
        }
        for (ForeignKey key : relatives.onDelete(row.table)) {
            for (Found child : children(row, key)) {
                if (key.onDelete() != Action.CASCADE) {
                    update(child);
                } else if (gone.computeIfAbsent(child.table, name -> new HashSet<>()).add(child.values)) {
                    rowGoes(child, depth + 1);
                    deleted.add(child);
                }
            }
        }
    }

    private void update(Found child) {
        updated.computeIfAbsent(child.table, name -> new LinkedHashMap<>()).put(child.values, child);
    }

    private List<Found> children(Found parent, ForeignKey key) throws SQLException {
        List<String> columns = columns(facts, parent.table);
        Object[] values = key.parentColumns().stream().map(column -> parent.values.get(columns.indexOf(column))).toArray();
        if (Arrays.asList(values).contains(null)) {
            return List.of();
        }
        List<String> wanted = columns(facts, key.child());
        String select = wanted.isEmpty() ? "1" : wanted.stream().map(dialect::quote).collect(Collectors.joining(", "));
        PreparedStatement statement = statement("SELECT " + select + " FROM " + dialect.quote(key.child().schema(), key.child().name()) + where(key.childColumns().stream()) + " FOR UPDATE");
        lock(key, values);
        bind(statement, values);
        try (ResultSet result = statement.executeQuery()) {
            return read(key.child(), result);
        }
    }

    /** Where reading does not lock. */
    private void lock(ForeignKey key, Object[] values) throws SQLException {
        if (!connection.session().locksReads()) {
            String column = dialect.quote(key.childColumns().get(0));
            PreparedStatement lock = statement("UPDATE " + dialect.quote(key.child().schema(), key.child().name()) + " SET " + column + " = " + column + where(key.childColumns().stream()));
            bind(lock, values);
            lock.executeUpdate();
        }
    }

    private List<Found> read(TableName table, ResultSet result) throws SQLException {
        CapturedTable captured = facts.captured().get(table);
        int width = columns(facts, table).size();
        List<Found> found = new ArrayList<>();
        while (result.next()) {
            Object[] values = new Object[width];
            for (int i = 0; i < width; i++) {
                values[i] = result.getObject(i + 1);
            }
            found.add(new Found(table, Arrays.asList(values), captured == null ? null : captured.oldImage(connection.database().dialect(), result, 1)));
            if (++rows > MAX_ROWS) {
                throw WaybillError.UNCAPTURED.with("its foreign keys change more than " + MAX_ROWS + " rows");
            }
        }
        return found;
    }

    // ---- afterwards ----

    /** Records what has happened to the children. */
    void record() throws SQLException {
        for (Map<List<Object>, Found> rowsOfTable : updated.values()) {
            for (Found row : rowsOfTable.values()) {
                if (row.key != null && !gone.getOrDefault(row.table, Set.of()).contains(row.values)) {
                    recordUpdated(row);
                }
            }
        }
        for (Found row : deleted) {
            if (row.key != null && isGone(row)) {
                record(new Change(facts.captured().get(row.table).shape(), Operation.DELETE, null, row.key, null, CASCADED));
            }
        }
    }

    private void recordUpdated(Found row) throws SQLException {
        CapturedTable table = facts.captured().get(row.table);
        try (ResultSet now = byKey(row, table.shape().columns().stream().map(dialect::selected).collect(Collectors.joining(", ")))) {
            if (now.next()) {
                RowImage after = table.image(connection.database().dialect(), now, table.requested().captured(false));
                record(new Change(table.shape(), Operation.UPDATE, null, table.watched().isEmpty() ? null : row.key, after, CASCADED));
            }
        }
    }

    /** Referential integrity can be switched off: then it is still there. */
    private boolean isGone(Found row) throws SQLException {
        try (ResultSet now = byKey(row, "1")) {
            return !now.next();
        }
    }

    private ResultSet byKey(Found row, String select) throws SQLException {
        CapturedTable table = facts.captured().get(row.table);
        PreparedStatement statement = statement("SELECT " + select + " FROM " + dialect.quote(row.table.schema(), row.table.name()) + where(table.keyColumns().stream()) + connection.session().rereading());
        bind(statement, row.values.subList(0, table.key().length).toArray());
        return statement.executeQuery();
    }

    private void record(Change change) throws SQLException {
        connection.recorder().record(connection.publisher(), change);
    }

    private String where(Stream<String> columns) {
        return columns.map(column -> dialect.quote(column) + " = ?").collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private static void bind(PreparedStatement statement, Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.raw().prepareStatement(sql);
            source.limit(statement);
            statements.put(sql, statement);
        }
        return statement;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
    }

    /**
     * @param values of {@link #columns}
     * @param key    image with the key, and what conditions look at; null for a table that is not published
     */
    private record Found(TableName table, List<Object> values, RowImage key) {}
}
