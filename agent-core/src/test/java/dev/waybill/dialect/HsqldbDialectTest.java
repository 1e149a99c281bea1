// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the generic dialect promises of HSQLDB, in this process. */
class HsqldbDialectTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    private static final long BOUND = 60;

    @TempDir
    Path folder;

    private final String url = "jdbc:hsqldb:mem:" + UUID.randomUUID();
    private Dialect dialect;
    private Connection raw;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection(url + ";hsqldb.tx=mvcc;shutdown=true");
        dialect = Dialects.of(raw);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    private void run(String... statements) throws SQLException {
        run(raw, statements);
    }

    private static void run(Connection on, String... statements) throws SQLException {
        try (Statement statement = on.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String one(String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private CatalogueInstaller installer() {
        return new CatalogueInstaller(dialect, UUID::randomUUID, CLOCK);
    }

    // ---- which database ----

    /** Measured: an open transaction keeps everybody else from the tables that it has written to, the outbox among them, and from what it has read. */
    @Test
    void databaseWithoutRowVersionsIsRefused() throws SQLException {
        for (String model : List.of("LOCKS", "MVLOCKS")) {
            run("SET DATABASE TRANSACTION CONTROL " + model);
            assertThatThrownBy(() -> Dialects.of(raw)).satisfies(error -> assertThat(WaybillError.PRODUCT_SETTING.is((SQLException) error)).isTrue()).hasMessageContaining(model).hasMessageContaining("SET DATABASE TRANSACTION CONTROL MVCC");
        }
        run("SET DATABASE TRANSACTION CONTROL MVCC");
        assertThat(Dialects.of(raw).name()).isEqualTo("hsqldb");
    }

    @Test
    void otherModelsWouldKeepTheSequencerBehindAnIdleTransaction() throws Exception {
        installer().install(raw);
        for (String model : List.of("LOCKS", "MVLOCKS")) {
            run("SET DATABASE TRANSACTION CONTROL " + model);
            assertThat(isKeptWaiting()).as(model).isTrue();
        }
        run("SET DATABASE TRANSACTION CONTROL MVCC");
        assertThat(isKeptWaiting()).isFalse();
    }

    /** Whether the agent's own work on the outbox waits for somebody who has written there and goes on. */
    private boolean isKeptWaiting() throws Exception {
        try (Connection idle = DriverManager.getConnection(url); Connection agent = DriverManager.getConnection(url)) {
            idle.setAutoCommit(false);
            run(idle, "INSERT INTO waybill.outbox VALUES (NEXT VALUE FOR waybill.entry, UUID(), 0, TRUE, 1, 1, NULL, X'00')");
            CompletableFuture<Void> work = CompletableFuture.runAsync(() -> {
                try {
                    run(agent, "DELETE FROM waybill.outbox WHERE entry_id = 0");
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            boolean waits = isWaiting(work);
            idle.rollback();
            work.get(BOUND, TimeUnit.SECONDS);
            return waits;
        }
    }

    /** False when it has ended. */
    private boolean isWaiting(CompletableFuture<Void> work) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND);
        while (!work.isDone()) {
            if (!"0".equals(one("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SYSTEM_SESSIONS WHERE LATCH_COUNT > 0"))) {
                return true;
            }
            assertThat(System.nanoTime()).as("neither done nor waiting").isLessThan(end);
        }
        return false;
    }

    @Test
    void agentDemandsThatEveryCommitIsOnDisk() throws SQLException {
        String file = "jdbc:hsqldb:file:" + folder.resolve("db") + ";hsqldb.tx=mvcc;shutdown=true";
        try (Connection late = DriverManager.getConnection(file)) {
            assertThatThrownBy(() -> dialect.beginAgentSession(late)).hasMessageContaining("500").hasMessageContaining("SET FILES WRITE DELAY FALSE");
            run(late, "SET FILES WRITE DELAY FALSE");
            dialect.beginAgentSession(late);
        }
    }

    /** As after a crash: the files are copied while the database is open, without what was not on disk. */
    @Test
    void whatIsCommittedIsInTheFilesAndNumbersGoOnAfterACrash() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Connection file = DriverManager.getConnection("jdbc:hsqldb:file:" + folder.resolve("db") + ";hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true")) {
            installer().install(file);
            for (int i = 0; i < 5; i++) {
                run(file, "INSERT INTO waybill.outbox VALUES (NEXT VALUE FOR waybill.entry, UUID(), 0, TRUE, 1, 1, NULL, X'00')");
            }
            try (Stream<Path> files = Files.list(folder)) {
                for (Path each : files.filter(Files::isRegularFile).filter(path -> !path.toString().endsWith(".lck")).toList()) {
                    Files.copy(each, copy.resolve(each.getFileName()));
                }
            }
        }
        try (Connection again = DriverManager.getConnection("jdbc:hsqldb:file:" + copy.resolve("db") + ";shutdown=true"); Statement statement = again.createStatement()) {
            run(again, "INSERT INTO waybill.outbox VALUES (NEXT VALUE FOR waybill.entry, UUID(), 0, TRUE, 1, 1, NULL, X'00')");
            try (ResultSet row = statement.executeQuery("SELECT COUNT(*), MAX(entry_id), COUNT(DISTINCT entry_id) FROM waybill.outbox")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(6);
                assertThat(row.getInt(3)).isEqualTo(6);
                assertThat(row.getLong(2)).isGreaterThanOrEqualTo(6);
            }
        }
    }

    // ---- the catalogue ----

    @Test
    void catalogueIsInstalledOnceAndRemovedWithoutATrace() throws SQLException {
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(installer().install(raw)).isTrue();
        assertThat(installer().install(raw)).isFalse();
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(dialect.tableNames(raw, "WAYBILL")).contains("CATALOGUE", "OUTBOX", "JOURNAL");
        run("CREATE USER \"clerk\" PASSWORD 'x'");
        for (String grant : dialect.grantStatements("clerk")) {
            run(grant);
        }
        installer().uninstall(raw);
        assertThat(one("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = 'WAYBILL'")).isEqualTo("0");
    }

    @Test
    void whoWritesOfOursWaitsForWhoeverBeganBefore() throws Exception {
        installer().install(raw);
        raw.setAutoCommit(false);
        dialect.beginWriting(raw);
        try (Connection other = DriverManager.getConnection(url)) {
            other.setAutoCommit(false);
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
                try {
                    dialect.beginWriting(other);
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            assertThat(isWaiting(second)).isTrue();
            raw.rollback();
            second.get(BOUND, TimeUnit.SECONDS);
            other.rollback();
        }
        raw.setAutoCommit(true);
    }

    // ---- tables, types, values ----

    @Test
    void tableIsDescribedWithItsKeys() throws SQLException {
        run("CREATE TABLE parent (a VARCHAR(5), b INTEGER, PRIMARY KEY (b, a))",
                "CREATE TABLE \"Child\" (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, code VARCHAR(10) NOT NULL UNIQUE, pa VARCHAR(5), pb INTEGER, twice INTEGER GENERATED ALWAYS AS (id * 2), FOREIGN KEY (pb, pa) REFERENCES parent (b, a) ON DELETE CASCADE ON UPDATE SET NULL)");
        TableDefinition child = dialect.describe(raw, "PUBLIC", "Child");
        assertThat(child.shape().columns()).extracting(ColumnShape::name).containsExactly("ID", "CODE", "PA", "PB", "TWICE");
        assertThat(child.shape().key()).containsExactly(0);
        assertThat(child.columns().get(0).identity()).isTrue();
        assertThat(child.columns().get(4).generatedAs()).contains("ID");
        assertThat(child.uniqueKeys()).containsExactly(List.of("CODE"));
        assertThat(child.foreignKeys()).containsExactly(new TableDefinition.ForeignKey(List.of("PB", "PA"), "PUBLIC", "PARENT", List.of("B", "A"), TableDefinition.Action.CASCADE, TableDefinition.Action.SET_NULL));
        assertThat(dialect.describe(raw, "PUBLIC", "PARENT").shape().key()).containsExactly(1, 0);
        assertThat(dialect.describe(raw, "PUBLIC", "NOWHERE")).isNull();
        run("CREATE VIEW v AS SELECT * FROM parent", "CREATE TABLE heap (a INTEGER)", "CREATE TABLE odd (id INTEGER PRIMARY KEY, x INTERVAL DAY TO SECOND)");
        assertThat(dialect.describe(raw, "PUBLIC", "V")).isNull();
        assertThatThrownBy(() -> dialect.describe(raw, "PUBLIC", "HEAP")).hasMessageContaining("HEAP");
        assertThatThrownBy(() -> dialect.describe(raw, "PUBLIC", "ODD")).hasMessageContaining("INTERVAL");
        assertThatThrownBy(() -> dialect.describe(raw, "PUBLIC", "ODD", "ID"::equals)).hasMessageContaining("PUBLIC.ODD.X");
        assertThat(dialect.describe(raw, "PUBLIC", "ODD", "X"::equals).shape().columns()).as("nobody asks for it").extracting(ColumnShape::name).containsExactly("ID");
    }

    /** Whatever the zone of the JVM leaves out, and before the calendar was changed. */
    @Test
    void everyValueOfEveryTypeIsTheSameAtTheReplica() throws SQLException {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try {
            run("CREATE TABLE t (id INTEGER PRIMARY KEY, ti TINYINT, sm SMALLINT, bi BIGINT, nu NUMERIC(30, 10), de DECIMAL(10), d DOUBLE, r REAL, ch CHAR(5), vc VARCHAR(20), lv LONGVARCHAR, cl CLOB, bn BINARY(4), vb VARBINARY(10), lb LONGVARBINARY, bl BLOB,"
                    + " bo BOOLEAN, uu UUID, da DATE, t0 TIME, t9 TIME(9), tz TIME(3) WITH TIME ZONE, s0 TIMESTAMP(0), ts TIMESTAMP, s9 TIMESTAMP(9), tt TIMESTAMP(9) WITH TIME ZONE)",
                    "INSERT INTO t VALUES (1, -128, 32767, 9223372036854775807, 12345678901234567890.0123456789, 9999999999, 1E300, 0.1E0, 'a', ' b ü ', 'long', 'clob', X'00FF', X'', X'01', X'0203', TRUE, UUID('0b6e5c3a-8f1e-4c1d-9c3b-6a0f5d2e7b11'),"
                            + " DATE '2024-02-29', TIME '23:59:59', TIME '01:02:03.123456789', TIME '10:00:00.5+2:30', TIMESTAMP '2024-03-31 02:30:00', TIMESTAMP '2024-10-27 02:30:00.123456', TIMESTAMP '0001-01-01 00:00:00.000000001',"
                            + " TIMESTAMP '9999-12-30 23:59:59.999999999-1:15')",
                    "INSERT INTO t (id, d, vc, da) VALUES (2, -0E0, '', DATE '1582-10-04')", "INSERT INTO t (id) VALUES (3)");
            TableDefinition table = dialect.describe(raw, "PUBLIC", "T");
            List<String> declared = new ArrayList<>();
            table.shape().columns().forEach(column -> declared.add(dialect.quote(column.name()) + " " + dialect.typeName(column.type())));
            run("CREATE TABLE copy (" + String.join(", ", declared) + ", PRIMARY KEY (id))");
            assertThat(dialect.describe(raw, "PUBLIC", "COPY").shape().columns()).isEqualTo(table.shape().columns());
            copy(table);
            for (ColumnShape column : table.shape().columns()) {
                String differing = "SELECT COUNT(*) FROM t JOIN copy ON t.id = copy.id WHERE CAST(t.%1$s AS VARCHAR(200)) IS DISTINCT FROM CAST(copy.%1$s AS VARCHAR(200))".formatted(dialect.quote(column.name()));
                if (!List.of("BLOB", "CLOB").contains(column.type().type().name())) {
                    assertThat(one(differing)).as(column.toString()).isEqualTo("0");
                }
            }
            assertThat(one("SELECT COUNT(*) FROM t JOIN copy ON t.id = copy.id WHERE t.cl = copy.cl AND t.bl = copy.bl")).isEqualTo("1");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private void copy(TableDefinition table) throws SQLException {
        int width = table.shape().columns().size();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM t"); PreparedStatement insert = raw.prepareStatement("INSERT INTO copy VALUES (?" + ", ?".repeat(width - 1) + ")")) {
            while (row.next()) {
                for (int i = 1; i <= width; i++) {
                    ColumnType type = table.shape().columns().get(i - 1).type();
                    dialect.bind(insert, i, dialect.read(row, i, type), type);
                }
                insert.executeUpdate();
            }
        }
    }

    @Test
    void valuesThatHsqldbWouldChangeAreRefused() throws SQLException {
        run("CREATE TABLE t (n NUMERIC(10, 2), d DATE)");
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            ColumnType money = ColumnType.of(SqlType.NUMERIC, 10, 2);
            dialect.bind(insert, 1, new BigDecimal("1.50000"), money);
            assertThatThrownBy(() -> dialect.bind(insert, 1, new BigDecimal("1.005"), money)).hasMessageContaining("1.005");
            assertThatThrownBy(() -> dialect.bind(insert, 1, "NaN", ColumnType.of(SqlType.DECFLOAT))).hasMessageContaining("NaN");
            assertThatThrownBy(() -> dialect.bind(insert, 2, LocalDate.of(1582, 10, 10), ColumnType.of(SqlType.DATE))).hasMessageContaining("1582-10-10");
            assertThatThrownBy(() -> dialect.bind(insert, 2, LocalDate.of(10_000, 1, 1), ColumnType.of(SqlType.DATE))).hasMessageContaining("10000");
        }
    }

    // ---- errors ----

    @Test
    void errorsAreUnderstood() throws SQLException {
        run("CREATE TABLE p (id INTEGER PRIMARY KEY, u VARCHAR(5) UNIQUE, n VARCHAR(5) NOT NULL, CHECK (id > 0))", "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p)", "INSERT INTO p VALUES (1, 'a', 'b')", "INSERT INTO c VALUES (1, 1)");
        assertThat(classOf("INSERT INTO p VALUES (1, 'b', 'b')")).isEqualTo(ErrorClass.DUPLICATE);
        assertThat(classOf("INSERT INTO p VALUES (2, 'a', 'b')")).isEqualTo(ErrorClass.DUPLICATE);
        assertThat(classOf("INSERT INTO c VALUES (2, 9)")).isEqualTo(ErrorClass.REFERENCE);
        assertThat(classOf("DELETE FROM p")).isEqualTo(ErrorClass.REFERENCE);
        assertThat(classOf("INSERT INTO p VALUES (2, 'b', NULL)")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO p VALUES (-2, 'b', 'b')")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO p VALUES (2, 'too long', 'b')")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO q VALUES (1)")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO p (id, x) VALUES (1, 1)")).isEqualTo(ErrorClass.SCHEMA);
    }

    private ErrorClass classOf(String sql) throws SQLException {
        try {
            run(sql);
        } catch (SQLException error) {
            return dialect.classify(error);
        }
        throw new AssertionError(sql + " worked");
    }
}
