// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.Quoting;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The row that an updatable result set is going to insert. Nobody can ask the raw result set for it: so what the application sets is done there, and kept here, from {@code moveToInsertRow} until the row is inserted or given up. Then it
 * can be inserted by a statement of ours, which says what was stored. Used under the connection's lock, but for setting.
 */
final class NewRow {

    private final ResultSet raw;
    private final Binding values = new Binding(true);
    private boolean isBegun;

    NewRow(ResultSet raw) {
        this.raw = raw;
    }

    /** The raw rows, on which {@code moveToInsertRow} was called just now, as they are to be called from now on. */
    ResultSet begin() {
        isBegun = true;
        values.clear();
        return (ResultSet) Proxy.newProxyInstance(loader(), interfaces(), (proxy, method, arguments) -> {
            boolean sets = arguments != null && method.getName().startsWith("update");
            Object[] read = sets ? LargeArgument.read(arguments) : arguments;
            Object result = Binding.invoke(method, raw, read == null ? null : LargeArgument.opened(read));
            if (sets) {
                keep(method, read);
            }
            return result;
        });
    }

    private ClassLoader loader() {
        ClassLoader theirs = raw.getClass().getClassLoader();
        return theirs != null ? theirs : NewRow.class.getClassLoader();
    }

    /** Those of the real driver's own too: whoever calls them finds them. */
    private Class<?>[] interfaces() {
        return Stream.concat(Stream.of(ResultSet.class), Arrays.stream(raw.getClass().getInterfaces()).filter(type -> Modifier.isPublic(type.getModifiers()))).distinct().toArray(Class<?>[]::new);
    }

    /** It is inserted, or given up. */
    void end() {
        isBegun = false;
        values.clear();
    }

    /** Whether there is one: otherwise the raw result set refuses to insert. */
    boolean isBegun() {
        return isBegun;
    }

    /** The statement that inserts it: the one that H2 would run, to the letter, since its errors show it. */
    String insert() throws SQLException {
        ResultSetMetaData columns = raw.getMetaData();
        StringBuilder names = new StringBuilder();
        StringBuilder given = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.append(i > 1 ? "," : "").append(Quoting.quote(columns.getColumnName(i)));
            given.append(i > 1 ? "," : "").append(values.isBound(i) ? "?" : "DEFAULT");
        }
        return "INSERT INTO " + Quoting.quote(columns.getSchemaName(1)) + "." + Quoting.quote(columns.getTableName(1)) + "(" + names + ")VALUES(" + given + ")";
    }

    /** Binds it to that statement. */
    void bind(PreparedStatement insert) throws SQLException {
        values.apply(insert, IntStream.rangeClosed(1, raw.getMetaData().getColumnCount()).filter(values::isBound).toArray());
    }

    private void keep(Method method, Object[] arguments) throws SQLException, NoSuchMethodException {
        int column = arguments[0] instanceof Integer index ? index : raw.findColumn((String) arguments[0]);
        String setter = "set" + method.getName().substring("update".length());
        Class<?>[] types = method.getParameterTypes();
        types[0] = int.class;
        if (types.length == 1) {
            values.keep(column, PreparedStatement.class.getMethod(setter, int.class, int.class), new Object[] {column, Types.NULL});
        } else if (types.length == 3 && types[1] == Object.class && types[2] == int.class) {
            values.keep(column, PreparedStatement.class.getMethod(setter, int.class, Object.class), new Object[] {column, arguments[1]}); // H2 ignores this scale
        } else if (arguments[1] instanceof Blob || arguments[1] instanceof Clob) {
            values.keep(column, PreparedStatement.class.getMethod(types[1] == Object.class ? "setObject" : setter, int.class, streamOf(types[1], arguments[1])), new Object[] {column, LargeArgument.of(arguments[1])});
        } else {
            values.keep(column, PreparedStatement.class.getMethod(setter, types), arguments);
        }
    }

    /** A large object is taken as its content: it can change, or be freed, before the row is inserted. */
    private static Class<?> streamOf(Class<?> type, Object value) {
        return type == Object.class ? Object.class : value instanceof Blob ? InputStream.class : Reader.class;
    }
}
