// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waybill.databases.PostgresServer;
import dev.waybill.driver.WaybillConnection;
import dev.waybill.driver.WaybillDataSource;
import dev.waybill.driver.capture.CaptureSource;
import dev.waybill.driver.proxy.Facets;
import dev.waybill.driver.proxy.Proxies;
import dev.waybill.driver.setting.WaybillSettings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.h2.engine.CastDataProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections from opening to the end: closing, aborting, pools, class loaders. */
class LifeOfConnectionsTest {

    @Test
    void closingTheConnectionEndsEverythingThatCameFromIt() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:");
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT 1");
        ResultSet rows = statement.executeQuery("SELECT 1");
        connection.close();
        connection.close();
        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
        assertThatThrownBy(() -> statement.executeQuery("SELECT 1")).isInstanceOf(SQLException.class);
        assertThatThrownBy(prepared::executeQuery).isInstanceOf(SQLException.class);
        assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
        assertThatThrownBy(connection::createStatement).isInstanceOf(SQLException.class);
    }

    /** H2 ignores abort: then the connection goes on, and so does capture. */
    @Test
    void abortDoesWhatTheRealDriverDoes() throws SQLException {
        try (Connection bare = DriverManager.getConnection("jdbc:h2:mem:"); Connection ours = DriverManager.getConnection("jdbc:waybill:h2:mem:")) {
            for (Connection connection : List.of(bare, ours)) {
                connection.createStatement().execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
                connection.abort(Runnable::run);
            }
            assertThat(ours.isClosed()).isEqualTo(bare.isClosed()).isFalse();
            ours.createStatement().execute("INSERT INTO t VALUES (1)");
            assertThat(count(ours, "t")).isEqualTo(1);
        }
    }

    @Test
    void statementClosedOnCompletionClosesWithItsResult() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:"); Statement statement = connection.createStatement()) {
            statement.closeOnCompletion();
            statement.executeQuery("SELECT 1").close();
            assertThat(statement.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void poolKeepsOurConnectionsValidAndLosesNone(boolean byUrl) throws SQLException {
        HikariConfig config = new HikariConfig();
        String url = "jdbc:waybill:h2:mem:pool" + byUrl;
        if (byUrl) {
            config.setJdbcUrl(url);
        } else {
            config.setDataSourceClassName(WaybillDataSource.class.getName());
            config.addDataSourceProperty("url", url);
            config.addDataSourceProperty("user", "");
        }
        config.setMaximumPoolSize(2);
        config.setConnectionTimeout(2_000);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            for (int i = 0; i < 50; i++) {
                try (Connection connection = pool.getConnection()) {
                    connection.setAutoCommit(i % 2 == 0);
                    assertThat(connection.isValid(1)).isTrue();
                    assertThat(connection.equals(connection)).isTrue();
                    assertThat(connection.unwrap(WaybillConnection.class)).isNotNull();
                    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT " + i)) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getStatement().getConnection()).isSameAs(connection);
                    }
                }
            }
            await().atMost(Duration.ofSeconds(120)).until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
        }
    }

    /** Each method that came to JDBC later has a body in the interface: a wrapper that forgets it answers for the driver. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyInterfaceMethodIsTheDelegatesOwn(boolean isH2) throws SQLException {
        String url = isH2 ? "jdbc:h2:mem:" : PostgresServer.running().freshDatabase().url();
        List<String> inherited = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url.replaceFirst("jdbc:", "jdbc:waybill:")); CallableStatement call = connection.prepareCall("{call abs(1)}")) {
            connection.createStatement().execute("CREATE TABLE t (a INTEGER ARRAY)");
            connection.createStatement().execute("INSERT INTO t VALUES (ARRAY[1])");
            ResultSet rows = connection.createStatement().executeQuery("SELECT a FROM t");
            rows.next();
            Object[][] objects = {{connection, Connection.class}, {connection.createStatement(), Statement.class}, {connection.prepareStatement("SELECT 1"), PreparedStatement.class},
                    {call, CallableStatement.class}, {rows, ResultSet.class}, {connection.getMetaData(), DatabaseMetaData.class}, {rows.getArray(1), Array.class}};
            for (Object[] object : objects) {
                for (Method method : ((Class<?>) object[1]).getMethods()) {
                    if (!Modifier.isStatic(method.getModifiers()) && declaring(object[0], method).isInterface()) {
                        inherited.add(method.toString());
                    }
                }
            }
        }
        assertThat(inherited).isEmpty();
    }

    private static Class<?> declaring(Object object, Method method) {
        try {
            return object.getClass().getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass();
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** The real driver may live in a class loader that ours does not see, and ours in one that the real driver's does not see. */
    @Test
    void realDriverMayLiveInAClassLoaderOfItsOwn() throws Exception {
        URL h2 = org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader apart = new URLClassLoader(new URL[] {h2}, ClassLoader.getPlatformClassLoader())) {
            Driver realDriver = (Driver) apart.loadClass("org.h2.Driver").getConstructor().newInstance();
            Proxies proxies = new Proxies();
            Connection raw = realDriver.connect("jdbc:h2:mem:apart", new Properties());
            try (Connection connection = proxies.connect(raw, "jdbc:h2:mem:apart", WaybillSettings.DEFAULTS,
                    CaptureSource.PASS_THROUGH, Facets.NONE);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT 'apart' AS a")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString("A")).isEqualTo("apart");
                assertThat(apart.loadClass("org.h2.engine.CastDataProvider")).isNotSameAs(CastDataProvider.class).matches(vendor -> vendor.isInstance(connection));
            }
        }
    }

    private static int count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
