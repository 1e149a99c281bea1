// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Journal;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What people do with an exchange when it does not go on by itself. Each is one {@link Deed}, with a line in {@code waybill.audit}; nothing is done when it throws. One thread.
 */
public final class Peers {

    private final Connection raw;
    private final Dialect dialect;
    private final Deed deed;
    private final InstantSource clock;

    public Peers(Connection raw, Dialect dialect, InstantSource clock) {
        this.raw = raw;
        this.dialect = dialect;
        this.deed = new Deed(raw, dialect, clock);
        this.clock = clock;
    }

    /** What of a neighbour's row a person looks at. */
    private record Row(boolean consolidated, String state, String receiveState, long logSent, long confirmSent, long streamBase, UUID incarnation, UUID refused, PeerRequests requests) {}

    /**
     * R11: the neighbour's stream begins anew, with snapshots of all that it is to get.
     *
     * @throws SQLException PEER_UPWARD for the consolidated database; PEER_SPLIT in split history
     */
    public void resync(String name) throws SQLException {
        change("RESYNC", name, row -> {
            expectNoSplit(name, row);
            if (row.consolidated()) {
                throw WaybillError.PEER_UPWARD.with(name);
            }
            return new PeerRequest.Resync(false);
        });
    }

    /**
     * What was sent to the neighbour after this offset is sent again; what it has already it recognises.
     *
     * @param offset of a COMMIT in the journal; null for what it has confirmed
     * @throws SQLException PEER_OFFSET
     */
    public void rewind(String name, Long offset) throws SQLException {
        change("REWIND", name, row -> {
            expectNoSplit(name, row);
            long from = offset == null ? row.confirmSent() : offset;
            Long reset = row.requests().resetAfter();
            long base = reset == null ? row.streamBase() : reset;
            boolean known = from == row.confirmSent() || new Journal(dialect).positionAt(raw, new LogOffset(from)).isPresent();
            if (!known || from < base || from > row.logSent()) {
                throw WaybillError.PEER_OFFSET.with(from, name, base, row.logSent());
            }
            return new PeerRequest.Rewind(from);
        });
    }

    /**
     * R12: the one transaction at which the neighbour's stream halts is put aside.
     *
     * @param policy PARK or SKIP
     * @throws SQLException PEER_NOT_HALTED
     */
    public void leaveOut(String name, PoisonPolicy policy) throws SQLException {
        change(policy.name(), name, row -> {
            if (!row.receiveState().equals("HALTED")) {
                throw WaybillError.PEER_NOT_HALTED.with(name, row.receiveState());
            }
            return new PeerRequest.LeaveOut(policy);
        });
    }

    /**
     * R10: another incarnation under the neighbour's name is the right one now; what was exchanged with the former one is void.
     *
     * @param incarnation null for the one that was last heard and refused
     * @return the incarnation that is adopted
     * @throws SQLException PEER_NOT_HEARD when none was
     */
    public UUID adopt(String name, UUID incarnation) throws SQLException {
        UUID[] adopted = new UUID[1];
        change("ADOPT", name, row -> {
            adopted[0] = incarnation == null ? row.refused() : incarnation;
            if (adopted[0] == null) {
                throw WaybillError.PEER_NOT_HEARD.with(name, row.incarnation());
            }
            return new PeerRequest.Adopt(adopted[0]);
        });
        return adopted[0];
    }

    /**
     * R10: this database goes on under a new incarnation, because it is a copy that has gone another way: its journal stays; everybody below gets all anew; whoever is above is sent only what is committed from now on. Neighbours have to
     * {@link #adopt} it.
     *
     * @return the new incarnation
     */
    public UUID renew() throws SQLException {
        int isolation = raw.getTransactionIsolation();
        try {
            CatalogueTransaction.isolate(raw, isolation, Connection.TRANSACTION_READ_COMMITTED);
            return renewed();
        } finally {
            CatalogueTransaction.isolate(raw, Connection.TRANSACTION_READ_COMMITTED, isolation);
        }
    }

    private UUID renewed() throws SQLException {
        UUID renewed = UUID.randomUUID();
        return deed.perform(any -> {
            long head = sequenceToNow(); // what is committed by now and waits in the outbox belongs to before
            String before = text("SELECT incarnation FROM " + dialect.catalogueTable("catalogue"));
            execute("UPDATE " + dialect.catalogueTable("catalogue") + " SET incarnation = ? WHERE one = 1", renewed);
            for (String name : names("N")) {
                want(name, row(name), new PeerRequest.Resync(true));
            }
            for (String above : names("Y")) {
                Subscriptions.restartAll(raw, dialect, above, head);
                want(above, row(above), new PeerRequest.Reset(head, true));
            }
            deed.note("RENEW", "this database", before, renewed.toString());
            return renewed;
        });
    }

    private long sequenceToNow() throws SQLException {
        Sequencer sequencer = new Sequencer(dialect, clock);
        sequencer.deleteBroughtBack(raw);
        return sequencer.sequenceExactly(raw, sequencer.settled(raw)).head().offset().bytes();
    }

    /** Works out what is wanted, from the row as it is. */
    private interface Wish {
        PeerRequest of(Row row) throws SQLException;
    }

    private void change(String what, String name, Wish wish) throws SQLException {
        deed.<Void>perform(any -> {
            Row row = row(name);
            PeerRequest request = wish.of(row);
            want(name, row, request);
            deed.note(what, name, "state " + row.state() + ", receive_state " + row.receiveState() + ", log_sent " + row.logSent() + ", confirm_sent " + row.confirmSent() + ", incarnation " + row.incarnation()
                    + (row.requests().waiting().isEmpty() ? "" : ", still wanted " + row.requests().text()), request.text());
            return null;
        });
    }

    private void want(String name, Row row, PeerRequest wish) throws SQLException {
        execute("UPDATE " + dialect.catalogueTable("remote_user") + " SET request = ? WHERE user_name = ?", row.requests().with(wish).text(), name);
    }

    private static void expectNoSplit(String name, Row row) throws SQLException {
        if (row.state().equals("SPLIT_HISTORY")) {
            throw WaybillError.PEER_SPLIT.with(name);
        }
    }

    private Row row(String name) throws SQLException {
        String sql = "SELECT consolidate, state, receive_state, log_sent, confirm_sent, stream_base, incarnation, refused, request FROM " + dialect.catalogueTable("remote_user") + " WHERE user_name = ?";
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw Users.unknownUser(CatalogueStore.load(raw, dialect), "neighbour", name);
                }
                return new Row(row.getString(1).equals("Y"), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5), row.getLong(6), dialect.uuid(row, 7), dialect.uuid(row, 8),
                        PeerRequests.of(row.getString(9)));
            }
        }
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private List<String> names(String consolidate) throws SQLException {
        List<String> names = new ArrayList<>();
        String sql = "SELECT user_name FROM " + dialect.catalogueTable("remote_user") + " WHERE consolidate = '" + consolidate + "' ORDER BY user_name";
        try (Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private void execute(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
