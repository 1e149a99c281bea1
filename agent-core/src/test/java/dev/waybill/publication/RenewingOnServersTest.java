// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.journal.OutboxWriter;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.Test;

/** A database that is renewed counts as before what is committed when it gets its turn, not only what was committed when it began to wait, whatever isolation its connection has. */
class RenewingOnServersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @Test
    void whatIsCommittedWhileARenewalWaitsOnPostgresLiesBeforeIt() throws Exception {
        liesBefore(PostgresServer.running().freshDatabase().url(), "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted AND a.datname = current_database()");
    }

    @Test
    void whatIsCommittedWhileARenewalWaitsOnMariaDbLiesBeforeIt() throws Exception {
        liesBefore(MariaDbServer.running().freshDatabase().url(),
                "SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()");
    }

    private static void liesBefore(String url, String waiting) throws Exception {
        try (Connection agent = DriverManager.getConnection(url); Connection person = DriverManager.getConnection(url); Connection application = DriverManager.getConnection(url);
                Connection looking = DriverManager.getConnection(url)) {
            Dialect dialect = Dialects.of(agent);
            new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).install(agent);
            agent.setAutoCommit(false);
            Deed.lockLease(agent, dialect);
            person.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            CompletableFuture<UUID> renewed = CompletableFuture.supplyAsync(() -> renew(person, dialect));
            Awaitility.await().atMost(PATIENCE).until(() -> number(looking, waiting) > 0);
            UUID committed = commit(application, dialect);
            agent.commit();
            renewed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(number(looking, "SELECT COUNT(*) FROM " + dialect.catalogueTable("journal"))).as("transaction %s in the journal, up to which the renewal counts", committed).isEqualTo(1);
            assertThat(person.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        }
    }

    private static UUID renew(Connection person, Dialect dialect) {
        try {
            return new Peers(person, dialect, InstantSource.system()).renew();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static UUID commit(Connection application, Dialect dialect) throws SQLException {
        UUID id = UUID.randomUUID();
        application.setAutoCommit(false);
        try (OutboxWriter outbox = new OutboxWriter(dialect, application)) {
            byte[] bytes = "something".getBytes(StandardCharsets.UTF_8);
            outbox.write(id, 0, true, bytes, 0, bytes.length);
            application.commit();
        }
        return id;
    }

    private static long number(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
