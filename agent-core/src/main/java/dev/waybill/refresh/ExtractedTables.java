// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.predicate.Condition;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Publication;
import dev.waybill.publication.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What one remote user gets by all his subscriptions, table by table: for extractions, which write each table by itself and load it by itself. The same tables, columns, rows and order as a snapshot that travels. Immutable; any thread, each on
 * a connection of its own at one snapshot.
 */
public final class ExtractedTables {

    /** It is no transaction of anybody's, and equal rows are to be equal bytes. */
    private static final UUID NOBODYS = new UUID(0, 0);

    private final Dialect dialect;
    private final Catalogue catalogue;
    private final Publication scope;
    private final TableOrder order;

    private ExtractedTables(Dialect dialect, Catalogue catalogue, Publication scope, TableOrder order) {
        this.dialect = dialect;
        this.catalogue = catalogue;
        this.scope = scope;
        this.order = order;
    }

    /**
     * One step: a table's rows, or later on its references to rows that came after them.
     *
     * @param index   of the table among {@link #tables}
     * @param isLate  whether it is about late references: after all steps that are not
     * @param waits   indexes of tables whose rows have to be there before
     * @param content equal for equal bytes of one snapshot, whoever gets them
     */
    public record Step(int index, TableName table, boolean isLate, List<Integer> waits, String content) {
        public Step {
            waits = List.copyOf(waits);
        }
    }

    /** @param snapshot at the moment that is extracted */
    public static ExtractedTables of(Dialect dialect, Connection snapshot, Catalogue catalogue, List<Subscription> subscriptions) throws SQLException {
        Publication scope = Scope.of(dialect, snapshot, catalogue, subscriptions);
        return new ExtractedTables(dialect, catalogue, scope, TableOrder.of(Definitions.of(dialect, snapshot, catalogue, scope)));
    }

    /** Parents first. */
    public List<TableDefinition> tables() {
        return List.copyOf(order.parentsFirst());
    }

    /** In an order in which they can be performed one after the other. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (int index = 0; index < tables().size(); index++) {
            steps.add(step(index, false));
        }
        for (int index = 0; index < tables().size(); index++) {
            if (!SnapshotRows.late(order, tables().get(index)).isEmpty()) {
                steps.add(step(index, true));
            }
        }
        return steps;
    }

    private Step step(int index, boolean isLate) {
        TableDefinition table = tables().get(index);
        List<TableName> names = tables().stream().map(each -> TableName.of(each.shape())).toList();
        List<Integer> waits = table.foreignKeys().stream().filter(key -> !order.late(table).contains(key)).map(key -> names.indexOf(new TableName(key.schema(), key.table()))).filter(parent -> parent >= 0 && parent != index).distinct().toList();
        Condition condition = scope.article(names.get(index)).map(Article::condition).orElse(null);
        String content = names.get(index) + " " + table.shape().columns() + " " + SnapshotRows.late(order, table) + " " + (condition == null ? "" : condition.text()) + " " + isLate;
        return new Step(index, names.get(index), isLate, waits, content);
    }

    /** Writes the definitions, as a snapshot without rows. */
    public void writeDefinitions(OutputStream out) throws IOException {
        TransactionWriter writer = new TransactionWriter(out);
        writer.write(new Begin(NOBODYS, catalogue.publisher(), "", List.of()));
        writer.write(new SnapshotStart(scope.name(), null, tables()));
        writer.write(new SnapshotEnd(0));
        writer.write(new End(Instant.EPOCH, 0));
    }

    /**
     * Writes what belongs to a step, as one transaction of INSERTs or UPDATEs.
     *
     * @param snapshot at the moment that is extracted; {@link Dialect#streamResults} is on
     * @return how many rows
     */
    public long write(Connection snapshot, Step step, OutputStream out) throws SQLException, IOException {
        TransactionWriter writer = new TransactionWriter(out);
        writer.write(new Begin(NOBODYS, catalogue.publisher(), "", List.of()));
        SnapshotRows rows = new SnapshotRows(dialect, snapshot, writer, name -> catalogue.publication(name).orElseThrow());
        TableDefinition table = tables().get(step.index());
        if (step.isLate()) {
            rows.updates(scope, order, table);
        } else {
            rows.inserts(scope, order, table);
        }
        writer.write(new End(Instant.EPOCH, rows.changes()));
        return rows.changes();
    }
}
