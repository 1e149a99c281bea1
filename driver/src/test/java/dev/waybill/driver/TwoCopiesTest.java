// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two applications in one process that bring this driver along each, over one copy of the database's driver. */
class TwoCopiesTest {

    private static final Properties QUIET = new Properties();

    static {
        QUIET.setProperty("waybill.agent", "off");
    }

    /** This driver once more, in a class loader of its own; databases' drivers are the ones that everybody sees. */
    private static final class Another extends URLClassLoader {

        Another() throws Exception {
            super(urls(), TwoCopiesTest.class.getClassLoader());
        }

        private static URL[] urls() throws Exception {
            List<URL> urls = new ArrayList<>();
            for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(new File(path).toURI().toURL());
            }
            return urls.toArray(URL[]::new);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.waybill.") || name.startsWith("dev.waybill.databases.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }

        Driver driver() throws ReflectiveOperationException {
            return (Driver) loadClass(WaybillDriver.class.getName()).getConstructor().newInstance();
        }

        /** As a container does when the application goes; DriverManager wants it done by the application itself. */
        void deregister() throws ReflectiveOperationException {
            loadClass(Leaving.class.getName()).getMethod("leave").invoke(null);
        }
    }

    /** Part of the other application. */
    public static final class Leaving {

        private Leaving() {}

        /** Deregisters the driver of its class loader. */
        public static void leave() throws SQLException {
            for (Driver driver : DriverManager.drivers().filter(driver -> driver.getClass().getClassLoader() == Leaving.class.getClassLoader()).toList()) {
                DriverManager.deregisterDriver(driver);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:waybill:h2:mem:copies;DB_CLOSE_DELAY=-1", "jdbc:waybill:hsqldb:mem:copies;hsqldb.tx=mvcc"})
    void secondCopyIsRefusedOnAnEmbeddedDatabaseWhileTheFirstHasConnections(String url) throws Exception {
        try (Another another = new Another()) {
            Driver theirs = another.driver();
            assertThat(theirs.getClass()).isNotSameAs(WaybillDriver.class);
            Connection first = DriverManager.getConnection(url, QUIET);
            Connection second = DriverManager.getConnection(url, QUIET);
            first.close();
            first.close();
            assertThatThrownBy(() -> theirs.connect(url, QUIET)).isInstanceOf(SQLException.class).hasMessageContaining("COPY_BESIDE");
            second.close();
            Connection taken = theirs.connect(url, QUIET);
            assertThatThrownBy(() -> DriverManager.getConnection(url, QUIET)).isInstanceOf(SQLException.class).hasMessageContaining("COPY_BESIDE");
            DriverManager.getConnection(url.replace(":copies", ":another-one"), QUIET).close();
            another.deregister();
            DriverManager.getConnection(url, QUIET).close();
            taken.close();
        }
        assertThat(System.getProperties().stringPropertyNames()).noneMatch(name -> name.startsWith("dev.waybill.copy"));
    }

    @Test
    void aWriteOfTheSecondCopyDoesNotFallBetweenWhenTheFirstPublishesOnPostgres() throws Exception {
        publishInTheMidst(PostgresServer.running().freshDatabase().url(), "waybill.outbox");
    }

    @Test
    void norOnMariaDb() throws Exception {
        publishInTheMidst(MariaDbServer.running().freshDatabase().url(), "waybill_outbox");
    }

    private static void publishInTheMidst(String raw, String outbox) throws Exception {
        String url = raw.replaceFirst("jdbc:", "jdbc:waybill:");
        try (Another another = new Another(); Connection ours = DriverManager.getConnection(url, QUIET); Statement publishing = ours.createStatement();
                Connection theirs = another.driver().connect(url, QUIET); Statement writing = theirs.createStatement()) {
            publishing.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
            publishing.execute("GRANT PUBLISH TO hq");
            theirs.setAutoCommit(false);
            writing.executeUpdate("INSERT INTO t VALUES (1)");
            publishing.execute("CREATE PUBLICATION p (TABLE t)");
            assertThatThrownBy(theirs::commit).isInstanceOfSatisfying(SQLException.class, again -> assertThat(again.getSQLState()).isEqualTo("40001"));
            writing.executeUpdate("INSERT INTO t VALUES (2)");
            theirs.commit();
            assertThat(counted(raw, outbox)).isEqualTo("1 1");
            another.deregister();
        }
    }

    /** A file has one writer at a time, so nothing is in the midst there. */
    @Test
    void theSecondCopyLearnsOfAPublicationOnSqlite(@TempDir Path folder) throws Exception {
        String raw = "jdbc:sqlite:" + folder.resolve("db") + "?busy_timeout=60000";
        String url = raw.replaceFirst("jdbc:", "jdbc:waybill:");
        try (Another another = new Another(); Connection ours = DriverManager.getConnection(url, QUIET); Statement publishing = ours.createStatement();
                Connection theirs = another.driver().connect(url, QUIET); Statement writing = theirs.createStatement()) {
            publishing.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
            publishing.execute("GRANT PUBLISH TO hq");
            writing.executeUpdate("INSERT INTO t VALUES (1)");
            publishing.execute("CREATE PUBLICATION p (TABLE t)");
            assertThatThrownBy(() -> writing.executeUpdate("INSERT INTO t VALUES (2)")).isInstanceOfSatisfying(SQLException.class, again -> assertThat(again.getSQLState()).isEqualTo("40001"));
            writing.executeUpdate("INSERT INTO t VALUES (2)");
            assertThat(counted(raw, "waybill_outbox")).isEqualTo("2 1");
            another.deregister();
        }
    }

    private static String counted(String raw, String outbox) throws SQLException {
        try (Connection bare = DriverManager.getConnection(raw); Statement statement = bare.createStatement(); ResultSet row = statement.executeQuery("SELECT (SELECT COUNT(*) FROM t), (SELECT COUNT(*) FROM " + outbox + ")")) {
            row.next();
            return row.getString(1) + " " + row.getString(2);
        }
    }
}
