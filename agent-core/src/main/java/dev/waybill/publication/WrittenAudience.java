// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.predicate.Condition;
import java.util.List;

/**
 * SUBSCRIBE BY of another table, as a statement has it.
 *
 * @param table     which decides
 * @param value     the column that the sub-query selects; null for PARENT
 * @param joins     of a sub-query
 * @param columns   of PARENT: the columns that refer to it; empty where there is one foreign key only
 * @param condition of a sub-query, beside its joins; null for none
 */
public record WrittenAudience(TableReference table, Identifier value, List<Join> joins, List<Identifier> columns, Condition condition) {
    public WrittenAudience {
        joins = List.copyOf(joins);
        columns = List.copyOf(columns);
    }

    /** A column of the published table, and the one of the other that has its value. */
    public record Join(Identifier own, Identifier theirs) {}

    /** Whether the rows follow a parent. */
    public boolean ofParent() {
        return value == null;
    }
}
