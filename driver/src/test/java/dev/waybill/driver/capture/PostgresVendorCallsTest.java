// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.PostgresDatabase;
import dev.waybill.databases.PostgresServer;
import dev.waybill.error.WaybillError;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.BaseStatement;
import org.postgresql.fastpath.Fastpath;
import org.postgresql.fastpath.FastpathArg;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;
import org.postgresql.util.PSQLException;

/** PostgreSQL's own interfaces on our objects: they work, they lead back, and nothing that they run reaches a published table unseen. */
class PostgresVendorCallsTest {

    private PostgresDatabase database;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database = PostgresServer.running().freshDatabase();
        database.execute("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)",
                "CREATE FUNCTION opened() RETURNS REFCURSOR LANGUAGE plpgsql AS 'DECLARE c REFCURSOR; BEGIN OPEN c FOR SELECT id FROM u ORDER BY id; RETURN c; END'");
        connection = connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("GRANT PUBLISH TO hq");
            statement.execute("CREATE PUBLICATION p (TABLE t)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private Connection connect() throws SQLException {
        Properties info = new Properties();
        info.setProperty("waybill.agent", "off");
        return DriverManager.getConnection(database.url().replaceFirst("jdbc:", "jdbc:waybill:"), info);
    }

    private static void assertUncaptured(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
    }

    @Test
    void whatAStatementRunsByItsOwnInterfaceIsLookedAtFirst() throws SQLException {
        try (Statement plain = connection.createStatement(); PreparedStatement published = connection.prepareStatement("INSERT INTO t VALUES (1)");
                PreparedStatement other = connection.prepareStatement("INSERT INTO u VALUES (2)")) {
            assertUncaptured(() -> ((BaseStatement) plain).executeWithFlags("INSERT INTO t VALUES (1)", 0));
            assertUncaptured(() -> ((BaseStatement) published).executeWithFlags(0));
            assertUncaptured(() -> ((BaseStatement) plain).executeWithFlags(((BaseConnection) connection).createQuery("INSERT INTO t VALUES (1)", false, false), 0));
            ((BaseStatement) plain).executeWithFlags("INSERT INTO u VALUES (1)", 0);
            ((BaseStatement) other).executeWithFlags(0);
            assertThat(plain.unwrap(PGStatement.class)).isSameAs(plain);
        }
        assertThat(database.text("SELECT (SELECT count(*) FROM t) || ' ' || (SELECT count(*) FROM u)")).isEqualTo("0 2");
    }

    @Test
    @SuppressWarnings("deprecation")
    void aFunctionCalledPastSqlIsRefused() throws SQLException {
        database.execute("CREATE FUNCTION writes() RETURNS INT LANGUAGE sql AS 'INSERT INTO t VALUES (77) RETURNING id'");
        int writes = Integer.parseInt(database.text("SELECT CAST('writes'::regproc AS oid)"));
        Fastpath past = connection.unwrap(PGConnection.class).getFastpathAPI();
        past.addFunction("writes", writes);
        assertUncaptured(() -> past.getInteger("writes", new FastpathArg[0]));
        assertThat(database.text("SELECT count(*) FROM t")).isEqualTo("0");
    }

    @Test
    void notificationsAndLargeObjectsWork() throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        assertThat(postgres).isSameAs(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN news");
            database.execute("NOTIFY news, 'rain'");
            PGNotification[] heard = postgres.getNotifications(10_000);
            assertThat(heard).hasSize(1);
            assertThat(heard[0].getParameter()).isEqualTo("rain");
        }
        connection.setAutoCommit(false);
        LargeObjectManager objects = postgres.getLargeObjectAPI();
        long oid = objects.createLO();
        try (LargeObject object = objects.open(oid, LargeObjectManager.WRITE)) {
            object.write("once upon".getBytes(StandardCharsets.UTF_8));
        }
        connection.commit();
        assertThat(database.text("SELECT convert_from(lo_get(" + oid + "), 'UTF8')")).isEqualTo("once upon");
        connection.setAutoCommit(true);
        assertThat(postgres.getLargeObjectAPI()).isSameAs(objects);
        objects.unlink(oid);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE PUBLICATION q (TABLE u)"); // which is refused where a transaction has written
        }
        assertThat(database.text("SELECT count(*) FROM pg_largeobject_metadata")).isEqualTo("0");
        assertThat(postgres.getBackendPID()).isPositive();
        assertThat(postgres.escapeLiteral("it's")).isEqualTo("it''s");
    }

    @Test
    void cursorsAndKeysAndArraysLeadBack() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement plain = connection.createStatement(); CallableStatement call = connection.prepareCall("{? = call opened()}")) {
            plain.executeUpdate("INSERT INTO t VALUES (1), (2)", Statement.RETURN_GENERATED_KEYS);
            assertThat(plain.getGeneratedKeys().getStatement()).isSameAs(plain);
            plain.executeUpdate("INSERT INTO u VALUES (5)");
            call.registerOutParameter(1, Types.REF_CURSOR);
            call.execute();
            try (ResultSet rows = call.getObject(1, ResultSet.class)) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(5);
                assertThat(rows.getStatement().getConnection()).isSameAs(connection);
            }
            try (ResultSet rows = plain.executeQuery("SELECT ARRAY[1, 2]")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getStatement()).isSameAs(plain);
                assertThat(rows.getArray(1).getResultSet().getStatement().getConnection()).isSameAs(connection);
            }
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            assertThat(connection.unwrap(Object.class)).isSameAs(connection);
        }
    }

    @Test
    void exceptionsAreTheDriversOwn() throws SQLException {
        try (Connection bare = database.connect(); Statement theirs = bare.createStatement(); Statement ours = connection.createStatement()) {
            for (Statement statement : new Statement[] {theirs, ours}) {
                statement.addBatch("INSERT INTO t VALUES (7)");
                statement.addBatch("INSERT INTO t VALUES (7)");
            }
            BatchUpdateException expected = batch(theirs);
            BatchUpdateException actual = batch(ours);
            assertThat(actual.getMessage()).isEqualTo(expected.getMessage());
            assertThat(actual.getClass()).isSameAs(expected.getClass());
            assertThat(actual.getSQLState()).isEqualTo(expected.getSQLState());
            assertThat(actual.getUpdateCounts()).isEqualTo(expected.getUpdateCounts());
            assertThat(actual.getNextException().getClass()).isSameAs(expected.getNextException().getClass());
            assertThatThrownBy(() -> ours.execute("SELECT 1 / 0")).isExactlyInstanceOf(PSQLException.class).hasNoSuppressedExceptions();
        }
    }

    private static BatchUpdateException batch(Statement statement) throws SQLException {
        try {
            statement.executeBatch();
        } catch (BatchUpdateException failed) {
            return failed;
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void abortAndCloseEndEverythingThatCameFromTheConnection() throws SQLException {
        for (boolean abort : new boolean[] {true, false}) {
            Connection ended = connect();
            ended.setAutoCommit(false);
            Statement statement = ended.createStatement();
            statement.executeUpdate("INSERT INTO t VALUES (1)");
            ResultSet rows = statement.executeQuery("SELECT 1");
            if (abort) {
                ended.abort(Runnable::run);
            } else {
                ended.close();
            }
            assertThat(ended.isClosed()).isTrue();
            assertThatThrownBy(() -> statement.executeQuery("SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
            assertThatThrownBy(ended::commit).isInstanceOf(SQLException.class);
            ended.close();
        }
        assertThat(database.text("SELECT (SELECT count(*) FROM t) || ' ' || (SELECT count(*) FROM waybill.outbox)")).isEqualTo("0 0");
    }
}
