// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.ConnectionCapture;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.Set;

/**
 * Methods of vendors' own interfaces of a connection or a statement by which SQL reaches the database past JDBC: what they give is led back, what they run is looked at first. They are known by name, since their interfaces are no part of our class path.
 * Stateless; any thread.
 *
 * <p>PostgreSQL: a statement's {@code executeWithFlags} shows its text; {@code getCopyAPI}, {@code getFastpathAPI} and {@code getLargeObjectAPI} give a copy manager, a caller of functions and a manager of large objects over our connection, whose
 * {@code getQueryExecutor} gives one that shows each COPY to capture, and each function with its first argument: only a Blob or Clob of a row, which is a large object, has to be told to go by our connection. {@code execSQLQuery} and
 * {@code execSQLUpdate} show their text.
 */
final class VendorCalls {

    private static final Set<String> LED = Set.of("getCopyAPI", "getFastpathAPI", "getLargeObjectAPI", "getQueryExecutor");
    private static final Set<String> SHOWN = Set.of("execSQLQuery", "execSQLUpdate");

    private static final Set<String> RUN = Set.of("executeWithFlags");

    /** Stands for a text that nobody knows: a statement that may do anything. */
    static final String ANYTHING = ConnectionCapture.ANYTHING;

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
            } else if (method.getName().equals("createFastpathParameters")) {
                return FunctionArguments.over(call(method, raw, arguments), method.getReturnType());
            } else if (method.getName().equals("fastpathCall")) {
                FunctionArguments given = FunctionArguments.of(arguments[1]);
                Object[] own = arguments.clone();
                own[1] = given == null ? arguments[1] : given.raw();
                return connection.capture().called((Integer) arguments[0], given == null ? null : given.first(), () -> (byte[]) callDatabase(method, raw, own));
            }
            return call(method, raw, arguments);
        });
    }

    private static Object callDatabase(Method method, Object raw, Object[] arguments) throws SQLException {
        try {
            return call(method, raw, arguments);
        } catch (SQLException | RuntimeException | Error own) {
            throw own;
        } catch (Throwable never) {
            throw new SQLException(never);
        }
    }

    static Object call(Method method, Object raw, Object[] arguments) throws Throwable {
        try {
            return method.invoke(raw, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    /** Lets a large object that the real driver gave go by our connection; any other value stays what it is. */
    static void leadObject(ConnectionPolicy connection, Object value) throws SQLException {
        if (value == null || !value.getClass().getName().startsWith("org.postgresql.")) {
            return;
        }
        for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals("conn")) {
                    set(field, value, connection);
                    return;
                }
            }
        }
        throw new SQLException(value.getClass().getName() + " cannot be led by another connection");
    }

    private static void set(Field field, Object value, ConnectionPolicy connection) throws SQLException {
        try {
            field.setAccessible(true);
            field.set(value, connection);
        } catch (ReflectiveOperationException | RuntimeException refused) {
            throw new SQLException(value.getClass().getName() + " cannot be led by another connection", refused);
        }
    }
}
