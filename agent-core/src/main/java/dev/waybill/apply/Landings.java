// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ShapeCache;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.LocalNames;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** How the shapes that were met land on the tables here, kept between applies until something fails. Bounded. One thread. */
final class Landings {

    private static final int KEPT = 1_000;

    private final Dialect dialect;
    private final ReplicaTables tables;
    private final ShapeCache shapes = new ShapeCache();
    private final Map<TableShape, Landing> equal = new HashMap<>();
    private final Map<TableShape, Landing> same = new IdentityHashMap<>();
    private final Set<TableName> met = new HashSet<>();
    private Landing last;

    Landings(Dialect dialect) {
        this.dialect = dialect;
        this.tables = new ReplicaTables(dialect);
    }

    /** The tables that were met since this was asked last. */
    Set<TableName> met() {
        Set<TableName> taken = new HashSet<>(met);
        met.clear();
        last = null;
        return taken;
    }

    /** A table that changes of the sender are for. */
    void meet(TableName table) {
        met.add(table);
    }

    ReplicaTables tables() {
        return tables;
    }

    /** For the readers: equal tables of many transactions become one shape. */
    ShapeCache shapes() {
        return shapes;
    }

    /** Metadata may have changed: everything is read anew. Landings that are in use stay as they are. */
    void forget() {
        tables.forget();
        equal.clear();
        same.clear();
    }

    /** The landing of this shape. */
    Landing of(Connection raw, TableShape shape, Blame blame) throws SQLException {
        Landing landing = same.get(shape);
        if (landing == null) {
            landing = equal.get(shape);
            if (landing == null) {
                landing = read(raw, shape, blame);
                equal.put(shape, landing);
            }
            if (same.size() >= KEPT) {
                same.clear();
            }
            same.put(shape, landing);
        }
        if (landing != last) {
            last = landing;
            meet(landing.table().name());
        }
        return landing;
    }

    /** Whether it is time to {@link #forget}: between two applies, since landings in use are compared by identity. */
    boolean isFull() {
        return equal.size() >= KEPT;
    }

    private Landing read(Connection raw, TableShape shape, Blame blame) throws SQLException {
        boolean isNameless = shape.schema().isEmpty() && dialect.hasSchemas(); // some find a table by that, which has another name
        ReplicaTable table = isNameless ? null : tables.table(raw, TableName.of(shape));
        if (table != null) {
            return landing(shape, table, blame);
        }
        TableShape local = LocalNames.shape(dialect, shape);
        table = local == shape ? null : tables.table(raw, TableName.of(local));
        if (table == null) {
            throw WaybillError.APPLY_TABLE_MISSING.with(TableName.of(shape), blame.offset(), blame.sender());
        }
        return landing(local, table, blame);
    }

    private Landing landing(TableShape shape, ReplicaTable table, Blame blame) throws SQLException {
        Landing landing = Landing.of(shape, table, blame);
        for (ColumnShape column : shape.columns()) {
            String declared = table.columns().get(column.name()).typeName();
            if (dialect.changesSilently(column.type(), declared)) {
                throw WaybillError.APPLY_COLUMN_ROUNDS.with(table.name(), column.name(), declared, dialect.typeName(column.type()), blame.offset(), blame.sender());
            }
        }
        return landing;
    }
}
