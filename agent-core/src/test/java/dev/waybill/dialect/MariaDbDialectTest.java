// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.databases.MariaDbDatabase;
import dev.waybill.databases.MariaDbServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the rooms above rely on of MariaDB. */
class MariaDbDialectTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));
    private static final String OUTBOX_ROW = "INSERT INTO waybill_outbox (transaction_id, part, last, size, digest, payload) VALUES (UUID(), 0, true, 1, 0, 'x')";

    private MariaDbDatabase database;
    private Connection raw;
    private Dialect dialect;
    private CatalogueInstaller installer;

    @BeforeEach
    void open() throws SQLException {
        database = MariaDbServer.running().freshDatabase();
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
        assertThat(Dialects.of(raw)).isInstanceOf(MariaDbDialect.class);
        assertThat(((MariaDbDialect) Dialects.of(database.url())).home()).isEqualTo(database.name());
        assertThat(((MariaDbDialect) Dialects.of("jdbc:mariadb://one:3306,two/shop?user=a&x=b/c")).home()).isEqualTo("shop");
    }

    @Test
    void catalogueIsMadeOnceAndRemovedWithoutATrace() throws SQLException {
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(installer.install(raw)).isTrue();
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(installer.install(raw)).isFalse();
        assertThat(database.text("SELECT created_at FROM waybill_catalogue")).isEqualTo("2026-11-22 12:00:00.000000");
        installer.uninstall(raw);
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(database.text("SHOW TABLES")).isNull();
    }

    @Test
    void installationThatWasStoppedAnywhereIsFinishedByTheNext() throws SQLException {
        List<String> statements = dialect.catalogueStatements();
        for (int made = 1; made < statements.size(); made += 5) {
            database.execute(statements.subList(0, made).toArray(String[]::new));
            assertThat(dialect.hasCatalogue(raw)).as("after %s statements", made).isFalse();
            assertThat(installer.install(raw)).isTrue();
            assertThat(dialect.hasCatalogue(raw)).isTrue();
            installer.uninstall(raw);
        }
    }

    @Test
    void momentsAreTheSameInEveryTimeZoneOfTheSession() throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute("SET time_zone = '+09:00'");
            statement.execute("CREATE TABLE moments (at DATETIME(6))");
        }
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO moments VALUES (?)")) {
            insert.setObject(1, dialect.moment(CLOCK.instant()));
            insert.executeUpdate();
        }
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT at, " + dialect.now() + " FROM moments")) {
            row.next();
            assertThat(dialect.moment(row, 1)).isEqualTo(CLOCK.instant());
            assertThat(dialect.moment(row, 2)).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        }
    }

    @Test
    void lastInsertIdIsTheApplications() throws SQLException {
        installer.install(raw);
        database.execute("CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY)", "INSERT INTO orders VALUES (41)");
        try (Statement statement = raw.createStatement()) {
            statement.execute("INSERT INTO orders VALUES (NULL)");
            statement.execute(OUTBOX_ROW);
            dialect.raiseFence(raw, 3);
        }
        assertThat(number("SELECT LAST_INSERT_ID()")).isEqualTo(42);
    }

    @Test
    void whoeverIsGrantedWritesTheOutboxAndReadsNeitherItNorTheJournal() throws SQLException {
        installer.install(raw);
        String clerk = MariaDbServer.running().freshName("clerk");
        database.execute("CREATE USER " + clerk + "@localhost");
        database.execute(dialect.grantStatements(clerk + "@localhost").toArray(String[]::new));
        try (Connection own = DriverManager.getConnection(database.urlAs(clerk)); Statement statement = own.createStatement()) {
            assertThat(dialect.hasCatalogue(own)).isTrue();
            statement.execute(OUTBOX_ROW);
            statement.execute("INSERT INTO waybill_counter VALUES ('local_write', 't', 1, now())");
            statement.execute("UPDATE waybill_counter SET total = total + 1");
            statement.executeQuery("SELECT * FROM waybill_remote_user");
            checkFence(own, 0);
            for (String table : List.of("outbox", "journal", "snapshot_spool", "staged_part", "dead_letter")) {
                assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM waybill_" + table)).hasMessageContaining("denied");
            }
            assertThatThrownBy(() -> dialect.demandAgentRights(own)).hasMessageContaining(clerk).hasMessageContaining("GRANT ALL ON");
            assertThatThrownBy(() -> dialect.openWriters(own, List.of())).hasMessageContaining("PROCESS");
        }
        dialect.demandAgentRights(raw);
    }

    @Test
    void anAgentThatCannotCountTheRowsItFindsIsRefused() throws SQLException {
        installer.install(raw);
        try (Connection changed = DriverManager.getConnection(database.url() + "&useAffectedRows=true")) {
            assertThatThrownBy(() -> dialect.demandAgentRights(changed)).hasMessageContaining("useAffectedRows");
        }
    }

    @Test
    void openWritersAreThoseThatHaveWrittenAndNotEnded() throws SQLException {
        installer.install(raw);
        database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
        List<TableName> orders = List.of(new TableName("public", "orders"));
        raw.setAutoCommit(false);
        try (Connection writer = database.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.executeQuery("SELECT * FROM orders");
            await(() -> dialect.openWriters(raw, orders).isEmpty());
            statement.execute("INSERT INTO orders VALUES (1)");
            assertThat(dialect.openWriters(raw, orders)).isNotEmpty();
            await(() -> dialect.openWriters(raw, orders).stream().anyMatch(each -> each.contains("of session")));
            writer.commit();
            await(() -> dialect.openWriters(raw, orders).isEmpty());
        }
    }

    private interface Claim {
        boolean holds() throws SQLException;
    }

    private static void await(Claim claim) throws SQLException {
        long until = System.nanoTime() + 120_000_000_000L;
        while (!claim.holds()) {
            assertThat(System.nanoTime()).isLessThan(until);
            LockSupport.parkNanos(150_000_000L);
        }
    }

    @Test
    void numbersGoOnBehindWhatWasAppliedByThemselves() throws SQLException {
        database.execute("CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY)", "INSERT INTO orders VALUES (5)");
        dialect.advanceIdentity(raw, "public", "orders", "id", 5);
        assertThat(number("INSERT INTO orders VALUES () RETURNING id")).isEqualTo(6);
    }

    @Test
    void aTableThatKnowsNoTransactionsIsRefused() throws SQLException {
        database.execute("CREATE TABLE old (id INT PRIMARY KEY) ENGINE=MyISAM", "CREATE TABLE aria (id INT PRIMARY KEY) ENGINE=Aria");
        for (String table : List.of("old", "aria")) {
            assertThatThrownBy(() -> dialect.describe(raw, "public", table)).hasMessageContaining("ENGINE = InnoDB");
        }
    }

    @Test
    void typesAreKnownByWhatTheyTake() throws SQLException {
        database.execute("CREATE TABLE kinds (a TINYINT(1), b TINYINT UNSIGNED, c SMALLINT UNSIGNED, d MEDIUMINT, e INT UNSIGNED ZEROFILL, f BIGINT UNSIGNED, g BIT(10), h YEAR, i ENUM('a', 'it''s', ''), j SET('x', 'yy'), k JSON,"
                + " l DATETIME(6), m TIMESTAMP(3) NULL, n DECIMAL(65, 30), o TEXT, p LONGBLOB, q UUID, r INET6, s FLOAT, t TIME(2), u VARBINARY(20), v CHAR(7), id BIGINT AUTO_INCREMENT PRIMARY KEY)");
        List<ColumnShape> columns = dialect.describe(raw, "public", "kinds").shape().columns();
        assertThat(columns.stream().map(column -> column.name() + " " + dialect.typeName(column.type())).toList()).containsExactly("a tinyint", "b smallint", "c integer", "d integer", "e bigint", "f decimal(20, 0)",
                "g varbinary(2)", "h smallint", "i enum('a', 'it''s', '')", "j varchar(4)", "k json", "l datetime(6)", "m timestamp(3)", "n decimal(65, 30)", "o longtext", "p longblob", "q uuid", "r inet6", "s float",
                "t time(2)", "u varbinary(20)", "v char(7)", "id bigint");
    }

    @Test
    void columnsThatCannotTravelStayAtHomeWhereNobodyAsksForThem() throws SQLException {
        database.execute("CREATE TABLE house (id INT PRIMARY KEY, place POINT, name VARCHAR(20), spot POINT NOT NULL UNIQUE)");
        assertThatThrownBy(() -> dialect.describe(raw, "public", "house", "place"::equals)).hasMessageContaining("public.house.spot").hasMessageContaining("cannot travel");
        assertThat(dialect.describe(raw, "public", "house", List.of("place", "spot")::contains).shape().columns()).extracting(ColumnShape::name).containsExactly("id", "name");
    }

    @Test
    void errorsAreWhatTheyMeanForApply() throws SQLException {
        database.execute("CREATE TABLE parent (id INT PRIMARY KEY, n SMALLINT CHECK (n > 0))", "CREATE TABLE child (id INT PRIMARY KEY REFERENCES parent (id))", "INSERT INTO parent VALUES (1, 1)");
        assertThat(failure("INSERT INTO parent VALUES (1, 1)")).isEqualTo(Dialect.ErrorClass.DUPLICATE);
        assertThat(failure("INSERT INTO child VALUES (2)")).isEqualTo(Dialect.ErrorClass.REFERENCE);
        for (String unfit : List.of("INSERT INTO parent VALUES (2, 0)", "INSERT INTO parent VALUES (NULL, 1)", "INSERT INTO parent VALUES (3, 40000)", "INSERT INTO gone VALUES (1)",
                "INSERT INTO parent (gone) VALUES (1)", "INSERT INTO gone.parent VALUES (1)", "INSERT INTO parent VALUES (4, 'x')")) {
            assertThat(failure(unfit)).as(unfit).isEqualTo(Dialect.ErrorClass.SCHEMA);
        }
        try (Connection other = database.connect(); Statement statement = other.createStatement(); Statement own = raw.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE parent SET n = 2");
            own.execute("SET innodb_lock_wait_timeout = 0");
            assertThat(failure("UPDATE parent SET n = 3")).isEqualTo(Dialect.ErrorClass.TRANSIENT);
            own.execute("KILL " + intOf(other, "SELECT CONNECTION_ID()"));
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOfSatisfying(SQLException.class, lost -> {
                assertThat(dialect.classify(lost)).isEqualTo(Dialect.ErrorClass.TRANSIENT);
                assertThat(dialect.isClosed(lost)).isTrue();
                assertThat(dialect.endsTransaction(lost)).isTrue();
            });
        }
    }

    /** The driver would send it, and the server would end the connection. */
    @Test
    void aValueThatIsTooLongForTheServerIsRefusedAndTheConnectionGoesOn() throws SQLException {
        database.execute("CREATE TABLE blobs (id INT PRIMARY KEY, b LONGBLOB)");
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO blobs VALUES (1, ?)")) {
            for (byte[] content : new byte[][] {new byte[9 << 20], "x".repeat(17 << 20).getBytes(StandardCharsets.US_ASCII)}) {
                assertThatThrownBy(() -> dialect.bind(insert, 1, content, ColumnType.of(SqlType.BLOB))).hasMessageContaining("max_allowed_packet");
            }
            dialect.bind(insert, 1, "x".repeat(15 << 20).getBytes(StandardCharsets.US_ASCII), ColumnType.of(SqlType.BLOB));
            insert.executeUpdate();
        }
        assertThat(number("SELECT LENGTH(b) FROM blobs")).isEqualTo(15 << 20);
    }

    @Test
    void printedStatementsMakeTheSameCatalogue() throws SQLException {
        database.execute(installer.printable().toArray(String[]::new));
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(installer.needsInstall(raw)).isFalse();
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

    @Test
    void allConnectionsOfADatabaseHaveOneKeyAndOtherDatabasesAnother() throws SQLException {
        try (Connection same = database.connect(); Connection other = MariaDbServer.running().freshDatabase().connect()) {
            assertThat(dialect.databaseKey(same)).isEqualTo(dialect.databaseKey(raw)).isNotEqualTo(Dialects.of(other).databaseKey(other));
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

    private Dialect.ErrorClass failure(String sql) {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
            throw new AssertionError("no error: " + sql);
        } catch (SQLException error) {
            assertThat(dialect.endsTransaction(error)).isFalse();
            return dialect.classify(error);
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
