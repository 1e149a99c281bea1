// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Properties;
import java.util.logging.Logger;

/** Stands between our code and the database, and does something else than he is told. This one does what he is told. Any thread. */
class Saboteur implements Wires, Driver {

    private final String prefix = "sabotaged" + Integer.toHexString(System.identityHashCode(this)) + ":";

    /** What is asked instead of this text. */
    String text(Connection real, String sql) throws SQLException {
        return sql;
    }

    /** Where it is asked. */
    Connection where(Connection real, String sql) throws SQLException {
        return real;
    }

    void rollback(Connection real) throws SQLException {
        real.rollback();
    }

    void rollback(Connection real, Savepoint to) throws SQLException {
        real.rollback(to);
    }

    /** Whether agents come to their database by him, or applications. */
    boolean isAmongAgents() {
        return true;
    }

    @Override
    public final Connection agents(String database) throws SQLException {
        Connection real = Wires.super.agents(database);
        return isAmongAgents() ? over(real) : real;
    }

    @Override
    public final String applications(String database) {
        return isAmongAgents() ? database : prefix + database;
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith("jdbc:" + prefix);
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
        return acceptsURL(url) ? over(DriverManager.getConnection(url.replaceFirst(prefix, ""), properties)) : null;
    }

    private Connection over(Connection real) {
        return (Connection) Proxy.newProxyInstance(Saboteur.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "rollback" -> {
                    if (arguments == null) {
                        rollback(real);
                    } else {
                        rollback(real, (Savepoint) arguments[0]);
                    }
                    return null;
                }
                default -> {
                    Connection asked = real;
                    if (method.getName().equals("prepareStatement")) {
                        asked = where(real, (String) arguments[0]);
                        arguments[0] = text(real, (String) arguments[0]);
                    }
                    try {
                        return method.invoke(asked, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }
            }
        });
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return true;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("dev.waybill.simulation");
    }
}
