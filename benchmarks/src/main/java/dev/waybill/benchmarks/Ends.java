// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.agent.MessageAgent;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.durable.StepGuard;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.Boards;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.Random;

/** HQ and its branch with a shared folder, on any two databases, in this one process; their agents are turned by whoever measures, and so is their clock. One thread. */
final class Ends implements AutoCloseable {

    private static final int MOST_TURNS = 1_000_000;

    final Connection hq;
    final Connection branch;
    private final Path directory;
    private final String hqUrl;
    private final String branchUrl;
    private Duration ahead = Duration.ZERO;
    private final InstantSource clock = () -> Instant.now().plus(ahead);
    private MessageAgent atHq;
    private MessageAgent atBranch;
    private long most;

    /** @param urls of the real drivers: HQ's, the branch's */
    Ends(Path directory, String hqUrl, String branchUrl, String... tables) throws SQLException, IOException {
        this.directory = directory;
        this.hqUrl = hqUrl;
        this.branchUrl = branchUrl;
        for (String url : List.of(hqUrl, branchUrl)) {
            try (Connection raw = DriverManager.getConnection(url)) {
                Pair.execute(raw, tables);
            }
        }
        hq = captured(hqUrl);
        branch = captured(branchUrl);
    }

    private static Connection captured(String url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("waybill.agent", "off");
        return DriverManager.getConnection("jdbc:waybill:" + url.substring("jdbc:".length()), properties);
    }

    /** Both know one another and begin with what is written from now on. */
    Ends start(String table) throws SQLException, IOException {
        String messages = "SET REMOTE FILE OPTION directory = '" + Files.createDirectories(directory.resolve("messages")) + "'";
        Pair.execute(branch, "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", messages, "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
        Pair.execute(hq, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", messages, "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'",
                "CREATE PUBLICATION p (TABLE " + table + ")", "CREATE SUBSCRIPTION TO p FOR branch", "START SUBSCRIPTION TO p FOR branch");
        return this;
    }

    /** One turn of HQ's agent; whether it wants another one at once. */
    boolean turnHq(LinkFactory links) throws SQLException {
        atHq = atHq == null ? open(hqUrl, links) : atHq;
        boolean more = atHq.runOnce().isZero();
        look();
        return more;
    }

    boolean turnHq() throws SQLException {
        return turnHq(files());
    }

    private void turnBranch() throws SQLException {
        atBranch = atBranch == null ? open(branchUrl, files()) : atBranch;
        atBranch.runOnce();
        look();
    }

    /** Turns both until everything is confirmed. */
    void turnUntilConfirmed() throws SQLException {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            turnHq();
            turnBranch();
            if (number(hq, "SELECT COUNT(*) FROM waybill.outbox") == 0 && number(hq, "SELECT (SELECT log_offset FROM waybill.journal_head) - log_scanned + log_sent - confirm_sent FROM waybill.remote_user") == 0) {
                return;
            }
            pass(Duration.ofMillis(20));
        }
        throw new IllegalStateException("it does not come to an end");
    }

    void pass(Duration time) {
        ahead = ahead.plus(time);
    }

    /** The most heap in use after a collection, so far. */
    long mostHeapBytes() {
        look();
        return most;
    }

    private void look() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null) {
                used += pool.getCollectionUsage().getUsed();
            }
        }
        most = Math.max(most, used);
    }

    private MessageAgent open(String url, LinkFactory links) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url)) {
            Dialect dialect = Dialects.of(raw);
            String key = dialect.databaseKey(raw);
            AgentSurroundings around = new AgentSurroundings(clock, ZoneOffset.UTC, new Random(1), Ends::daemon, links, StepGuard.PLAIN, AgentEvents.NONE);
            return MessageAgent.open(new AgentHome(key, dialect, () -> DriverManager.getConnection(url), Boards.of(key), AgentSettings.DEFAULTS), "sizes", around, false, () -> { });
        }
    }

    private LinkFactory files() {
        return LinkFactory.standard(clock, new Random(2), Ends::daemon);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        for (MessageAgent agent : new MessageAgent[] {atHq, atBranch}) {
            if (agent != null) {
                agent.close();
            }
        }
        hq.close();
        branch.close();
    }
}
