// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.statement.WaybillStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Others at the same PostgreSQL database: programs of other processes that publish tables meanwhile, users with few rights, and what belongs to the application's session. */
class PostgresOthersTest {

    private static final String[] TABLES = {"CREATE TABLE t (id INT PRIMARY KEY, name TEXT)", "CREATE TABLE u (id INT PRIMARY KEY, name TEXT)"};

    /** As another process does it, of which this one hears nothing. */
    private static void elsewhere(Twins twins, String sql) throws SQLException {
        try (Connection raw = twins.raw()) {
            WaybillStatement.parse(sql).execute(new Administration(raw, Dialects.of(raw), Boards.of("another process " + twins), InstantSource.system(), false, Duration.ofSeconds(5)));
        }
    }

    @Test
    void aWriterOfAnotherProcessMissesNoPublication() throws Exception {
        try (Twins twins = Twins.onPostgres("", TABLES); Connection connection = twins.captured(); Connection single = twins.captured(); Statement statement = connection.createStatement(); Statement alone = single.createStatement();
                PreparedStatement batch = single.prepareStatement("INSERT INTO t VALUES (?, 'batch')")) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1, 'before')");
            elsewhere(twins, "CREATE PUBLICATION p (TABLE t)");
            for (Write late : new Write[] {connection::commit, () -> alone.execute("INSERT INTO t VALUES (2, 'late')")}) {
                try {
                    late.run();
                } catch (SQLException refused) {
                    assertThat(WaybillError.WRITTEN_BEFORE_PUBLISHED.is(refused)).as(refused.toString()).isTrue();
                }
            }
            statement.execute("INSERT INTO t VALUES (3, 'captured')");
            connection.commit();
            alone.execute("INSERT INTO t VALUES (4, 'captured')");
            batch.setInt(1, 5);
            batch.addBatch();
            assertThatThrownBy(batch::executeBatch).isInstanceOfSatisfying(SQLException.class, once -> assertThat(WaybillError.PREPARED_BEFORE_PUBLISHED.is(once)).as(once.toString()).isTrue());
            batch.setInt(1, 5);
            batch.addBatch();
            batch.executeBatch();
            twins.complete();
        }
    }

    @FunctionalInterface
    private interface Write {
        void run() throws SQLException;
    }

    @Test
    void whatTheSessionRemembersIsTheApplications() throws Exception {
        try (Twins twins = Twins.onPostgres("s", "CREATE TABLE s (id SERIAL PRIMARY KEY, name TEXT)")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO s (name) VALUES ('a')");
                witness.query("SELECT lastval(), currval('s_id_seq')");
                connection.setAutoCommit(false);
                witness.execute("INSERT INTO s (name) VALUES ('b')");
                connection.commit();
                witness.query("SELECT lastval(), currval('s_id_seq')");
                witness.see("isolation", () -> {
                    connection.rollback();
                    connection.prepareStatement("UPDATE s SET name = 'c'").close();
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    connection.setReadOnly(true);
                    return connection.getTransactionIsolation();
                });
                witness.execute("UPDATE s SET name = 'refused'");
                connection.rollback();
                connection.setReadOnly(false);
            });
        }
    }

    @Test
    void aUserWithFewRightsWritesAsFarAsItMayReadWhatItWrites() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLES); Connection owner = twins.captured(); Statement grants = owner.createStatement(); Connection raw = twins.raw()) {
            String role = PostgresServer.running().freshName("clerk");
            grants.execute("CREATE ROLE " + role + " LOGIN");
            for (String sql : Dialects.of(raw).grantStatements(role)) {
                grants.execute(sql);
            }
            grants.execute("GRANT INSERT, SELECT ON t TO " + role);
            grants.execute("GRANT INSERT ON u TO " + role);
            grants.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY");
            grants.execute("CREATE POLICY own ON t USING (name = 'own') WITH CHECK (name IN ('own', 'other'))");
            try (Connection clerk = twins.capturedAs(role); Statement statement = clerk.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1, 'own')");
                statement.execute("INSERT INTO u VALUES (1, 'unpublished')");
                assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (2, 'other')")).isInstanceOf(SQLException.class).hasMessageContaining("row-level security");
                assertThatThrownBy(() -> statement.execute("DELETE FROM t")).isInstanceOf(SQLException.class).hasMessageContaining("permission denied");
                clerk.setAutoCommit(false);
                try (PreparedStatement known = clerk.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?)")) {
                    known.setInt(1, 3);
                    known.setString(2, "other");
                    known.executeUpdate();
                    clerk.commit();
                }
            }
            twins.complete();
        }
    }

    /** What it inserts is known, or the server refuses to tell it. */
    @Test
    void aUserWhoMayOnlyInsertInsertsWhatIsKnown() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLES); Connection owner = twins.captured(); Statement grants = owner.createStatement(); Connection raw = twins.raw()) {
            String role = PostgresServer.running().freshName("porter");
            grants.execute("CREATE ROLE " + role + " LOGIN");
            for (String sql : Dialects.of(raw).grantStatements(role)) {
                grants.execute(sql);
            }
            grants.execute("GRANT INSERT ON t TO " + role);
            try (Connection porter = twins.capturedAs(role); Statement statement = porter.createStatement(); PreparedStatement known = porter.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?)")) {
                for (int id = 1; id < 4; id++) {
                    porter.setAutoCommit(id == 1);
                    known.setInt(1, id);
                    known.setString(2, "known");
                    known.executeUpdate();
                }
                porter.commit();
                assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (4, 'computed ' || 4)")).isInstanceOf(SQLException.class).hasMessageContaining("permission denied");
                porter.rollback();
            }
            assertThat(twins.complete().tables().get("public.t")).hasSize(3);
        }
    }
}
