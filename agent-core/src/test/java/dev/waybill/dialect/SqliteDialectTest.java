// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect.ErrorClass;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the dialect promises of SQLite, on a real file. */
class SqliteDialectTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    @TempDir
    Path folder;

    private final Dialect dialect = new SqliteDialect();
    private Connection raw;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection(url());
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("test.db");
    }

    private void run(String... statements) throws SQLException {
        try (Statement statement = raw.createStatement()) {
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

    // ---- the catalogue ----

    @Test
    void catalogueIsInstalledOnceAndRemovedWithoutATrace() throws SQLException {
        run("CREATE TABLE item (id INTEGER PRIMARY KEY)");
        assertThat(dialect.hasCatalogue(raw)).isFalse();
        assertThat(installer().install(raw)).isTrue();
        assertThat(installer().install(raw)).isFalse();
        assertThat(dialect.hasCatalogue(raw)).isTrue();
        assertThat(dialect.tableNames(raw, "waybill")).contains("catalogue", "outbox", "journal");
        installer().uninstall(raw);
        assertThat(one("SELECT group_concat(name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")).isEqualTo("item");
    }

    @Test
    void databaseInMemoryIsRefused() throws SQLException {
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            assertThatThrownBy(() -> installer().install(memory)).hasMessageContaining("in memory");
            assertThatThrownBy(() -> dialect.beginAgentSession(memory)).hasMessageContaining("in memory");
        }
    }

    @Test
    void agentPutsTheFileIntoWalModeAndCommitsDurably() throws SQLException {
        dialect.beginAgentSession(raw);
        assertThat(one("PRAGMA journal_mode")).isEqualTo("wal");
        assertThat(one("PRAGMA synchronous")).isEqualTo("2");
    }

    @Test
    void outboxDoesNotChangeTheLastRowNumber() throws SQLException {
        installer().install(raw);
        run("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO item VALUES (77, 'x')");
        for (int i = 0; i < 3; i++) {
            run("INSERT INTO waybill_outbox (transaction_id, part, last, size, digest, payload, entry_id) VALUES ('t', 0, 1, 1, 1, X'00', " + dialect.drawnEntryId() + ")");
        }
        assertThat(one("SELECT last_insert_rowid()")).isEqualTo("77");
        assertThat(one("SELECT count(DISTINCT entry_id) FROM waybill_outbox")).isEqualTo("3");
    }

    @Test
    void writingBeginsWithAllOthersWaiting() throws SQLException {
        installer().install(raw);
        dialect.beginAgentSession(raw);
        raw.setAutoCommit(false);
        dialect.beginWriting(raw);
        try (Connection other = DriverManager.getConnection(url() + "?busy_timeout=1"); Statement statement = other.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate("UPDATE waybill_lease SET token = 1")).satisfies(busy -> assertThat(dialect.classify((SQLException) busy)).isEqualTo(ErrorClass.TRANSIENT));
        }
        raw.rollback();
        raw.setAutoCommit(true);
    }

    // ---- tables ----

    @Test
    void tableIsDescribedWithItsKeysInWhateverLettersItIsAskedFor() throws SQLException {
        run("CREATE TABLE Parent (a TEXT NOT NULL, b INT NOT NULL, PRIMARY KEY (b, a)) WITHOUT ROWID",
                "CREATE TABLE Child (Id INTEGER PRIMARY KEY, code VARCHAR(10) NOT NULL UNIQUE, pa TEXT, pb INT, twice INT AS (Id * 2) STORED, FOREIGN KEY (pb, pa) REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL)",
                "CREATE UNIQUE INDEX partly ON Child (pa) WHERE pb > 0");
        TableDefinition child = dialect.describe(raw, "", "CHILD");
        assertThat(child.shape().name()).isEqualTo("Child");
        assertThat(child.shape().columns()).extracting(ColumnShape::name).containsExactly("Id", "code", "pa", "pb", "twice");
        assertThat(child.shape().key()).containsExactly(0);
        assertThat(child.columns().get(0).identity()).isTrue();
        assertThat(child.columns().get(4).generatedAs()).isNotNull();
        assertThat(child.uniqueKeys()).containsExactly(List.of("code"));
        assertThat(child.foreignKeys()).containsExactly(new TableDefinition.ForeignKey(List.of("pb", "pa"), "", "Parent", List.of("b", "a"), TableDefinition.Action.CASCADE, TableDefinition.Action.SET_NULL));
        assertThat(child.leftOut()).anyMatch(sentence -> sentence.contains("partly"));
        assertThat(dialect.describe(raw, "", "parent").shape().key()).containsExactly(1, 0);
        assertThat(dialect.describe(raw, "", "nowhere")).isNull();
    }

    @Test
    void tableWithoutAKeyIsRefused() throws SQLException {
        run("CREATE TABLE heap (a TEXT UNIQUE, b INT)");
        assertThatThrownBy(() -> dialect.describe(raw, "", "heap")).hasMessageContaining("heap");
    }

    @Test
    void namesOfOtherDatabasesHaveOnePlaceHereAndBack() {
        assertThat(LocalNames.table(dialect, new TableName("PUBLIC", "ORDERS"))).isEqualTo(new TableName("", "orders"));
        assertThat(LocalNames.table(dialect, new TableName("sales", "orders"))).isEqualTo(new TableName("", "sales.orders"));
        assertThat(LocalNames.table(dialect, new TableName("", "Orders"))).isEqualTo(new TableName("", "Orders"));
        assertThat(LocalNames.table(new H2Dialect(IdentifierCase.UPPER), new TableName("", "Orders"))).isEqualTo(new TableName("PUBLIC", "ORDERS"));
        assertThat(LocalNames.table(new PostgresDialect(), new TableName("", "sales.orders"))).isEqualTo(new TableName("sales", "orders"));
    }

    // ---- values ----

    /** The same value, kept in the same way, after its way through a message. */
    @Test
    void everyValueIsKeptAtTheReplicaInTheWayInWhichItWasKept() throws SQLException {
        run("CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER, t VARCHAR(20), r REAL, n DECIMAL(10, 2), b BLOB, d DATETIME, u UUID, o BOOLEAN, free, j JSON)",
                "INSERT INTO t VALUES (1, 9223372036854775807, '12', 1.5, 1.10, X'00FF', '2026-11-22 01:02:03.004', '0b6e5c3a-8f1e-4c1d-9c3b-6a0f5d2e7b11', 1, 'it''s', '{\"a\": 1}')",
                "INSERT INTO t VALUES (2, -5, '', 1e300, 12345678, X'', 1763791445000, NULL, 0, 12, '12')",
                "INSERT INTO t VALUES (3, 0, 'ü', 9e999, 0.1, NULL, 2460000.123456789, NULL, NULL, 12.0, NULL)",
                "INSERT INTO t VALUES (4, NULL, NULL, NULL, -9e999, NULL, 'tomorrow', NULL, NULL, X'41', 'x')",
                "INSERT INTO t VALUES (5, NULL, NULL, NULL, 1.7976931348623157e308, NULL, NULL, NULL, NULL, '12', '0x10')");
        TableDefinition table = dialect.describe(raw, "", "t");
        List<String> declared = new ArrayList<>();
        table.shape().columns().forEach(column -> declared.add(dialect.quote(column.name()) + " " + dialect.typeName(column.type())));
        run("CREATE TABLE copy (" + String.join(", ", declared) + ", PRIMARY KEY (id))");
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM t ORDER BY id")) {
            while (row.next()) {
                try (PreparedStatement insert = raw.prepareStatement("INSERT INTO copy VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                    for (int i = 1; i <= 11; i++) {
                        ColumnType type = table.shape().columns().get(i - 1).type();
                        dialect.bind(insert, i, dialect.read(row, i, type), type);
                    }
                    insert.executeUpdate();
                }
            }
        }
        for (ColumnShape column : table.shape().columns()) {
            String each = "SELECT group_concat(typeof(x) || ' ' || quote(x), '; ') FROM (SELECT \"" + column.name() + "\" AS x FROM ";
            assertThat(one(each + "copy ORDER BY id)")).as(column.name()).isEqualTo(one(each + "t ORDER BY id)"));
        }
        assertThat(dialect.describe(raw, "", "copy").shape().columns()).extracting(ColumnShape::type).isEqualTo(table.shape().columns().stream().map(column -> dialect.landing(column.type())).toList());
    }

    @Test
    void valueThatIsNotKeptAsItsColumnSaysIsRefused() throws SQLException {
        run("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, b BLOB, o BOOLEAN, u UUID, r REAL)", "INSERT INTO t VALUES (1, 'many', 'text', 2, 'ABC', 'no')");
        TableDefinition table = dialect.describe(raw, "", "t");
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM t")) {
            row.next();
            for (int i = 2; i <= 6; i++) {
                int index = i;
                assertThatThrownBy(() -> dialect.read(row, index, table.shape().columns().get(index - 1).type())).hasMessageContaining("would be another one");
            }
        }
    }

    @Test
    void valuesOfOthersThatSqliteWouldChangeAreRefused() throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement("SELECT ?")) {
            assertThatThrownBy(() -> dialect.bind(statement, 1, Double.NaN, ColumnType.of(SqlType.DOUBLE))).hasMessageContaining("NaN");
            assertThatThrownBy(() -> dialect.bind(statement, 1, "a\uD83Db", ColumnType.of(SqlType.VARCHAR))).hasMessageContaining("half a character");
        }
    }

    @Test
    void numbersOfMoreDigitsThanADoubleHasKeepThemAll() throws SQLException {
        ColumnType money = ColumnType.of(SqlType.NUMERIC, 30, 4);
        BigDecimal value = new BigDecimal("12345678901234567890123456.7890");
        run("CREATE TABLE t (n " + dialect.typeName(money) + ")");
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO t VALUES (?)")) {
            dialect.bind(insert, 1, value, money);
            insert.executeUpdate();
        }
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT n FROM t")) {
            row.next();
            assertThat(dialect.read(row, 1, dialect.landing(money))).isEqualTo(value);
        }
    }

    @Test
    void timesOfOthersAreTextThatSqliteUnderstands() throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement("SELECT datetime(?1), ?1")) {
            dialect.bind(statement, 1, LocalDateTime.parse("2026-11-22T01:02:03.123456"), ColumnType.of(SqlType.TIMESTAMP, -1, 6));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("2026-11-22 01:02:03");
                assertThat(row.getString(2)).isEqualTo("2026-11-22 01:02:03.123456");
            }
        }
    }

    // ---- errors ----

    @Test
    void errorsAreUnderstood() throws SQLException {
        run("PRAGMA foreign_keys = ON", "CREATE TABLE p (id INTEGER PRIMARY KEY, u TEXT UNIQUE, n TEXT NOT NULL, CHECK (id > 0))", "CREATE TABLE c (id INT PRIMARY KEY, p REFERENCES p)", "INSERT INTO p VALUES (1, 'a', 'b')");
        assertThat(classOf("INSERT INTO p VALUES (1, 'b', 'b')")).isEqualTo(ErrorClass.DUPLICATE);
        assertThat(classOf("INSERT INTO p VALUES (2, 'a', 'b')")).isEqualTo(ErrorClass.DUPLICATE);
        assertThat(classOf("INSERT INTO c VALUES (1, 9)")).isEqualTo(ErrorClass.REFERENCE);
        assertThat(classOf("INSERT INTO p VALUES (2, 'b', NULL)")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO p VALUES (-2, 'b', 'b')")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO q VALUES (1)")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("INSERT INTO p (id, x) VALUES (1, 1)")).isEqualTo(ErrorClass.SCHEMA);
        assertThat(classOf("nonsense")).isEqualTo(ErrorClass.OTHER);
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
