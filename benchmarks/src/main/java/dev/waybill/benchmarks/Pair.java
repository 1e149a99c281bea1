// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentRunner;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Boards;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/**
 * HQ and its branch: two H2 files, a way between them, one published table, an agent for each, told apart from the application so that a benchmark can start and stop it. The agents are the same as those that
 * {@code waybill.agent=auto} starts. They know each other, and the snapshot of the empty table has been confirmed, when the constructor returns. One thread.
 */
final class Pair implements AutoCloseable {

    private static final long PATIENCE_NANOS = 300_000_000_000L;

    final Connection hq;
    final Connection branch;
    final Stages stages = new Stages();
    private final Path directory;
    private final AgentSettings settings;
    private final boolean serves;
    private final AgentSurroundings surroundings = AgentSurroundings.system(stages).withGuard(stages);
    private AgentRunner hqAgent;
    private AgentRunner branchAgent;

    /** By a shared folder. */
    Pair(Path directory) throws SQLException, IOException {
        this(directory, Way.folder(directory.resolve("messages")), AgentSettings.DEFAULTS);
    }

    Pair(Path directory, Way way, AgentSettings settings) throws SQLException, IOException {
        this(directory, way, settings, false);
    }

    /** @param serves whether the agents run after-commit jobs and remote procedures */
    Pair(Path directory, Way way, AgentSettings settings, boolean serves) throws SQLException, IOException {
        this.serves = serves;
        this.directory = directory;
        this.settings = settings;
        hq = open("hq");
        branch = open("branch");
        begin(branch, way, "branch");
        execute(branch, "GRANT CONSOLIDATE TO hq TYPE " + way.type() + " ADDRESS '" + way.address("hq") + "' SEND EVERY '00:00:00'");
        begin(hq, way, "hq");
        execute(hq, "CREATE TABLE sale (" + Sale.COLUMNS + ")", "GRANT REMOTE TO branch TYPE " + way.type() + " ADDRESS '" + way.address("branch") + "' SEND EVERY '00:00:00'", "CREATE PUBLICATION sales (TABLE sale)",
                "CREATE SUBSCRIPTION TO sales FOR branch", "SYNCHRONIZE SUBSCRIPTION TO sales FOR branch");
        startHq();
        startBranch();
        await(hq, "SELECT COUNT(*) FROM waybill.remote_user WHERE confirm_sent > 0 AND confirm_sent = log_sent", 1);
        await(hq, "SELECT COUNT(*) FROM waybill.subscription WHERE state = 'STARTED'", 1);
    }

    private static void begin(Connection connection, Way way, String name) throws SQLException {
        execute(connection, "GRANT PUBLISH TO " + name, "CREATE REMOTE MESSAGE TYPE " + way.type() + " ADDRESS '" + way.address(name) + "'");
        for (Map.Entry<String, String> option : way.options(name).entrySet()) {
            execute(connection, "SET REMOTE " + way.type() + " OPTION " + option.getKey() + " = '" + option.getValue() + "'");
        }
    }

    private Connection open(String name) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("waybill.agent", "off");
        return DriverManager.getConnection("jdbc:waybill:" + url(name), properties);
    }

    /** HQ's database without Waybill. */
    String rawHq() {
        return "jdbc:" + url("hq");
    }

    private String url(String name) {
        return "h2:file:" + directory.resolve(name);
    }

    void startHq() throws SQLException {
        hqAgent = start("hq");
    }

    void startBranch() throws SQLException {
        branchAgent = start("branch");
    }

    private AgentRunner start(String name) throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:" + url(name))) {
            Dialect dialect = Dialects.of(raw);
            String key = dialect.databaseKey(raw);
            return AgentRunner.start(new AgentHome(key, dialect, () -> DriverManager.getConnection("jdbc:" + url(name)), Boards.of(key), settings, serves ? () -> open(name) : null), surroundings);
        }
    }

    void stopHq() {
        stop(hqAgent);
    }

    void stopBranch() {
        stop(branchAgent);
    }

    private static void stop(AgentRunner agent) {
        agent.stop();
        try {
            agent.awaitEnd(Duration.ofSeconds(30));
        } catch (InterruptedException nobodyInterrupts) {
            throw new IllegalStateException(nobodyInterrupts);
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Waits until the query gives this number. */
    static void await(Connection connection, String sql, long expected) throws SQLException {
        await(() -> {
            try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1) == expected;
            }
        }, sql + " gives " + expected);
    }

    /** Something that will be so. */
    interface Claim {
        boolean holds() throws SQLException;
    }

    /** Waits until it is so. */
    static void await(Claim claim, String what) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!claim.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("it is still not so that " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() throws SQLException {
        stopHq();
        stopBranch();
        hq.close();
        branch.close();
    }
}
