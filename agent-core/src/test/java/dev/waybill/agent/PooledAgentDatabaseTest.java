// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PooledAgentDatabaseTest {

    @TempDir
    Path folder;
    private String url;
    private Connection application;
    private AgentHome home;
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource clock = () -> now;
    private final List<DurableStep> steps = new ArrayList<>();
    private final List<PooledAgentDatabase> open = new ArrayList<>();

    private final StepGuard guard = new StepGuard() {
        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            steps.add(step);
            return effect.run();
        }
    };

    @BeforeEach
    void install() throws Exception {
        url = "jdbc:h2:file:" + folder.resolve("db");
        application = DriverManager.getConnection(url);
        Dialect dialect = Dialects.of(application);
        new CatalogueInstaller(dialect, UUID::randomUUID, clock).install(application);
        application.createStatement().execute("CREATE TABLE t(id INT PRIMARY KEY)");
        home = new AgentHome("db", dialect, () -> DriverManager.getConnection(url), null, AgentSettings.DEFAULTS);
    }

    @AfterEach
    void close() throws Exception {
        open.forEach(PooledAgentDatabase::close);
        application.close();
    }

    private PooledAgentDatabase agent(String name) throws SQLException {
        PooledAgentDatabase agent = PooledAgentDatabase.open(home, name, clock, guard, PooledAgentDatabaseTest::daemon);
        open.add(agent);
        return agent;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "pool-test");
        thread.setDaemon(true);
        return thread;
    }

    private static Object insert(PooledAgentDatabase agent, int id) throws SQLException {
        return agent.transact(DurableStep.APPLY, raw -> raw.createStatement().executeUpdate("INSERT INTO t VALUES (" + id + ")"));
    }

    private int rows() throws SQLException {
        try (var rows = application.createStatement().executeQuery("SELECT COUNT(*) FROM t")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** A long step beside the sending must not hold up who asks what is on disk, nor count as on disk because a flush ended while it was under way. */
    @Test
    void aCommitUnderWayHoldsUpOnlyWhoSpeaksOfIt() throws Exception {
        CountDownLatch isUnderWay = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        home = new AgentHome("db", home.dialect(), () -> slowOf(DriverManager.getConnection(url), isUnderWay, mayEnd), null, AgentSettings.DEFAULTS);
        PooledAgentDatabase agent = agent("one");
        assertThat(agent.takeLease()).isTrue();
        long before = agent.committed();
        Thread slow = daemon(() -> {
            try {
                agent.transact(DurableStep.SEQUENCE, raw -> raw.createStatement().executeUpdate("INSERT INTO t VALUES (1)"));
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
        slow.start();
        isUnderWay.await();
        long after = agent.committed();
        assertThat(after).as("counted before its outcome can be seen").isGreaterThan(before);
        assertThat(agent.committedElse()).isEqualTo(before);
        agent.makeDurable(before);
        assertThat(agent.isDurable(before)).isTrue();
        assertThat(agent.isDurable(after)).as("the flush may have been too early for it").isFalse();
        Thread speaker = daemon(() -> {
            try {
                agent.makeDurable(after);
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
        speaker.start();
        speaker.join(100);
        assertThat(speaker.isAlive()).as("waits for the commit that it speaks of").isTrue();
        mayEnd.countDown();
        speaker.join();
        slow.join();
        assertThat(agent.isDurable(after)).isTrue();
        assertThat(rows()).isEqualTo(1);
    }

    /** Its commits of an INSERT into t wait. */
    private static Connection slowOf(Connection raw, CountDownLatch isUnderWay, CountDownLatch mayEnd) {
        return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("commit") && wroteOne(raw)) {
                isUnderWay.countDown();
                mayEnd.await();
            }
            try {
                return method.invoke(raw, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }

    private static boolean wroteOne(Connection raw) throws SQLException {
        try (var statement = raw.createStatement(); var row = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            row.next();
            return row.getInt(1) == 1;
        }
    }

    @Test
    void theSecondAgentWaitsUntilTheFirstGivesTheLeaseBack() throws Exception {
        PooledAgentDatabase first = agent("first");
        PooledAgentDatabase second = agent("second");
        assertThat(first.takeLease()).isTrue();
        assertThat(second.takeLease()).isFalse();
        first.giveBackLease();
        assertThat(second.takeLease()).isTrue();
        assertThat(first.takeLease()).isFalse();
    }

    @Test
    void anAgentThatOversleptItsLeaseCannotWriteOnceAnotherHasTakenIt() throws Exception {
        PooledAgentDatabase first = agent("first");
        PooledAgentDatabase second = agent("second");
        assertThat(first.takeLease()).isTrue();
        insert(first, 1);
        now = now.plus(AgentSettings.DEFAULTS.leaseTime()).plusMillis(1);
        assertThat(second.takeLease()).isTrue();
        insert(second, 2);
        assertThatThrownBy(() -> insert(first, 3)).isInstanceOf(SQLException.class).hasMessageContaining("LEASE_LOST");
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void timeAloneNeverTakesTheLeaseAway() throws Exception {
        PooledAgentDatabase first = agent("first");
        first.takeLease();
        now = now.plus(Duration.ofDays(1));
        insert(first, 1);
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void whoeverWritesKeepsTheLease() throws Exception {
        PooledAgentDatabase first = agent("first");
        PooledAgentDatabase second = agent("second");
        first.takeLease();
        for (int i = 0; i < 10; i++) {
            now = now.plus(AgentSettings.DEFAULTS.leaseTime().dividedBy(2));
            insert(first, i);
        }
        assertThat(second.takeLease()).isFalse();
    }

    @Test
    void theLeaseOfADeadProcessOfThisHostIsTakenAtOnce() throws Exception {
        LeaseHolder self = LeaseHolder.here("x");
        LeaseHolder dead = new LeaseHolder(self.host(), self.process(), self.started() - 1000, "x");
        try (var update = application.prepareStatement("UPDATE waybill.lease SET holder = ?, until = TIMESTAMP WITH TIME ZONE '2030-01-01 00:00:00Z', token = 7")) {
            update.setString(1, dead.toString());
            update.executeUpdate();
        }
        assertThat(agent("second").takeLease()).isTrue();
    }

    @Test
    void whatThrowsIsRolledBack() throws Exception {
        PooledAgentDatabase agent = agent("one");
        agent.takeLease();
        assertThatThrownBy(() -> agent.transact(DurableStep.APPLY, raw -> {
            raw.createStatement().executeUpdate("INSERT INTO t VALUES (1)");
            throw new IllegalStateException("crash");
        })).hasMessage("crash");
        assertThat(rows()).isZero();
    }

    @Test
    void readingChangesNothing() throws Exception {
        PooledAgentDatabase agent = agent("one");
        agent.read(raw -> raw.createStatement().executeUpdate("INSERT INTO t VALUES (1)"));
        assertThat(rows()).isZero();
    }

    @Test
    void aSnapshotSeesOneMoment() throws Exception {
        PooledAgentDatabase agent = agent("one");
        agent.readSnapshot(raw -> {
            try (var before = raw.createStatement().executeQuery("SELECT COUNT(*) FROM t")) {
                before.next();
                assertThat(before.getInt(1)).isZero();
            }
            application.createStatement().executeUpdate("INSERT INTO t VALUES (1)");
            try (var after = raw.createStatement().executeQuery("SELECT COUNT(*) FROM t")) {
                after.next();
                assertThat(after.getInt(1)).isZero();
            }
            return null;
        });
        assertThat(agent.<Integer>read(Connection::getTransactionIsolation)).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }

    @Test
    void flushingIsDoneOnlyWhenThereIsSomethingNew() throws Exception {
        PooledAgentDatabase agent = agent("one");
        agent.takeLease();
        agent.makeDurable();
        agent.makeDurable();
        insert(agent, 1);
        agent.makeDurable();
        agent.makeDurable();
        assertThat(steps).containsExactly(DurableStep.LEASE, DurableStep.MAKE_DURABLE, DurableStep.APPLY, DurableStep.MAKE_DURABLE);
    }

    /** Nobody may open an embedded database again that was closed under the agent, nor may one be left open that nobody uses. */
    @Test
    void anEmbeddedDatabaseIsOpenedFiveTimesAtOnceThenNeverAgainAndAllAreClosed() throws Exception {
        List<Connection> opened = Collections.synchronizedList(new ArrayList<>());
        home = new AgentHome("db", home.dialect(), () -> {
            Connection raw = DriverManager.getConnection(url);
            opened.add(raw);
            return raw;
        }, null, AgentSettings.DEFAULTS);
        PooledAgentDatabase agent = agent("one");
        assertThat(agent.isEmbedded()).isTrue();
        assertThat(opened).hasSize(5);
        agent.<Void>read(one -> agent.<Void>read(two -> agent.<Void>read(three -> null)));
        agent.close();
        assertThat(opened).hasSize(5);
        for (Connection raw : opened) {
            await(raw);
        }
    }

    /** The pool closes in a thread of its own. */
    private static void await(Connection raw) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!raw.isClosed() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(raw.isClosed()).isTrue();
    }

    /** A pool interrupts the thread in which it takes a connection over, and an interrupt inside H2 closes the file under it. */
    @Test
    void anAgentThatClosesWhileAConnectionIsTakenOverInterruptsNobody() throws Exception {
        CountDownLatch isTakenOver = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        AtomicBoolean wasInterrupted = new AtomicBoolean();
        home = new AgentHome("db", home.dialect(), () -> {
            Connection raw = DriverManager.getConnection(url);
            return count.incrementAndGet() == 2 ? slowToTakeOver(raw, isTakenOver, mayGoOn, wasInterrupted) : raw;
        }, null, AgentSettings.DEFAULTS);
        PooledAgentDatabase agent = agent("one");
        isTakenOver.await();
        Thread closing = daemon(agent::close);
        closing.start();
        closing.join(100);
        assertThat(closing.isAlive()).as("waits").isTrue();
        mayGoOn.countDown();
        closing.join();
        assertThat(wasInterrupted).isFalse();
    }

    private static Connection slowToTakeOver(Connection raw, CountDownLatch isTakenOver, CountDownLatch mayGoOn, AtomicBoolean wasInterrupted) {
        return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("getAutoCommit") && isTakenOver.getCount() > 0) {
                isTakenOver.countDown();
                try {
                    mayGoOn.await();
                } catch (InterruptedException interrupted) {
                    wasInterrupted.set(true);
                }
            }
            try {
                return method.invoke(raw, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }

    @Test
    void whenTheAgentLetsGoTheDatabaseCanBeOpenedByAnother() throws Exception {
        PooledAgentDatabase agent = agent("one");
        agent.takeLease();
        insert(agent, 1);
        agent.close();
        application.close();
        application = DriverManager.getConnection(url + ";FILE_LOCK=FS");
        assertThat(rows()).isEqualTo(1);
    }
}
