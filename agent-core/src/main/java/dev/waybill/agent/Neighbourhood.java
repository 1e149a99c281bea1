// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliverySettings;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.ReceiverState;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.StagedGroup;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.message.Envelope;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.RemoteUser;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The databases directly above and below, as the catalogue says now. Whoever is new is started, whoever was revoked is dropped, and whose row was changed by a statement begins from the row. One thread.
 */
final class Neighbourhood {

    private final AgentDatabase database;
    private final Dialect dialect;
    private final String versionQuery;
    private final CatalogueSource source;
    private final DeliveryStore store;
    private final AgentJournal journal;
    private final DeliverySettings settings;
    private final Function<String, Envelope.Limits> limits;
    private final InstantSource clock;
    private final Map<String, Neighbour> neighbours = new LinkedHashMap<>();
    private Catalogue catalogue = Catalogue.NONE;

    /** Reads the catalogue. */
    interface CatalogueSource {
        Catalogue read(Connection raw) throws SQLException;
    }

    /** @param limits what envelopes to this neighbour say that can be received here */
    Neighbourhood(AgentDatabase database, Dialect dialect, CatalogueSource source, DeliveryStore store, AgentJournal journal, DeliverySettings settings, Function<String, Envelope.Limits> limits, InstantSource clock) {
        this.database = database;
        this.dialect = dialect;
        this.versionQuery = "SELECT version, incarnation FROM " + dialect.catalogueTable("catalogue");
        this.source = source;
        this.store = store;
        this.journal = journal;
        this.settings = settings;
        this.limits = limits;
        this.clock = clock;
    }

    /** Reads what has changed; returns whether the catalogue is another than before. */
    boolean refresh() throws SQLException {
        return database.read(raw -> {
            journal.refresh(raw);
            if (isStill(raw)) {
                return false;
            }
            Catalogue now = source.read(raw);
            meet(raw, now);
            catalogue = now;
            return true;
        });
    }

    /** Where they are, by message type. */
    Map<String, Set<String>> addresses() {
        return neighbours.values().stream().map(Neighbour::user).collect(Collectors.groupingBy(RemoteUser::messageType, Collectors.mapping(RemoteUser::address, Collectors.toSet())));
    }

    /** Looks where the journal ends now. */
    void refreshJournal() throws SQLException {
        database.<Void>read(raw -> {
            journal.refresh(raw);
            return null;
        });
    }

    private boolean isStill(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(versionQuery)) {
            return row.next() && row.getLong(1) == catalogue.version() && dialect.uuid(row, 2).equals(catalogue.incarnation());
        }
    }

    /** Time passes. */
    void tick() {
        Instant now = clock.instant();
        for (Neighbour neighbour : neighbours.values()) {
            neighbour.tell(new ReceiverEvent.Tick(now));
            neighbour.tell(new SenderEvent.Tick(), now);
        }
    }

    private void meet(Connection raw, Catalogue now) throws SQLException {
        boolean otherSelf = !Objects.equals(now.incarnation(), catalogue.incarnation()) || !Objects.equals(now.publisher(), catalogue.publisher());
        if (otherSelf) {
            neighbours.clear();
        }
        Map<String, DeliveryStore.Row> rows = store.load(raw, now.incarnation());
        neighbours.keySet().retainAll(rows.keySet());
        for (RemoteUser user : now.publisher() == null ? List.<RemoteUser>of() : now.remoteUsers()) {
            DeliveryStore.Row row = rows.get(user.name());
            Neighbour known = neighbours.get(user.name());
            if (known != null && known.goesBy(row)) {
                known.renamed(user, clock.instant());
            } else if (row != null) {
                neighbours.put(user.name(), start(raw, now, user, row));
            }
        }
    }

    private Neighbour start(Connection raw, Catalogue now, RemoteUser user, DeliveryStore.Row row) throws SQLException {
        List<StagedGroup> staged = row.receiver().senderIncarnation() == null ? List.of() : store.staged(raw, user.name(), row.receiver().senderIncarnation(), row.receiver().stream());
        Neighbour neighbour = new Neighbour(user, now.publisher(), now.incarnation(), settings, () -> limits.apply(user.name()), journal, row, ReceiverState.loaded(row.receiver(), staged));
        Instant at = clock.instant();
        neighbour.tell(new ReceiverEvent.Started(at));
        neighbour.tell(new SenderEvent.Started(), at);
        return neighbour;
    }

    /** Begins anew from what is on record, at the next {@link #refresh}. */
    void forget() {
        neighbours.clear();
        catalogue = Catalogue.NONE;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    Collection<Neighbour> all() {
        return neighbours.values();
    }

    Map<String, Neighbour> byName() {
        return neighbours;
    }
}
