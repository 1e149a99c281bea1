// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.KeyImage;
import dev.waybill.change.LargeValue;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A published table as capture needs it, with what is looked at for every row laid out in arrays. Immutable (its arrays are never written to; what the database is asked once is kept); any thread. */
public final class CapturedTable {

    private static final Set<SqlType> LOOSE = EnumSet.of(SqlType.CHAR, SqlType.VARCHAR_IGNORECASE, SqlType.DECFLOAT, SqlType.REAL, SqlType.DOUBLE, SqlType.TIME_WITH_TIME_ZONE, SqlType.TIMESTAMP_WITH_TIME_ZONE);

    private final TableShape shape;
    private final TableName name;
    private final List<String> columns;
    private final Set<String> changing;
    private final Map<String, ColumnFacts> facts;
    private final String identity;
    private final String[] captured;
    private final String[] taken;
    private final ColumnType[] types;
    private final int[] key;
    private final RequestedColumns requested;
    private final List<List<String>> uniqueKeys;
    private final Set<String> watched;
    private final boolean stays;
    private final boolean settled;
    private final int[] old;
    private volatile List<String> generated;

    /** One whose unique keys nobody asks for. */
    CapturedTable(TableShape shape, List<String> columns, Set<String> changing, String identity, Map<String, ColumnFacts> facts) {
        this(shape, columns, changing, identity, facts, List.of());
    }

    /**
     * @param shape    the columns of all its articles, and the key
     * @param columns  all columns of the table, in the order of the table
     * @param changing columns that can change without being named in a SET clause: generated ones, and those with ON UPDATE
     * @param identity the identity column; null when there is none
     * @param facts    of each column
     * @param unique   the columns of each unique key, the primary one too
     */
    CapturedTable(TableShape shape, List<String> columns, Set<String> changing, String identity, Map<String, ColumnFacts> facts, List<List<String>> unique) {
        this(shape, columns, changing, identity, facts, unique, name -> true, Set.of(), false, false);
    }

    private CapturedTable(TableShape shape, List<String> columns, Set<String> changing, String identity, Map<String, ColumnFacts> facts, List<List<String>> unique, Predicate<String> takes, Set<String> watched,
            boolean stays, boolean settled) {
        this.settled = settled;
        this.watched = Set.copyOf(watched);
        this.stays = stays;
        this.uniqueKeys = List.copyOf(unique);
        this.facts = Map.copyOf(facts);
        this.identity = identity;
        this.shape = shape;
        this.name = TableName.of(shape);
        this.columns = List.copyOf(columns);
        this.changing = Set.copyOf(changing);
        this.captured = shape.columns().stream().map(ColumnShape::name).toArray(String[]::new);
        this.taken = Arrays.stream(captured).filter(takes).toArray(String[]::new);
        this.types = shape.columns().stream().map(ColumnShape::type).toArray(ColumnType[]::new);
        this.key = shape.key().stream().mapToInt(Integer::intValue).toArray();
        this.old = IntStream.concat(IntStream.of(key), IntStream.range(0, captured.length).filter(i -> watched.contains(captured[i]) && !shape.key().contains(i))).toArray();
        this.requested = RequestedColumns.captured(this);
    }

    /**
     * The same table with columns that conditions of publications look at: of every row they have to be known as they were, and as they are.
     *
     * @param settles whether its changes are held until their statement ends, since it decides about other rows, or others about its own
     */
    public CapturedTable watching(Set<String> names, boolean settles) {
        return names.isEmpty() ? this : new CapturedTable(shape, columns, changing, identity, facts, uniqueKeys, name -> true, names, false, settles);
    }

    /** Whether its changes are held until their statement ends. */
    public boolean isSettled() {
        return settled;
    }

    public TableShape shape() {
        return shape;
    }

    public TableName name() {
        return name;
    }

    /** All columns of the table, in its order. */
    public List<String> columns() {
        return columns;
    }

    /** Columns that can change without being named in a SET clause. */
    public Set<String> changing() {
        return changing;
    }

    /** The identity column; null when there is none. */
    public String identity() {
        return identity;
    }

    /** The columns of each unique key of the table, the primary one too. */
    public List<List<String>> uniqueKeys() {
        return uniqueKeys;
    }

    /** How a column takes values; null for one that is not there. */
    public ColumnFacts facts(String column) {
        return facts.get(column);
    }

    /** Names of the captured columns, in the order of images; not to be written to. */
    public String[] captured() {
        return captured;
    }

    /**
     * The same table for a statement that can change only these columns: its rows are asked for the key and them, and for what conditions look at; images have no others. If what conditions look at can change, a row may become somebody
     * else's, who gets it whole.
     */
    public CapturedTable taking(Collection<String> changed) {
        if (!Collections.disjoint(changed, watched)) {
            return this;
        }
        Set<String> names = new HashSet<>(changed);
        names.addAll(keyColumns());
        names.addAll(watched);
        return watched.isEmpty() && names.containsAll(Arrays.asList(taken)) ? this : new CapturedTable(shape, columns, changing, identity, facts, uniqueKeys, names::contains, watched, true, settled);
    }

    /** Columns that conditions of publications look at. */
    public Set<String> watched() {
        return watched;
    }

    /** Names of the columns that have to be known of a row as it was: the key's, in key order, then those that conditions look at. */
    public List<String> oldColumns() {
        return Arrays.stream(old).mapToObj(index -> captured[index]).toList();
    }

