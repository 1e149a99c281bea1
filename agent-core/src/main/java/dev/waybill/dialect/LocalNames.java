// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import java.util.List;
import java.util.Locale;

/**
 * What names of another database are here. Databases keep a name that was written without quotes in capitals (H2), in small letters (PostgreSQL), or as it was written; what one of them means by {@code orders} is what the others mean by it.
 * A table whose schema is written wholly in the letters that this database does not fold to comes from one that folds the other way: then its names that are wholly in those letters are folded here, and
 * names in mixed letters, which were quoted, stay as they are. Between databases that fold alike every name stays. Stateless; any thread.
 *
 * <p>Where a database has no schemas, its tables are those of the schema {@code public} elsewhere; a table of another schema is one whose name has that schema and a point before it: {@code sales.orders} is SQLite's
 * {@code "sales.orders"}, and back. Such a database finds names without regard to case, so that none of its names was quoted for its letters.
 */
public final class LocalNames {

    private static final String COMMON = "public";

    private LocalNames() {}

    /** The table by the name that it has here when it is made for this one; the same object when that is the same name. */
    public static TableName table(Dialect dialect, TableName sent) {
        if (!isForeign(dialect, sent.schema())) {
            return sent;
        } else if (!dialect.hasSchemas()) {
            return new TableName("", (sent.schema().equalsIgnoreCase(COMMON) ? "" : lower(sent.schema()) + ".") + lower(sent.name()));
        } else if (sent.schema().isEmpty()) {
            int point = sent.name().indexOf('.');
            return new TableName(dialect.fold(point > 0 ? sent.name().substring(0, point) : COMMON), dialect.fold(sent.name().substring(point + 1)));
        }
        return new TableName(dialect.fold(sent.schema()), fold(dialect, sent.name()));
    }

    /** The shape with the names that it has here; the same object when they are the same. */
    public static TableShape shape(Dialect dialect, TableShape sent) {
        if (!isForeign(dialect, sent.schema())) {
            return sent;
        }
        TableName name = table(dialect, TableName.of(sent));
        List<ColumnShape> columns = sent.columns().stream().map(column -> new ColumnShape(column(dialect, sent.schema(), column.name()), column.type())).toList();
        return new TableShape(name.schema(), name.name(), sent.version(), columns, sent.key());
    }

    /** The definition with the names that it has here; the expression of a generated column keeps the sender's, and is not understood here where they differ. */
    public static TableDefinition definition(Dialect dialect, TableDefinition sent) {
        if (!isForeign(dialect, sent.shape().schema())) {
            return sent;
        }
        List<ForeignKey> keys = sent.foreignKeys().stream().map(key -> {
            TableName parent = table(dialect, new TableName(key.schema(), key.table()));
            return new ForeignKey(all(dialect, sent, key.columns()), parent.schema(), parent.name(), all(dialect, sent, key.referenced()), key.onDelete(), key.onUpdate());
        }).toList();
        return new TableDefinition(shape(dialect, sent.shape()), sent.primaryKey(), sent.columns(), sent.uniqueKeys().stream().map(key -> all(dialect, sent, key)).toList(), keys, sent.leftOut());
    }

    private static boolean isForeign(Dialect dialect, String schema) {
        return schema.isEmpty() == dialect.hasSchemas() || isOfOneCase(schema) && !dialect.fold(schema).equals(schema);
    }

    private static List<String> all(Dialect dialect, TableDefinition sent, List<String> names) {
        return names.stream().map(name -> column(dialect, sent.shape().schema(), name)).toList();
    }

    private static String column(Dialect dialect, String schema, String name) {
        return !dialect.hasSchemas() ? lower(name) : schema.isEmpty() ? dialect.fold(name) : fold(dialect, name);
    }

    /** What was folded to capitals; any other name as it was written. */
    private static String lower(String name) {
        return isOfOneCase(name) ? name.toLowerCase(Locale.ROOT) : name;
    }

    private static String fold(Dialect dialect, String name) {
        return isOfOneCase(name) ? dialect.fold(name) : name;
    }

    private static boolean isOfOneCase(String name) {
        return name.equals(name.toUpperCase(Locale.ROOT)) || name.equals(name.toLowerCase(Locale.ROOT));
    }
}
