// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.List;

/**
 * A table as a replica needs it to create it. Expressions never travel as free SQL: a generated column's expression is accepted only in the restricted form that
 * {@code refresh} documents, defaults do not travel.
 *
 * @param shape       names, types and key
 * @param primaryKey  whether the key is the primary key (otherwise a unique not-null constraint)
 * @param columns     further facts of each column of the shape, by index
 * @param uniqueKeys  unique constraints besides the key, as lists of column names
 * @param foreignKeys foreign keys to tables of the same publication
 * @param leftOut     what of the source table does not travel, one sentence each, for the report at the replica
 */
public record TableDefinition(TableShape shape, boolean primaryKey, List<ColumnFacts> columns, List<List<String>> uniqueKeys, List<ForeignKey> foreignKeys,
        List<String> leftOut) {

    public TableDefinition {
        columns = List.copyOf(columns);
        uniqueKeys = uniqueKeys.stream().map(List::copyOf).toList();
        foreignKeys = List.copyOf(foreignKeys);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * @param nullable   whether NULL is allowed
     * @param identity   whether the column is an identity
     * @param generatedAs the expression of a generated column; null for an ordinary one
     */
    public record ColumnFacts(boolean nullable, boolean identity, String generatedAs) {}

    /**
     * @param columns    referencing columns of this table
     * @param schema     schema of the referenced table
     * @param table      referenced table
     * @param referenced referenced columns, one for each of {@code columns}
     * @param onDelete   action on delete
     * @param onUpdate   action on update
     */
    public record ForeignKey(List<String> columns, String schema, String table, List<String> referenced, Action onDelete, Action onUpdate) {
        public ForeignKey {
            columns = List.copyOf(columns);
            referenced = List.copyOf(referenced);
        }
    }

    /** A foreign key's action; {@code code} is the byte on the wire. */
    public enum Action {
        NO_ACTION(0), RESTRICT(1), CASCADE(2), SET_NULL(3), SET_DEFAULT(4);

        private final int code;

        Action(int code) {
            this.code = code;
        }

        /** The byte on the wire. */
        public int code() {
            return code;
        }
    }
}
