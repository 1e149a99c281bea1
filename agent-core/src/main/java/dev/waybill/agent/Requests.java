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
import dev.waybill.publication.PeerRequests;
import dev.waybill.publication.PoisonPolicy;
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
import java.util.function.Predicate;

/** What people want done with neighbours ({@link PeerRequest}): taken up at the beginning of a cycle, each in one commit with its effect. One thread. */
final class Requests {

    private final AgentDatabase database;
    private final Dialect dialect;
    private final DeliveryStore store;
    private final Journal journal;
    private final Troubles troubles;
    private final InstantSource clock;

    Requests(AgentDatabase database, Dialect dialect, DeliveryStore store, Journal journal, Troubles troubles, InstantSource clock) {
        this.database = database;
        this.dialect = dialect;
        this.store = store;
        this.journal = journal;
        this.troubles = troubles;
        this.clock = clock;
    }

    /** Takes up all that is there. */
    void run(Map<String, Neighbour> neighbours) throws SQLException {
        Map<String, PeerRequests> wanted = database.read(raw -> load(raw, dialect));
        for (Neighbour neighbour : neighbours.values()) {
            PoisonPolicy once = null;
            for (PeerRequest request : wanted.getOrDefault(neighbour.name(), PeerRequests.of(null)).waiting()) {
                if (request instanceof PeerRequest.LeaveOut leaveOut) {
                    once = leaveOut.policy();
                } else {
                    take(neighbour, request);
                }
            }
            neighbour.once(once, clock.instant());
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
            done(raw, dialect, neighbour.name(), request::equals);
            return null;
        });
        neighbour.saved(row);
        troubles.happened(neighbour.name() + ": " + request.text() + ", as a person wants it.");
    }

    /** These requests of the neighbour's are done, in the caller's transaction; what a person has said meanwhile stays. */
    static void done(Connection raw, Dialect dialect, String name, Predicate<PeerRequest> done) throws SQLException {
        PeerRequests left = load(raw, dialect).getOrDefault(name, PeerRequests.of(null)).without(done);
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("remote_user") + " SET request = ? WHERE user_name = ?")) {
            update.setString(1, left.text());
            update.setString(2, name);
            update.executeUpdate();
        }
    }

    /** Whose stream begins anew after a place that somebody vouches for: until that is on record, nothing behind the place may be sent in the old stream. */
    static Set<String> resetting(Connection raw, Dialect dialect) throws SQLException {
        Set<String> names = new HashSet<>();
        load(raw, dialect).forEach((name, requests) -> {
            if (requests.waiting().stream().anyMatch(PeerRequest.Reset.class::isInstance)) {
                names.add(name);
            }
        });
        return names;
    }

    private static Map<String, PeerRequests> load(Connection raw, Dialect dialect) throws SQLException {
        Map<String, PeerRequests> requests = new HashMap<>();
        String sql = "SELECT user_name, request FROM " + dialect.catalogueTable("remote_user") + " WHERE request IS NOT NULL";
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                requests.put(row.getString(1), PeerRequests.of(row.getString(2)));
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
