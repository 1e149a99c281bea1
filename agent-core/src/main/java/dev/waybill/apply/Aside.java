// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnType;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Updates of one table that are in each other's way, where the database looks at unique keys with every row: first all of their rows step aside (NULL, or values that no row has, in one column of each unique key that is assigned), then
 * each takes its own values. Nobody else sees anything between. One thread.
 *
 * <p>Not for tables with native triggers, which would be shown values that never were, nor for columns that other rows refer to: their references would follow, or be lost.
 */
final class Aside {

    private final Statements statements;
    private final Guard guard;

    Aside(Statements statements, Guard guard) {
        this.guard = guard;
        this.statements = statements;
    }

    /** Whether they were performed; otherwise, as when it throws, the caller goes back. */
    boolean run(List<Work> works) throws SQLException {
        Work first = works.get(0);
        boolean isUpdate = first.kind() == Kind.UPDATE || first.kind() == Kind.UPDATE_KEY;
        if (!isUpdate || first.landing().table().triggers()) {
            return false;
        }
        BitSet columns = columns(works);
        if (columns.isEmpty()) {
            return false;
        }
        List<Work> moved = stepAside(works, columns);
        for (Work work : moved) {
            new BatchRunner(statements, new Tally(), 1, guard).run(new Batch(work));
        }
        return true;
    }

    /** One column of each unique key that one of them assigns, as far as there is one that may have another value meanwhile. */
    private static BitSet columns(List<Work> works) {
        Landing landing = works.get(0).landing();
        BitSet assigned = new BitSet();
        works.forEach(work -> assigned.or(work.columns()));
        BitSet chosen = new BitSet();
        for (Set<String> unique : landing.table().uniqueKeys()) {
            BitSet possible = new BitSet();
            assigned.stream().filter(index -> unique.contains(landing.column(index).name()) && !landing.referenced().get(index)).forEach(possible::set);
            int nullable = possible.stream().filter(index -> isNullable(landing, index)).findFirst().orElse(-1);
            int other = possible.stream().filter(index -> !landing.references().get(index) && FreeValues.areKnown(landing.column(index).type())).findFirst().orElse(-1);
            if (nullable >= 0 || other >= 0) {
                chosen.set(nullable >= 0 ? nullable : other);
            }
        }
        return chosen;
    }

    private static boolean isNullable(Landing landing, int index) {
        return !landing.key().get(index) && landing.table().columns().get(landing.column(index).name()).nullable();
    }

    /** The same changes, of rows that have stepped aside: those whose key has are found by it. */
    private List<Work> stepAside(List<Work> works, BitSet columns) throws SQLException {
        Landing landing = works.get(0).landing();
        FreeValues[] values = new FreeValues[landing.shape().columns().size()];
        for (int column = columns.nextSetBit(0); column >= 0; column = columns.nextSetBit(column + 1)) {
            values[column] = isNullable(landing, column) ? null : free(landing, column);
        }
        PreparedStatement update = statements.prepare(statements.sql().update(landing, columns));
        List<Work> moved = new ArrayList<>();
        for (Work work : works) {
            Object[] found = work.keyImage().values().clone();
            int parameter = 1;
            for (int column = columns.nextSetBit(0); column >= 0; column = columns.nextSetBit(column + 1)) {
                Object value = values[column] == null ? null : values[column].next();
                statements.dialect().bind(update, parameter++, value, landing.column(column).type());
                found[column] = landing.key().get(column) ? value : found[column];
            }
            statements.bindKey(update, parameter, work);
            int count = update.executeUpdate();
            if (count != 1) {
                throw new BatchRunner.Unexpected(count);
            }
            moved.add(columns.intersects(landing.key()) ? foundBy(work, new RowImage(found)) : work);
        }
        return moved;
    }

    private static Work foundBy(Work work, RowImage key) {
        Change change = work.change();
        return new Work(work.landing(), Kind.UPDATE_KEY, work.columns(), new Change(change.table(), Operation.UPDATE, key, change.before(), change.after(), change.notes()));
    }

    private FreeValues free(Landing landing, int column) throws SQLException {
        if (!FreeValues.areOrdered(landing.column(column).type())) {
            return new FreeValues(landing.column(column).type(), null, null);
        }
        PreparedStatement most = statements.prepare(statements.sql().most(landing, column));
        try (ResultSet row = most.executeQuery()) {
            row.next();
            ColumnType type = landing.column(column).type();
            return new FreeValues(type, statements.dialect().read(row, 1, type), statements.dialect().read(row, 2, type));
        }
    }
}
