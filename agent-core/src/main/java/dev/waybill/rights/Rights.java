// SPDX-License-Identifier: Apache-2.0
package dev.waybill.rights;

import dev.waybill.change.TableName;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.RemoteUser;
import dev.waybill.publication.Subscription;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one sender may write in this database. Immutable; any thread. */
public final class Rights {

    /** Everything but our own tables. */
    public static final Rights ALL = new Rights(null);

    private final Map<TableName, TableRights> tables;

    private Rights(Map<TableName, TableRights> tables) {
        this.tables = tables;
    }

    /**
     * Those of a sender: the database above may write everything, one below what it has subscriptions for, a stranger nothing.
     *
     * @throws SQLException CONDITION_REFUSED when the value of a subscription is none of its column
     */
    public static Rights of(Catalogue catalogue, String sender) throws SQLException {
        if (catalogue.remoteUser(sender).filter(RemoteUser::consolidated).isPresent()) {
            return ALL;
        }
        Map<TableName, List<Article>> articles = new HashMap<>();
        for (Subscription subscription : catalogue.subscriptionsOf(sender)) {
            for (Article article : catalogue.publication(subscription.publication()).orElseThrow().articles()) {
                articles.computeIfAbsent(TableName.of(article.table()), none -> new ArrayList<>()).add(article.chosenBy(subscription.value()));
            }
        }
        Map<TableName, TableRights> tables = new HashMap<>();
        articles.forEach((table, chosen) -> tables.put(table, TableRights.of(chosen)));
        return new Rights(tables);
    }

    /** Whether nothing needs to be asked. */
    public boolean isAll() {
        return tables == null;
    }

    /** Those for this table; null for none. Not to be asked where all is allowed. */
    public TableRights of(TableName table) {
        return tables.get(table);
    }
}
