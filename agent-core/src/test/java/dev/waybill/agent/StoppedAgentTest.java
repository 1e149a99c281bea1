// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** To a server an agent that is stopped in the midst of a transaction is one that says nothing more: it is not waited for without end, and what it began never counts. */
@Tag("extended")
class StoppedAgentTest {

    private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(120);

    @Test
    void anAgentThatIsStoppedInATransactionOnPostgresIsTakenOver() throws SQLException {
        isTakenOver(PostgresServer.running().freshDatabase().url());
    }

    @Test
    void anAgentThatIsStoppedInATransactionOnMariaDbIsTakenOver() throws SQLException {
        isTakenOver(MariaDbServer.running().freshDatabase().url());
    }

    private static void isTakenOver(String url) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url)) {
            Dialect dialect = Dialects.of(raw);
            new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).install(raw);
            AgentSettings usual = AgentSettings.DEFAULTS;
            AgentSettings settings = new AgentSettings(usual.maxMessageBytes(), usual.arrivalsAtMost(), usual.pollLeast(), usual.pollMost(), Duration.ofMillis(200), usual.confirmAfter(), usual.patience(), usual.retention());
            AgentHome home = new AgentHome(dialect.databaseKey(raw), dialect, () -> DriverManager.getConnection(url), null, settings);
            try (PooledAgentDatabase late = open(home, "late"); PooledAgentDatabase other = open(home, "other")) {
                assertThat(late.takeLease()).isTrue();
                String head = dialect.catalogueTable("journal_head");
                String before = text(raw, "SELECT log_offset FROM " + head);
                assertThatThrownBy(() -> late.<Void>transact(DurableStep.SEQUENCE, mine -> {
                    try (Statement statement = mine.createStatement()) {
                        statement.executeUpdate("UPDATE " + head + " SET log_offset = log_offset + 4711");
                    }
                    Awaitility.await().atMost(TAKEN_OVER_WITHIN).ignoreExceptionsInstanceOf(SQLException.class).until(other::takeLease); // while the lock is held the attempt fails after some time
                    return null;
                })).isInstanceOf(SQLException.class);
                assertThat(text(raw, "SELECT log_offset FROM " + head)).as("what the late one began").isEqualTo(before);
                assertThatThrownBy(() -> late.<Void>transact(DurableStep.SEQUENCE, mine -> null)).as("fenced").hasMessageContaining("lease");
                other.<Void>transact(DurableStep.SEQUENCE, mine -> null);
            }
        }
    }

    private static PooledAgentDatabase open(AgentHome home, String name) throws SQLException {
        return PooledAgentDatabase.open(home, name, InstantSource.system(), StepGuard.PLAIN, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static String text(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
