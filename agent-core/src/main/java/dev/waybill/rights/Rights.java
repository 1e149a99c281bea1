// SPDX-License-Identifier: Apache-2.0
package dev.waybill.rights;

import dev.waybill.change.TableName;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.MessageType;
import dev.waybill.publication.RemoteUser;
import dev.waybill.publication.Subscription;
import dev.waybill.seal.SealPolicy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one sender may write in this database. Immutable; any thread. */
public final class Rights {

    /** Everything but our own tables. */
    public static final Rights ALL = new Rights(null, null);

    private final Map<TableName, TableRights> tables;
    private final String unsigned;

    private Rights(Map<TableName, TableRights> tables, String unsigned) {
        this.tables = tables;
        this.unsigned = unsigned;
    }

    /**
     * Those of a sender: the database above may write everything, one below what it has subscriptions for, a stranger nothing.
     *
     * @throws SQLException CONDITION_REFUSED when the value of a subscription is none of its column
     */
    public static Rights of(Catalogue catalogue, String sender) throws SQLException {
        RemoteUser above = catalogue.remoteUser(sender).filter(RemoteUser::consolidated).orElse(null);
        if (above != null) {
            return new Rights(null, catalogue.messageType(above.messageType()).filter(Rights::isOpen).map(MessageType::name).orElse(null));
        }
        Map<TableName, List<Article>> articles = new HashMap<>();
        for (Subscription subscription : catalogue.subscriptionsOf(sender)) {
            for (Article article : catalogue.publication(subscription.publication()).orElseThrow().articles()) {
                articles.computeIfAbsent(TableName.of(article.table()), none -> new ArrayList<>()).add(article.chosenBy(subscription.publication(), subscription.value()));
            }
        }
        Map<TableName, TableRights> tables = new HashMap<>();
        articles.forEach((table, chosen) -> tables.put(table, TableRights.of(catalogue, chosen)));
        return new Rights(tables, null);
    }

    /** Whether somebody else than the one above could say something by it, and nobody said that this does not matter. */
    private static boolean isOpen(MessageType way) {
        return !SealPolicy.of(way).isStrict() && !way.options().getOrDefault("passthrough", "signed").equalsIgnoreCase("unsigned");
    }

    /** The way by which he sends, when it is for that that no statement of his may be executed here; otherwise null. */
    public String unsigned() {
        return unsigned;
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
