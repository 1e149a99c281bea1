// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.LinkFactory;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents in their own threads on files, by the system's clock. */
class LiveAgentTest {

    @TempDir
    Path temp;

    private static final InstantSource CLOCK = InstantSource.system();

    private Site site(String name, String... statements) throws Exception {
        LinkFactory links = LinkFactory.standard(CLOCK, new Random(name.hashCode()), Site::daemon);
        Site site = new Site("jdbc:h2:file:" + temp.resolve(name), CLOCK, links, name.hashCode());
        site.say("GRANT PUBLISH TO " + name, "CREATE REMOTE MESSAGE TYPE FILE ADDRESS '" + name + "'", "SET REMOTE FILE OPTION directory = '" + temp.resolve("messages") + "'");
        return site.say(statements);
    }

    private Site hq() throws Exception {
        return site("hq", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", Site.CREATE_ITEM, "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
    }

    private Site branch() throws Exception {
        return site("branch", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    private AgentHome home(Site site) {
        return new AgentHome(site.url, site.dialect, () -> DriverManager.getConnection(site.url), site.board, AgentSettings.DEFAULTS);
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    private static boolean hasItem(Site site, int id) throws Exception {
        return !site.rows("SELECT 1 FROM information_schema.tables WHERE table_name = 'ITEM'").isEmpty() && !site.rows("SELECT 1 FROM item WHERE id = " + id).isEmpty();
    }

    @Test
    void agentsBesideApplicationsReplicateAndLetGoWithTheLastConnection() throws Exception {
        AgentRegistry registry = new AgentRegistry(AgentSurroundings.system(AgentEvents.NONE));
        try (Site hq = hq(); Site branch = branch()) {
            hq.insert(1, "before");
            registry.connectionOpened(home(hq), true);
            registry.connectionOpened(home(branch), true);
            until(() -> hasItem(branch, 1));
            hq.insert(2, "after");
            until(() -> hasItem(branch, 2));
            assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("dev.waybill:type=Agent,*"), null)).hasSize(2);
            registry.connectionClosed(hq.url);
            registry.connectionClosed(branch.url);
            assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("dev.waybill:type=Agent,*"), null)).isEmpty();
            assertThat(hq.rows("SELECT holder FROM waybill.lease")).isEqualTo("null\n");
            hq.application.close();
            DriverManager.getConnection(hq.url + ";FILE_LOCK=FS").close();
        }
    }

    @Test
    void twoRegistriesOnOneDatabaseShareTheLease() throws Exception {
        AgentRegistry one = new AgentRegistry(AgentSurroundings.system(AgentEvents.NONE));
        AgentRegistry other = new AgentRegistry(AgentSurroundings.system(AgentEvents.NONE));
        try (Site hq = hq(); Site branch = branch()) {
            one.connectionOpened(home(hq), true);
            other.connectionOpened(home(hq), true);
            one.connectionOpened(home(branch), true);
            for (int i = 0; i < 20; i++) {
                hq.insert(i, "item " + i);
            }
            until(() -> hasItem(branch, 19));
            one.connectionClosed(hq.url);
            hq.insert(20, "the other goes on");
            until(() -> hasItem(branch, 20));
            other.connectionClosed(hq.url);
            one.connectionClosed(branch.url);
            assertThat(branch.items()).isEqualTo(hq.items());
        }
    }

