// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.conflict.Clauses;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Term;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One table of a publication.
 *
 * @param table       the table with the article's columns (all of the table when none were named; the key always)
 * @param condition   which of its rows, with its columns found; null for all
 * @param subscribeBy the column whose value says who of the subscribers gets the row; null for everybody, and where another table says it
 * @param audience    how another table says it; null where none does
 * @param clauses     which old values travel upward, and what is done here about conflicts
 */
public record Article(TableShape table, Condition condition, Term.Column subscribeBy, Audience audience, Clauses clauses) {

    /** Where no other table says who gets a row. */
    public Article(TableShape table, Condition condition, Term.Column subscribeBy, Clauses clauses) {
        this(table, condition, subscribeBy, null, clauses);
    }

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
        return condition != null || isByValue();
    }

    /** Whether a subscription has to have a value. */
    public boolean isByValue() {
        return subscribeBy != null || audience != null;
    }

    /** The column that subscriptions' values are values of; null for none. */
    public Term.Column valueColumn() {
        return audience == null ? subscribeBy : audience.value();
    }

    /**
     * What a subscription with this value gets of the rows as they are.
     *
     * @param publication that has this article
     * @param value       null for none
     * @throws SQLException CONDITION_REFUSED when the column cannot have it
     */
    public Article chosenBy(String publication, String value) throws SQLException {
        if (!isByValue()) {
            return this;
        }
        String wanted = value == null ? "" : value;
        if (audience != null) {
            return new Article(table, Condition.among(publication, looked(), audience.value(), wanted, null), null, clauses);
        }
        Condition his = Condition.ofValue(subscribeBy, wanted);
        return new Article(table, condition == null ? his : new Condition.Several(true, List.of(condition, his)), null, clauses);
    }

    /** As {@link #chosenBy}, of changes that say who had the row and who has it. */
    Article toldBy(String publication, String value) throws SQLException {
        Article chosen = chosenBy(publication, value);
        if (audience != null || subscribeBy == null) {
            return chosen;
        }
        return new Article(table, Condition.among(publication, looked(), subscribeBy, value == null ? "" : value, chosen.condition), null, clauses);
    }

    private List<Term.Column> looked() {
        List<Term.Column> looked = new ArrayList<>();
        looked(looked::add);
        return looked;
    }

    /** Hands out every column that is looked at to find out who gets a row. */
    public void looked(Consumer<Term.Column> each) {
        if (condition != null) {
            condition.columns(each);
        }
        if (subscribeBy != null) {
            each.accept(subscribeBy);
        }
        if (audience != null) {
            audience.own().forEach(each);
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
