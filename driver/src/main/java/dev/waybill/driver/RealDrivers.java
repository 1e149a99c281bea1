// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.error.WaybillError;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the real driver. Stateless; any thread. */
final class RealDrivers {

    private static final System.Logger LOG = System.getLogger(RealDrivers.class.getName());

    /** Where the drivers of well-known databases are to be had. */
    private static final Map<String, String> ARTIFACTS = Map.of(
            "h2", "com.h2database:h2",
            "postgresql", "org.postgresql:postgresql",
            "mariadb", "org.mariadb.jdbc:mariadb-java-client",
            "mysql", "com.mysql:mysql-connector-j",
            "sqlite", "org.xerial:sqlite-jdbc",
            "hsqldb", "org.hsqldb:hsqldb",
            "derby", "org.apache.derby:derby",
            "oracle", "com.oracle.database.jdbc:ojdbc11",
            "sqlserver", "com.microsoft.sqlserver:mssql-jdbc");

    private RealDrivers() {}

    /** The drivers that accept this URL: those that DriverManager shows us, else those that the thread's class loader provides. */
    static List<Driver> accepting(String realUrl) throws SQLException {
        List<Driver> found = accepting(DriverManager.drivers().iterator(), realUrl);
        return found.isEmpty() ? accepting(ServiceLoader.load(Driver.class).iterator(), realUrl) : found;
    }

    static SQLException missing(String realUrl) {
        String database = realUrl.split(":", 3)[1];
        return WaybillError.DRIVER_MISSING.with(SettingTexts.shown(realUrl), ARTIFACTS.getOrDefault(database, "the artifact that its vendor names"));
    }

    private static List<Driver> accepting(Iterator<Driver> drivers, String realUrl) throws SQLException {
        List<Driver> found = new ArrayList<>();
        while (true) {
            try {
                if (!drivers.hasNext()) {
                    return found;
                }
                Driver driver = drivers.next();
                if (!(driver instanceof WaybillDriver) && driver.acceptsURL(realUrl)) {
                    found.add(driver);
                }
            } catch (ServiceConfigurationError broken) {
                LOG.log(System.Logger.Level.DEBUG, "a JDBC driver on the class path cannot be loaded; another may accept the URL", broken);
            }
        }
    }
}
