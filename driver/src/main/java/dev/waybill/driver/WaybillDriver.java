// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * {@code jdbc:waybill:X} connects as {@code jdbc:X} does. Registers itself with {@link DriverManager}; found by ServiceLoader too. Deregistering lets go of everything that was generated. Any thread.
 */
public final class WaybillDriver implements Driver {

    /** What our URLs begin with; {@code jdbc:} and the rest are the real driver's URL. */
    public static final String PREFIX = "jdbc:waybill:";

    static final int MAJOR_VERSION = 0;
    static final int MINOR_VERSION = 1;

    private static final FrontDoor FRONT_DOOR = new FrontDoor();
    private static final WaybillDriver REGISTERED = new WaybillDriver();

    static {
        try {
            DriverManager.registerDriver(REGISTERED, FRONT_DOOR::forget);
        } catch (SQLException refused) {
            throw new ExceptionInInitializerError(refused);
        }
    }

    /** For ServiceLoader; all instances are the same. */
    public WaybillDriver() {
        // Everything is in the front door.
    }

    /**
     * A connection of the real driver, with ours over it; null when the URL is not ours.
     *
     * @throws SQLException the real driver's own, untouched; DRIVER_MISSING, URL_NESTED, SETTING_UNKNOWN, SETTING_VALUE or SETTINGS_FILE
     */
    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        return acceptsURL(url) ? FRONT_DOOR.connect(url, info == null ? new Properties() : info) : null;
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        if (url == null) {
            throw new SQLException("url is null");
        }
        return url.startsWith(PREFIX);
    }

    /** The real driver's properties, and our settings. */
    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return acceptsURL(url) ? FRONT_DOOR.propertyInfo(url, info == null ? new Properties() : info) : new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return MAJOR_VERSION;
    }

    @Override
    public int getMinorVersion() {
        return MINOR_VERSION;
    }

    /** Not claimed: the claim is the real driver's to make. */
    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    /** We log by {@link System.Logger}. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Waybill logs by System.Logger, under dev.waybill", "0A000");
    }

    static FrontDoor frontDoor() {
        return FRONT_DOOR;
    }
}
