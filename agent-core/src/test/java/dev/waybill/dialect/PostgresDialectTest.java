// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.TableName;
import dev.waybill.databases.PostgresDatabase;
import dev.waybill.databases.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the rooms above rely on of PostgreSQL. */
class PostgresDialectTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));
    private static final String OUTBOX_ROW = "INSERT INTO waybill.outbox (payload) VALUES ('x')";

    private PostgresDatabase database;
    private Connection raw;
    private Dialect dialect;
    private CatalogueInstaller installer;

    @BeforeEach
    void open() throws SQLException {
        database = PostgresServer.running().freshDatabase();
        raw = database.connect();
        dialect = Dialects.of(raw);
        installer = new CatalogueInstaller(dialect, UUID::randomUUID, CLOCK);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void dialectIsFoundByConnectionAndByUrl() throws SQLException {
        assertThat(Dialects.of(raw)).isInstanceOf(PostgresDialect.class);
        assertThat(Dialects.of("jdbc:postgresql://host/db")).isInstanceOf(PostgresDialect.class);
    }

    @Test
    void catalogueIsMadeOnceAndRemovedWithoutATrace() throws SQLException {
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(installer.install(raw)).isTrue();
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(installer.install(raw)).isFalse();
        installer.uninstall(raw);
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(database.text("SELECT count(*) FROM pg_namespace WHERE nspname = 'waybill'")).isEqualTo("0");
    }

    @Test
    void installationThatFailsLeavesNothing() throws SQLException {
        database.execute("CREATE SCHEMA waybill", "CREATE TYPE waybill.journal AS ENUM ('in the way')");
        assertThatThrownBy(() -> installer.install(raw)).isInstanceOf(SQLException.class);
        assertThat(raw.getAutoCommit()).isTrue();
        assertThat(dialect.tableNames(raw, "waybill")).isEmpty();
    }

    @Test
    void printedStatementsMakeTheSameCatalogue() throws SQLException {
        database.execute(installer.printable().toArray(String[]::new));
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(installer.needsInstall(raw)).isFalse();
    }

    @Test
    void lastvalIsTheApplications() throws SQLException {
        installer.install(raw);
        database.execute("CREATE TABLE orders (id SERIAL PRIMARY KEY)");
        try (Statement statement = raw.createStatement()) {
            statement.execute("SELECT setval('orders_id_seq', 41)");
            statement.execute("INSERT INTO orders DEFAULT VALUES");
            statement.execute(OUTBOX_ROW);
            dialect.raiseFence(raw, 3);
        }
        assertThat(number("SELECT lastval()")).isEqualTo(42);
    }

    @Test
    void lastvalIsUndefinedBeforeTheApplicationDrawsAndStaysSo() throws SQLException {
        installer.install(raw);
        try (Statement statement = raw.createStatement()) {
            statement.execute(OUTBOX_ROW);
            assertThatThrownBy(() -> statement.executeQuery("SELECT lastval()")).hasMessageContaining("lastval is not yet defined");
        }
    }

    @Test
    void whoeverIsGrantedWritesTheOutboxAndReadsNeitherItNorTheJournal() throws SQLException {
        installer.install(raw);
        String clerk = PostgresServer.running().freshName("Clerk-");
        database.execute("CREATE ROLE \"" + clerk + "\" LOGIN");
        database.execute(dialect.grantStatements(clerk).toArray(String[]::new));
        try (Connection own = database.connectAs(clerk); Statement statement = own.createStatement()) {
            assertThat(dialect.hasCatalogue(own)).isTrue();
            statement.execute(OUTBOX_ROW);
            statement.execute("INSERT INTO waybill.counter VALUES ('local_write', 't', 1, now())");
            statement.execute("UPDATE waybill.counter SET total = total + 1");
            statement.executeQuery("SELECT * FROM waybill.remote_user");
            checkFence(own, 0);
            for (String table : List.of("outbox", "journal", "snapshot_spool", "staged_part", "dead_letter")) {
                assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM waybill." + table)).hasMessageContaining("permission denied");
            }
            assertThatThrownBy(() -> dialect.demandAgentRights(own)).hasMessageContaining(clerk).hasMessageContaining("GRANT ALL ON ALL TABLES IN SCHEMA waybill");
        }
        dialect.demandAgentRights(raw);
    }

    @Test
    void whoeverIsNotGrantedIsToldSo() throws SQLException {
        installer.install(raw);
        String stranger = PostgresServer.running().freshName("stranger");
        database.execute("CREATE ROLE " + stranger + " LOGIN");
        try (Connection own = database.connectAs(stranger)) {
            assertThatThrownBy(() -> dialect.hasCatalogue(own)).hasMessageContaining("permission denied for schema waybill");
        }
    }

    @Test
    void writerThatPlannedBeforeTheFenceWasRaisedFailsWhateverItsSnapshot() throws SQLException {
        installer.install(raw);
        database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
        try (Connection writer = database.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            writer.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            statement.execute("INSERT INTO orders VALUES (1)");
            checkFence(writer, 4);
            dialect.raiseFence(raw, 5);
            assertThatThrownBy(() -> checkFence(writer, 4)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.isFenceRaised(error)).isTrue());
            writer.rollback();
            checkFence(writer, 5);
        }
    }

    @Test
    void fenceIsNeverLoweredAndNotUndone() throws SQLException {
        installer.install(raw);
        raw.setAutoCommit(false);
        dialect.raiseFence(raw, 7);
        raw.rollback();
        dialect.raiseFence(raw, 6);
        raw.commit();
        assertThatThrownBy(() -> checkFence(raw, 6)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.isFenceRaised(error)).isTrue());
    }

    /** Of such a sequence the server tells nothing, as of one that may not be read. */
    @Test
    void aFenceOfWhichNothingIsToldLetsNobodyPass() throws SQLException {
        installer.install(raw);
        checkFence(raw, 0);
        database.execute("SELECT setval('waybill.fence', 0, false)");
        assertThatThrownBy(() -> checkFence(raw, 0)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.isFenceRaised(error)).isTrue());
    }

    @Test
    void openWritersAreThoseThatWroteTheTableAndHaveNotEnded() throws SQLException {
        database.execute("CREATE TABLE orders (id INT PRIMARY KEY)", "CREATE TABLE other (id INT PRIMARY KEY)");
        List<TableName> orders = List.of(new TableName("public", "orders"));
        try (Connection writer = database.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("INSERT INTO other VALUES (1)");
            statement.executeQuery("SELECT * FROM orders");
            assertThat(dialect.openWriters(raw, orders)).isEmpty();
            statement.execute("INSERT INTO orders VALUES (1)");
            Set<String> first = dialect.openWriters(raw, orders);
            assertThat(first).hasSize(1);
            writer.commit();
            statement.execute("INSERT INTO orders VALUES (2)");
            assertThat(dialect.openWriters(raw, orders)).hasSize(1).doesNotContainAnyElementsOf(first);
            statement.execute("PREPARE TRANSACTION 'waits'");
            assertThat(dialect.openWriters(raw, orders)).as("a transaction that is prepared").hasSize(1);
            writer.rollback();
            database.execute("COMMIT PREPARED 'waits'");
        }
        assertThat(dialect.openWriters(raw, orders)).isEmpty();
    }

    @Test
    void identityGoesOnPastWhatWasAppliedAndNeverBack() throws SQLException {
        database.execute("CREATE TABLE \"Or'der\" (\"Id\" INT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n INT)", "CREATE TABLE serials (id BIGSERIAL PRIMARY KEY)");
        dialect.advanceIdentity(raw, "public", "Or'der", "Id", 5);
        assertThat(number("INSERT INTO \"Or'der\" DEFAULT VALUES RETURNING \"Id\"")).isEqualTo(6);
        dialect.advanceIdentity(raw, "public", "Or'der", "Id", 3);
        assertThat(number("INSERT INTO \"Or'der\" DEFAULT VALUES RETURNING \"Id\"")).isEqualTo(7);
        dialect.advanceIdentity(raw, "public", "serials", "id", 5_000_000_000L);
        assertThat(number("INSERT INTO serials DEFAULT VALUES RETURNING id")).isEqualTo(5_000_000_001L);
        dialect.advanceIdentity(raw, "public", "serials", "id", 5_000_000_001L);
        assertThat(number("INSERT INTO serials DEFAULT VALUES RETURNING id")).isEqualTo(5_000_000_002L);
    }

    @Test
    void allConnectionsOfADatabaseHaveOneKeyAndOtherDatabasesAnother() throws SQLException {
        try (Connection same = database.connect(); Connection other = PostgresServer.running().freshDatabase().connect()) {
            assertThat(dialect.databaseKey(same)).isEqualTo(dialect.databaseKey(raw)).isNotEqualTo(dialect.databaseKey(other));
        }
    }

    @Test
    void whatWasCommittedWithoutWaitingIsOnDiskAfterMakeDurable() throws SQLException {
        installer.install(raw);
        database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
        try (Connection hasty = database.connect(); Statement statement = hasty.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            statement.execute("INSERT INTO orders SELECT generate_series(1, 1000)");
            String written = database.text("SELECT pg_current_wal_insert_lsn()");
            dialect.makeDurable(raw);
            assertThat(database.text("SELECT pg_current_wal_flush_lsn() >= '" + written + "'")).isEqualTo("t");
        }
    }

    @Test
    void snapshotIsFixedByItsFirstStatement() throws SQLException {
        database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
        dialect.beginSnapshot(raw);
        assertThat(number("SELECT count(*) FROM orders")).isZero();
        database.execute("INSERT INTO orders VALUES (1)");
        assertThat(number("SELECT count(*) FROM orders")).isZero();
        raw.rollback();
        raw.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        assertThat(number("SELECT count(*) FROM orders")).isEqualTo(1);
    }

    @Test
    void errorsAreWhatTheyMeanForApply() throws SQLException {
        database.execute("CREATE TABLE parent (id INT PRIMARY KEY, n SMALLINT CHECK (n > 0))", "CREATE TABLE child (id INT PRIMARY KEY REFERENCES parent)", "INSERT INTO parent VALUES (1, 1)");
        assertThat(failure("INSERT INTO parent VALUES (1, 1)")).isEqualTo(Dialect.ErrorClass.DUPLICATE);
        assertThat(failure("INSERT INTO child VALUES (2)")).isEqualTo(Dialect.ErrorClass.REFERENCE);
        for (String unfit : List.of("INSERT INTO parent VALUES (2, 0)", "INSERT INTO parent VALUES (NULL, 1)", "INSERT INTO parent VALUES (3, 40000)", "INSERT INTO gone VALUES (1)",
                "INSERT INTO parent (gone) VALUES (1)", "INSERT INTO gone.parent VALUES (1)", "INSERT INTO parent VALUES (DATE '2020-01-01')")) {
            assertThat(failure(unfit)).as(unfit).isEqualTo(Dialect.ErrorClass.SCHEMA);
        }
        try (Connection other = database.connect(); Statement statement = other.createStatement(); Statement own = raw.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE parent SET n = 2");
            own.execute("SET lock_timeout = 10");
            assertThat(failure("UPDATE parent SET n = 3")).isEqualTo(Dialect.ErrorClass.TRANSIENT);
            own.execute("SELECT pg_terminate_backend(" + intOf(other, "SELECT pg_backend_pid()") + ")");
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOfSatisfying(SQLException.class, lost -> {
                assertThat(dialect.classify(lost)).isEqualTo(Dialect.ErrorClass.TRANSIENT);
                assertThat(dialect.isClosed(lost)).isTrue();
                assertThat(dialect.endsTransaction(lost)).isTrue();
            });
        }
    }

    private Dialect.ErrorClass failure(String sql) {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
            throw new AssertionError("no error: " + sql);
        } catch (SQLException error) {
            assertThat(dialect.endsTransaction(error)).isFalse();
            return dialect.classify(error);
        }
    }

    @Test
    void aPayloadBehindTheFenceIsRefusedAndNobodyElsesNullIsTakenForIt() throws SQLException {
        installer.install(raw);
        dialect.raiseFence(raw, 9);
        assertThatThrownBy(() -> write(8)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.isFenceRaised(error)).isTrue());
        write(9);

        database.execute("CREATE TABLE outbox (payload BYTEA NOT NULL)");
        assertThatThrownBy(() -> database.execute("INSERT INTO outbox VALUES (NULL)")).isInstanceOfSatisfying(SQLException.class, error -> assertThat(dialect.isFenceRaised(error)).isFalse());
    }

    private void write(long version) throws SQLException {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO waybill.outbox (payload) VALUES (" + dialect.fencedPayload() + ")")) {
            insert.setLong(1, version);
            insert.setBytes(2, new byte[] {1});
            assertThat(insert.executeUpdate()).isOne();
        }
    }

    private void checkFence(Connection on, long version) throws SQLException {
        try (PreparedStatement check = on.prepareStatement(dialect.fenceCheck())) {
            check.setLong(1, version);
            check.executeQuery().close();
        }
    }

    private static int intOf(Connection on, String sql) throws SQLException {
        try (Statement statement = on.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
