// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.error.WaybillError;
import java.io.PrintWriter;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.XAConnection;
import javax.sql.XADataSource;

/**
 * For transaction managers: connections of a URL of ours that take part in distributed transactions, by the real driver's own data source for them. What a branch changes is captured in the branch: it is there after the second phase, also when that
 * comes from a recovery, and gone after a rollback. Set up by one thread, then used by any.
 */
public final class WaybillXaDataSource implements XADataSource {

    private final Properties properties = new Properties();
    private String url;
    private PrintWriter logWriter;

    /** {@code jdbc:waybill:X}, where X is of H2 or PostgreSQL. */
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

    /** Settings of ours; everything for the real driver belongs into the URL. */
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
    public XAConnection getXAConnection() throws SQLException {
        return connect(properties);
    }

    @Override
    public XAConnection getXAConnection(String user, String password) throws SQLException {
        Properties info = new Properties();
        info.putAll(properties);
        info.setProperty("user", user);
        info.setProperty("password", password);
        return connect(info);
    }

    private XAConnection connect(Properties info) throws SQLException {
        if (url == null || !url.startsWith(WaybillDriver.PREFIX)) {
            throw WaybillError.URL_REFUSED.with(url == null ? "" : SettingTexts.shown(url));
        }
        Properties copy = new Properties();
        copy.putAll(info);
        return WaybillDriver.frontDoor().connectXa(url, copy);
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

    /** As {@link WaybillDataSource#setLoginTimeout}. */
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

    /** The URL up to its parameters. */
    @Override
    public String toString() {
        return "WaybillXaDataSource[" + (url == null ? "" : SettingTexts.shown(url)) + "]";
    }
}