    @Test
    void aDatabaseThatWasShutDownIsNotOpenedAgainByTheAgent() throws Exception {
        AgentRegistry registry = new AgentRegistry(AgentSurroundings.system(AgentEvents.NONE));
        Site hq = hq();
        registry.connectionOpened(home(hq), true);
        until(() -> hq.rows("SELECT holder FROM waybill.lease").contains("/"));
        hq.application.createStatement().execute("SHUTDOWN");
        until(() -> ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("dev.waybill:type=Agent,*"), null).isEmpty());
        try (FileChannel file = FileChannel.open(temp.resolve("hq.mv.db"), StandardOpenOption.WRITE); FileLock lock = file.tryLock()) {
            assertThat(lock).as("H2 locks its file while the database is open").isNotNull();
        }
        registry.connectionClosed(hq.url);
    }

    /** Prints the lag from commit to visible at 200 transactions a second, and how fast a backlog drains. */
    @Test
    @Tag("long")
    void lagAndDrain() throws Exception {
        AgentRegistry registry = new AgentRegistry(AgentSurroundings.system(AgentEvents.NONE));
        try (Site hq = hq(); Site branch = branch()) {
            registry.connectionOpened(home(hq), true);
            registry.connectionOpened(home(branch), true);
            until(() -> hasTable(branch));
            for (int run = 0; run < 3; run++) {
                lag(hq, branch, run * 100_000, 1_000);
            }
            registry.connectionClosed(hq.url);
            for (int run = 0; run < 3; run++) {
                int base = 1_000_000 + run * 1_000_000;
                for (int i = 0; i < 10_000; i++) {
                    int from = base + i * 20;
                    hq.write(writes -> {
                        for (int k = 0; k < 20; k++) {
                            writes.insert(from + k, "some text of a usual length, forty bytes");
                        }
                    });
                }
                long begun = System.nanoTime();
                registry.connectionOpened(home(hq), true);
                until(() -> hasItem(branch, base + 199_999));
                System.out.printf("drained 200,000 rows in %d ms, bare batches %d ms%n", (System.nanoTime() - begun) / 1_000_000, bare(run));
                registry.connectionClosed(hq.url);
            }
            registry.connectionClosed(branch.url);
        }
    }

    /** The same rows by batches of a thousand into a file of their own, in milliseconds. */
    private long bare(int run) throws Exception {
        try (var bare = DriverManager.getConnection("jdbc:h2:file:" + temp.resolve("bare" + run)); var statement = bare.createStatement()) {
            statement.execute(Site.CREATE_ITEM);
            bare.setAutoCommit(false);
            long begun = System.nanoTime();
            try (PreparedStatement insert = bare.prepareStatement("INSERT INTO item VALUES (?, ?, ?)")) {
                for (int i = 0; i < 200_000; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "some text of a usual length, forty bytes");
                    insert.setInt(3, i);
                    insert.addBatch();
                    if (i % 1_000 == 999) {
                        insert.executeBatch();
                        bare.commit();
                    }
                }
            }
            return (System.nanoTime() - begun) / 1_000_000;
        }
    }

    private static boolean hasTable(Site site) throws Exception {
        return !site.rows("SELECT 1 FROM information_schema.tables WHERE table_name = 'ITEM'").isEmpty();
    }

    private void lag(Site hq, Site branch, int base, int count) throws Exception {
        long[] committed = new long[count];
        long[] seen = new long[count];
        Thread watcher = new Thread(() -> watch(branch, base, seen));
        watcher.start();
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(begun + i * 5_000_000L - System.nanoTime());
            hq.insert(base + i, "x");
            committed[i] = System.nanoTime();
        }
        watcher.join();
        double[] lags = new double[count];
        for (int i = 0; i < count; i++) {
            lags[i] = (seen[i] - committed[i]) / 1e6;
        }
        Arrays.sort(lags);
        System.out.printf("lag ms p50 %.1f p90 %.1f p99 %.1f max %.1f%n", lags[count / 2], lags[count * 9 / 10], lags[count * 99 / 100], lags[count - 1]);
    }

    private static void watch(Site branch, int base, long[] seen) {
        try (PreparedStatement max = branch.application.prepareStatement("SELECT MAX(id) FROM item")) {
            for (int next = 0; next < seen.length;) {
                try (ResultSet row = max.executeQuery()) {
                    row.next();
                    int last = row.getInt(1);
                    long now = System.nanoTime();
                    while (next < seen.length && base + next <= last && !row.wasNull()) {
                        seen[next++] = now;
                    }
                }
                LockSupport.parkNanos(500_000);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
