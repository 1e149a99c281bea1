// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.agent.MessageAgent;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.Envelope;
import dev.waybill.publication.Boards;
import dev.waybill.publication.InProcessBoard;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;

/** A database in memory with its application and its message agent. */
final class WholeNode implements AutoCloseable {

    private static final Duration OPEN_AGAIN = Duration.ofSeconds(1);

    private final NodeWorld world;
    private final String name;
    private final AgentSettings settings;
    private String database;
    private Connection raw;
    private InProcessBoard board;
    private Dialect dialect;
    private final List<Connection> applications = new ArrayList<>();
    private StepFaults faults;
    private MessageAgent agent;
    private Instant openAt = Instant.MIN;

    WholeNode(NodeWorld world, String name, AgentSettings settings) throws SQLException {
        this.world = world;
        this.name = name;
        this.settings = settings;
        create();
    }

    private void create() throws SQLException {
        database = "h2:mem:" + name + UUID.randomUUID() + ";LOCK_TIMEOUT=1;QUERY_CACHE_SIZE=100";
        raw = DriverManager.getConnection("jdbc:" + database);
        dialect = Dialects.of(raw);
        board = Boards.of(dialect.databaseKey(raw));
    }

    NodeWorld world() {
        return world;
    }

    String name() {
        return name;
    }

    /** A connection past the driver, for looking. */
    Connection raw() {
        return raw;
    }

    /** A new connection of the application. */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("waybill.agent", "off");
        properties.setProperty("waybill.wait", "1ms");
        properties.setProperty("waybill.unwrap", "allow");
        Connection connection = DriverManager.getConnection("jdbc:waybill:" + world.wires().applications(database), properties);
        applications.add(connection);
        return connection;
    }

    /** Says statements through the driver. */
    void say(String... statements) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** One cycle; returns how long the next one may wait. */
    Duration turn() throws SQLException {
        if (agent == null && world.clock().instant().isBefore(openAt)) {
            return Duration.between(world.clock().instant(), openAt);
        }
        try {
            return agent().runOnce();
        } catch (StepFaults.Crash crash) {
            world.story().end(world.millis(), name, "ends " + crash.getMessage());
            kill();
            return Duration.ZERO;
        } catch (SQLException refused) {
            if (!isExpected(refused)) {
                throw refused;
            }
            world.note(name, "stops: " + refused.getMessage());
            stop();
            openAt = world.clock().instant().plus(OPEN_AGAIN);
            return OPEN_AGAIN;
        }
    }

    private static boolean isExpected(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof StepFaults.Refused || cause instanceof SQLException sql && (sql.getErrorCode() == 50200 || WaybillError.CLOCK_WENT_BACK.is(sql))) {
                return true;
            }
        }
        return false;
    }

    private MessageAgent agent() throws SQLException {
        if (agent == null) {
            faults = new StepFaults(this);
            AgentSurroundings around = new AgentSurroundings(world.clockOf(name), ZoneOffset.UTC, world.random(), WholeNode::daemon, (type, max) -> world.link(type.address(), max), faults, new Told());
            agent = MessageAgent.open(new AgentHome(dialect.databaseKey(raw), dialect, () -> world.wires().agents(database), board, settings), name, around, false, () -> { });
        }
        return agent;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "simulation");
        thread.setDaemon(true);
        return thread;
    }

    /** A durable step of this node's agent has had its effect. */
    void performed(DurableStep step) {
        world.performed(this, step);
    }

    /** The agent ends without a word. */
    void kill() {
        if (agent != null) {
            faults.end();
            stop();
        }
    }

    /** The agent is closed. */
    void stop() {
        MessageAgent ending = agent;
        agent = null;
        if (ending != null) {
            try {
                ending.close();
            } catch (StepFaults.Crash dead) {
                world.note(name, "is gone");
            }
        }
    }

    /** The whole process ends: agent, and application with what it has not committed. */
    void killAll() throws SQLException {
        kill();
        for (Connection connection : applications) {
            connection.close();
        }
        applications.clear();
    }

    /** The database as SQL. */
    List<String> copy() throws SQLException {
        List<String> script = new ArrayList<>();
        try (Statement statement = raw.createStatement(); ResultSet lines = statement.executeQuery("SCRIPT")) {
            while (lines.next()) {
                script.add(lines.getString(1));
            }
        }
        return script;
    }

    /** The process ends and begins again on an older copy. */
    void restore(List<String> copy) throws SQLException {
        killAll();
        raw.close();
        create();
        try (Statement statement = raw.createStatement()) {
            for (String sql : copy) {
                statement.execute(sql);
            }
        }
    }

    /** The first value of a query as text; null when there is no row. */
    String value(String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** Null when the query's first value is the wanted one; otherwise what it is. */
    static String expect(WholeNode node, String wanted, String query) throws SQLException {
        String found = node.value(query);
        return Objects.equals(wanted, found) ? null : "at " + node.name + " " + query + " is " + found + " instead of " + wanted;
    }

    @Override
    public void close() throws SQLException {
        killAll();
        raw.close();
    }

    /** Into the story. */
    private final class Told implements AgentEvents {
        @Override
        public void sequenced(int transactions, LogOffset head) {
            world.note(name, "sequences " + transactions + ", head " + head);
        }

        @Override
        public void sent(Envelope envelope, int bytes) {
            world.story().message(world.millis(), name, envelope.recipient(), envelope.kind() + " " + envelope.header() + (envelope.confirmation() == null ? "" : " confirms " + envelope.confirmation().offset()));
        }

        @Override
        public void applied(String sender, int transactions, long rows, LogOffset logReceived) {
            world.note(name, "has applied " + transactions + " transactions, " + rows + " rows, to " + logReceived);
        }

        @Override
        public void resendAsked(String sender, int epoch, LogOffset from) {
            world.note(name, "asks " + sender + " again, epoch " + epoch + " from " + from);
        }

        @Override
        public void quarantined(String link, String file, String reason) {
            world.note(name, "puts aside " + file + ": " + reason);
        }

        @Override
        public void discarded(String link, String file, String reason) {
            world.note(name, "deletes " + file + ": " + reason);
        }

        @Override
        public void halted(String other, String state, String reason) {
            world.note(name, "✗ " + other + " " + state + ": " + reason);
        }

        @Override
        public void recovered(String other) {
            world.note(name, "✓ " + other);
        }
    }
}
