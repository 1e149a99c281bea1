// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Date;

/**
 * What is bound to a prepared statement, kept so that it can be bound to another one: for plans that run a statement of ours with the application's parameters, and for batches that run element by element. Used by the
 * thread of the statement.
 */
final class Binding {

    private static final int MAX_PARAMETERS = 100_000;

    private final boolean replayed;
    private Call[] calls = new Call[8];
    private int size;

    /** @param replayed whether streams are read at once, because what is bound is certain to be bound again */
    Binding(boolean replayed) {
        this.replayed = replayed;
    }

    private Binding(boolean replayed, Call[] calls, int size) {
        this.replayed = replayed;
        this.calls = calls;
        this.size = size;
    }

    /** The statement as the application sees it: everything is done on the raw one, setting a parameter is kept here too. */
    PreparedStatement watch(PreparedStatement raw, Class<? extends PreparedStatement> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader() == null ? Binding.class.getClassLoader() : type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (arguments == null) {
                if (method.getName().equals("clearParameters")) {
                    size = 0;
                    Arrays.fill(calls, null);
                }
                return invoke(method, raw, (Object[]) null);
            }
            boolean binds = arguments.length >= 2 && arguments[0] instanceof Integer && method.getName().startsWith("set") && !method.getName().equals("setUnicodeStream");
            Object[] given = binds && replayed ? unstreamed(arguments) : arguments;
            Method setter = given == arguments ? method : method(method, given);
            Object result = invoke(setter, raw, given);
            if (binds) {
                keep((Integer) given[0], setter, given);
            }
            return result;
        }));
    }

    /** What is bound now, as a value of its own. */
    Binding copy() {
        return new Binding(replayed, Arrays.copyOf(calls, calls.length), size);
    }

    /** Holds from now on what the other holds. */
    void become(Binding other) {
        calls = Arrays.copyOf(other.calls, other.calls.length);
        size = other.size;
    }

    /** Whether everything can be bound again: a stream cannot. */
    boolean isRepeatable() {
        for (int i = 0; i < size; i++) {
            if (calls[i] != null && Arrays.stream(calls[i].arguments).anyMatch(argument -> argument instanceof InputStream || argument instanceof Reader)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Binds to another statement what is bound here. What is not bound here is not bound there, and the database says so.
     *
     * @param parameters which ones, from 1, in the order of the other statement; null for all
     */
    void apply(PreparedStatement other, int[] parameters) throws SQLException {
        int count = parameters == null ? size : parameters.length;
        for (int i = 0; i < count; i++) {
            int from = parameters == null ? i : parameters[i] - 1;
            Call call = from < size ? calls[from] : null;
            if (call != null) {
                Object[] arguments = call.arguments.clone();
                arguments[0] = i + 1;
                invoke(call.setter, other, arguments);
            }
        }
    }

    private void keep(int index, Method setter, Object[] arguments) {
        if (index > MAX_PARAMETERS) {
            return;
        }
        if (index > calls.length) {
            calls = Arrays.copyOf(calls, Math.max(index, 2 * calls.length));
        }
        Object[] own = arguments.clone();
        for (int i = 1; i < own.length; i++) {
            own[i] = own[i] instanceof Date date ? date.clone() : own[i] instanceof byte[] bytes ? bytes.clone() : own[i];
        }
        calls[index - 1] = new Call(setter, own);
        size = Math.max(size, index);
    }

    private static Object[] unstreamed(Object[] arguments) throws SQLException {
        if (!(arguments[1] instanceof InputStream) && !(arguments[1] instanceof Reader)) {
            return arguments;
        }
        long limit = arguments.length > 2 && arguments[2] instanceof Number number && number.longValue() >= 0 ? number.longValue() : Long.MAX_VALUE; // below zero: all of it, as H2 has it
        try {
            if (arguments[1] instanceof InputStream in) {
                return new Object[] {arguments[0], in.readNBytes((int) Math.min(limit, Integer.MAX_VALUE - 16))};
            }
            StringWriter text = new StringWriter();
            ((Reader) arguments[1]).transferTo(text);
            return new Object[] {arguments[0], text.toString().substring(0, (int) Math.min(limit, text.getBuffer().length()))};
        } catch (IOException unreadable) {
            throw new SQLException("the stream of parameter " + arguments[0] + " cannot be read", "22000", unreadable);
        }
    }

    private static Method method(Method setter, Object[] given) throws NoSuchMethodException {
        boolean ascii = setter.getName().equals("setAsciiStream");
        if (given[1] instanceof byte[] bytes && ascii) {
            given[1] = new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
        }
        return given[1] instanceof byte[] ? PreparedStatement.class.getMethod("setBytes", int.class, byte[].class) : PreparedStatement.class.getMethod("setString", int.class, String.class);
    }

    private static Object invoke(Method method, Object target, Object... arguments) throws SQLException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof SQLException refused) {
                throw refused;
            } else if (thrown.getCause() instanceof RuntimeException broken) {
                throw broken;
            } else if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(thrown.getCause());
        } catch (IllegalAccessException unreachable) {
            throw new IllegalStateException(unreachable);
        }
    }

    private record Call(Method setter, Object[] arguments) {}
}
