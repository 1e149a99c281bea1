// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.Set;

/**
 * Methods of vendors' own interfaces of a connection or a statement by which SQL reaches the database past JDBC: what they give is led back, what they run is looked at first. They are known by name, since their interfaces are no part of our class path.
 * Stateless; any thread.
 *
 * <p>PostgreSQL: a statement's {@code executeWithFlags} shows its text; {@code getCopyAPI} and {@code getFastpathAPI} give a copy manager and a caller of functions over our connection, whose {@code getQueryExecutor} gives one that shows each COPY to capture, and each
 * function called as what may do anything; {@code execSQLQuery} and {@code execSQLUpdate} show their text.
 */
final class VendorCalls {

    private static final Set<String> LED = Set.of("getCopyAPI", "getFastpathAPI", "getQueryExecutor");
    private static final Set<String> SHOWN = Set.of("execSQLQuery", "execSQLUpdate");

    private static final Set<String> RUN = Set.of("executeWithFlags");

    /** Stands for a text that nobody knows: a statement that may do anything. */
    static final String ANYTHING = "DO LANGUAGE unknown ''";

    private VendorCalls() {}

    /** Whether a statement's method runs a text: that of its first argument when this is one, its own when it is a number. */
    static boolean isRun(String method) {
        return RUN.contains(method);
    }

    /** Whether what this method gives is to be led back. */
    static boolean isLed(String method) {
        return LED.contains(method);
    }

    /** Whether the text, the first argument, is to be looked at before the call. */
    static boolean isShown(String method) {
        return SHOWN.contains(method);
    }

    /** What the application gets instead of what the real driver gave. */
    static Object lead(ConnectionPolicy connection, String method, Object given) throws SQLException {
        return method.equals("getQueryExecutor") ? queryExecutor(connection, given) : over(connection, given.getClass());
    }

    /** One of the same class, made with our connection. */
    private static Object over(ConnectionPolicy connection, Class<?> type) throws SQLException {
        try {
            return type.getConstructors()[0].newInstance(connection);
        } catch (InvocationTargetException failed) {
            throw failed.getCause() instanceof SQLException own ? own : new SQLException(failed.getCause());
        } catch (ReflectiveOperationException unknown) {
            throw new SQLException(type.getName() + " cannot be made over another connection", unknown);
        }
    }

    private static Object queryExecutor(ConnectionPolicy connection, Object raw) {
        Class<?>[] interfaces = DelegateInterfaces.of(raw.getClass()).toArray(Class<?>[]::new);
        return Proxy.newProxyInstance(interfaces[0].getClassLoader(), interfaces, (proxy, method, arguments) -> {
            if (method.getName().equals("startCopy")) {
                connection.capture().show((String) arguments[0]);
            } else if (method.getName().equals("fastpathCall")) {
                connection.capture().show(ANYTHING);
            }
            try {
                return method.invoke(raw, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }
}
