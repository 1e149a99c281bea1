// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.change.TransactionWriter;
import dev.waybill.audience.AudienceReader;
import dev.waybill.dialect.Dialect;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import dev.waybill.publication.Article;
import dev.waybill.publication.Publication;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the rows of a snapshot as they are read: first all as INSERT, parents first, late references as NULL; then an UPDATE for every row that has a late reference. One thread. */
final class SnapshotRows {

    private static final int FETCHED_AT_ONCE = 500;

    private final Dialect dialect;
    private final Connection raw;
    private final TransactionWriter writer;
    private final AudienceReader.Publications publications;
    private final AudienceReader audiences;
    private Publication scope;
    private long changes;

    /** @param publications by their names, for rows that go where other tables say */
    SnapshotRows(Dialect dialect, Connection raw, TransactionWriter writer, AudienceReader.Publications publications) {
        this.publications = publications;
        this.audiences = new AudienceReader(raw, dialect);
        this.dialect = dialect;
        this.raw = raw;
        this.writer = writer;
    }

    /** The number of changes written so far. */
    long changes() {
        return changes;
    }

    /**
     * From SnapshotStart to the last UPDATE; the number of rows.
     *
     * @param scope whose articles these definitions are of; their conditions choose the rows
     */
    long write(Publication scope, String value, List<TableDefinition> definitions) throws SQLException, IOException {
        this.scope = scope;
        TableOrder order = TableOrder.of(definitions);
        writer.write(new SnapshotStart(scope.name(), value, order.parentsFirst()));
        for (TableDefinition table : order.parentsFirst()) {
            inserts(table, late(order, table));
        }
        long rows = changes;
        writer.write(new SnapshotEnd(rows));
        for (TableDefinition table : order.parentsFirst()) {
            BitSet late = late(order, table);
            if (!late.isEmpty()) {
                updates(table, late);
            }
        }
        return rows;
    }

    /** The rows of one table alone, as INSERTs. */
    void inserts(Publication of, TableOrder order, TableDefinition table) throws SQLException, IOException {
        scope = of;
        inserts(table, late(order, table));
    }

    /** The late references of one table alone, as UPDATEs. */
    void updates(Publication of, TableOrder order, TableDefinition table) throws SQLException, IOException {
        scope = of;
        updates(table, late(order, table));
    }

    /** Columns that refer to rows that come later, and that can wait. */
    static BitSet late(TableOrder order, TableDefinition table) {
        BitSet late = new BitSet();
        List<String> names = table.shape().columns().stream().map(ColumnShape::name).toList();
        for (ForeignKey key : order.late(table)) {
            if (key.columns().stream().allMatch(column -> LateKeys.isLoose(table, column))) {
                key.columns().forEach(column -> late.set(names.indexOf(column)));
            }
        }
        return late;
    }

    private void inserts(TableDefinition table, BitSet late) throws SQLException, IOException {
        BitSet all = new BitSet();
        all.set(0, table.shape().columns().size());
        read(table.shape(), all, "", Operation.INSERT, late);
    }

    private void updates(TableDefinition table, BitSet late) throws SQLException, IOException {
        BitSet columns = (BitSet) late.clone();
        table.shape().key().forEach(columns::set);
        String where = late.stream().mapToObj(index -> dialect.quote(table.shape().columns().get(index).name()) + " IS NOT NULL").collect(Collectors.joining(" OR ", " WHERE ", ""));
        read(table.shape(), columns, where, Operation.UPDATE, new BitSet());
    }

    private void read(TableShape shape, BitSet columns, String where, Operation operation, BitSet asNull) throws SQLException, IOException {
        Condition condition = scope.article(TableName.of(shape)).map(Article::condition).orElse(null);
        List<Term.Column> looked = new ArrayList<>();
        if (condition != null) {
            condition.columns(looked::add);
        }
        Stream<String> own = columns.stream().mapToObj(index -> dialect.selected(shape.columns().get(index)));
        Stream<String> behind = looked.stream().map(column -> dialect.selected(new ColumnShape(column.name(), column.type())));
        String sql = "SELECT " + Stream.concat(own, behind).collect(Collectors.joining(", ")) + " FROM " + dialect.quote(shape.schema(), shape.name()) + where;
        try (Statement statement = raw.createStatement()) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            try (ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    RowImage image = image(shape, columns, asNull, row);
                    if (condition == null || condition.holds(audiences.with(looked(looked, columns.cardinality(), row)::get, condition, publications, TableName.of(shape)))) {
                        writer.write(new Change(shape, operation, null, null, image, List.of()));
                        changes++;
                    }
                }
            }
        }
    }

    /** What the condition looks at, which stands behind the row's own columns. */
    private Map<String, Object> looked(List<Term.Column> looked, int behind, ResultSet row) throws SQLException {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < looked.size(); i++) {
            values.put(looked.get(i).name(), dialect.read(row, behind + 1 + i, looked.get(i).type()));
        }
        return values;
    }

    private RowImage image(TableShape shape, BitSet columns, BitSet asNull, ResultSet row) throws SQLException {
        Object[] values = new Object[shape.columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        int position = 1;
        for (int index = columns.nextSetBit(0); index >= 0; index = columns.nextSetBit(index + 1), position++) {
            values[index] = asNull.get(index) ? null : dialect.read(row, position, shape.columns().get(index).type());
        }
        return new RowImage(values);
    }
}
