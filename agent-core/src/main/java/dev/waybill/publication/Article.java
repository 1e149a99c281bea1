// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.predicate.Condition;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * One table of a publication.
 *
 * @param table     the table with the article's columns (all of the table when none were named; the key always)
 * @param condition which of its rows, with its columns found; null for all
 */
public record Article(TableShape table, Condition condition) {

    /** All rows. */
    public Article(TableShape table) {
        this(table, null);
    }

    TableName name() {
        return TableName.of(table);
    }

    /** The columns that the condition looks at; capture has to know them of every row, before and after. */
    public Set<ColumnShape> watched() {
        Set<ColumnShape> watched = new LinkedHashSet<>();
        if (condition != null) {
            condition.columns(column -> watched.add(new ColumnShape(column.name(), column.type())));
        }
        return watched;
    }
}
