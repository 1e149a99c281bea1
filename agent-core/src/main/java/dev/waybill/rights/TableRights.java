// SPDX-License-Identifier: Apache-2.0
package dev.waybill.rights;

import dev.waybill.change.ColumnShape;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Row;
import dev.waybill.publication.Article;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a sender may write of one table: columns of the articles by which he has it, rows that one of them chooses. Immutable; any thread.
 *
 * <p>A table of which he has some rows only has the same columns in all of his articles (CREATE SUBSCRIPTION sees to that), so that columns and rows may be looked at by themselves.
 */
public final class TableRights {

    private final Set<String> columns;
    private final List<Condition> conditions;
    private final List<ColumnShape> looked;

    private TableRights(Set<String> columns, List<Condition> conditions, List<ColumnShape> looked) {
        this.columns = Set.copyOf(columns);
        this.conditions = List.copyOf(conditions);
        this.looked = List.copyOf(looked);
    }

    /** By these articles of one table, chosen by the values of his subscriptions; not empty. */
    static TableRights of(List<Article> articles) {
        Set<String> columns = new HashSet<>();
        articles.forEach(article -> article.table().columns().forEach(column -> columns.add(column.name())));
        if (articles.stream().anyMatch(article -> article.condition() == null)) {
            return new TableRights(columns, List.of(), List.of());
        }
        Map<String, ColumnShape> looked = new LinkedHashMap<>();
        articles.forEach(article -> article.condition().columns(column -> looked.put(column.name(), new ColumnShape(column.name(), column.type()))));
        return new TableRights(columns, articles.stream().map(Article::condition).toList(), List.copyOf(looked.values()));
    }

    /** Whether he may give this column values. */
    public boolean hasColumn(String name) {
        return columns.contains(name);
    }

    /** Whether some of the rows are not his. */
    public boolean choosesRows() {
        return !conditions.isEmpty();
    }

    /** What has to be known of a row to tell whether it is his, by the names and types that it has here. */
    public List<ColumnShape> looked() {
        return looked;
    }

    /** Whether the row is his. */
    public boolean isHis(Row row) {
        return conditions.isEmpty() || conditions.stream().anyMatch(condition -> condition.holds(row));
    }
}
