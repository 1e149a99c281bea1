// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.predicate.Condition;
import java.util.List;

/**
 * A table as CREATE PUBLICATION names it.
 *
 * @param schema  null for the current one
 * @param columns empty for all
 * @param condition which rows, as written; null for all
 * @param subscribeBy the column whose value says who gets a row, as written; null for everybody
 * @param audience    how another table says it, as written; null where none does
 * @param clauses     what is verified, and what is done about conflicts
 */
public record TableReference(Identifier schema, Identifier table, List<Identifier> columns, Condition condition, Identifier subscribeBy, WrittenAudience audience, WrittenClauses clauses) {
    public TableReference {
        columns = List.copyOf(columns);
    }

    /** One without VERIFY and CONFLICT. */
    public TableReference(Identifier schema, Identifier table, List<Identifier> columns, Condition condition, Identifier subscribeBy) {
        this(schema, table, columns, condition, subscribeBy, WrittenClauses.NONE);
    }

    /** One about whose rows no other table decides. */
    public TableReference(Identifier schema, Identifier table, List<Identifier> columns, Condition condition, Identifier subscribeBy, WrittenClauses clauses) {
        this(schema, table, columns, condition, subscribeBy, null, clauses);
    }

    /** The same, by this column. */
    public TableReference by(Identifier column) {
        return new TableReference(schema, table, columns, condition, column, null, clauses);
    }

    /** The same, by what another table says. */
    public TableReference by(WrittenAudience other) {
        return new TableReference(schema, table, columns, condition, null, other, clauses);
    }

    /** The same, with these. */
    public TableReference with(WrittenClauses these) {
        return new TableReference(schema, table, columns, condition, subscribeBy, audience, these);
    }

    /** One with all rows. */
    public TableReference(Identifier schema, Identifier table, List<Identifier> columns) {
        this(schema, table, columns, null, null);
    }
}
