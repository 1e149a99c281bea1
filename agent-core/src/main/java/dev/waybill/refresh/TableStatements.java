// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.ValueKind;
import dev.waybill.dialect.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The statements that make tables from a message: quoted names, types from structured parts, and expressions of the restricted form. Nothing else of a message gets into SQL. */
final class TableStatements {

    private final Dialect dialect;

    TableStatements(Dialect dialect) {
        this.dialect = dialect;
    }

    String createSchema(String schema) {
        return "CREATE SCHEMA " + dialect.quote(schema);
    }

    /** The table with key, unique keys and these foreign keys; what cannot be kept is told to {@code leftOut}. */
    String createTable(TableDefinition table, List<ForeignKey> foreignKeys, Consumer<String> leftOut) {
        List<String> parts = new ArrayList<>();
        List<String> names = table.shape().columns().stream().map(ColumnShape::name).toList();
        for (int index = 0; index < names.size(); index++) {
            parts.add(column(table, index, names, leftOut));
        }
        parts.add((table.primaryKey() ? "PRIMARY KEY " : "UNIQUE ") + columns(table.shape().key().stream().map(names::get).toList()));
        table.uniqueKeys().forEach(key -> parts.add("UNIQUE " + columns(key)));
        foreignKeys.forEach(key -> parts.add(foreignKey(key, leftOut)));
        return "CREATE TABLE " + dialect.quote(table.shape().schema(), table.shape().name()) + " (" + String.join(", ", parts) + ")" + dialect.tableOptions();
    }

    /** The foreign key; what cannot be kept is told to {@code leftOut}. */
    String addForeignKey(TableDefinition table, ForeignKey key, Consumer<String> leftOut) {
        return "ALTER TABLE " + dialect.quote(table.shape().schema(), table.shape().name()) + " ADD " + foreignKey(key, leftOut);
    }

    String deleteAll(TableDefinition table) {
        return "DELETE FROM " + dialect.quote(table.shape().schema(), table.shape().name());
    }

    /** Rows stop to refer to others by these columns. */
    String forget(TableDefinition table, List<String> columns) {
        return "UPDATE " + dialect.quote(table.shape().schema(), table.shape().name())
                + columns.stream().map(column -> dialect.quote(column) + " = NULL").collect(Collectors.joining(", ", " SET ", ""))
                + columns.stream().map(column -> dialect.quote(column) + " IS NOT NULL").collect(Collectors.joining(" OR ", " WHERE ", ""));
    }

    private String column(TableDefinition table, int index, List<String> names, Consumer<String> leftOut) {
        ColumnShape column = table.shape().columns().get(index);
        ColumnFacts facts = table.columns().get(index);
        String text = dialect.quote(column.name()) + " " + (isInKey(table, index) ? dialect.keyTypeName(column.type()) : dialect.typeName(column.type()));
        ColumnType here = dialect.landing(column.type());
        if (isNarrower(here, column.type())) {
            leftOut.accept("Column " + column.name() + " is created as " + text(here) + ", at the sender it is " + text(column.type()) + ".");
        }
        if (facts.generatedAs() != null) {
            String expression = GeneratedExpression.accept(dialect, names, facts.generatedAs());
            String computed = expression == null ? null : dialect.generatedAs(expression);
            if (computed != null) {
                return text + " " + computed;
            }
            leftOut.accept("Column " + column.name() + " is computed at the sender by an expression that is not taken from messages: here it is an ordinary one.");
        }
        boolean counts = here.kind() == ValueKind.INTEGER || here.kind() == ValueKind.DECIMAL;
        boolean identity = facts.identity() && counts;
        if (identity && dialect.drawsForKeysOnly() && !leadsKey(table, column.name())) {
            leftOut.accept("Column " + column.name() + " is an identity at the sender; no key begins with it, so here it is an ordinary one.");
            identity = false;
        }
        return text + (identity ? " " + dialect.identity() : "") + (facts.nullable() ? "" : " NOT NULL");
    }

    private static boolean isInKey(TableDefinition table, int index) {
        String name = table.shape().columns().get(index).name();
        return table.shape().key().contains(index) || table.uniqueKeys().stream().anyMatch(key -> key.contains(name)) || table.foreignKeys().stream().anyMatch(key -> key.columns().contains(name));
    }

    private static boolean leadsKey(TableDefinition table, String name) {
        return table.shape().columns().get(table.shape().key().get(0)).name().equals(name) || table.uniqueKeys().stream().anyMatch(key -> key.get(0).equals(name));
    }

    /** Whether something that the sender's type knows is lost here: another kind, fractions of a second, the comparison, or what values there are. */
    private static boolean isNarrower(ColumnType here, ColumnType there) {
        boolean named = there.type() == SqlType.NATIVE || there.type() == SqlType.ENUM || there.type() == SqlType.VARCHAR_IGNORECASE;
        boolean number = here.kind() == ValueKind.DECIMAL || here.kind() == ValueKind.DECFLOAT;
        return here.kind() != there.kind() && !number || here.scale() < there.scale() && !number || named && here.type() != there.type();
    }

    private static String text(ColumnType type) {
        return type.type() == SqlType.NATIVE ? type.qualifier() : type.type() + (type.scale() < 0 ? "" : "(" + type.scale() + ")");
    }

    private String foreignKey(ForeignKey key, Consumer<String> leftOut) {
        if (key.onDelete() == Action.SET_DEFAULT || key.onUpdate() == Action.SET_DEFAULT) {
            leftOut.accept("The action SET DEFAULT of the foreign key " + key.columns() + " to " + key.table() + " does not travel, as defaults do not.");
        }
        return "FOREIGN KEY " + columns(key.columns()) + " REFERENCES " + dialect.quote(key.schema(), key.table()) + " " + columns(key.referenced())
                + " ON DELETE " + action(key.onDelete()) + " ON UPDATE " + action(key.onUpdate());
    }

    /** Without the default, SET DEFAULT would refuse every deletion (H2) or do something else than at the sender. What it does there comes as changes of the rows. */
    private static String action(Action action) {
        return (action == Action.SET_DEFAULT ? Action.NO_ACTION : action).name().replace('_', ' ');
    }

    private String columns(List<String> names) {
        return names.stream().map(dialect::quote).collect(Collectors.joining(", ", "(", ")"));
    }
}
