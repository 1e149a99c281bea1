// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Publication;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of a publication as a replica needs them: the article's columns, keys that lie wholly in them, foreign keys inside the publication. */
final class Definitions {

    private Definitions() {}

    static List<TableDefinition> of(Dialect dialect, Connection raw, Catalogue catalogue, Publication publication) throws SQLException {
        Map<TableName, TableDefinition> cut = new LinkedHashMap<>();
        for (Article article : publication.articles()) {
            TableName name = TableName.of(article.table());
            TableDefinition whole = dialect.describe(raw, name.schema(), name.name(), column -> article.table().columns().stream().noneMatch(chosen -> chosen.name().equals(column)));
            if (whole == null) {
                throw WaybillError.REFRESH_TABLE_GONE.with(name, publication.name());
            }
            cut.put(name, cut(whole, article, catalogue.version(), publication));
        }
        Set<TableName> whole = publication.articles().stream().filter(article -> article.condition() == null).map(article -> TableName.of(article.table())).collect(Collectors.toSet());
        return withinEachOther(cut, whole);
    }

    private static TableDefinition cut(TableDefinition whole, Article article, long version, Publication publication) throws SQLException {
        List<String> all = names(whole);
        List<String> names = article.table().columns().stream().map(ColumnShape::name).toList();
        List<ColumnShape> columns = new ArrayList<>();
        List<ColumnFacts> facts = new ArrayList<>();
        for (String name : names) {
            if (!all.contains(name)) {
                throw WaybillError.REFRESH_COLUMN_GONE.with(name, whole.shape().qualifiedName(), publication.name());
            }
            columns.add(whole.shape().columns().get(all.indexOf(name)));
            facts.add(whole.columns().get(all.indexOf(name)));
        }
        TableShape shape = new TableShape(article.table().schema(), article.table().name(), version, columns, article.table().key(), List.of(publication.name()));
        List<List<String>> uniqueKeys = whole.uniqueKeys().stream().filter(names::containsAll).toList();
        return new TableDefinition(shape, whole.primaryKey(), facts, uniqueKeys, whole.foreignKeys(), whole.leftOut());
    }

    /** Foreign keys to what does not travel are left out, or travels only in some of its rows: one of them may leave before those that refer to it; so are those that could never be filled: cycles between tables in which no reference may be NULL. */
    private static List<TableDefinition> withinEachOther(Map<TableName, TableDefinition> tables, Set<TableName> whole) {
        List<TableDefinition> within = tables.values().stream().map(table -> with(table, key -> isWithin(tables, table, key), "it refers to what is not in the publication"))
                .map(table -> with(table, key -> whole.contains(new TableName(key.schema(), key.table())), "of that table only some rows are published")).toList();
        TableOrder order = TableOrder.of(within);
        return within.stream().map(table -> with(table, key -> !order.late(table).contains(key) || LateKeys.isToItself(table, key)
                || key.columns().stream().allMatch(column -> LateKeys.isLoose(table, column)), "it is part of a cycle and cannot be NULL")).toList();
    }

    private interface Choice {
        boolean keeps(ForeignKey key);
    }

    private static TableDefinition with(TableDefinition table, Choice choice, String otherwise) {
        List<String> leftOut = new ArrayList<>(table.leftOut());
        List<ForeignKey> kept = new ArrayList<>();
        for (ForeignKey key : table.foreignKeys()) {
            if (choice.keeps(key)) {
                kept.add(key);
            } else {
                leftOut.add("The foreign key " + key.columns() + " to " + new TableName(key.schema(), key.table()) + " does not travel: " + otherwise + ".");
            }
        }
        return new TableDefinition(table.shape(), table.primaryKey(), table.columns(), table.uniqueKeys(), kept, leftOut);
    }

    private static boolean isWithin(Map<TableName, TableDefinition> tables, TableDefinition table, ForeignKey key) {
        TableDefinition parent = tables.get(new TableName(key.schema(), key.table()));
        return parent != null && names(table).containsAll(key.columns()) && names(parent).containsAll(key.referenced());
    }

    private static List<String> names(TableDefinition table) {
        return table.shape().columns().stream().map(ColumnShape::name).toList();
    }
}
