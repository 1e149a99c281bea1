// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.conflict.Verification;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.Position;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Article;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Deed;
import dev.waybill.publication.Identifier;
import dev.waybill.publication.MessageType;
import dev.waybill.publication.Publication;
import dev.waybill.publication.Publications;
import dev.waybill.publication.RemoteUser;
import dev.waybill.publication.Subscription;
import dev.waybill.publication.Subscription.State;
import dev.waybill.publication.Subscriptions;
import dev.waybill.publication.TableReference;
import dev.waybill.publication.Users;
import dev.waybill.publication.WrittenClauses;
import dev.waybill.refresh.SnapshotInstaller;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What makes a filled database a remote one: publisher, message type, the head office above it at the place of the snapshot, and the way back. Each is what a statement of ours would do, and is left out where it was done already. One thread.
 */
final class Settling {

    /** Of a mailbox server's own; a remote calls by other ones. */
    private static final Set<String> OF_THE_SERVER = Set.of("directory", "token", "keystore", "keystore_password", "certificate", "url");

    private final String remote;
    private final Place place;
    private final Catalogue hq;
    private final Position from;
    private final InstantSource clock;

    Settling(String remote, Place place, Catalogue hq, Position from, InstantSource clock) {
        this.remote = remote;
        this.place = place;
        this.hq = hq;
        this.from = from;
        this.clock = clock;
    }

    /**
     * @param tables  as they were brought over
     * @param options of the message type here, instead of the head office's; an empty value: none
     * @param both    whether what is written here goes up
     */
    void run(List<TableDefinition> tables, Map<String, String> options, boolean both) throws SQLException {
        try (Connection raw = place.session()) {
            Administration administration = place.administration(raw, clock);
            neighbours(administration, options);
            raw.rollback();
            stand(raw);
            if (both) {
                Map<TableName, Here> here = here(raw, tables);
                for (String publication : hq.subscriptionsOf(remote).stream().map(Subscription::publication).collect(Collectors.toCollection(TreeSet::new))) {
                    mirror(administration, hq.publication(publication).orElseThrow(), here);
                }
            }
        }
    }

    /** The options of the head office's that a remote has too. */
    static Map<String, String> options(MessageType type, Map<String, String> instead) {
        Map<String, String> options = new HashMap<>(type.options());
        if (type.name().equals("HTTP")) {
            options.keySet().removeAll(OF_THE_SERVER);
        }
        options.putAll(instead);
        options.values().removeIf(String::isEmpty);
        return options;
    }

    private void neighbours(Administration administration, Map<String, String> instead) throws SQLException {
        Users users = new Users(administration);
        Catalogue present = CatalogueStore.load(administration.raw(), place.dialect());
        if (present.publisher() == null) {
            users.grantPublish(remote);
        }
        RemoteUser me = hq.remoteUser(remote).orElseThrow();
        MessageType type = hq.messageType(me.messageType()).orElseThrow();
        users.createMessageType(type.name(), me.address(), false);
        for (Map.Entry<String, String> option : options(type, instead).entrySet()) {
            users.setOption(type.name(), option.getKey(), option.getValue());
        }
        if (present.consolidated().isEmpty()) {
            users.grantRemote(hq.publisher(), true, type.name(), type.address(), me.sendEvery(), me.sendAt());
        }
    }

    /** What was brought over is the head office's journal up to here. An agent that was quicker has found its way by itself: then its word counts. */
    private void stand(Connection raw) throws SQLException {
        Dialect dialect = place.dialect();
        new Deed(raw, dialect, clock).<Void>perform(any -> {
            String sql = "UPDATE " + dialect.catalogueTable("remote_user") + " SET incarnation = ?, log_received = ?, digest_received = ? WHERE user_name = ? AND incarnation IS NULL";
            try (PreparedStatement update = raw.prepareStatement(sql)) {
                update.setObject(1, dialect.uuid(from.incarnation()));
                update.setLong(2, from.offset().bytes());
                update.setBytes(3, from.digest().bytes());
                update.setString(4, hq.publisher());
                update.executeUpdate();
            }
            return null;
        });
    }

    /** A table as it is here, and what the columns of the head office's are called. */
    private record Here(TableName name, Map<String, String> columns) {}

    private Map<TableName, Here> here(Connection raw, List<TableDefinition> tables) throws SQLException {
        List<TableDefinition> local = new SnapshotInstaller(place.dialect()).local(raw, tables);
        raw.rollback();
        Map<TableName, Here> here = new HashMap<>();
        for (int i = 0; i < tables.size(); i++) {
            Map<String, String> columns = new HashMap<>();
            List<ColumnShape> sent = tables.get(i).shape().columns();
            for (int column = 0; column < sent.size(); column++) {
                columns.put(sent.get(column).name(), local.get(i).shape().columns().get(column).name());
            }
            here.put(TableName.of(tables.get(i).shape()), new Here(TableName.of(local.get(i).shape()), columns));
        }
        return here;
    }

    /** The same tables and columns, all rows that are here; old values of what is changed go along, so that conflicts are found above. */
    private void mirror(Administration administration, Publication publication, Map<TableName, Here> here) throws SQLException {
        Catalogue present = CatalogueStore.load(administration.raw(), place.dialect());
        if (present.publication(publication.name()).isEmpty()) {
            List<TableReference> references = new ArrayList<>();
            for (Article article : publication.articles()) {
                references.add(reference(article, here.get(TableName.of(article.table()))));
            }
            new Publications(administration).create(publication.name(), references);
        }
        Subscriptions subscriptions = new Subscriptions(administration);
        State state = present.subscriptionsOf(hq.publisher()).stream().filter(subscription -> subscription.publication().equals(publication.name())).map(Subscription::state).findFirst().orElse(null);
        if (state == null) {
            subscriptions.create(publication.name(), "", List.of(hq.publisher()));
        }
        if (state == null || state == State.CREATED) {
            subscriptions.start(publication.name(), "", List.of(hq.publisher()));
        }
    }

    private static TableReference reference(Article article, Here here) {
        Verification wanted = article.clauses().verify();
        Identifier version = wanted.column() == null ? null : exactly(here.columns().get(wanted.column()));
        WrittenClauses clauses = new WrittenClauses(wanted.isOn() ? wanted.mode() : Verification.Mode.CHANGED, version, null, List.of(), null);
        List<Identifier> columns = article.table().columns().stream().map(column -> exactly(here.columns().get(column.name()))).toList();
        return new TableReference(here.name().schema().isEmpty() ? null : exactly(here.name().schema()), exactly(here.name().name()), columns, null, null, clauses);
    }

    private static Identifier exactly(String name) {
        return new Identifier(name, true);
    }
}
