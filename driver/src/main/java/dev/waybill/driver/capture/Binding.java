// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
        return type.cast(Proxy.newProxyInstance(raw.getClass().getClassLoader(), interfaces(raw.getClass(), type), (proxy, method, arguments) -> {
            if (arguments == null) {
                if (method.getName().equals("clearParameters")) {
                    clear();
                }
                return invoke(method, raw, (Object[]) null);
            }
            boolean binds = arguments.length >= 2 && arguments[0] instanceof Integer && method.getName().startsWith("set") && !method.getName().equals("setUnicodeStream");
            if (!binds) {
                return invoke(method, raw, arguments);
            }
            Object[] kept = replayed ? LargeArgument.read(arguments) : arguments;
            Object result = invoke(method, raw, LargeArgument.opened(kept));
            keep((Integer) arguments[0], method, kept);
            return result;
        }));
    }

    /** The vendor's own are kept. */
    private static Class<?>[] interfaces(Class<?> raw, Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>(List.of(type));
        for (Class<?> each = raw; each != null; each = each.getSuperclass()) {
            Arrays.stream(each.getInterfaces()).filter(found -> Modifier.isPublic(found.getModifiers())).forEach(all::add);
        }
        return all.toArray(Class<?>[]::new);
    }

    /** Nothing is bound any more. */
    void clear() {
        size = 0;
        Arrays.fill(calls, null);
    }

    /** Whether something is bound to this parameter. */
    boolean isBound(int index) {
        return index <= size && calls[index - 1] != null;
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
                Object[] arguments = LargeArgument.opened(call.arguments.clone());
                arguments[0] = i + 1;
                invoke(call.setter, other, arguments);
            }
        }
    }

    /** This call binds this parameter. */
    void keep(int index, Method setter, Object[] arguments) {
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

    /** Calls it; throws what it throws. */
    static Object invoke(Method method, Object target, Object... arguments) throws SQLException {
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
