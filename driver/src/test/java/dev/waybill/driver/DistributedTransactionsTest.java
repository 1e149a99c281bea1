// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Stream;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Branches of distributed transactions: what they change is captured in them, and shares their fate. */
class DistributedTransactionsTest {

    /** The products that have them in our tests. */
    enum Product { H2, POSTGRESQL, MARIADB }

    @TempDir
    private Path directory;
    private String url;
    private String outbox;

    private record Name(byte number) implements Xid {

        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {number, 1};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {2};
        }
    }

    private static final Xid ONE = new Name((byte) 1);
    private static final Xid TWO = new Name((byte) 2);

    private WaybillXaDataSource prepare(Product product) throws SQLException {
        outbox = product == Product.MARIADB ? "waybill_outbox" : "waybill.outbox";
        url = product == Product.MARIADB ? MariaDbServer.running().freshDatabase().url() : product == Product.H2 ? "jdbc:h2:file:" + directory.resolve("xa") + ";DB_CLOSE_DELAY=-1" : PostgresServer.running().freshDatabase().url();
        Properties quiet = new Properties();
        quiet.setProperty("waybill.agent", "off");
        try (Connection connection = DriverManager.getConnection(url.replaceFirst("jdbc:", "jdbc:waybill:"), quiet); Statement statement = connection.createStatement()) {
            for (String sql : new String[] {"CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE u (id INTEGER PRIMARY KEY)", "GRANT PUBLISH TO hq", "CREATE PUBLICATION p (TABLE t)"}) {
                statement.execute(sql);
            }
        }
        WaybillXaDataSource source = new WaybillXaDataSource();
        source.setUrl(url.replaceFirst("jdbc:", "jdbc:waybill:"));
        source.setProperties(quiet);
        return source;
    }

    private static void write(XAConnection connection, Xid xid, int flags, String sql) throws Exception {
        write(connection, xid, flags, sql, () -> { });
    }

    private static void write(XAConnection connection, Xid xid, String sql, Between between) throws Exception {
        write(connection, xid, XAResource.TMNOFLAGS, sql, between);
    }

    @FunctionalInterface
    private interface Between {
        void run() throws Exception;
    }

    private static void write(XAConnection connection, Xid xid, int flags, String sql, Between between) throws Exception {
        connection.getXAResource().start(xid, flags);
        try (Connection handle = connection.getConnection(); Statement statement = handle.createStatement()) {
            statement.executeUpdate(sql);
        }
        between.run();
        connection.getXAResource().end(xid, XAResource.TMSUCCESS);
    }

    /** By the bare driver. */
    private void assertRows(int rows, int transactions) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (SELECT COUNT(*) FROM t), (SELECT COUNT(DISTINCT SUBSTRING(payload FROM 7 FOR 16)) FROM " + outbox + ")")) {
            row.next();
            assertThat(row.getInt(1)).as("rows").isEqualTo(rows);
            assertThat(row.getInt(2)).as("captured transactions").isEqualTo(transactions);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatABranchChangesIsCapturedBeforeItIsPreparedAndSeenAfterTheSecondPhase(Product product) throws Exception {
        XAConnection connection = prepare(product).getXAConnection();
        write(connection, ONE, XAResource.TMNOFLAGS, "INSERT INTO t VALUES (1)");
        assertThat(connection.getXAResource().prepare(ONE)).isEqualTo(XAResource.XA_OK);
        assertRows(0, 0);
        connection.getXAResource().commit(ONE, false);
        assertRows(1, 1);
        write(connection, TWO, XAResource.TMNOFLAGS, "INSERT INTO t VALUES (2)");
        connection.getXAResource().commit(TWO, true);
        assertRows(2, 2);
        connection.close();
    }

    @ParameterizedTest
    @EnumSource
    void rollbackTakesEverythingAlong(Product product) throws Exception {
        XAConnection connection = prepare(product).getXAConnection();
        write(connection, ONE, XAResource.TMNOFLAGS, "INSERT INTO t VALUES (1)");
        connection.getXAResource().rollback(ONE);
        write(connection, TWO, XAResource.TMNOFLAGS, "INSERT INTO t VALUES (2)");
        connection.getXAResource().prepare(TWO);
        connection.getXAResource().rollback(TWO);
        assertRows(0, 0);
        try (Connection alone = connection.getConnection(); Statement statement = alone.createStatement()) {
            assertThat(alone.getAutoCommit()).isTrue();
            statement.executeUpdate("INSERT INTO t VALUES (3)");
        }
        assertRows(1, 1);
        connection.close();
    }

    @ParameterizedTest
    @EnumSource
    void preparedBranchIsCommittedByARecovery(Product product) throws Exception {
        WaybillXaDataSource source = prepare(product);
        XAConnection connection = source.getXAConnection();
        write(connection, ONE, XAResource.TMNOFLAGS, "INSERT INTO t VALUES (1)");
        connection.getXAResource().prepare(ONE);
        stop(product, connection);
        XAConnection another = source.getXAConnection();
        Xid[] found = another.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
        assertThat(Stream.of(found).map(Xid::getGlobalTransactionId)).hasSize(1).allMatch(name -> name[0] == 1);
        another.getXAResource().commit(found[0], false);
        assertRows(1, 1);
        another.close();
    }

    /** H2 forgets what was prepared when its session ends in good order: it has to die. */
    private void stop(Product product, XAConnection connection) throws SQLException {
        if (product != Product.H2) {
            connection.close();
            return;
        }
        try (Connection killing = DriverManager.getConnection(url); Statement statement = killing.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
            statement.execute("SHUTDOWN IMMEDIATELY");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MARIADB")
    void branchJoinedAgainIsCapturedAsOneTransaction(Product product) throws Exception {
        XAConnection connection = prepare(product).getXAConnection();
        assertThat(connection.getXAResource().isSameRM(connection.getXAResource())).isTrue();
        write(connection, ONE, XAResource.TMNOFLAGS, "INSERT INTO t VALUES (1)");
        write(connection, ONE, XAResource.TMJOIN, "INSERT INTO t VALUES (2)");
        connection.getXAResource().prepare(ONE);
        connection.getXAResource().commit(ONE, false);
        assertRows(2, 1);
        connection.close();
    }

    @ParameterizedTest
    @EnumSource
    void branchIsTheTransactionManagersToEnd(Product product) throws Exception {
        XAConnection connection = prepare(product).getXAConnection();
        connection.getXAResource().start(ONE, XAResource.TMNOFLAGS);
        Connection handle = connection.getConnection();
        handle.createStatement().executeUpdate("INSERT INTO t VALUES (1)");
        assertThatThrownBy(handle::commit).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.XA_ACTIVE.is(refused)).isTrue());
        assertThatThrownBy(() -> handle.setAutoCommit(true)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.XA_ACTIVE.is(refused)).isTrue());
        handle.close();
        assertThat(handle.isClosed()).isTrue();
        assertThatThrownBy(handle::createStatement).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.XA_HANDLE_CLOSED.is(refused)).isTrue());
        connection.getXAResource().end(ONE, XAResource.TMSUCCESS);
        connection.getXAResource().commit(ONE, true);
        assertRows(1, 1);
        connection.close();
    }

    @ParameterizedTest
    @EnumSource
    void branchThatWroteATableBeforeItWasPublishedIsRolledBackAndSaysSo(Product product) throws Exception {
        WaybillXaDataSource source = prepare(product);
        XAConnection connection = source.getXAConnection();
        if (product == Product.MARIADB) {
            assertThatThrownBy(() -> write(connection, ONE, "INSERT INTO u VALUES (1)", () -> publishU(source))).isInstanceOfSatisfying(XAException.class, refused -> assertThat(refused.errorCode).isEqualTo(XAException.XA_RBROLLBACK));
        } else {
            write(connection, ONE, XAResource.TMNOFLAGS, "INSERT INTO u VALUES (1)");
            publishU(source);
            assertThatThrownBy(() -> connection.getXAResource().prepare(ONE)).isInstanceOfSatisfying(XAException.class, refused -> assertThat(refused.errorCode).isEqualTo(XAException.XA_RBROLLBACK));
        }
        write(connection, TWO, XAResource.TMNOFLAGS, "INSERT INTO u VALUES (2)");
        connection.getXAResource().commit(TWO, true);
        try (Connection bare = DriverManager.getConnection(url); Statement statement = bare.createStatement(); ResultSet row = statement.executeQuery("SELECT MIN(id), COUNT(*) FROM u")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(2);
            assertThat(row.getInt(2)).isEqualTo(1);
        }
        connection.close();
    }

    private static void publishU(WaybillXaDataSource source) throws SQLException {
        try (Connection other = DriverManager.getConnection(source.getUrl()); Statement statement = other.createStatement()) {
            statement.execute("CREATE PUBLICATION q (TABLE u)");
        }
    }

    @Test
    void productWithoutItsOwnDataSourceForThemIsRefused() {
        assertThatThrownBy(() -> XaSources.of("jdbc:nothing:x", new WaybillDriver())).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.XA_UNKNOWN.is(refused)).isTrue());
        assertThatThrownBy(() -> new WaybillXaDataSource().getXAConnection()).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.URL_REFUSED.is(refused)).isTrue());
    }
}
