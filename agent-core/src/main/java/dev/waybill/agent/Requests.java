// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.delivery.Standing;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Journal;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.publication.PeerRequest;
import dev.waybill.publication.Subscriptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What people want done with neighbours ({@link PeerRequest}): taken up at the beginning of a cycle, each in one commit with its effect. One thread. */
final class Requests {

    private final AgentDatabase database;
    private final Dialect dialect;
    private final DeliveryStore store;
    private final Journal journal;
    private final Troubles troubles;
    private final InstantSource clock;
    private final String table;

    Requests(AgentDatabase database, Dialect dialect, DeliveryStore store, Journal journal, Troubles troubles, InstantSource clock) {
        this.database = database;
        this.dialect = dialect;
        this.store = store;
        this.journal = journal;
        this.troubles = troubles;
        this.clock = clock;
        this.table = dialect.catalogueTable("remote_user");
    }

    /** Takes up all that is there. */
    void run(Map<String, Neighbour> neighbours) throws SQLException {
        Map<String, PeerRequest> wanted = database.read(this::load);
        for (Neighbour neighbour : neighbours.values()) {
            PeerRequest request = wanted.get(neighbour.name());
            if (request instanceof PeerRequest.LeaveOut once) {
                neighbour.once(once.policy(), clock.instant());
            } else {
                neighbour.once(null, clock.instant());
                if (request != null) {
                    take(neighbour, request);
                }
            }
        }
    }

    private void take(Neighbour neighbour, PeerRequest request) throws SQLException {
        Instant now = clock.instant();
        boolean anew = false;
        if (request instanceof PeerRequest.Resync resync && resync.renewed() || request instanceof PeerRequest.Reset reset && reset.renewed()) {
            neighbour.tell(new SenderEvent.Renewed(), now);
        }
        if (request instanceof PeerRequest.Resync resync) {
            neighbour.tell(new SenderEvent.Resync(resync.renewed()), now);
            anew = true;
        } else if (request instanceof PeerRequest.Reset reset) {
            neighbour.tell(new SenderEvent.Restart(position(reset.offset()), Standing.Word.GIVEN), now);
        } else if (request instanceof PeerRequest.Rewind rewind) {
            neighbour.tell(new SenderEvent.SendAgain(position(rewind.offset(), neighbour.sending().kept().confirmed())), now);
        } else if (request instanceof PeerRequest.Adopt adopt && !adopt.incarnation().equals(neighbour.receiving().kept().senderIncarnation())) {
            neighbour.tell(new ReceiverEvent.Adopt(adopt.incarnation(), now));
        }
        DeliveryStore.Row row = neighbour.row();
        boolean asksForAll = anew;
        database.<Void>transact(DurableStep.CATALOGUE, raw -> {
            if (asksForAll) {
                Subscriptions.requestAll(raw, dialect, neighbour.name());
            }
            store.save(raw, neighbour.name(), row, now);
            done(raw, dialect, neighbour.name());
            return null;
        });
        neighbour.saved(row);
        troubles.happened(neighbour.name() + ": " + request.text() + ", as a person wants it.");
    }

    /** The request of this neighbour is done, in the caller's transaction. */
    static void done(Connection raw, Dialect dialect, String name) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("remote_user") + " SET request = NULL WHERE user_name = ?")) {
            update.setString(1, name);
            update.executeUpdate();
        }
    }

    /** Whose stream begins anew after a place that somebody vouches for: until that is on record, nothing behind the place may be sent in the old stream. */
    static Set<String> resetting(Connection raw, Dialect dialect) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT user_name FROM " + dialect.catalogueTable("remote_user") + " WHERE request LIKE 'RESET %'")) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    private Map<String, PeerRequest> load(Connection raw) throws SQLException {
        Map<String, PeerRequest> requests = new HashMap<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT user_name, request FROM " + table + " WHERE request IS NOT NULL")) {
            while (row.next()) {
                requests.put(row.getString(1), PeerRequest.of(row.getString(2)));
            }
        }
        return requests;
    }

    private Position position(long offset, Position known) throws SQLException {
        return known.offset().bytes() == offset ? known : position(offset);
    }

    private Position position(long offset) throws SQLException {
        LogOffset at = new LogOffset(offset);
        return database.<Position>read(raw -> journal.positionAt(raw, at).orElseThrow(() -> new SQLException("offset " + at + " is no longer in the journal")));
    }
}
