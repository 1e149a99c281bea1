// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who gets the rows of a table, where another table decides: {@code SUBSCRIBE BY (SELECT value FROM decides WHERE …)}, or {@code SUBSCRIBE BY PARENT decides}. Immutable; any thread.
 *
 * @param ofParent   whether the values are those of the row's parent, which has an article of the same publication; otherwise they stand in {@code decides}
 * @param decides    the other table: its key, and what is looked at there beside it
 * @param joins      how its rows are found; of a parent by its key
 * @param value      the column that the values come from in the end
 * @param condition  which rows of it count; null for all, and of a parent
 * @param refersBack whether rows of it refer to rows of this table: then they come after these, and go before them
 */
public record Audience(boolean ofParent, TableShape decides, List<Join> joins, Term.Column value, Condition condition, boolean refersBack) {
    public Audience {
        joins = List.copyOf(joins);
    }

    /** A column of the table, and the one of the deciding table that has its value. */
    public record Join(Term.Column own, Term.Column theirs) {}

    /** The table that decides. */
    public TableName decider() {
        return TableName.of(decides);
    }

    /** Columns of the table by which the deciding rows are found. */
    List<Term.Column> own() {
        return joins.stream().map(Join::own).toList();
    }

    /** As it would be written, with names in quotes. */
    String text() {
        String table = quoted(decides.schema()).isEmpty() ? quoted(decides.name()) : quoted(decides.schema()) + "." + quoted(decides.name());
        if (ofParent) {
            return "PARENT " + table + joins.stream().map(join -> join.own().text()).collect(Collectors.joining(", ", " (", ")"));
        }
        return "(SELECT " + value.text() + " FROM " + table + joins.stream().map(join -> join.theirs().text() + " = this." + join.own().text()).collect(Collectors.joining(" AND ", " WHERE ", ""))
                + (condition == null ? "" : " AND " + condition.text()) + ")";
    }

    private static String quoted(String name) {
        return name.isEmpty() ? "" : '"' + name.replace("\"", "\"\"") + '"';
    }
}
