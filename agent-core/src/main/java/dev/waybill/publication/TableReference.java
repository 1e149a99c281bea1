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
 * @param clauses     what is verified, and what is done about conflicts
 */
public record TableReference(Identifier schema, Identifier table, List<Identifier> columns, Condition condition, Identifier subscribeBy, WrittenClauses clauses) {
    public TableReference {
        columns = List.copyOf(columns);
    }

    /** One without VERIFY and CONFLICT. */
    public TableReference(Identifier schema, Identifier table, List<Identifier> columns, Condition condition, Identifier subscribeBy) {
        this(schema, table, columns, condition, subscribeBy, WrittenClauses.NONE);
    }

    /** One with all rows. */
    public TableReference(Identifier schema, Identifier table, List<Identifier> columns) {
        this(schema, table, columns, null, null);
    }
}
