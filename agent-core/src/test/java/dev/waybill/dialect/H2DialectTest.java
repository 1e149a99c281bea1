// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;
import dev.waybill.dialect.Dialect.ErrorClass;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What H2 is asked and what it answers. */
class H2DialectTest {

    private final String name = UUID.randomUUID().toString();
    private final String url = "jdbc:h2:mem:" + name;
    private Connection raw;
    private Dialect dialect;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() throws SQLException {
        raw = DriverManager.getConnection(url);
        dialect = Dialects.of(raw);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void productIsFoundByConnectionAndByUrlAndAnUnknownOneIsNamed() throws SQLException {
        assertThat(dialect.name()).isEqualTo("h2");
        assertThat(Dialects.of("jdbc:h2:./orders;DATABASE_TO_LOWER=TRUE").fold("Album")).isEqualTo("album");
        assertThat(Dialects.of("jdbc:h2:./orders").fold("Album")).isEqualTo("ALBUM");
        assertThatThrownBy(() -> Dialects.of("jdbc:other://host/db?password=secret")).hasMessageContaining("PRODUCT_UNKNOWN").hasMessageContaining("jdbc:other://host/db")
                .hasMessageNotContaining("secret");
    }

    @Test
    void keyIsEqualForAllConnectionsToOneDatabaseAndDiffersForTwo() throws SQLException {
        try (Connection same = DriverManager.getConnection(url); Connection other = DriverManager.getConnection(url + "x"); Connection unnamed = DriverManager.getConnection("jdbc:h2:mem:");
                Connection unnamedToo = DriverManager.getConnection("jdbc:h2:mem:")) {
            assertThat(dialect.databaseKey(same)).isEqualTo(dialect.databaseKey(raw));
            assertThat(List.of(dialect.databaseKey(raw), dialect.databaseKey(other), dialect.databaseKey(unnamed), dialect.databaseKey(unnamedToo))).doesNotHaveDuplicates();
        }
        String key = dialect.databaseKey(raw);
        raw.close();
        raw = DriverManager.getConnection(url);
        assertThat(dialect.databaseKey(raw)).as("a new database of the same name").isNotEqualTo(key);
    }

    @Test
    void keyOfAFileIsItsPathHoweverItWasWritten() throws SQLException {
        String straight = "jdbc:h2:" + directory.resolve("db");
        String winding = "jdbc:h2:file:" + directory.resolve("sub").resolve("..").resolve("db") + ";WRITE_DELAY=0";
        try (Connection one = DriverManager.getConnection(straight); Connection two = DriverManager.getConnection(winding)) {
            assertThat(dialect.databaseKey(one)).isEqualTo(dialect.databaseKey(two)).contains(directory.resolve("db").toString());
            assertThat(dialect.isEmbedded(one)).isTrue();
        }
    }

    @Test
    void onlyADatabaseThatNobodyOutsideCanReachCountsAsEmbedded() throws SQLException {
        assertThat(dialect.isEmbedded(raw)).isTrue();
        Server server = Server.createTcpServer("-tcpPort", "0").start();
        try (Connection remote = DriverManager.getConnection("jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:" + name)) {
            assertThat(dialect.isEmbedded(remote)).isFalse();
            assertThat(dialect.databaseKey(remote)).startsWith("jdbc:h2:tcp:");
        } finally {
            server.stop();
        }
        try (Connection shared = DriverManager.getConnection("jdbc:h2:" + directory.resolve("shared") + ";AUTO_SERVER=TRUE")) {
            assertThat(dialect.isEmbedded(shared)).isFalse();
        }
    }

    @Test
    void namesAreQuotedExactly() throws SQLException {
        String odd = "a \"b\" C.ä";
        execute("CREATE TABLE " + dialect.quote("PUBLIC", odd) + " (" + dialect.quote(odd) + " INTEGER PRIMARY KEY)");
        assertThat(dialect.describe(raw, "PUBLIC", odd).shape().columns().get(0).name()).isEqualTo(odd);
        assertThat(dialect.quote("", "t")).isEqualTo("\"t\"");
        assertThat(dialect.currentSchema(raw)).isEqualTo("PUBLIC");
        assertThat(dialect.catalogueTable("outbox")).isEqualTo("waybill.outbox");
    }

    @Test
    void tableIsDescribedWithAllThatTravelsAndAllThatDoesNot() throws SQLException {
        execute("CREATE SCHEMA s");
        execute("CREATE TABLE s.parent (a INTEGER NOT NULL, b INTEGER NOT NULL, c CHARACTER VARYING(5) NOT NULL, d INTEGER, UNIQUE (a, b), UNIQUE (c), UNIQUE (d))");
        execute("CREATE DOMAIN colour AS CHARACTER VARYING(9)");
        execute("CREATE TABLE child (id BIGINT GENERATED ALWAYS AS IDENTITY, twice INTEGER GENERATED ALWAYS AS (y * 2), y INTEGER DEFAULT 7 CHECK (y > 0), x INTEGER, c colour,"
                + " PRIMARY KEY (id), UNIQUE (x, y), FOREIGN KEY (y, x) REFERENCES s.parent (a, b) ON DELETE CASCADE ON UPDATE SET NULL, FOREIGN KEY (x) REFERENCES child (id))");
        execute("CREATE INDEX by_c ON child (c)");
        execute("COMMENT ON TABLE child IS 'the child'");
        TableDefinition child = dialect.describe(raw, "PUBLIC", "CHILD");
        assertThat(child.shape().columns().stream().map(ColumnShape::name)).containsExactly("ID", "TWICE", "Y", "X", "C");
        assertThat(child.shape().key()).containsExactly(0);
        assertThat(child.primaryKey()).isTrue();
        assertThat(child.columns()).containsExactly(new ColumnFacts(false, true, null), new ColumnFacts(true, false, "\"Y\" * 2"), new ColumnFacts(true, false, null), new ColumnFacts(true, false, null),
                new ColumnFacts(true, false, null));
        assertThat(child.shape().columns().get(4).type().type()).isEqualTo(SqlType.VARCHAR);
        assertThat(child.uniqueKeys()).containsExactly(List.of("X", "Y"));
        assertThat(child.foreignKeys()).containsExactlyInAnyOrder(new ForeignKey(List.of("Y", "X"), "S", "PARENT", List.of("A", "B"), Action.CASCADE, Action.SET_NULL),
                new ForeignKey(List.of("X"), "PUBLIC", "CHILD", List.of("ID"), Action.NO_ACTION, Action.NO_ACTION));
        assertThat(String.join("\n", child.leftOut())).contains("default of column Y", "domain COLOUR", "A check", "BY_C", "the child", "Column ID is created as GENERATED BY DEFAULT");
        TableDefinition parent = dialect.describe(raw, "S", "PARENT");
        assertThat(parent.primaryKey()).isFalse();
        assertThat(parent.shape().key()).as("the smallest unique key without nulls").containsExactly(2);
        assertThat(parent.uniqueKeys()).containsExactlyInAnyOrder(List.of("A", "B"), List.of("D"));
    }

    @Test
    void onlyTablesWithAKeyAreDescribed() throws SQLException {
        execute("CREATE TABLE bare (a INTEGER NOT NULL, b INTEGER UNIQUE)");
        execute("CREATE UNIQUE INDEX by_a ON bare (a)");
        assertThatThrownBy(() -> dialect.describe(raw, "PUBLIC", "BARE")).hasMessageContaining("TABLE_WITHOUT_KEY");
        execute("CREATE VIEW seen AS SELECT * FROM bare");
        execute("CREATE GLOBAL TEMPORARY TABLE passing (a INTEGER PRIMARY KEY)");
        execute("CREATE LINKED TABLE far (NULL, '" + url + "', '', '', 'BARE')");
        for (String none : List.of("SEEN", "PASSING", "FAR", "bare", "MISSING")) {
            assertThat(dialect.describe(raw, "PUBLIC", none)).as(none).isNull();
        }
        assertThat(dialect.tableNames(raw, "PUBLIC")).contains("BARE", "SEEN");
        assertThat(dialect.tableNames(raw, "NOWHERE")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INSERT INTO p VALUES (1)                          | DUPLICATE
            INSERT INTO c VALUES (1, 9)                       | REFERENCE
            DELETE FROM p                                     | REFERENCE
            INSERT INTO nowhere VALUES (1)                    | SCHEMA
            UPDATE p SET nothing = 1                          | SCHEMA
            INSERT INTO nowhere.p VALUES (1)                  | SCHEMA
            INSERT INTO p VALUES (NULL)                       | SCHEMA
            INSERT INTO p VALUES (12345678901)                | SCHEMA
            INSERT INTO p VALUES ('x')                        | SCHEMA
            INSERT INTO p VALUES (1, 2)                       | SCHEMA
            INSERT INTO p VALUES (-1)                         | SCHEMA
            THIS IS NOT SQL                                   | OTHER
            """)
    void errorIsClassifiedByWhatItMeansForApply(String sql, ErrorClass expected) throws SQLException {
        execute("CREATE TABLE p (id INTEGER PRIMARY KEY CHECK (id >= 0))");
        execute("CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p)");
        execute("INSERT INTO p VALUES (1)");
        execute("INSERT INTO c VALUES (0, 1)");
        assertThatThrownBy(() -> execute(sql)).isInstanceOfSatisfying(SQLException.class, e -> assertThat(dialect.classify(e)).isEqualTo(expected));
        try (PreparedStatement batch = raw.prepareStatement(expected == ErrorClass.DUPLICATE ? sql : "INSERT INTO p VALUES (1)")) {
            batch.addBatch();
            assertThatThrownBy(batch::executeBatch).isInstanceOfSatisfying(SQLException.class, e -> assertThat(dialect.classify(e)).isEqualTo(ErrorClass.DUPLICATE));
        }
    }

    @Test
    void lockTimeoutAndLostConnectionAreTransient() throws SQLException {
        execute("CREATE TABLE p (id INTEGER PRIMARY KEY, v INTEGER)");
        execute("INSERT INTO p VALUES (1, 1)");
        try (Connection holder = DriverManager.getConnection(url); Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("UPDATE p SET v = 2");
            execute("SET LOCK_TIMEOUT 1");
            assertThatThrownBy(() -> execute("UPDATE p SET v = 3")).isInstanceOfSatisfying(SQLException.class, e -> assertThat(dialect.classify(e)).isEqualTo(ErrorClass.TRANSIENT));
            holder.rollback();
            execute("SHUTDOWN IMMEDIATELY");
            assertThatThrownBy(() -> lock.execute("UPDATE p SET v = 3")).isInstanceOfSatisfying(SQLException.class, e -> assertThat(dialect.classify(e)).isEqualTo(ErrorClass.TRANSIENT));
        }
    }

    @Test
    void victimOfADeadlockLosesItsWholeTransactionAndOtherErrorsOnlyTheStatement() throws Exception {
        execute("CREATE TABLE p (id INTEGER PRIMARY KEY, v INTEGER)");
        execute("INSERT INTO p VALUES (1, 0), (2, 0)");
        execute("CREATE TABLE said (what CHARACTER VARYING(20))");
        var threads = Executors.newSingleThreadExecutor();
        try (Connection other = DriverManager.getConnection(url + ";LOCK_TIMEOUT=10000"); Statement mine = raw.createStatement(); Statement others = other.createStatement()) {
            raw.setAutoCommit(false);
            other.setAutoCommit(false);
            mine.execute("INSERT INTO said VALUES ('mine')");
            assertThatThrownBy(() -> mine.execute("INSERT INTO p VALUES (1, 0)")).isInstanceOfSatisfying(SQLException.class, e -> assertThat(dialect.endsTransaction(e)).isFalse());
            others.execute("INSERT INTO said VALUES ('others')");
            mine.execute("UPDATE p SET v = 1 WHERE id = 1");
            others.execute("UPDATE p SET v = 2 WHERE id = 2");
            var waiting = threads.submit(() -> failure(() -> others.execute("UPDATE p SET v = 2 WHERE id = 1")));
            SQLException error = failure(() -> mine.execute("UPDATE p SET v = 1 WHERE id = 2"));
            SQLException othersError = waiting.get();
            assertThat(error == null).as("one of the two is the victim").isNotEqualTo(othersError == null);
            assertThat(dialect.endsTransaction(error == null ? othersError : error)).isTrue();
            raw.commit();
            other.commit();
            try (ResultSet row = mine.executeQuery("SELECT what FROM said")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo(error == null ? "mine" : "others");
                assertThat(row.next()).isFalse();
            }
        } finally {
            threads.shutdown();
        }
    }

    private interface Act {
        void run() throws SQLException;
    }

    private static SQLException failure(Act act) {
        try {
            act.run();
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    @Test
    void makeDurableWorksInMemoryAndOnFiles() throws SQLException {
        new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).install(raw);
        dialect.makeDurable(raw);
        try (Connection file = DriverManager.getConnection("jdbc:h2:" + directory.resolve("db"))) {
            new CatalogueInstaller(dialect, UUID::randomUUID, InstantSource.system()).install(file);
            file.setAutoCommit(false);
            dialect.makeDurable(file);
        }
    }

    @Test
    void snapshotOverSeveralTablesIsAtomicAgainstAConcurrentCommittingWriter() throws Exception {
        for (String table : List.of("a", "b")) {
            execute("CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, n BIGINT)");
            execute("INSERT INTO " + table + " VALUES (1, 0)");
        }
        AtomicBoolean done = new AtomicBoolean();
        var threads = Executors.newSingleThreadExecutor();
        try (Connection snapshot = DriverManager.getConnection(url)) {
            var writer = threads.submit(() -> {
                long count = 0;
                try (Connection own = DriverManager.getConnection(url); Statement statement = own.createStatement()) {
                    own.setAutoCommit(false);
                    for (; !done.get(); count++) {
                        statement.executeUpdate("UPDATE a SET n = n + 1");
                        statement.executeUpdate("UPDATE b SET n = n + 1");
                        own.commit();
                    }
                }
                return count;
            });
            dialect.beginSnapshot(snapshot);
            long moved = 0;
            try (Statement statement = snapshot.createStatement()) {
                for (int i = 0; i < 3000; i++) {
                    long a = number(statement, "SELECT n FROM a");
                    long b = number(statement, "SELECT n FROM b");
                    assertThat(b).isEqualTo(a);
                    moved = a;
                    snapshot.rollback();
                }
            } finally {
                done.set(true);
            }
            assertThat(writer.get()).isGreaterThan(0);
            assertThat(moved).as("the writer was really at work").isGreaterThan(0);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void versionThatLosesFilesIsCautionedAgainstAndWhatWeTestWithIsNot() throws SQLException {
        assertThat(H2Dialect.caution("2.5.252 (2025-11-21)")).contains("2.4.240");
        assertThat(H2Dialect.caution("2.4.240 (2025-09-22)")).isNull();
        assertThat(dialect.caution(raw)).isNull();
    }

    @Test
    void scriptIsCutAtSemicolonsOutsideOfTextAndComments() {
        assertThat(SqlScript.statements("-- a; b\nCREATE ';--' \"x;\"; -- c\n\n INSERT 'it''s; --' -- tail;\n , 2;\n--end"))
                .containsExactly("CREATE ';--' \"x;\"", "INSERT 'it''s; --'\n , 2");
        assertThat(dialect.catalogueStatements()).allMatch(sql -> (sql.startsWith("CREATE ") || sql.startsWith("INSERT INTO ")) && !sql.contains("--") && !sql.contains(";"));
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }
}
