// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.conflict.Clauses;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One table of a publication.
 *
 * @param table       the table with the article's columns (all of the table when none were named; the key always)
 * @param condition   which of its rows, with its columns found; null for all
 * @param subscribeBy the column whose value says who of the subscribers gets the row; null for everybody
 * @param clauses     which old values travel upward, and what is done here about conflicts
 */
public record Article(TableShape table, Condition condition, Term.Column subscribeBy, Clauses clauses) {

    /** Without VERIFY and CONFLICT. */
    public Article(TableShape table, Condition condition, Term.Column subscribeBy) {
        this(table, condition, subscribeBy, Clauses.NONE);
    }

    /** For every subscriber alike. */
    public Article(TableShape table, Condition condition) {
        this(table, condition, null);
    }

    /** All rows. */
    public Article(TableShape table) {
        this(table, null);
    }

    TableName name() {
        return TableName.of(table);
    }

    /** Whether somebody may get some of the rows and not all. */
    public boolean choosesRows() {
        return condition != null || subscribeBy != null;
    }

    /**
     * What a subscription with this value gets.
     *
     * @param value null for none
     * @throws SQLException CONDITION_REFUSED when the column cannot have it
     */
    public Article chosenBy(String value) throws SQLException {
        if (subscribeBy == null) {
            return this;
        }
        Condition his = Condition.ofValue(subscribeBy, value == null ? "" : value);
        return new Article(table, condition == null ? his : new Condition.Several(true, List.of(condition, his)), null, clauses);
    }

    /** Hands out every column that is looked at to find out who gets a row. */
    void looked(Consumer<Term.Column> each) {
        if (condition != null) {
            condition.columns(each);
        }
        if (subscribeBy != null) {
            each.accept(subscribeBy);
        }
    }

    /** The columns that are looked at to find out who gets a row, and those that are verified; capture has to know them of every row, before and after. */
    public Set<ColumnShape> watched() {
        Set<ColumnShape> watched = new LinkedHashSet<>();
        looked(column -> watched.add(new ColumnShape(column.name(), column.type())));
        table.columns().stream().filter(this::isVerified).forEach(watched::add);
        return watched;
    }

    /** Whether the old value of this column travels upward, with changes of it at least. Large ones do not: nobody compares them. */
    private boolean isVerified(ColumnShape column) {
        return switch (clauses.verify().mode()) {
            case NONE -> false;
            case VERSION -> column.name().equals(clauses.verify().column());
            case CHANGED, ALL -> !table.key().contains(table.columns().indexOf(column)) && !isLarge(column);
        };
    }

    private static boolean isLarge(ColumnShape column) {
        return switch (column.type().type()) {
            case CLOB, BLOB, JSON, GEOMETRY, JAVA_OBJECT -> true;
            default -> false;
        };
    }
}
