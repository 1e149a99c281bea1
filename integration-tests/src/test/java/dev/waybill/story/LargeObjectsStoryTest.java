// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** Large objects of PostgreSQL, written in every way that JDBC and its driver have, at replicas: as large objects at PostgreSQL, as BLOB at H2. */
class LargeObjectsStoryTest {

    private static final String NUMBER = "SELECT sound FROM score WHERE id = ";

    @TempDir
    private Path directory;

    private HeadOfficeAndBranch sites;
    private boolean branchIsPostgres;

    @Test
    void objectsAreKeptAtPostgres() throws Exception {
        keep(PostgresServer.running().freshDatabase().url(), true);
        assertThat(HeadOfficeAndBranch.number(sites.atBranch(), "SELECT COUNT(*) FROM pg_largeobject_metadata")).as("objects that no row refers to").isEqualTo(HeadOfficeAndBranch.number(sites.atBranch(), "SELECT COUNT(sound) FROM score"));
        sites.close();
    }

    @Test
    void objectsAreBlobsAtH2() throws Exception {
        keep("jdbc:h2:file:" + directory.resolve("branch"), false);
        sites.close();
    }

    private void keep(String branch, boolean postgres) throws Exception {
        String hq = PostgresServer.running().freshDatabase().url();
        branchIsPostgres = postgres;
        sites = new HeadOfficeAndBranch(directory, hq, branch);
        try (Connection before = DriverManager.getConnection(hq)) {
            HeadOfficeAndBranch.execute(before, "CREATE DOMAIN lo AS oid", "CREATE TABLE score (id INT PRIMARY KEY, title TEXT, sound lo)", "CREATE INDEX score_sound ON score (sound)", "CREATE TABLE other (id INT PRIMARY KEY)",
                    "INSERT INTO score VALUES (1, 'first', lo_from_bytea(0, 'before')), (2, 'none', NULL)");
        }
        sites.setUp("CREATE PUBLICATION scores (TABLE score, TABLE other)", "scores");
        sites.awaitQuiet(Duration.ofSeconds(120));
        assertSound(1, "before".getBytes(StandardCharsets.UTF_8));
        sites.atHq().setAutoCommit(false);
        written();
        writtenInPlace();
        undone();
        refused();
        sites.atHq().setAutoCommit(true);
        HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO score VALUES (20, 'alone', lo_from_bytea(0, 'in a transaction of its own'))");
        sites.awaitQuiet(Duration.ofSeconds(120));
        assertSound(20, "in a transaction of its own".getBytes(StandardCharsets.UTF_8));
        again();
        assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM waybill.counter WHERE name = 'uncaptured'")).as("refused writes").isGreaterThan(0);
    }

    @Test
    void triggersDoNotCaptureThem() throws Exception {
        String hq = PostgresServer.running().freshDatabase().url();
        try (Connection before = DriverManager.getConnection(hq)) {
            HeadOfficeAndBranch.execute(before, "CREATE DOMAIN lo AS oid", "CREATE TABLE score (id INT PRIMARY KEY, sound lo)");
        }
        Properties triggers = new Properties();
        triggers.setProperty("waybill.agent", "off");
        triggers.setProperty("waybill.capture", "complete");
        try (Connection connection = DriverManager.getConnection(hq.replaceFirst("jdbc:", "jdbc:waybill:"), triggers)) {
            HeadOfficeAndBranch.execute(connection, "GRANT PUBLISH TO hq");
            assertThatThrownBy(() -> HeadOfficeAndBranch.execute(connection, "CREATE PUBLICATION scores (TABLE score)")).hasMessageContaining("large objects, which triggers cannot capture");
            HeadOfficeAndBranch.execute(connection, "CREATE PUBLICATION scores (TABLE score (id))");
        }
    }

    private static byte[] noise(int seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** By streams, by the driver's own interface, by functions; short and long; in a row of its own, by UPDATE, by upsert. */
    private void written() throws Exception {
        byte[] large = noise(1, 3_000_000);
        try (PreparedStatement insert = sites.atHq().prepareStatement("INSERT INTO score VALUES (?, ?, ?)")) {
            insert.setInt(1, 3);
            insert.setString(2, "stream");
            insert.setBlob(3, new ByteArrayInputStream(large), large.length);
            insert.executeUpdate();
            insert.setInt(1, 4);
            insert.setString(2, "interface");
            insert.setLong(3, made(noise(2, 70_000)));
            insert.executeUpdate();
            insert.setInt(1, 5);
            insert.setString(2, "empty");
            insert.setLong(3, objects().createLO());
            insert.executeUpdate();
        }
        HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO score VALUES (6, 'function', lo_from_bytea(0, 'of a function')) ON CONFLICT (id) DO UPDATE SET sound = EXCLUDED.sound",
                "UPDATE score SET sound = lo_from_bytea(0, 'between') WHERE id = 1", "UPDATE score SET sound = lo_from_bytea(0, 'after') WHERE id = 1", "UPDATE score SET title = 'no longer none' WHERE id = 2", "DELETE FROM score WHERE id = 6");
        sites.atHq().commit();
        sites.awaitQuiet(Duration.ofSeconds(120));
        assertSound(1, "after".getBytes(StandardCharsets.UTF_8));
        assertSound(3, large);
        assertSound(4, noise(2, 70_000));
        assertSound(5, new byte[0]);
        assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT CONCAT(title, ' ', sound IS NULL) FROM score WHERE id = 2")).startsWith("no longer none").matches(".*(t|TRUE|true)");
        assertThat(HeadOfficeAndBranch.number(sites.atBranch(), "SELECT COUNT(*) FROM score")).isEqualTo(5);
    }

