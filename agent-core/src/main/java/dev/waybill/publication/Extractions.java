// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.error.WaybillError;
import dev.waybill.journal.Position;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The head office's part of an extraction: REMOTE RESET at the place of a snapshot that somebody has open, for databases that do not speak yet. One thread.
 *
 * <pre>
 *   lock the lease row ─► nobody gives log offsets
 *     the other connection begins its snapshot, and says which outbox rows it sees
 *     exactly these are sequenced ─► the head after them is the place of the snapshot
 *     subscriptions start there; the agent is asked to begin the stream anew there, for this incarnation and no other
 *   commit ─► the agent goes on; the snapshot is read for as long as that takes
 * </pre>
 */
public final class Extractions {

    /** One look in ten is torn, or seems so, where many write. */
    private static final int TORN_AT_MOST = 100;

    private final Administration administration;

    public Extractions(Administration administration) {
        this.administration = administration;
    }

    /** A snapshot on another connection. */
    @FunctionalInterface
    public interface Look {

        /** Begins it, anew if it was begun, and says which outbox rows it sees, by {@link Sequencer#visible}. Writes nothing and waits for nobody. */
        List<Long> begin(Sequencer sequencer) throws SQLException;
    }

    /**
     * Everything that these remote users get is started at the place of the snapshot, and nothing before it is owed to them any more. Waits as START SUBSCRIPTION does for writers that began before their publications.
     *
     * On a connection with auto-commit off, whose transaction ends.
     *
     * @param databases by remote user the incarnation of the database that is being made for him: no other one is served under his name from now on
     * @param again     whether databases that were heard under these names may lose their places
     * @return the place
     * @throws SQLException USER_UNKNOWN, EXTRACT_NOTHING, EXTRACT_AGAIN, WRITERS_REMAIN, OUTSIDE_DATABASE; nothing was done
     */
    public Position start(Map<String, UUID> databases, boolean again, Look look) throws SQLException {
        Subscriptions subscriptions = new Subscriptions(administration);
        Catalogue now = CatalogueStore.load(administration.raw(), administration.dialect());
        Set<String> publications = new HashSet<>();
        for (String user : databases.keySet()) {
            now.subscriptionsOf(user).forEach(subscription -> publications.add(subscription.publication()));
        }
        for (String publication : publications) {
            subscriptions.awaitWriters("waybill extract", publication);
        }
        sequenceBacklog();
        Position[] place = new Position[1];
        CatalogueTransaction.runAtHead(administration, "waybill extract", transaction -> {
            for (Map.Entry<String, UUID> database : databases.entrySet()) {
                expectReady(transaction, database.getKey(), database.getValue(), again);
            }
            for (String publication : publications) {
                subscriptions.expectNoWriters("waybill extract", transaction.publication(publication));
            }
            place[0] = sequence(transaction.raw(), look);
            for (Map.Entry<String, UUID> database : databases.entrySet()) {
                begin(transaction, database.getKey(), database.getValue(), place[0].offset().bytes());
            }
        });
        return place[0];
    }

    /** So that few rows are left for the moment in which everybody waits. */
    private void sequenceBacklog() throws SQLException {
        Sequencer sequencer = new Sequencer(administration.dialect(), administration.clock());
        administration.raw().rollback(); // what was read belongs to a moment that is over
        Deed deed = new Deed(administration.raw(), administration.dialect(), administration.clock());
        boolean more = true;
        while (more) {
            more = deed.<Boolean>perform(raw -> {
                sequencer.deleteBroughtBack(raw);
                return sequencer.sequence(raw).more();
            });
        }
    }

    private static void expectReady(CatalogueTransaction transaction, String user, UUID database, boolean again) throws SQLException {
        if (transaction.before().remoteUser(user).filter(known -> !known.consolidated()).isEmpty()) {
            throw Users.unknownUser(transaction.before(), "remote user", user);
        }
        if (transaction.before().subscriptionsOf(user).isEmpty()) {
            throw WaybillError.EXTRACT_NOTHING.with(user);
        }
        try (PreparedStatement select = transaction.raw().prepareStatement("SELECT incarnation, time_received FROM " + transaction.dialect().catalogueTable("remote_user") + " WHERE user_name = ?")) {
            select.setString(1, user);
            try (ResultSet row = select.executeQuery()) {
                UUID known = row.next() ? transaction.dialect().uuid(row, 1) : null;
                if (known != null && !known.equals(database) && transaction.dialect().moment(row, 2) != null && !again) {
                    throw WaybillError.EXTRACT_AGAIN.with(user, known, transaction.dialect().moment(row, 2));
                }
            }
        }
    }

    /** The place of what the look sees. Rows that an agent has moved and not deleted yet are in the journal already: they are seen by the look and, once they are deleted, not here. */
    private Position sequence(Connection raw, Look look) throws SQLException {
        Sequencer sequencer = new Sequencer(administration.dialect(), administration.clock());
        boolean broughtBack = sequencer.deleteBroughtBack(raw) > 0;
        List<Long> seen = look.begin(sequencer);
        for (int i = 0; sequencer.isTorn(raw, seen); i++) {
            if (i == TORN_AT_MOST) {
                throw WaybillError.OUTBOX_RESTLESS.with(TORN_AT_MOST);
            }
            seen = look.begin(sequencer);
        }
        if (broughtBack) {
            Set<Long> present = Set.copyOf(sequencer.visible(raw));
            seen = seen.stream().filter(present::contains).toList();
        }
        return sequencer.sequenceExactly(raw, seen).head();
    }

    /** First who he is, then where he begins: the word is about him. */
    private void begin(CatalogueTransaction transaction, String user, UUID database, long offset) throws SQLException {
        Subscriptions.restartAll(transaction.raw(), transaction.dialect(), user, offset);
        PeerRequests waiting = PeerRequests.of(transaction.text("SELECT request FROM #remote_user WHERE user_name = ?", user));
        String wanted = waiting.with(new PeerRequest.Adopt(database)).with(new PeerRequest.Reset(offset, false)).text();
        transaction.execute("UPDATE #remote_user SET request = ? WHERE user_name = ?", wanted, user);
        Deed.note(transaction.raw(), transaction.dialect(), administration.clock(), "EXTRACT", user, transaction.before().subscriptionsOf(user).toString(), wanted);
    }
}
