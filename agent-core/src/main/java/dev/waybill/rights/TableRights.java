// SPDX-License-Identifier: Apache-2.0
package dev.waybill.rights;

import dev.waybill.audience.AudienceReader;
import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.predicate.Condition;
import dev.waybill.predicate.Row;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import java.sql.Connection;
import java.sql.SQLException;
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

    private final TableName table;
    private final Catalogue catalogue;
    private final Set<String> columns;
    private final List<Condition> conditions;
    private final List<ColumnShape> looked;

    private TableRights(TableName table, Catalogue catalogue, Set<String> columns, List<Condition> conditions, List<ColumnShape> looked) {
        this.table = table;
        this.catalogue = catalogue;
        this.columns = Set.copyOf(columns);
        this.conditions = List.copyOf(conditions);
        this.looked = List.copyOf(looked);
    }

    /** By these articles of one table, chosen by the values of his subscriptions; not empty. */
    static TableRights of(Catalogue catalogue, List<Article> articles) {
        TableName table = TableName.of(articles.get(0).table());
        Set<String> columns = new HashSet<>();
        articles.forEach(article -> article.table().columns().forEach(column -> columns.add(column.name())));
        if (articles.stream().anyMatch(article -> article.condition() == null)) {
            return new TableRights(table, catalogue, columns, List.of(), List.of());
        }
        Map<String, ColumnShape> looked = new LinkedHashMap<>();
        articles.forEach(article -> article.condition().columns(column -> looked.put(column.name(), new ColumnShape(column.name(), column.type()))));
        return new TableRights(table, catalogue, columns, articles.stream().map(Article::condition).toList(), List.copyOf(looked.values()));
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

    /**
     * Whether the row is his, by what the database says now where other tables decide.
     *
     * @param raw asked for those, in the transaction that writes
     */
    public boolean isHis(Connection raw, Dialect dialect, Row row) throws SQLException {
        boolean his = conditions.isEmpty();
        AudienceReader audiences = new AudienceReader(raw, dialect);
        for (Condition condition : conditions) {
            his |= condition.holds(audiences.with(row, condition, name -> catalogue.publication(name).orElseThrow(), table));
        }
        return his;
    }
}
