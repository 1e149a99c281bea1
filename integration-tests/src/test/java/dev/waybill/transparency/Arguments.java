// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.net.MalformedURLException;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** Arguments for a method, by the types of its parameters: ordinary ones first, then odd ones. */
final class Arguments {

    /** Milliseconds; a shorter time would end some of the connections, whenever the machine is slow. */
    private static final List<Integer> PATIENT = List.of(60_000, 0, -1);

    private Arguments() {}

    /** At most this many combinations to try on the side of this connection: the same list, in the same order, on each side. */
    static List<Object[]> of(Method method, int bound, List<String> texts, Connection connection) throws SQLException {
        List<Object[]> combinations = new ArrayList<>();
        combinations.add(new Object[0]);
        for (Class<?> type : method.getParameterTypes()) {
            List<Object[]> longer = new ArrayList<>();
            for (Object[] shorter : combinations) {
                for (Object value : method.getName().equals("setNetworkTimeout") && type == int.class ? PATIENT : values(type, texts, connection)) {
                    Object[] one = Arrays.copyOf(shorter, shorter.length + 1);
                    one[shorter.length] = value;
                    longer.add(one);
                }
            }
            combinations = longer;
        }
        return thinned(combinations, bound);
    }

    private static List<Object[]> thinned(List<Object[]> all, int bound) {
        if (all.size() <= bound) {
            return all;
        }
        List<Object[]> some = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            some.add(all.get((int) ((long) i * all.size() / bound)));
        }
        return some;
    }

    private static List<?> values(Class<?> type, List<String> texts, Connection connection) throws SQLException {
        if (type == int.class) {
            return List.of(1, 2, ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE, 5, 6, 0, -1, 4, 8);
        } else if (type == long.class) {
            return List.of(1L, 0L, -1L, 3_000_000_000L);
        } else if (type == boolean.class) {
            return List.of(true, false);
        } else if (type == byte.class) {
            return List.of((byte) 1);
        } else if (type == short.class) {
            return List.of((short) 1);
        } else if (type == float.class) {
            return List.of(1.5f);
        } else if (type == double.class) {
            return List.of(2.5);
        } else if (type == String.class) {
            return withNull(texts);
        } else if (type == Object.class) {
            return withNull(Stream.concat(Stream.of("text", 7, new Object()), oneOf(Array.class, connection).stream()).toList());
        } else if (type == int[].class) {
            return withNull(List.of(new int[] {1}, new int[] {2, 1}, new int[0], new int[] {99}));
        } else if (type == String[].class) {
            return withNull(List.of(new String[] {"ID"}, new String[] {"NAME", "id"}, new String[] {"id", "name"}, new String[] {"TABLE", "BASE TABLE"}, new String[0], new String[] {"nope"}));
        } else if (type == Object[].class) {
            return withNull(List.of((Object) new Object[] {1, 2}));
        } else if (type == byte[].class) {
            return withNull(List.of((Object) new byte[] {9}));
        } else if (type == Class.class) {
            return withNull(List.of(String.class, Integer.class, Array.class, ResultSet.class, Connection.class, Statement.class, Object.class));
        }
        return withNull(oneOf(type, connection));
    }

    /** Others know the standard's name, PostgreSQL its own. */
    private static String integers(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL") ? "int4" : "INTEGER";
    }

    /** Nothing of what the product cannot make, now or at all. */
    private static List<Object> oneOf(Class<?> type, Connection connection) {
        try {
            return made(type, connection);
        } catch (SQLException not) {
            return List.of();
        }
    }

    private static List<Object> made(Class<?> type, Connection connection) throws SQLException {
        if (type == InputStream.class) {
            return List.of(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        } else if (type == Reader.class) {
            return List.of(new StringReader("abc"));
        } else if (type == Blob.class) {
            Blob blob = connection.createBlob();
            if (blob == null) {
                return List.of(); // SQLite's way of not having it
            }
            blob.setBytes(1, new byte[] {5});
            return List.of(blob);
        } else if (type == Clob.class || type == NClob.class) {
            NClob clob = connection.createNClob();
            if (clob == null) {
                return List.of();
            }
            clob.setString(1, "five");
            return List.of(clob);
        } else if (type == SQLXML.class) {
            SQLXML xml = connection.createSQLXML();
            if (xml == null) {
                return List.of();
            }
            xml.setString("<x/>");
            return List.of(xml);
        } else if (type == Array.class) {
            return Stream.<Object>ofNullable(connection.createArrayOf(integers(connection), new Object[] {8, 9})).toList();
        } else if (type == Savepoint.class) {
            return connection.getAutoCommit() ? List.of() : List.of(connection.setSavepoint(), connection.setSavepoint("named"));
        } else if (type == Executor.class) {
            return List.of((Executor) Runnable::run);
        } else if (type == Calendar.class) {
            return List.of(new GregorianCalendar(2026, Calendar.MARCH, 4)); // SQLite's driver sets what it is given
        } else if (type == URL.class) {
            return List.of(url());
        }
        return FIXED.containsKey(type) ? List.of(FIXED.get(type)) : List.of();
    }

    private static final Map<Class<?>, Object> FIXED = Map.of(
            BigDecimal.class, new BigDecimal("7.25"),
            Date.class, Date.valueOf("2026-03-04"),
            Time.class, Time.valueOf("05:06:07"),
            Timestamp.class, Timestamp.valueOf("2026-03-04 05:06:07.8"),
            SQLType.class, JDBCType.INTEGER,
            Map.class, Map.of(),
            Properties.class, new Properties());

    private static URL url() {
        try {
            return new URL("http://example.org/");
        } catch (MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<Object> withNull(List<?> values) {
        List<Object> all = new ArrayList<>(values);
        all.add(null);
        return all;
    }
}
