// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.UUID;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcStatement;
import org.hsqldb.jdbc.JDBCConnection;
import org.hsqldb.jdbc.JDBCStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PgStatement;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;
import org.sqlite.jdbc4.JDBC4Statement;

/** What a program reaches by {@code unwrap} to a class of its database's driver, on every product: our own object wherever an interface is asked for, the driver's only when that is allowed, and then it is counted and reported. */
class VendorClassesTest {

    /** A product, and the classes of its driver that programs ask for. */
    enum Vendor {
        H2(JdbcConnection.class, JdbcStatement.class),
        POSTGRESQL(PgConnection.class, PgStatement.class),
        MARIADB(org.mariadb.jdbc.Connection.class, org.mariadb.jdbc.Statement.class),
        SQLITE(SQLiteConnection.class, JDBC4Statement.class),
        HSQLDB(JDBCConnection.class, JDBCStatement.class);

        private final Class<?> connection;
        private final Class<?> statement;

        Vendor(Class<?> connection, Class<?> statement) {
            this.connection = connection;
            this.statement = statement;
        }

        private String url(Path folder) throws SQLException {
            return switch (this) {
                case H2 -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
                case POSTGRESQL -> PostgresServer.running().freshDatabase().url();
                case MARIADB -> MariaDbServer.running().freshDatabase().url();
                case SQLITE -> "jdbc:sqlite:" + folder.resolve("db");
                case HSQLDB -> "jdbc:hsqldb:mem:" + UUID.randomUUID() + ";hsqldb.tx=mvcc";
            };
        }
    }

    @TempDir
    private Path folder;

    private static Connection connect(String url, String unwrap) throws SQLException {
        Properties info = new Properties();
        info.setProperty("waybill.agent", "off");
        info.setProperty("waybill.unwrap", unwrap);
        return DriverManager.getConnection(url.replaceFirst("jdbc:", "jdbc:waybill:"), info);
    }

    private static Connection publishing(String url, String unwrap) throws SQLException {
        Connection connection = connect(url, unwrap);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY)");
            statement.execute("GRANT PUBLISH TO hq");
            statement.execute("CREATE PUBLICATION p (TABLE t)");
        }
        return connection;
    }

    private static void assertRefused(java.sql.Wrapper ours, Class<?> type) throws SQLException {
        assertThat(ours.isWrapperFor(type)).isFalse();
        assertThatThrownBy(() -> ours.unwrap(type)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNWRAP_REFUSED.is(refused)).isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void aClassOfTheRealDriverIsRefusedAndItsInterfacesAreOurselves(Vendor vendor) throws SQLException {
        try (Connection connection = publishing(vendor.url(folder), "refuse"); Statement statement = connection.createStatement(); PreparedStatement prepared = connection.prepareStatement("SELECT * FROM t");
                ResultSet rows = prepared.executeQuery()) {
            assertRefused(connection, vendor.connection);
            assertRefused(statement, vendor.statement);
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThat(connection.unwrap(Object.class)).isSameAs(connection);
            assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
            assertThat(prepared.unwrap(PreparedStatement.class)).isSameAs(prepared);
            assertThat(rows.unwrap(ResultSet.class)).isSameAs(rows);
            for (Object ours : new Object[] {connection, statement, prepared, rows}) {
                assertThat(ours).as("what of the driver's own our %s is", ours.getClass().getInterfaces()[0]).isNotInstanceOfAny(vendor.connection, vendor.statement);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsHandedOutIsTheDriversOwnAndCounted(Vendor vendor) throws SQLException {
        String url = vendor.url(folder);
        try (Connection connection = publishing(url, "allow"); Statement statement = connection.createStatement()) {
            assertThat(connection.isWrapperFor(vendor.connection)).isTrue();
            assertThat(vendor.connection.isInstance(connection.unwrap(vendor.connection))).isTrue();
            assertThat(vendor.statement.isInstance(statement.unwrap(vendor.statement))).isTrue();
            connection.setAutoCommit(false);
            connection.unwrap(vendor.connection);
            connection.rollback();
            connection.setAutoCommit(true);
            try (ResultSet counted = statement.executeQuery("SELECT subject, total FROM waybill.counter WHERE subject LIKE 'unwrap to %' ORDER BY total DESC")) {
                assertThat(counted.next()).isTrue();
                assertThat(counted.getString(1) + " " + counted.getInt(2)).isEqualTo("unwrap to " + vendor.connection.getName() + " 2");
                assertThat(counted.next()).isTrue();
                assertThat(counted.getString(1) + " " + counted.getInt(2)).isEqualTo("unwrap to " + vendor.statement.getName() + " 1");
            }
        }
    }

    @Test
    void functionsOfTheApplicationAreMadeOnSqlitesOwnConnection() throws SQLException {
        try (Connection connection = publishing(Vendor.SQLITE.url(folder), "allow"); Statement statement = connection.createStatement()) {
            Function.create(connection.unwrap(SQLiteConnection.class), "doubled", new Function() {
                @Override
                protected void xFunc() throws SQLException {
                    result(2 * value_int(0));
                }
            });
            assertThat(statement.executeUpdate("INSERT INTO t VALUES (doubled(21))")).isEqualTo(1);
            try (ResultSet rows = statement.executeQuery("SELECT id, (SELECT COUNT(*) FROM waybill.outbox) FROM t")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(42);
                assertThat(rows.getInt(2)).as("what is captured").isEqualTo(1);
            }
        }
    }

    @Test
    void theNumberOfMariaDbsConnectionIsThere() throws SQLException {
        try (Connection connection = publishing(Vendor.MARIADB.url(folder), "allow"); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
            row.next();
            assertThat(connection.unwrap(org.mariadb.jdbc.Connection.class).getThreadId()).isEqualTo(row.getLong(1));
        }
    }
}
