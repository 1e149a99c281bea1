// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.error.WaybillError;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.XADataSource;

/** The real drivers' data sources for distributed transactions, which no standard finds by URL. They are known by name and looked for beside the driver that accepts the URL. Stateless; any thread. */
final class XaSources {

    private static final Map<String, String> CLASSES = Map.of(
            "h2", "org.h2.jdbcx.JdbcDataSource",
            "mariadb", "org.mariadb.jdbc.MariaDbDataSource",
            "postgresql", "org.postgresql.xa.PGXADataSource");

    private XaSources() {}

    /** @throws SQLException XA_UNKNOWN where none is known or can be made */
    static XADataSource of(String realUrl, Driver driver) throws SQLException {
        String name = CLASSES.get(realUrl.split(":", 3)[1]);
        if (name == null) {
            throw WaybillError.XA_UNKNOWN.with(SettingTexts.shown(realUrl), String.join(", ", CLASSES.keySet().stream().sorted().toList()));
        }
        try {
            Object source = Class.forName(name, true, driver.getClass().getClassLoader()).getConstructor().newInstance();
            setter(source.getClass()).invoke(source, realUrl);
            return (XADataSource) source;
        } catch (InvocationTargetException failed) {
            throw failed.getCause() instanceof SQLException own ? own : WaybillError.XA_UNKNOWN.because(failed.getCause(), SettingTexts.shown(realUrl), name);
        } catch (ReflectiveOperationException | ClassCastException other) {
            throw WaybillError.XA_UNKNOWN.because(other, SettingTexts.shown(realUrl), name);
        }
    }

    /** Whether a branch takes no statement between its end and its preparation: then what is captured has to be in it before its end. */
    static boolean closesAtEnd(String realUrl) {
        return realUrl.startsWith("jdbc:mariadb:");
    }

    /** PostgreSQL's driver gives a handle that is a proxy of the JDK; capture works on what is below it, as it always does. */
    static Connection below(Connection handle) throws SQLException {
        if (!Proxy.isProxyClass(handle.getClass())) {
            return handle;
        }
        return handle.getMetaData().getConnection();
    }

    private static Method setter(Class<?> type) throws NoSuchMethodException {
        for (String name : List.of("setUrl", "setURL")) {
            try {
                return type.getMethod(name, String.class);
            } catch (NoSuchMethodException other) {
                continue;
            }
        }
        throw new NoSuchMethodException(type.getName() + ".setUrl");
    }
}