    private LargeObjectManager objects() throws SQLException {
        return sites.atHq().unwrap(PGConnection.class).getLargeObjectAPI();
    }

    private long made(byte[] content) throws SQLException {
        long number = objects().createLO();
        try (LargeObject object = objects().open(number, LargeObjectManager.WRITE)) {
            object.write(content);
        }
        return number;
    }

    /** After the row was written: by the interface and by the Blob of a row, before and after its row, in one transaction and in a later one. */
    private void writtenInPlace() throws Exception {
        long number = HeadOfficeAndBranch.number(sites.atHq(), NUMBER + 4);
        try (LargeObject object = objects().open(number, LargeObjectManager.READWRITE)) {
            object.seek(10);
            object.write(new byte[] {1, 2, 3});
            object.truncate(60_000);
        }
        long fresh = objects().createLO();
        try (LargeObject object = objects().open(fresh, LargeObjectManager.WRITE)) {
            object.write(new byte[] {7});
            HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO score VALUES (7, 'half', " + fresh + ")");
            object.write(new byte[] {8});
        }
        sites.atHq().commit();
        try (Statement statement = sites.atHq().createStatement(); ResultSet row = statement.executeQuery(NUMBER + 3)) {
            row.next();
            Blob blob = row.getBlob(1);
            blob.setBytes(100, new byte[] {9, 9, 9});
            try (OutputStream out = blob.setBinaryStream(1)) {
                out.write(5);
            }
            blob.truncate(2_000_000);
        }
        sites.atHq().commit();
        sites.awaitQuiet(Duration.ofSeconds(120));
        byte[] expected = Arrays.copyOf(noise(2, 70_000), 60_000);
        System.arraycopy(new byte[] {1, 2, 3}, 0, expected, 10, 3);
        assertSound(4, expected);
        assertSound(7, new byte[] {7, 8});
        byte[] blob = Arrays.copyOf(noise(1, 3_000_000), 2_000_000);
        System.arraycopy(new byte[] {9, 9, 9}, 0, blob, 99, 3);
        blob[0] = 5;
        assertSound(3, blob);
    }

    private void undone() throws Exception {
        Savepoint savepoint = sites.atHq().setSavepoint();
        HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO score VALUES (8, 'never', lo_from_bytea(0, 'never'))", "SELECT lo_unlink(sound) FROM score WHERE id = 3");
        sites.atHq().rollback(savepoint);
        HeadOfficeAndBranch.execute(sites.atHq(), "SELECT lo_unlink(sound) FROM score WHERE id = 7", "DELETE FROM score WHERE id = 7");
        sites.atHq().commit();
        try (LargeObject object = objects().open(HeadOfficeAndBranch.number(sites.atHq(), NUMBER + 4), LargeObjectManager.WRITE)) {
            object.write(new byte[100]);
        }
        sites.atHq().rollback();
        sites.awaitQuiet(Duration.ofSeconds(120));
        assertThat(HeadOfficeAndBranch.number(sites.atBranch(), "SELECT COUNT(*) FROM score WHERE id IN (7, 8)")).isZero();
    }

    private void refused() throws Exception {
        long number = HeadOfficeAndBranch.number(sites.atHq(), NUMBER + 4);
        assertRefused("WB401", () -> HeadOfficeAndBranch.execute(sites.atHq(), "SELECT lo_put(" + number + ", 0, 'x')"));
        assertRefused("WB401", () -> HeadOfficeAndBranch.execute(sites.atHq(), "DO 'BEGIN PERFORM lo_unlink(" + number + "); END'"));
        assertRefused("WB406", () -> {
            HeadOfficeAndBranch.execute(sites.atHq(), "SELECT lo_unlink(" + number + ")");
            sites.atHq().commit();
        });
        assertRefused("WB406", () -> {
            objects().unlink(number);
            sites.atHq().commit();
        });
        sites.atHq().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        assertRefused("WB407", () -> {
            try (LargeObject object = objects().open(number, LargeObjectManager.WRITE)) {
                object.write(new byte[] {1});
            }
            sites.atHq().commit();
        });
        sites.atHq().setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        assertRefused("WB403", () -> HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO score VALUES (9, 'dangling', 4000000000)"));
        sites.atHq().setAutoCommit(true);
        assertRefused("WB401", () -> objects().unlink(number));
        sites.atHq().setAutoCommit(false);
        assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM pg_largeobject_metadata WHERE oid = " + number)).isEqualTo(1);
        sites.atHq().rollback();
    }

    private void assertRefused(String state, ThrowingCallable call) throws SQLException {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).as(refused.toString()).isEqualTo(state));
        if (!sites.atHq().getAutoCommit()) {
            sites.atHq().rollback();
        }
    }

    /** A snapshot over what is there. */
    private void again() throws Exception {
        HeadOfficeAndBranch.execute(sites.atHq(), "SYNCHRONIZE SUBSCRIPTION TO scores FOR branch");
        sites.awaitQuiet(Duration.ofSeconds(120));
        assertSound(5, new byte[0]);
        assertSound(20, "in a transaction of its own".getBytes(StandardCharsets.UTF_8));
    }

    private void assertSound(int id, byte[] expected) throws SQLException {
        String content = "SELECT " + (branchIsPostgres ? "lo_get(sound)" : "sound") + " FROM score WHERE id = " + id;
        try (Statement statement = sites.atBranch().createStatement(); ResultSet row = statement.executeQuery(content)) {
            assertThat(row.next()).as("row " + id).isTrue();
            assertThat(Arrays.equals(row.getBytes(1), expected)).as("sound of row " + id).isTrue();
        }
    }
}
