// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On HSQLDB, which bounds no wait for a row. */
class WaitWatchTest {

    private final String url = "jdbc:hsqldb:mem:" + UUID.randomUUID() + ";hsqldb.tx=mvcc";
    private Connection application;
    private Connection agent;
    private Connection other;
    private Dialect dialect;

    @BeforeEach
    void open() throws SQLException {
        application = connect();
        agent = connect();
        other = connect();
        dialect = Dialects.of(application);
        execute(application, "CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 0), (2, 0)");
        for (Connection each : new Connection[] {application, agent, other}) {
            each.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            each.setAutoCommit(false);
        }
    }

    @AfterEach
    void close() throws SQLException {
        application.rollback();
        for (Connection each : new Connection[] {other, agent}) {
            each.rollback();
            each.close();
        }
        application.close();
    }

    @Test
    void aWaitForAnApplicationsRowEndsAndTheTransactionIsStillThere() throws Exception {
        execute(application, "UPDATE t SET n = 7 WHERE id = 1");
        execute(agent, "UPDATE t SET n = n + 1 WHERE id = 2");
        try (WaitWatch watch = watch(3)) {
            watch.watched(agent);
            watch.begin();
            assertThatThrownBy(() -> execute(agent, "UPDATE t SET n = n + 1 WHERE id = 1"))
                    .isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.classify(error)).isEqualTo(Dialect.ErrorClass.TRANSIENT));
            watch.end();
        }
        assertThat(number(agent, 2)).isOne();
        agent.rollback();
        application.rollback();
        execute(agent, "UPDATE t SET n = n + 1 WHERE id = 1");
        assertThat(number(agent, 1)).isOne();
    }

    @Test
    void whoWaitsForAnotherOfTheAgentsIsLeftAlone() throws Exception {
        execute(application, "UPDATE t SET n = 7 WHERE id = 1");
        execute(agent, "UPDATE t SET n = n + 1 WHERE id = 2");
        try (WaitWatch watch = watch(3)) {
            watch.watched(agent);
            watch.watched(other);
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> run(other, "UPDATE t SET n = n + 10 WHERE id = 2"));
            awaitWaits(1);
            watch.begin();
            assertThatThrownBy(() -> execute(agent, "UPDATE t SET n = n + 1 WHERE id = 1")).isInstanceOf(SQLException.class);
            assertThat(second).isNotDone();
            agent.rollback();
            second.get(60, TimeUnit.SECONDS);
        }
        assertThat(number(other, 2)).isEqualTo(10);
    }

    @Test
    void nobodyElsesWaitIsEnded() throws Exception {
        execute(application, "UPDATE t SET n = 7 WHERE id = 1");
        try (WaitWatch watch = watch(1)) {
            watch.watched(agent);
            watch.begin();
            CompletableFuture<Void> anothers = CompletableFuture.runAsync(() -> run(other, "UPDATE t SET n = n + 1 WHERE id = 1"));
            awaitWaits(1);
            assertThatThrownBy(() -> execute(agent, "UPDATE t SET n = n + 1 WHERE id = 1")).isInstanceOf(SQLException.class);
            assertThat(anothers).isNotDone();
            application.rollback();
            anothers.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("extended")
    void anAgentGivesUpWhatAnOpenTransactionKeepsAndDoesItAgain() throws Exception {
        application.setAutoCommit(true);
        new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).install(application);
        application.setAutoCommit(false);
        AgentHome home = new AgentHome("db", dialect, this::connect, null, AgentSettings.DEFAULTS);
        try (PooledAgentDatabase database = PooledAgentDatabase.open(home, "a", InstantSource.system(), StepGuard.PLAIN, WaitWatchTest::daemon)) {
            assertThat(database.takeLease()).isTrue();
            execute(application, "UPDATE t SET n = 7 WHERE id = 1");
            assertThatThrownBy(() -> add(database)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.classify(error)).isEqualTo(Dialect.ErrorClass.TRANSIENT));
            application.commit();
            add(database);
        }
        assertThat(number(application, 1)).isEqualTo(8);
    }

    private static void add(PooledAgentDatabase database) throws SQLException {
        database.transact(DurableStep.APPLY, raw -> {
            execute(raw, "UPDATE t SET n = n + 1 WHERE id = 1");
            return null;
        });
    }

    private WaitWatch watch(int looks) throws SQLException {
        WaitWatch watch = new WaitWatch(dialect.waits(), looks, Duration.ofMillis(20));
        watch.start(connect(), WaitWatchTest::daemon);
        return watch;
    }

    private void awaitWaits(int sessions) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            try (Connection look = connect()) {
                return dialect.waits().now(look).size() == sessions;
            }
        });
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, "SA", "");
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "watch");
        thread.setDaemon(true);
        return thread;
    }

    private static void run(Connection connection, String sql) {
        try {
            execute(connection, sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static int number(Connection connection, int id) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT n FROM t WHERE id = " + id)) {
            row.next();
            return row.getInt(1);
        }
    }
}
