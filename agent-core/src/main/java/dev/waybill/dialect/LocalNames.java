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
 */
public final class LocalNames {

    private LocalNames() {}

    /** The table by the name that it has here when it is made for this one; the same object when that is the same name. */
    public static TableName table(Dialect dialect, TableName sent) {
        return isForeign(dialect, sent.schema()) ? new TableName(dialect.fold(sent.schema()), fold(dialect, sent.name())) : sent;
    }

    /** The shape with the names that it has here; the same object when they are the same. */
    public static TableShape shape(Dialect dialect, TableShape sent) {
        if (!isForeign(dialect, sent.schema())) {
            return sent;
        }
        TableName name = table(dialect, TableName.of(sent));
        List<ColumnShape> columns = sent.columns().stream().map(column -> new ColumnShape(fold(dialect, column.name()), column.type())).toList();
        return new TableShape(name.schema(), name.name(), sent.version(), columns, sent.key());
    }

    /** The definition with the names that it has here; the expression of a generated column keeps the sender's, and is not understood here where they differ. */
    public static TableDefinition definition(Dialect dialect, TableDefinition sent) {
        if (!isForeign(dialect, sent.shape().schema())) {
            return sent;
        }
        List<ForeignKey> keys = sent.foreignKeys().stream().map(key -> {
            TableName parent = table(dialect, new TableName(key.schema(), key.table()));
            return new ForeignKey(all(dialect, key.columns()), parent.schema(), parent.name(), all(dialect, key.referenced()), key.onDelete(), key.onUpdate());
        }).toList();
        return new TableDefinition(shape(dialect, sent.shape()), sent.primaryKey(), sent.columns(), sent.uniqueKeys().stream().map(key -> all(dialect, key)).toList(), keys, sent.leftOut());
    }

    private static boolean isForeign(Dialect dialect, String schema) {
        return isOfOneCase(schema) && !dialect.fold(schema).equals(schema);
    }

    private static List<String> all(Dialect dialect, List<String> names) {
        return names.stream().map(name -> fold(dialect, name)).toList();
    }

    private static String fold(Dialect dialect, String name) {
        return isOfOneCase(name) ? dialect.fold(name) : name;
    }

    private static boolean isOfOneCase(String name) {
        return name.equals(name.toUpperCase(Locale.ROOT)) || name.equals(name.toLowerCase(Locale.ROOT));
    }
}
