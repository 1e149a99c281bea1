// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** An application with three connections at once, one of them in auto-commit. What it does is ordinary JDBC; that some of it fails on keys and locks is part of it. */
final class ApplicationWork {

    private static final class Session {
        private final Connection connection;
        private final int number;
        private final List<Savepoint> savepoints = new ArrayList<>();

        private Session(Connection connection, int number) {
            this.connection = connection;
            this.number = number;
        }
    }

    private final NodeWorld world;
    private final WholeNode node;
    private final RandomGenerator random;
    private final Deeds kind;
    private final List<Deeds.Named> deeds;
    private final Session[] sessions = new Session[3];

    ApplicationWork(NodeWorld world, WholeNode node, Deeds kind) {
        this.world = world;
        this.node = node;
        this.random = world.random();
        this.kind = kind;
        this.deeds = kind.all();
    }

    /** The process of the application has ended. */
    void forget() {
        Arrays.fill(sessions, null);
    }

    /** One thing on one of the connections. */
    void step() throws SQLException {
        int which = whoseTurn();
        if (sessions[which] == null) {
            sessions[which] = new Session(node.connect(), which);
            sessions[which].connection.setAutoCommit(which == 0);
        }
        Session session = sessions[which];
        if (which > 0 && random.nextInt(100) < 35) {
            edge(session);
            world.committed(node);
        } else {
            perform(session, deeds.get(random.nextInt(deeds.size())));
            if (which == 0) {
                world.committed(node);
            }
        }
    }

    /** H2 2.5.252 never gives up waiting for a row of a transaction that has rolled back a part of itself: as long as there is one, only that one goes on. */
    private int whoseTurn() throws SQLException {
        for (int i = 1; i < sessions.length; i++) {
            if (sessions[i] != null && TornTransactions.isTorn(sessions[i].connection)) {
                return i;
            }
        }
        return random.nextInt(3);
    }

    /** A transaction of some size, so that it takes many parts. */
    void large() throws SQLException {
        finish();
        try (Connection connection = node.connect()) {
            connection.setAutoCommit(false);
            perform(new Session(connection, 9), kind.large());
            connection.commit();
            world.note(node.name(), "large transaction");
        } catch (SQLException refused) {
            demandOrdinary(refused);
        }
        world.committed(node);
    }

    /** Everything that is open ends, one way or the other. */
    void finish() throws SQLException {
        for (int i = 1; i < sessions.length; i++) {
            if (sessions[i] != null) {
                if (random.nextBoolean()) {
                    commit(sessions[i]);
                } else {
                    rollback(sessions[i]);
                }
                world.committed(node);
            }
        }
    }

    private void edge(Session session) throws SQLException {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> commit(session);
            case 3 -> rollback(session);
            case 4, 5 -> savepoint(session);
            case 6 -> backToSavepoint(session);
            default -> text(session);
        }
    }

    private void commit(Session session) throws SQLException {
        session.savepoints.clear();
        try {
            session.connection.commit();
            world.note(node.name(), session.number + " commits");
        } catch (SQLException refused) {
            demandOrdinary(refused);
            world.note(node.name(), session.number + " commit fails: " + refused.getMessage());
        }
    }

    private void rollback(Session session) throws SQLException {
        session.savepoints.clear();
        session.connection.rollback();
        world.note(node.name(), session.number + " rolls back");
    }

    private void savepoint(Session session) throws SQLException {
        session.savepoints.add(session.connection.setSavepoint());
        world.note(node.name(), session.number + " savepoint");
    }

    private void backToSavepoint(Session session) throws SQLException {
        if (!session.savepoints.isEmpty()) {
            int to = random.nextInt(session.savepoints.size());
            session.connection.rollback(session.savepoints.get(to));
            session.savepoints.subList(to + 1, session.savepoints.size()).clear();
            world.note(node.name(), session.number + " back to savepoint " + to);
        }
    }

    /** The same edges as text, or the connection simply goes away. */
    private void text(Session session) throws SQLException {
        int kind = random.nextInt(5);
        session.savepoints.clear();
        if (kind == 4) {
            session.connection.close();
            sessions[session.number] = null;
            world.note(node.name(), session.number + " goes away");
            return;
        }
        String[] texts = {"COMMIT", "ROLLBACK", "SAVEPOINT here", "ROLLBACK TO SAVEPOINT here"};
        try (Statement statement = session.connection.createStatement()) {
            statement.execute(texts[kind]);
            world.note(node.name(), session.number + " " + texts[kind]);
        } catch (SQLException refused) {
            if (refused.getErrorCode() != 90063) {
                demandOrdinary(refused);
            }
        }
    }

    private void perform(Session session, Deeds.Named deed) throws SQLException {
        try {
            deed.deed().on(session.connection);
            world.note(node.name(), session.number + " " + deed.name());
        } catch (SQLException refused) {
            demandOrdinary(refused);
            world.note(node.name(), session.number + " " + deed.name() + " fails: " + first(refused.getMessage()));
            if (session.number != 0 && random.nextBoolean()) {
                rollback(session);
            }
        }
    }

    /** Keys, locks, and what the driver refuses to capture are ordinary; all else is not. */
    private static void demandOrdinary(SQLException refused) throws SQLException {
        String state = String.valueOf(refused.getSQLState());
        if (!state.startsWith("23") && !state.startsWith("40") && !state.equals("HYT00") && !state.equals("0A000") && refused.getErrorCode() != 90131
                && !WaybillError.UNCAPTURED.is(refused)) {
            throw refused;
        }
    }

    private static String first(String text) {
        return text.substring(0, Math.min(160, text.length()));
    }
}
