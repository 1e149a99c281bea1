// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.conflict.Arbiter;
import dev.waybill.conflict.ConflictPolicy;
import dev.waybill.dialect.Dialect;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Publication;
import dev.waybill.publication.RemoteUser;
import dev.waybill.publication.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What is published here of what neighbours send: for each of them, which tables travel on, and how their changes are taken. The catalogue is asked for its version in each apply, which holds the lease: START and SYNCHRONIZE hold it too, so
 * nothing comes into force while an apply is under way that does not know it. One thread.
 */
final class Relay {

    private final Dialect dialect;
    private final Supplier<UUID> ids;
    private final Arbiter arbiter;
    private final Map<TableName, TableShape> shapes = new HashMap<>();
    private final Map<TableName, Set<String>> watched = new HashMap<>();
    private final Set<String> relaying = new HashSet<>();
    private Catalogue catalogue = Catalogue.NONE;

    Relay(Dialect dialect, Supplier<UUID> ids) {
        this.dialect = dialect;
        this.ids = ids;
        this.arbiter = new Arbiter(dialect);
    }

    /** For transactions of this sender, in this database transaction; null where nothing is published. */
    Onward from(Connection raw, String sender) throws SQLException {
        long version = version(raw);
        if (version != catalogue.version()) {
            catalogue = CatalogueStore.load(raw, dialect);
            shapes.clear();
            watched.clear();
            relaying.clear();
        }
        RemoteUser user = catalogue.remoteUser(sender).orElse(null);
        return catalogue.publications().isEmpty() || catalogue.publisher() == null || user == null ? null : new Onward(raw, dialect, this, user, ids);
    }

    private long version(Connection raw) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT version FROM " + dialect.catalogueTable("catalogue") + " WHERE one = 1"); ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Whether this sender is known to send tables that are published here. */
    boolean isRelaying(String sender) {
        return relaying.contains(sender);
    }

    void relays(String sender) {
        relaying.add(sender);
    }

    Catalogue catalogue() {
        return catalogue;
    }

    Arbiter arbiter() {
        return arbiter;
    }

    /** What entries have of this table; null when it is not published. */
    TableShape shape(TableName table) {
        if (!shapes.containsKey(table)) {
            shapes.put(table, catalogue.captured(table));
            watched.put(table, catalogue.watchedNames(table));
        }
        return shapes.get(table);
    }

    /** Whether entries have what rows were before. */
    boolean isWatched(TableName table) {
        return !watched.getOrDefault(table, Set.of()).isEmpty();
    }

    /** How changes of a published table are taken. */
    Mode mode(RemoteUser sender, TableName table) {
        boolean getsIt = false;
        for (Subscription subscription : catalogue.subscriptionsOf(sender.name())) {
            getsIt |= subscription.isLive() && catalogue.publication(subscription.publication()).flatMap(publication -> publication.article(table)).isPresent();
        }
        boolean decided = !sender.consolidated() && policy(table) != null;
        return getsIt || decided ? sender.consolidated() ? Mode.OVERWRITTEN : Mode.DECIDES : Mode.STRICT;
    }

    /** The first that an article of the table names; null when none does. */
    ConflictPolicy policy(TableName table) {
        for (Publication publication : catalogue.publications()) {
            ConflictPolicy policy = publication.article(table).map(Article::clauses).map(clauses -> clauses.conflict()).orElse(null);
            if (policy != null) {
                return policy;
            }
        }
        return null;
    }
}
