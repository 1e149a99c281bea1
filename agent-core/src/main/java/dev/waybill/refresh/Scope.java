// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.predicate.Condition;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Publication;
import dev.waybill.publication.Subscription.State;
import dev.waybill.publication.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Which tables, columns and rows a snapshot holds. Those of the publication; of a table that the subscriber gets by other publications too, their columns and rows as well, because its rows are replaced whole; and of those other
 * publications every table that refers to one in the snapshot, because deleting the old rows would take theirs along, or be refused. Stateless.
 */
final class Scope {

    private static final Set<State> LIVE = EnumSet.of(State.SYNCHRONIZE_REQUESTED, State.SYNCHRONIZING, State.STARTED);

    private Scope() {}

    /** The publication of this subscription with what has to come along. */
    static Publication of(Dialect dialect, Connection raw, Catalogue catalogue, Subscription subscription) throws SQLException {
        Publication publication = catalogue.publication(subscription.publication()).orElseThrow();
        Map<TableName, Article> held = new LinkedHashMap<>();
        for (Article article : publication.articles()) {
            held.put(TableName.of(article.table()), article.chosenBy(publication.name(), subscription.value()));
        }
        List<Article> others = others(catalogue, subscription);
        for (boolean grown = true; grown; ) {
            grown = false;
            for (Article other : others) {
                if (!held.containsKey(TableName.of(other.table())) && refersTo(dialect, raw, other.table(), held.keySet())) {
                    held.put(TableName.of(other.table()), other);
                    grown = true;
                }
            }
        }
        others.forEach(other -> held.computeIfPresent(TableName.of(other.table()), (name, article) -> together(article, other)));
        return new Publication(publication.name(), publication.sinceVersion(), List.copyOf(held.values()));
    }

    /** Of one subscription; or of all that a subscriber gets, under the names of all their publications. */
    static Publication of(Dialect dialect, Connection raw, Catalogue catalogue, List<Subscription> subscriptions) throws SQLException {
        if (subscriptions.size() == 1) {
            return of(dialect, raw, catalogue, subscriptions.get(0));
        }
        Map<TableName, Article> held = new LinkedHashMap<>();
        StringJoiner names = new StringJoiner(", ");
        long since = 0;
        for (Subscription subscription : subscriptions) {
            Publication publication = catalogue.publication(subscription.publication()).orElseThrow();
            for (Article article : publication.articles()) {
                held.merge(TableName.of(article.table()), article.chosenBy(publication.name(), subscription.value()), Scope::together);
            }
            names.add(publication.name());
            since = Math.max(since, publication.sinceVersion());
        }
        return new Publication(names.toString(), since, List.copyOf(held.values()));
    }

    /** Of the subscriber's other publications, and of the same one what he gets by other values. */
    private static List<Article> others(Catalogue catalogue, Subscription subscription) throws SQLException {
        List<Article> others = new ArrayList<>();
        for (Subscription other : catalogue.subscriptionsOf(subscription.subscriber())) {
            boolean same = other.publication().equals(subscription.publication()) && Objects.equals(other.value(), subscription.value());
            Publication publication = catalogue.publication(other.publication()).orElse(null);
            if (!same && publication != null && LIVE.contains(other.state())) {
                for (Article article : publication.articles()) {
                    others.add(article.chosenBy(publication.name(), other.value()));
                }
            }
        }
        return others;
    }

    private static boolean refersTo(Dialect dialect, Connection raw, TableShape table, Set<TableName> held) throws SQLException {
        TableDefinition definition = dialect.describe(raw, table.schema(), table.name(), column -> true);
        if (definition != null) {
            for (ForeignKey key : definition.foreignKeys()) {
                if (held.contains(new TableName(key.schema(), key.table()))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The columns of both, and the rows that one of them chooses. */
    private static Article together(Article article, Article other) {
        TableShape shape = article.table();
        List<ColumnShape> columns = new ArrayList<>(shape.columns());
        other.table().columns().stream().filter(column -> columns.stream().noneMatch(known -> known.name().equals(column.name()))).forEach(columns::add);
        Condition either = article.condition() == null || other.condition() == null ? null : new Condition.Several(false, List.of(article.condition(), other.condition()));
        return new Article(new TableShape(shape.schema(), shape.name(), shape.version(), columns, shape.key(), shape.publications()), either);
    }
}
