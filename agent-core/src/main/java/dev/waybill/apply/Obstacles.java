// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.dialect.Dialect.JdbcName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows here that stand in the way of what comes from above. Only rows of tables that are published here are removed: what became of them is asked. One thread, one transaction. */
final class Obstacles {

    private static final int DEEPEST = 30;

    private final Statements statements;
    private final Carrying carrying;
    private final Onward onward;

    Obstacles(Statements statements, Carrying carrying, Onward onward) {
        this.statements = statements;
        this.carrying = carrying;
        this.onward = onward;
    }

    /** Rows with another key that have a unique value which the change brings. */
    void removeTwins(Work work) throws SQLException {
        TableName table = work.landing().table().name();
        TableShape shape = onward.shape(table);
        for (Set<String> unique : work.landing().table().uniqueKeys()) {
            List<ColumnShape> columns = new ArrayList<>();
            List<Object> values = new ArrayList<>();
            for (String name : unique) {
                int index = ShapeHere.index(work.landing().shape(), name);
                if (index >= 0 && work.change().after().has(index) && work.change().after().value(index) != null) {
                    columns.add(work.landing().column(index));
                    values.add(work.change().after().value(index));
                }
            }
            if (columns.size() == unique.size()) {
                for (RowImage twin : carrying.rows().where(table, shape, columns, values)) {
                    if (!isSameRow(work, shape, twin)) {
                        remove(table, twin, 0);
                    }
                }
            }
        }
    }

    private static boolean isSameRow(Work work, TableShape shape, RowImage row) {
        RowImage own = ShapeHere.key(work.landing(), shape, work.change().after());
        return own != null && Key.of(shape, own).equals(Key.of(shape, row));
    }

    /** Rows that refer to this one. */
    void removeChildren(TableName table, RowImage row) throws SQLException {
        removeChildren(table, row, 0);
    }

    private void remove(TableName table, RowImage row, int depth) throws SQLException {
        SQLException failure = delete(table, row);
        if (failure != null) {
            removeChildren(table, row, depth + 1);
            failure = delete(table, row);
        }
        if (failure != null) {
            throw failure;
        }
        carrying.removed(onward.shape(table), row);
    }

    private void removeChildren(TableName table, RowImage row, int depth) throws SQLException {
        TableShape shape = onward.shape(table);
        for (Reference reference : references(table)) {
            TableShape child = onward.shape(reference.child);
            List<ColumnShape> columns = new ArrayList<>();
            List<Object> values = new ArrayList<>();
            for (int i = 0; child != null && i < reference.columns.size(); i++) {
                int there = ShapeHere.index(child, reference.columns.get(i));
                int here = ShapeHere.index(shape, reference.referenced.get(i));
                if (there >= 0 && here >= 0 && row.has(here) && row.value(here) != null) {
                    columns.add(child.columns().get(there));
                    values.add(row.value(here));
                }
            }
            if (child != null && columns.size() == reference.columns.size() && depth < DEEPEST) {
                for (RowImage each : carrying.rows().where(reference.child, child, columns, values)) {
                    remove(reference.child, each, depth);
                }
            }
        }
    }

    /** What hinders it, by references; null when it is done. */
    private SQLException delete(TableName table, RowImage row) throws SQLException {
        Dialect dialect = statements.dialect();
        TableShape shape = onward.shape(table);
        String sql = "DELETE FROM " + dialect.quote(table.schema(), table.name())
                + shape.key().stream().map(index -> dialect.quote(shape.columns().get(index).name()) + " = ?").collect(Collectors.joining(" AND ", " WHERE ", ""));
        Savepoint savepoint = statements.raw().setSavepoint();
        try {
            PreparedStatement delete = statements.prepare(sql);
            int parameter = 1;
            for (int index : shape.key()) {
                dialect.bind(delete, parameter++, row.value(index), shape.columns().get(index).type());
            }
            delete.executeUpdate();
            statements.raw().releaseSavepoint(savepoint);
            return null;
        } catch (SQLException failure) {
            if (dialect.classify(failure) != ErrorClass.REFERENCE) {
                throw failure;
            }
            statements.raw().rollback(savepoint);
            return failure;
        }
    }

    /** A foreign key of another table. */
    private record Reference(TableName child, List<String> columns, List<String> referenced) {}

    private List<Reference> references(TableName table) throws SQLException {
        Dialect dialect = statements.dialect();
        JdbcName where = dialect.jdbcName(statements.raw(), table.schema());
        Map<String, Reference> references = new LinkedHashMap<>();
        try (ResultSet key = statements.raw().getMetaData().getExportedKeys(where.catalog(), where.schema(), table.name())) {
            while (key.next()) {
                TableName child = new TableName(dialect.schema(key.getString("FKTABLE_CAT"), key.getString("FKTABLE_SCHEM")), key.getString("FKTABLE_NAME"));
                String name = child + " " + (key.getString("FK_NAME") == null ? "#" + (key.getInt("KEY_SEQ") == 1 ? references.size() : references.size() - 1) : key.getString("FK_NAME"));
                Reference reference = references.computeIfAbsent(name, none -> new Reference(child, new ArrayList<>(), new ArrayList<>()));
                reference.columns.add(key.getString("FKCOLUMN_NAME"));
                reference.referenced.add(key.getString("PKCOLUMN_NAME"));
            }
        }
        return List.copyOf(references.values());
    }
}
