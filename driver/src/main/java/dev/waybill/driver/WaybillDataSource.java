// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.error.WaybillError;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * For those who build data sources: a URL of ours, user, password and further properties of the real driver or of ours. Set up by one thread, then used by any.
 */
public final class WaybillDataSource implements DataSource {

    private final Properties properties = new Properties();
    private String url;
    private PrintWriter logWriter;

    /** {@code jdbc:waybill:X}. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** The URL, or null. */
    public String getUrl() {
        return url;
    }

    /** The database user; null for none. */
    public void setUser(String user) {
        set("user", user);
    }

    /** The database user, or null. */
    public String getUser() {
        return properties.getProperty("user");
    }

    /** The password; null for none. */
    public void setPassword(String password) {
        set("password", password);
    }

    /** Replaces user and password if they are among these, and adds the others. */
    public void setProperties(Properties more) {
        more.stringPropertyNames().forEach(name -> properties.setProperty(name, more.getProperty(name)));
    }

    private void set(String name, String value) {
        if (value == null) {
            properties.remove(name);
        } else {
            properties.setProperty(name, value);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return connect(properties);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        Properties info = new Properties();
        info.putAll(properties);
        if (user != null) {
            info.setProperty("user", user);
        }
        if (password != null) {
            info.setProperty("password", password);
        }
        return connect(info);
    }

    private Connection connect(Properties info) throws SQLException {
        if (url == null || !url.startsWith(WaybillDriver.PREFIX)) {
            throw WaybillError.URL_REFUSED.with(url == null ? "" : SettingTexts.shown(url));
        }
        Properties copy = new Properties();
        copy.putAll(info);
        return WaybillDriver.frontDoor().connect(url, copy);
    }

    @Override
    public PrintWriter getLogWriter() {
        return logWriter;
    }

    /** Kept, not written to: we log by System.Logger. */
    @Override
    public void setLogWriter(PrintWriter out) {
        this.logWriter = out;
    }

    /** As {@link DriverManager#setLoginTimeout}, which is where drivers read it: for the whole process. */
    @Override
    public void setLoginTimeout(int seconds) {
        DriverManager.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
        return DriverManager.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Waybill logs by System.Logger, under dev.waybill", "0A000");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!isWrapperFor(type)) {
            throw WaybillError.UNWRAP_REFUSED.with(type == null ? "null" : type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type != null && type.isInstance(this);
    }

    /** The URL up to its parameters. */
    @Override
    public String toString() {
        return "WaybillDataSource[" + (url == null ? "" : SettingTexts.shown(url)) + "]";
    }
}