    /** Indexes of {@link #oldColumns} in images; not to be written to. */
    public int[] old() {
        return old;
    }

    /** Names of the columns that a statement is asked for, in the order of images; not to be written to. */
    public String[] taken() {
        return taken;
    }

    /** Where the columns that a statement is asked for stand when the first of them stands at this position: for each captured column, 0 for those that are not asked for. */
    public int[] positions(int first) {
        int[] positions = new int[captured.length];
        int next = first;
        for (int i = 0; i < captured.length && next < first + taken.length; i++) {
            if (captured[i].equals(taken[next - first])) {
                positions[i] = next++;
            }
        }
        return positions;
    }

    /** Names of the key's columns, in key order. */
    public List<String> keyColumns() {
        return Arrays.stream(key).mapToObj(index -> captured[index]).toList();
    }

    /** Indexes of the key's columns in images, in key order; not to be written to. */
    public int[] key() {
        return key;
    }

    public ColumnType type(int column) {
        return types[column];
    }

    /** What to ask for when the application asks for no keys. */
    public RequestedColumns requested() {
        return requested;
    }

    /** The columns that the database gives for RETURN_GENERATED_KEYS; null before it was asked. */
    public List<String> generated() {
        return generated;
    }

    /** What the database has answered. */
    public List<String> generated(ResultSetMetaData answer) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= answer.getColumnCount(); i++) {
            names.add(answer.getColumnName(i));
        }
        generated = List.copyOf(names);
        return generated;
    }

    /** The image with the captured columns, of which the first stands at {@code positions[0]} of the row; position 0 for one that was not asked for. */
    public RowImage image(Dialect dialect, ResultSet row, int[] positions) throws SQLException {
        Object[] values = new Object[types.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = positions[i] == 0 ? RowImage.ABSENT : dialect.read(row, positions[i], types[i]);
        }
        return new RowImage(values);
    }

    /** The image with the key alone, whose columns stand in key order from this position on. */
    public RowImage keyImage(Dialect dialect, ResultSet row, int from) throws SQLException {
        Object[] values = new Object[types.length];
        Arrays.fill(values, RowImage.ABSENT);
        for (int i = 0; i < key.length; i++) {
            values[key[i]] = dialect.read(row, from + i, types[key[i]]);
        }
        return new RowImage(values);
    }

    /** The image of a row as it was, whose {@link #oldColumns} stand from this position on. */
    public RowImage oldImage(Dialect dialect, ResultSet row, int from) throws SQLException {
        Object[] values = new Object[types.length];
        Arrays.fill(values, RowImage.ABSENT);
        for (int i = 0; i < old.length; i++) {
            values[old[i]] = dialect.read(row, from + i, types[old[i]]);
        }
        return new RowImage(values);
    }

    /** Of such an image the key alone. */
    private RowImage keyOf(RowImage row) {
        Object[] values = new Object[types.length];
        Arrays.fill(values, RowImage.ABSENT);
        for (int index : key) {
            values[index] = row.value(index);
        }
        return new RowImage(values);
    }

    /** What has become of a row of which it is not known what it was; if it was changed where no condition looks, what they look at was the same. */
    public Change change(Operation operation, RowImage after) {
        return new Change(shape, operation, null, operation == Operation.UPDATE && stays && !watched.isEmpty() ? ofOld(after) : null, after, List.of());
    }

    /**
     * An UPDATE of a row that keeps its place.
     *
     * @param before its {@link #oldColumns} as they were; null where that is not known
     */
    public Change updated(RowImage before, RowImage after) throws SQLException {
        return before == null ? change(Operation.UPDATE, after) : new Change(shape, Operation.UPDATE, oldKey(before, after), watched.isEmpty() ? null : before, after, List.of());
    }

    /** An UPDATE by which a row gets another key. */
    public Change moved(RowImage before, RowImage after) {
        return new Change(shape, Operation.UPDATE, keyOf(before), watched.isEmpty() ? null : before, after, List.of());
    }

    /** A row is gone; what is known of it is this. */
    public Change gone(RowImage before) {
        return new Change(shape, Operation.DELETE, null, before, null, List.of());
    }

    private RowImage ofOld(RowImage row) {
        Object[] values = new Object[types.length];
        Arrays.fill(values, RowImage.ABSENT);
        for (int index : old) {
            values[index] = row.value(index);
        }
        return new RowImage(values);
    }

    /** The key of a row, to look up. */
    public KeyImage key(RowImage row) throws SQLException {
        try {
            return KeyImage.of(shape, row);
        } catch (IOException unreadable) {
            throw WaybillError.CAPTURE_FAILED.because(unreadable, unreadable.getMessage());
        }
    }

    /**
     * The key that a changed row had, if it may have another one now; otherwise null. Keys differ that the database takes for equal too: numbers of another scale, say. Where it takes text of another case, or times of another zone, for
     * equal, H2's index may go on showing the value of before: what is read there proves nothing.
     */
    public RowImage oldKey(RowImage old, RowImage after) throws SQLException {
        boolean same = key(old).equals(key(after)) && IntStream.of(key).allMatch(i -> !LOOSE.contains(types[i].type()) && (old.value(i) instanceof LargeValue || Objects.deepEquals(old.value(i), after.value(i))));
        return same ? null : keyOf(old);
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
